"""An operator's Swin2SR: the library's own numbers, alone and in company; sizes, seams, alpha, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.upscaler import deployment
from deployments.upscaler import upscale as module
from deployments.upscaler.checkpoint import Swin2SR, open_swin2sr
from deployments.upscaler.upscale import upscale
from pose.errors import ArtefactError, NotFinite, WeightsError


def save_swin2sr(folder: Path, factor: int = 2, upsampler: str = "pixelshuffle", **more: Any) -> Path:
    torch.manual_seed(3)
    config = transformers.Swin2SRConfig(
        embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=8, upscale=factor, upsampler=upsampler, **more
    )
    network = transformers.Swin2SRForImageSuperResolution(config)
    network.save_pretrained(folder)
    transformers.Swin2SRImageProcessorPil().save_pretrained(folder)
    return folder


def opened(folder: Path) -> Swin2SR:
    return open_swin2sr(str(folder), torch.device("cpu"), torch.float32)


def library(folder: Path, picture: np.ndarray) -> np.ndarray:
    """The documented way: processor, network, (x h, x w, 3)."""
    network = transformers.Swin2SRForImageSuperResolution.from_pretrained(folder).eval()
    with torch.no_grad():
        inputs = transformers.Swin2SRImageProcessorPil.from_pretrained(folder)(picture, return_tensors="pt")
        large = network(**inputs).reconstruction[0].permute(1, 2, 0).numpy()
    return large[: picture.shape[0] * network.config.upscale, : picture.shape[1] * network.config.upscale]


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture(scope="module", params=[2, 4])
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Swin2SR:
    return opened(save_swin2sr(tmp_path_factory.mktemp("swin2sr"), request.param))


@pytest.mark.parametrize(
    ("factor", "upsampler"),
    [(2, "pixelshuffle"), (4, "pixelshuffle"), (2, "pixelshuffledirect"), (2, "pixelshuffle_aux"), (4, "nearest+conv")],
)
def test_it_enlarges_as_the_library_does_alone_and_together(tmp_path: Path, factor: int, upsampler: str) -> None:
    folder = save_swin2sr(tmp_path, factor, upsampler)
    pictures = [picture(21, 30, seed) for seed in (0, 1)]
    truths = [library(folder, rgb) for rgb in pictures]
    floats = [rgb.astype(np.float32) / 255 for rgb in pictures]
    ours = opened(folder)
    for large in (ours.enlarge(floats), [ours.enlarge([rgb])[0] for rgb in floats]):
        assert max(np.abs(a - b).max() for a, b in zip(large, truths, strict=True)) < 1e-4


@pytest.mark.parametrize("scale", [2, 4])
def test_every_scale_comes_out_of_either_network(network: Swin2SR, scale: Any) -> None:
    rgba = np.dstack([picture(40, 23), np.full((40, 23), 255, np.uint8)])
    large = upscale(rgba, scale, network, network.margin, network.largest)
    assert large.shape == (40 * scale, 23 * scale, 4)
    assert (large[..., 3] == 255).all()


def test_flat_colours_and_clear_alpha_stay_exactly(network: Swin2SR) -> None:
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[:, 32:] = (250, 20, 90, 255)
    large = upscale(rgba, 2, network, network.margin, network.largest)
    assert (large[:, :58] == 0).all()
    assert (large[:, 70:] == (250, 20, 90, 255)).all()


def test_tiles_join_without_a_seam(network: Swin2SR, monkeypatch: pytest.MonkeyPatch) -> None:
    rgba = np.dstack([picture(64, 40), np.full((64, 40), 255, np.uint8)])
    whole = upscale(rgba, 2, network, network.margin, network.largest)
    monkeypatch.setattr(module, "TILE", 32)
    tiled = upscale(rgba, 2, network, network.margin, network.largest)
    assert np.abs(whole.astype(int) - tiled).max() <= 1


def test_an_answer_that_is_no_number_is_told(network: Swin2SR) -> None:
    with pytest.raises(NotFinite):
        network.enlarge([np.full((16, 16, 3), np.nan, np.float32)])


def test_the_stage_runs_the_checkpoint_and_names_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "TILE", 32)
    folder = save_swin2sr(tmp_path)
    stage = deployment.Upscaler(Checkpoint(base=str(folder)), Runtime("eager", device="cpu", precision="fp32"))
    assert isinstance(stage.upsample, Swin2SR)
    assert stage.upsample._network.dtype == torch.float32
    with pytest.raises(ArtefactError, match="upscaler stage with a checkpoint, got tensorrt"):
        deployment.Upscaler(Checkpoint(base=str(folder)), Runtime("tensorrt"))
    assert stage.sha256 == opened(folder).sha256
    assert stage.upscale(np.dstack([picture(20, 20)] * 2)[..., :4], 4).shape == (80, 80, 4)


def test_a_checkpoint_that_does_not_enlarge_by_two_or_four_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"x3.*swin2SR-classical"):
        opened(save_swin2sr(tmp_path / "three", 3))
    with pytest.raises(WeightsError, match=r"1 channels.*swin2SR-classical"):
        opened(save_swin2sr(tmp_path / "grey", num_channels=1))


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    folder = save_swin2sr(tmp_path)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="safetensors"):
        opened(folder)
