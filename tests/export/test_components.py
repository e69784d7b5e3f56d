"""An operator's networks as graphs: their shapes are the library's own, their graph computes what torch does."""

import json
import os

import pytest
import torch

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from deployments.backends.trial import distance, example_inputs, outputs_of
from deployments.denoiser.checkpoint.framing import canvases
from export import command
from export.artefacts import Plan, export
from export.components import Component, canvases_of
from pose.errors import WeightsError
from tests.deployments.denoiser.checkpoint import tiny_diffusion

BUCKET = (64, 64)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkpoints")
    sd, xl = tiny_diffusion.stable_diffusion(root / "sd"), tiny_diffusion.stable_diffusion_xl(root / "xl")
    return {
        "sd": sd,
        "sd9": tiny_diffusion.stable_diffusion_inpaint(root / "sd9"),
        "lcm": tiny_diffusion.stable_diffusion(root / "lcm", time_cond_proj_dim=12),
        "xl": xl,
        "sd-control": tiny_diffusion.controlnet(root / "sd-control", sd),
        "xl-control": tiny_diffusion.controlnet(root / "xl-control", xl),
        "sd-adapter": tiny_diffusion.ip_adapter(root / "sd-adapter", sd),
        "sd9-adapter": tiny_diffusion.ip_adapter(root / "sd9-adapter", sd, "ip-adapter-plus_sd15.safetensors"),
        "xl-adapter": tiny_diffusion.ip_adapter(root / "xl-adapter", xl),
    }


@pytest.mark.parametrize("name", ["sd", "sd9", "lcm", "xl", "sd-control", "xl-control"])
@pytest.mark.parametrize("size", [BUCKET, (72, 40)])
def test_ports_have_the_shapes_that_the_network_takes_and_gives(folders, name, size) -> None:
    kind = "controlnet" if "control" in name else "unet"
    component = Component(kind, folders[name], (size,))
    runner, form = component.load()
    with torch.inference_mode():
        answer = outputs_of(form(*example_inputs(component.signature, size, 2)), component.signature)
    wanted = [(2, *port.shape(*size)) for port in component.signature.outputs]
    assert [tuple(tensor.shape) for tensor in answer] == wanted
    assert len(runner.sha256) == 64


def test_the_ports_are_those_of_the_rows_that_the_painter_makes(folders) -> None:
    def names(name, kind="unet"):
        return [port.name for port in Component(kind, folders[name], (BUCKET,)).signature.inputs]

    assert names("sd")[:4] == ["sample", "timestep", "prompt", "down_0"]
    assert names("sd")[-1] == "middle"
    assert {"pooled", "time_ids"} <= set(names("xl"))
    assert "wish" in names("lcm")
    assert names("sd-control", "controlnet") == ["sample", "timestep", "prompt", "pose"]


def test_what_the_controlnet_gives_the_unet_takes(folders) -> None:
    given = Component("controlnet", folders["xl-control"], (BUCKET,)).signature.outputs
    taken = {port.name: port.shape(*BUCKET) for port in Component("unet", folders["xl"], (BUCKET,)).signature.inputs}
    assert all(taken[port.name] == port.shape(*BUCKET) for port in given)


def test_residuals_are_heard_and_the_wish_is_too(folders) -> None:
    for name, port in (("sd", "down_2"), ("sd", "middle"), ("lcm", "wish"), ("xl", "time_ids")):
        component = Component("unet", folders[name], (BUCKET,))
        form, inputs = component.load()[1], list(example_inputs(component.signature, BUCKET, 1))
        row = [each.name for each in component.signature.inputs].index(port)
        with torch.inference_mode():
            before = outputs_of(form(*inputs), component.signature)
            inputs[row] = inputs[row] * 0.5 + 0.1
            assert distance(before, outputs_of(form(*inputs), component.signature)) > 1e-5, port


