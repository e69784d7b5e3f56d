"""Our engine's paintings against the library's own pipeline, alone and in company; and what a program promises."""

import logging
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from deployments.denoiser.checkpoint.inpaint import open_painter
from deployments.denoiser.checkpoint.painting import Sampling
from deployments.denoiser.checkpoint.rows import Networks
from deployments.denoiser.engine.slots import OutOfMemory
from pose.errors import InvalidInput, NotFinite, Overloaded, WeightsError
from tests.deployments.denoiser.checkpoint import paintings
from tests.deployments.denoiser.checkpoint.paintings import SAMPLING, by_library, checkpoint, painter, painting, run

# numpy 2's word about how diffusers' schedulers make arrays of tensors
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
CLOSE = 1e-4
Folders = dict[str, Path]
ALONE: list[tuple[str, bool, str | None, dict[str, Any]]] = [
    ("sd", True, None, {}),
    ("sd", False, "EulerDiscreteScheduler", {"guidance": 1.0}),
    ("sd", True, "DPMSolverMultistepScheduler", {"strength": 0.7, "steps": 6}),
    ("sd", False, "HeunDiscreteScheduler", {"strength": 0.5}),
    ("sd", False, "PNDMScheduler", {}),
    ("sd9", True, "UniPCMultistepScheduler", {}),
    ("sd9", False, "EulerAncestralDiscreteScheduler", {"strength": 0.5, "guidance": 1.0}),
    ("xl", True, "EulerDiscreteScheduler", {}),
    ("xl", True, "LCMScheduler", {"guidance": 1.0}),
    ("xl", False, "EulerDiscreteScheduler:trailing", {"guidance": 1.0, "steps": 2}),
    ("xl", False, "TCDScheduler", {"guidance": 1.0, "strength": 0.75}),
    ("xl9", True, "EulerDiscreteScheduler", {}),
    ("xl9", True, "EulerDiscreteScheduler", {"strength": 0.6, "steps": 5}),
]


@pytest.mark.parametrize(("name", "adapted", "scheduler", "more"), ALONE)
def test_paints_as_the_library_does(
    folders: Folders, name: str, adapted: bool, scheduler: str | None, more: dict[str, Any]
) -> None:
    asked, sampling, wanted = checkpoint(folders, name, adapted, scheduler), replace(SAMPLING, **more), painting(3)
    program = painter(asked, sampling)
    (result,) = run(program, [program.job(wanted)])
    assert result.dtype == np.float32
    assert np.abs(result - by_library(asked, name, wanted, sampling)).max() < CLOSE


@pytest.mark.parametrize(
    ("name", "scheduler"),
    [
        ("sd", "DPMSolverMultistepScheduler"),
        ("sd9", "EulerAncestralDiscreteScheduler"),
        ("xl", "EulerDiscreteScheduler"),
        ("xl", "LCMScheduler"),
    ],
)
def test_paints_in_company_as_alone(folders: Folders, name: str, scheduler: str) -> None:
    """Requests that join at different steps, with their own step counts, guidance, and ControlNet schedules."""
    asked = checkpoint(folders, name, True, scheduler)
    program = painter(asked)
    wanted = [
        (painting(1), SAMPLING, (0.0, 1.0)),
        (painting(2), replace(SAMPLING, steps=7, guidance=1.0), (0.0, 0.5)),
        (painting(3), replace(SAMPLING, steps=3, control_scale=0.3), (0.4, 1.0)),
        (painting(4), replace(SAMPLING, steps=6, strength=0.7, guidance=2.0), (0.2, 0.9)),
    ]
    jobs = [program.job(one, sampling=sampling, window=window) for one, sampling, window in wanted]
    results = run(program, jobs, joins=[0, 1, 2, 2])
    for result, (one, sampling, window) in zip(results, wanted, strict=True):
        assert np.abs(result - by_library(asked, name, one, sampling, window)).max() < CLOSE


def test_requests_of_different_steps_share_one_call_of_the_networks(folders: Folders) -> None:
    sizes: list[int] = []
    program = painter(checkpoint(folders, "sd"))
    unet = program._networks.unet

    def counted(sample: torch.Tensor, *rest: Any, **more: Any) -> Any:
        sizes.append(len(sample))
        return unet(sample, *rest, **more)

    program._networks = Networks(counted, program._networks.controlnet)
    run(program, [program.job(painting(1)), program.job(painting(2), steps=3)], joins=[0, 1])
    assert sizes == [2, 4, 4, 4]


