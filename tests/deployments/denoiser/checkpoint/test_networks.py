"""What runs in a UNet's place paints as it does: by position, exported, compiled; and what is refused."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from deployments.artefacts import manifest_path
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint import families
from deployments.denoiser.checkpoint import networks as substituting
from deployments.denoiser.checkpoint.families import open_painter as open_any
from deployments.denoiser.checkpoint.inpaint import InpaintProgram, open_painter
from deployments.denoiser.checkpoint.networks import Substitute
from deployments.denoiser.checkpoint.parts import Part, parts_of
from deployments.denoiser.checkpoint.pipeline import assemble
from deployments.denoiser.checkpoint.ports import Given, Positional, signature_of
from deployments.denoiser.checkpoint.rows import Networks
from export.artefacts import Plan, export
from export.components import Component
from pose.errors import ArtefactError
from tests.deployments.denoiser.checkpoint import tiny_diffusion
from tests.deployments.denoiser.checkpoint.paintings import CPU, SAMPLING, checkpoint, painter, painting, run

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
CLOSE = 1e-4
SIZE = (64, 64)
MIXED = [
    (painting(1), SAMPLING),
    (painting(2), replace(SAMPLING, steps=5, guidance=1.0)),
    (painting(3), replace(SAMPLING, steps=3, control_scale=0.3)),
]


def results(program: InpaintProgram) -> list[Any]:
    """One alone, then three that join one another."""
    alone = run(program, [program.job(*MIXED[0][:1])])
    jobs = [program.job(one, sampling=sampling) for one, sampling in MIXED]
    return [*alone, *run(program, jobs, joins=[0, 1, 1])]


def close(found: list[Any], expected: list[Any]) -> bool:
    return max(np.abs(one - other).max() for one, other in zip(found, expected, strict=True)) < CLOSE


def by_position(asked: Checkpoint, batches: tuple[int, ...]) -> tuple[InpaintProgram, list[int]]:
    """A painter whose networks are called as graphs are, in float32; and the rows of each call."""
    assembled, sizes = assemble(asked, CPU, torch.float32), list[int]()

    def substitute(part: Any) -> Substitute:
        signature = signature_of(part.kind, part.network.config, part.given, (SIZE,))
        form = Positional(part.network, signature)

        def call(inputs: Any) -> list[torch.Tensor]:
            sizes.append(len(inputs[0]))
            with torch.no_grad():
                return list(form(*inputs).values())

        return Substitute(signature, {SIZE: call}, part.network, batches)

    unet, controlnet = map(substitute, parts_of(assembled.pipeline, asked))
    return InpaintProgram(assembled, SAMPLING, CPU, Networks(unet, controlnet, True)), sizes


@pytest.mark.parametrize(
    ("name", "scheduler"), [("sd9", None), ("xl", "EulerDiscreteScheduler"), ("lcm", "LCMScheduler")]
)
def test_a_call_by_position_is_the_networks_own(folders: dict[str, Path], name: str, scheduler: str | None) -> None:
    asked = checkpoint(folders, name, True, scheduler)
    program, sizes = by_position(asked, (1, 2, 4))
    assert close(results(program), results(painter(asked)))
    assert set(sizes) <= {1, 2, 4}
    assert 4 in sizes or name == "lcm"


def test_the_adapters_scale_is_heard_by_position(folders: dict[str, Path]) -> None:
    asked = checkpoint(folders, "sd")
    program, eager = by_position(asked, (2,))[0], painter(asked)
    louder = replace(SAMPLING, identity_scale=0.1)
    first, second = (run(each, [each.job(painting(1), sampling=louder)]) for each in (program, eager))
    assert close(first, second)
    assert not close(first, run(program, [program.job(painting(1))]))


def test_a_canvas_without_a_graph_runs_by_torch_and_is_told_once(
    folders: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    asked = checkpoint(folders, "sd")
    program, sizes = by_position(asked, (2,))
    eager = painter(asked)
    with caplog.at_level(logging.WARNING, "contrapposto.runtime"):
        found = run(program, [program.job(painting(2, 64, 96))])
    assert close(found, run(eager, [eager.job(painting(2, 64, 96))]))
    assert sizes == []
    told = [record.getMessage() for record in caplog.records if record.name == "contrapposto.runtime"]
    assert sorted(told) == [f"{kind} at 64x96 runs by torch: it is not among 64x64" for kind in ("controlnet", "unet")]


@pytest.fixture(scope="module")
def exported(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny SD's networks with its adapter, weights beside the graphs."""
    out = tmp_path_factory.mktemp("exported")
    base, control, adapter = (folders[name] for name in ("sd", "sd-control", "sd-adapter"))
    components = [
        Component("unet", base, (SIZE,), adapter=adapter),
        Component("controlnet", control, (SIZE,), base=base),
    ]
    made = list(export(Plan(out, "fp32", largest=1), components, lambda _: None))
    assert all(outcome.manifest.data for outcome in made)
    return out


def test_exported_graphs_paint_as_the_networks_do(folders: dict[str, Path], exported: Path) -> None:
    asked = checkpoint(folders, "sd")
    program: Any = open_painter(asked, SAMPLING, CPU, torch.float32, Runtime("onnxruntime", exported, "cpu"))
    assert program._networks.monolithic
    assert list(program._networks.unet.runs) == [SIZE]
    assert close(results(program), results(painter(asked)))


def test_a_graph_of_other_weights_is_refused(folders: dict[str, Path], exported: Path) -> None:
    runtime = Runtime("onnxruntime", exported, "cpu")
    with pytest.raises(ArtefactError, match=r"unet.*weights_sha256.*--rebuild"):
        open_painter(checkpoint(folders, "sd", adapted=False), SAMPLING, CPU, torch.float32, runtime)