def test_a_unets_graph_computes_what_torch_does(folders, tmp_path) -> None:
    """One export runs: a tiny UNet's takes ten seconds. Parity is checked before anything is written."""
    component = Component("unet", folders["sd"], (BUCKET,), batch=4)
    (outcome,) = export(Plan(tmp_path, "fp32"), [component], lambda _: None)
    assert outcome.path.name == "unet-64x64-fp32.onnx"
    assert outcome.manifest.parity < 1e-3
    assert outcome.manifest.weights_sha256 == component.load()[0].sha256
    (kept,) = export(Plan(tmp_path, "fp32"), [Component("unet", folders["sd"], (BUCKET,), 4)], lambda _: None)
    assert kept.made is None


def test_another_configuration_has_another_hash(folders) -> None:
    hashes = {Component("unet", folders[name], (BUCKET,)).exporter_sha256() for name in ("sd", "sd9", "lcm", "xl")}
    assert len(hashes) == 4


def test_another_class_and_an_unknown_conditioning_are_refused(folders, tmp_path) -> None:
    with pytest.raises(WeightsError, match="UNet2DConditionModel"):
        _ = Component("controlnet", folders["sd"] / "unet", (BUCKET,)).signature
    folder = tiny_diffusion.stable_diffusion(tmp_path / "odd") / "unet"
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"addition_embed_type": "image"}))
    with pytest.raises(WeightsError, match=r"addition_embed_type image.*by torch"):
        _ = Component("unet", folder, (BUCKET,)).signature


@pytest.mark.parametrize(("name", "reference"), [("sd", (1, 16)), ("sd9", (1, 17, 16))])
def test_an_adapter_is_part_of_the_unet_and_its_scale_of_the_inputs(folders, name, reference) -> None:
    component = Component("unet", folders[name], (BUCKET,), adapter=folders[f"{name}-adapter"])
    rows = {port.name: row for row, port in enumerate(component.signature.inputs)}
    assert component.signature.inputs[rows["reference"]].shape(*BUCKET) == reference
    assert component.load()[0].sha256 != Component("unet", folders[name], (BUCKET,)).load()[0].sha256
    form, inputs = component.load()[1], list(example_inputs(component.signature, BUCKET, 3))
    inputs[rows["identity"]] = torch.tensor([0.5, 0.0, 0.5])
    with torch.inference_mode():
        before = form(*inputs)["noise"]
        inputs[rows["reference"]] = inputs[rows["reference"]] + 1
        moved = (form(*inputs)["noise"] - before).abs().amax((1, 2, 3))
    assert (moved > 1e-4).tolist() == [True, False, True]


def test_what_serves_an_adapted_unet_has_weights_of_its_own(folders) -> None:
    component = Component("unet", folders["sd"], (BUCKET,), adapter=folders["sd-adapter"])
    assert component.served().module.network is not component.load()[1].network


def _options(*words):
    return command._parser().parse_args(["--checkpoint", *words])


def test_every_canvas_of_a_checkpoint_is_exported_for_both_networks(folders) -> None:
    base, control, adapter = (str(folders[name]) for name in ("xl", "xl-control", "xl-adapter"))
    asked = _options(base, "--controlnet", control, "--ip-adapter", adapter, "--bucket", "all")
    unet, controlnet = command._components(asked)
    sizes = canvases_of(folders["xl"])
    assert unet.signature.buckets == controlnet.signature.buckets == sizes == canvases(64, 32)
    assert "identity" in [port.name for port in unet.signature.inputs]
    tokens = [port.shape(*sizes[0]) for port in controlnet.signature.inputs if port.name == "prompt"]
    assert tokens == [(16, 32)]


def test_one_component_of_some_canvases(folders) -> None:
    control = [str(folders["sd-control"]), "--component", "controlnet", "--bucket"]
    (only,) = command._components(_options(*control, "64x64"))
    assert (only.kind, only.buckets) == ("controlnet", ((64, 64),))
    with pytest.raises(WeightsError, match="UNet2DConditionModel"):
        command._components(_options(*control, "all"))