def test_a_distilled_unet_is_told_the_guidance_in_one_row(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's ControlNet inpainting leaves timestep_cond out, so its UNet is handed what its others hand."""
    asked, wanted = checkpoint(folders, "lcm", True, "LCMScheduler"), painting(5)
    sampling = replace(SAMPLING, guidance=4.0)
    program = painter(asked, sampling)
    job = program.job(wanted)
    assert job.rows == 1
    pipeline = paintings._pipeline(asked, "lcm")
    wish = StableDiffusionPipeline.get_guidance_scale_embedding(pipeline, torch.tensor([3.0]), embedding_dim=12)
    forward = pipeline.unet.forward
    monkeypatch.setattr(pipeline.unet, "forward", lambda *ones, **more: forward(*ones, timestep_cond=wish, **more))
    expected = by_library(asked, "lcm", wanted, replace(sampling, guidance=1.0))
    assert np.abs(run(program, [job])[0] - expected).max() < CLOSE
    weaker = program.job(wanted, sampling=replace(sampling, guidance=1.5))
    assert np.abs(run(program, [weaker])[0] - expected).max() > CLOSE


@pytest.mark.parametrize(
    "change", [{"control_scale": 0.0}, {"identity_scale": 0.0}, {"guidance": 1.5}, {"strength": 0.5}]
)
def test_every_part_changes_the_picture(folders: Folders, change: dict[str, float]) -> None:
    program = painter(checkpoint(folders, "sd"))
    jobs = [program.job(painting(1)), program.job(painting(1), sampling=replace(SAMPLING, **change))]  # type: ignore[arg-type]
    plain, changed = run(program, jobs)
    assert np.abs(plain - changed).max() > 10 * CLOSE


def test_adapters_of_different_scales_never_share_a_step(folders: Folders) -> None:
    asked = checkpoint(folders, "sd")
    program = painter(asked)
    samplings = [replace(SAMPLING, identity_scale=scale) for scale in (0.2, 0.9)]
    jobs = [program.job(painting(1), sampling=sampling) for sampling in samplings]
    assert jobs[0].key != jobs[1].key
    for result, sampling in zip(run(program, jobs), samplings, strict=True):
        assert np.abs(result - by_library(asked, "sd", painting(1), sampling)).max() < CLOSE


@pytest.mark.parametrize(
    "scheduler",
    ["EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "PNDMScheduler"],
)
def test_goes_on_elsewhere_to_the_bit(folders: Folders, scheduler: str) -> None:
    asked = checkpoint(folders, "sd", True, scheduler)
    first, second = painter(asked), painter(asked)
    job = first.job(painting(2), steps=5)
    expected = run(first, [job])[0]
    state = first.start(job)
    first.step([state])
    first.step([state])
    saved = first.save(state)
    first.step([state])  # what was saved is not touched by further steps
    assert np.array_equal(run(second, [replace(job, saved=saved)])[0], expected)


SHORT = RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory")


@pytest.mark.parametrize("error", [MemoryError("no more"), SHORT, RuntimeError("broken")])
def test_a_step_that_fails_changes_nothing(folders: Folders, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The second scheduler fails, after the first has stepped and drawn noise."""
    program = painter(checkpoint(folders, "sd", True, "EulerAncestralDiscreteScheduler"))
    jobs = [program.job(painting(1)), program.job(painting(2))]
    expected = run(program, jobs)
    states = [program.start(job) for job in jobs]
    program.step(states)
    with monkeypatch.context() as broken:
        broken.setattr(states[1].conditions.scheduler, "step", _raiser(error))
        with pytest.raises(RuntimeError if "broken" in str(error) else OutOfMemory):
            program.step(states)
    assert [state.done for state in states] == [1, 1]
    vars(states[1].conditions.scheduler).pop("step", None)
    for _ in range(3):
        program.step(states)
    assert all(np.array_equal(program.finish(state), one) for state, one in zip(states, expected, strict=True))


def test_a_decode_that_does_not_fit_is_shed(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    program = painter(checkpoint(folders, "sd"))
    job = program.job(painting(1))
    monkeypatch.setattr(program._pipeline.vae, "decode", _raiser(torch.OutOfMemoryError("no more")))
    with pytest.raises(Overloaded, match="smaller picture"):
        run(program, [job])


def test_tells_a_state_and_a_picture_that_are_not_finite(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    program = painter(checkpoint(folders, "sd"))
    state = program.start(program.job(painting(1)))
    assert program.sound(state)
    decode = program._pipeline.vae.decode
    monkeypatch.setattr(program._pipeline.vae, "decode", lambda *one, **more: (decode(*one, **more)[0] * torch.nan,))
    with pytest.raises(NotFinite):
        program.finish(state)
    state.latents = state.latents * torch.inf
    assert not program.sound(state)


@pytest.mark.parametrize(
    ("height", "more"),
    [
        (72, {}),
        (64, {"steps": 2, "sampling": replace(SAMPLING, strength=0.1)}),
        (64, {"sampling": replace(SAMPLING, prompt="another")}),
    ],
)
def test_refuses_what_it_cannot_paint(folders: Folders, height: int, more: dict[str, Any]) -> None:
    program = painter(checkpoint(folders, "sd", False))
    with pytest.raises(InvalidInput):
        program.job(painting(1, height), **more)


def test_a_canvas_need_not_be_square(folders: Folders) -> None:
    asked, wanted = checkpoint(folders, "xl", True), painting(2, 64, 96)
    program = painter(asked)
    assert (program.side, program.multiple) == (64, 32)
    result = run(program, [program.job(wanted)])[0]
    assert np.abs(result - by_library(asked, "xl", wanted, SAMPLING)).max() < CLOSE


def test_drops_the_text_encoders_once_the_prompts_are_read(folders: Folders) -> None:
    program = painter(checkpoint(folders, "xl", False))
    assert program._pipeline.text_encoder is None
    assert program._pipeline.text_encoder_2 is None


def test_paints_in_bfloat16(folders: Folders) -> None:
    asked = checkpoint(folders, "xl", True, "EulerDiscreteScheduler")
    program: Any = open_painter(asked, SAMPLING, paintings.CPU, torch.bfloat16)
    result = run(program, [program.job(painting(1)), program.job(painting(2))])[0]
    assert np.abs(result - by_library(asked, "xl", painting(1), SAMPLING)).mean() < 0.05


def test_a_base_without_a_controlnet_is_refused(folders: Folders) -> None:
    with pytest.raises(WeightsError, match=r"set checkpoint\.controlnet"):
        painter(replace(checkpoint(folders, "sd"), controlnet=None), Sampling())


@pytest.mark.parametrize("changed", [{"seed": 9}, {"strength": 0.9}, {"steps": 6}, {"checkpoint": "lcm"}])
def test_what_was_saved_of_another_painting_starts_over(
    folders: Folders, changed: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    program = painter(checkpoint(folders, changed.pop("checkpoint", "sd")))
    theirs = painter(checkpoint(folders, "sd"))
    state = theirs.start(theirs.job(painting(2)))
    theirs.step([state])
    seed, steps = changed.pop("seed", 2), changed.pop("steps", None)
    job = program.job(painting(seed), steps=steps, sampling=replace(SAMPLING, **changed))
    expected = run(program, [job])[0]
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(run(program, [replace(job, saved=theirs.save(state))])[0], expected)
    assert [record.message for record in caplog.records if "from the beginning" in record.message]


def test_what_is_saved_is_read_without_torch(folders: Folders) -> None:
    program = painter(checkpoint(folders, "sd", True, "UniPCMultistepScheduler"), replace(SAMPLING, reuse=0.3))
    state = program.start(program.job(painting(2)))
    program.step([state])
    read = "import pickle, sys; pickle.load(sys.stdin.buffer); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", read], input=pickle.dumps(program.save(state)), capture_output=True)
    assert done.stdout.strip() == b"False", done.stderr


def test_a_step_is_waited_for(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    program, waited = painter(checkpoint(folders, "sd")), []
    state = program.start(program.job(painting(1)))
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: waited.append((str(device), state.done)))
    program._device = torch.device("cuda:0")
    program.step([state])
    assert waited == [("cuda:0", 1)]


def test_a_decode_that_fails_leaves_the_vae_as_it_was(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """SDXL's own overflows in float16 and is decoded in float32."""
    program: Any = open_painter(checkpoint(folders, "xl"), SAMPLING, paintings.CPU, torch.float16)
    vae, seen = program._pipeline.vae, []
    assert vae.config.force_upcast
    state = program.start(program.job(painting(1)))

    def failing(latents: torch.Tensor, **more: Any) -> None:
        seen.append((latents.dtype, vae.dtype))
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(vae, "decode", failing)
    with pytest.raises(Overloaded, match="smaller picture"):
        program.finish(state)
    assert seen == [(torch.float32, torch.float32)]
    assert vae.dtype == torch.float16


def test_an_identity_without_an_adapter_is_told(folders: Folders, caplog: pytest.LogCaptureFixture) -> None:
    louder = replace(SAMPLING, identity_scale=0.9)
    for adapted, sampling, told in ((True, louder, 0), (False, SAMPLING, 0), (False, louder, 1)):
        caplog.clear()
        program = painter(checkpoint(folders, "sd", adapted), sampling)
        assert program.sampling == sampling
        assert len([record for record in caplog.records if "identity_scale" in record.message]) == told


def _raiser(error: Exception) -> Any:
    def raising(*ones: Any, **more: Any) -> None:
        raise error

    return raising