@pytest.mark.parametrize("spoilt", ["unet-64x64-fp32.onnx", "unet-64x64-fp32.onnx.json", "unet-fp32-*.safetensors"])
def test_what_was_spoilt_is_refused(folders: dict[str, Path], exported: Path, tmp_path: Path, spoilt: str) -> None:
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    (path,) = tmp_path.glob(spoilt)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ArtefactError, match="--rebuild"):
        open_any(checkpoint(folders, "sd"), SAMPLING, Runtime("onnxruntime", tmp_path, "cpu", "fp32"))


def test_nothing_exported_names_the_command(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"no unet.*64x64.*export --checkpoint.*--bucket all.*backend: eager"):
        open_any(checkpoint(folders, "sd"), SAMPLING, Runtime("onnxruntime", tmp_path, "cpu"))


def test_what_is_run_whole_cannot_reuse_features(folders: dict[str, Path], exported: Path) -> None:
    reusing, runtime = replace(SAMPLING, reuse=0.1), Runtime("onnxruntime", exported, "cpu", "fp32")
    with pytest.raises(ArtefactError, match="set reuse to 0"):
        open_any(checkpoint(folders, "sd"), reusing, runtime)


def test_an_engine_is_chosen_by_canvas_and_its_answers_stay_on_the_device(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which engines are asked for, and of what; that TensorRT is called rightly is tests/deployments/test_engines'."""
    asked, seen = checkpoint(folders, "sd"), list[Any]()

    class Card:
        @staticmethod
        def run(plan: bytes, signature: Any, bucket: Any, answers: str) -> Any:
            seen.append((plan, signature.network, bucket, answers))
            return lambda inputs: []

    def read(folder: Path, signature: Any, bucket: Any, precision: str, weights: str, card: Any) -> bytes:
        assert weights == {part.kind: part.sha256 for part in parts}[signature.network]
        return precision.encode()

    parts = parts_of(assemble(asked, CPU, torch.float32).pipeline, asked)
    monkeypatch.setattr(substituting.OnCard, "here", Card)
    monkeypatch.setattr(substituting, "read_engine", read)
    for network, size in (("unet", "64x64"), ("unet", "80x48"), ("controlnet", "64x64")):
        manifest_path(tmp_path / f"{network}-{size}-bf16.engine").touch()
    open_painter(asked, SAMPLING, CPU, torch.bfloat16, Runtime("tensorrt", tmp_path))
    assert seen == [
        (b"bf16", "unet", (64, 64), "cpu"),
        (b"bf16", "unet", (80, 48), "cpu"),
        (b"bf16", "controlnet", (64, 64), "cpu"),
    ]


def test_a_compiled_unet_computes_what_it_does_itself() -> None:
    """One level and no middle: compiling takes most of this file's time."""
    if shutil.which("g++") is None:
        pytest.skip("no C++ compiler")
    level = {"down_block_types": ("CrossAttnDownBlock2D",), "up_block_types": ("CrossAttnUpBlock2D",)}
    unet = tiny_diffusion._unet(**level, block_out_channels=(8,), mid_block_type=None).eval().requires_grad_(False)
    part = Part("unet", unet, "0" * 64, Given(tokens=5), (SIZE,))
    runtime = Runtime("compiled", device="cpu", batches=(2,))
    substitute = substituting._substitute(part, runtime, CPU, torch.float32, (SIZE, (64, 96)))
    generator = torch.Generator().manual_seed(0)
    more = {
        "encoder_hidden_states": torch.rand(3, 5, 16, generator=generator),
        "timestep_cond": None,
        "added_cond_kwargs": {},
        "down_block_additional_residuals": [torch.rand(3, 8, 8, 8, generator=generator) for _ in range(2)],
        "mid_block_additional_residual": torch.rand(3, 8, 8, 8, generator=generator),
        "return_dict": False,
    }
    given = torch.rand(3, 4, 8, 8, generator=generator), torch.tensor([1, 981, 500])
    (found,), (expected,) = substitute(*given, **more), unet(*given, **more)
    assert (found - expected).abs().max() < CLOSE


def test_the_usual_canvases_are_compiled(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    asked, sizes = checkpoint(folders, "sd"), list[Any]()

    def compiled(runner: Any, signature: Any, batches: Any, answers: str) -> Any:
        sizes.append((signature.buckets, batches, answers))
        return dict.fromkeys(signature.buckets)

    monkeypatch.setattr(substituting, "compiled_runs", compiled)
    open_painter(asked, SAMPLING, CPU, torch.float32, Runtime("compiled", batches=(2, 4)))
    assert sizes == [(((64, 64), (80, 48)), (2, 4), "cpu")] * 2


def test_of_qwen_torch_compiles_the_blocks_and_others_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, told = Checkpoint("qwen"), list[Any]()
    transformer = SimpleNamespace(compile_repeated_blocks=lambda **more: told.append(more))
    opened = SimpleNamespace(parts=SimpleNamespace(transformer=transformer))
    monkeypatch.setattr(families.qwen, "open_painter", lambda *given: opened)
    for backend, compiled in (("default", []), ("compiled", [{"dynamic": True}])):
        assert families._qwen(asked, SAMPLING, CPU, torch.float32, Runtime(backend)) is opened  # type: ignore[arg-type]
        assert told == compiled
    with pytest.raises(ArtefactError, match=r"QwenImageEditPlusPipeline, got tensorrt.*backend: eager"):
        families._qwen(asked, SAMPLING, CPU, torch.float32, Runtime("tensorrt"))
