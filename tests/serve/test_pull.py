import json
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save

from deployments.checkpoints.manifest import file_hash, read_manifest
from deployments.checkpoints.opening import open_checkpoint
from pose.errors import InvalidInput, WeightsError
from serve.families import FAMILIES, Family, Part, Source
from serve.hub import HuggingFace
from serve.pull import ARRIVING, find_family, pull, settings_for
from serve.settings import parse_settings
from tests.serve.rehearsed_hub import REVISION, Line, RehearsedHub, hub_over_http

SWIN = FAMILIES["swin2sr"]
REPOSITORY = "caidas/swin2SR-classical-sr-x2-64"
KIND = "Swin2SRForImageSuperResolution"


def weights(value: float = 1.0) -> bytes:
    return save({"weight": torch.full((64,), value)})


def config(name: str) -> bytes:
    return json.dumps({"architectures": [name]}).encode()


def small() -> RehearsedHub:
    files = {
        "README.md": b"never fetched",
        "config.json": config(KIND),
        "preprocessor_config.json": b"{}",
        "model.safetensors": weights(),
        "pytorch_model.bin": b"a pickle",
        "handler.py": b"code",
    }
    return RehearsedHub({REPOSITORY: files})


def quiet(line: str) -> None:
    del line


def test_a_pull_brings_what_is_needed_and_opens(tmp_path: Path) -> None:
    hub = small()
    pull(SWIN, tmp_path, hub, quiet)
    assert sorted(hub.fetched) == ["config.json", "model.safetensors", "preprocessor_config.json"]
    folder = tmp_path / "caidas--swin2SR-classical-sr-x2-64"
    assert open_checkpoint(str(folder), [KIND]).pulled
    revisions, files = read_manifest(folder)
    assert revisions == {REPOSITORY: REVISION}
    assert files["model.safetensors"] == file_hash(folder / "model.safetensors")
    assert not (folder / ARRIVING).exists()


def test_the_settings_that_it_prints_are_valid_and_open(tmp_path: Path) -> None:
    settings = parse_settings(yaml.safe_load(pull(SWIN, tmp_path, small(), quiet)))
    assert settings.upscaler.checkpoint is not None
    assert open_checkpoint(settings.upscaler.checkpoint.base, [KIND]).name == KIND


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_familys_settings_are_valid(name: str, tmp_path: Path) -> None:
    family = FAMILIES[name]
    assert "base" in [part.role for part in family.parts]
    parse_settings(yaml.safe_load(settings_for(family, {part.role: tmp_path for part in family.parts})))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_hash_that_differs_is_told_and_the_file_removed(tmp_path: Path, name: str) -> None:
    hub = small()
    hub.altered = {name}
    with pytest.raises(WeightsError, match=f"{name} arrived with .* the hub says") as caught:
        pull(SWIN, tmp_path, hub, quiet)
    assert "removed" in caught.value.message
    assert not list(tmp_path.rglob(name))
    hub.altered = set()
    pull(SWIN, tmp_path, hub, quiet)


def test_an_interrupted_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    hub = small()
    hub.interrupted = {"model.safetensors"}
    with pytest.raises(WeightsError, match="line broke"):
        pull(SWIN, tmp_path, hub, quiet)
    arrived = list(hub.fetched)
    hub.interrupted = set()
    pull(SWIN, tmp_path, hub, quiet)
    assert arrived
    assert hub.fetched[len(arrived) :] == ["model.safetensors"]


def test_a_second_pull_is_held_to_the_first_revision(tmp_path: Path) -> None:
    hub = small()
    pull(SWIN, tmp_path, hub, quiet)
    hub.head, hub.fetched = "f" * 40, []
    pull(SWIN, tmp_path, hub, quiet)
    assert hub.fetched == []
    assert set(hub.asked) == {REVISION}


def test_a_file_that_changed_since_is_told(tmp_path: Path) -> None:
    pull(SWIN, tmp_path, small(), quiet)
    file = tmp_path / "caidas--swin2SR-classical-sr-x2-64" / "model.safetensors"
    file.write_bytes(weights(2.0))
    with pytest.raises(WeightsError, match="changed after it was pulled"):
        pull(SWIN, tmp_path, small(), quiet)


def test_an_unknown_family_lists_the_known() -> None:
    with pytest.raises(InvalidInput, match=r"known are sd15, sdxl, .*swin2sr"):
        find_family("sd3")


def test_repositories_with_pickles_only_are_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    hub = small()
    del hub.repositories[REPOSITORY]["model.safetensors"]
    with pytest.raises(WeightsError, match=r"pytorch_model\.bin as a pickle only"):
        pull(SWIN, tmp_path, hub, quiet)
    assert hub.fetched == []


def test_a_file_that_the_hub_no_longer_has_is_told(tmp_path: Path) -> None:
    family = Family("upscaler", "", "", (Part("base", "a/b", KIND, (Source("a/b", files={"x.json": "x.json"}),)),))
    with pytest.raises(WeightsError, match=r"has no x\.json at revision"):
        pull(family, tmp_path, RehearsedHub({"a/b": {}}), quiet)


def test_too_little_space_is_told_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.pull.shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10}))
    hub = small()
    with pytest.raises(WeightsError, match="GiB free"):
        pull(SWIN, tmp_path, hub, quiet)
    assert hub.fetched == []


@pytest.mark.parametrize("directory", ["/dev/null", "/proc/none"])
def test_a_directory_that_cannot_be_written_to_is_told(directory: str) -> None:
    with pytest.raises(WeightsError, match=f"cannot write to {directory} .*--to"):
        pull(SWIN, Path(directory), small(), quiet)


def pipeline_files(*networks: str) -> dict[str, bytes]:
    components = {name: ["diffusers", "UNet2DConditionModel"] for name in networks}
    components |= {"scheduler": ["diffusers", "EulerDiscreteScheduler"]}
    files = {"model_index.json": json.dumps({"_class_name": "StableDiffusionXLPipeline", **components}).encode()}
    files["scheduler/scheduler_config.json"] = b'{"_class_name": "EulerDiscreteScheduler"}'
    for name in networks:
        files[f"{name}/config.json"] = config("UNet2DConditionModel")
        files[f"{name}/diffusion_pytorch_model.safetensors"] = weights(2.0)
        files[f"{name}/diffusion_pytorch_model.fp16.safetensors"] = weights(3.0)
        files[f"{name}/diffusion_pytorch_model.non_ema.safetensors"] = weights(4.0)
    return files


def test_a_distilled_network_takes_its_place_in_the_base(tmp_path: Path) -> None:
    base = FAMILIES["sdxl-lightning"].parts[0]
    networks = ("text_encoder", "text_encoder_2", "unet", "vae")
    hub = RehearsedHub(
        {
            "stabilityai/stable-diffusion-xl-base-1.0": pipeline_files(*networks),
            "ByteDance/SDXL-Lightning": {"sdxl_lightning_4step_unet.safetensors": weights(9.0), "LICENSE.md": b""},
        }
    )
    pull(Family("denoiser", "", "", (base,)), tmp_path, hub, quiet)
    folder = tmp_path / "ByteDance--SDXL-Lightning"
    opened = open_checkpoint(str(folder), ["StableDiffusionXLPipeline"])
    assert (opened.variant, opened.pulled) == ("fp16", True)
    assert (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").read_bytes() == weights(9.0)
    assert json.loads((folder / "scheduler" / "scheduler_config.json").read_text())["timestep_spacing"] == "trailing"
    assert not list(folder.rglob("diffusion_pytorch_model.safetensors"))
    assert not list(folder.rglob("*non_ema*"))
    assert set(read_manifest(folder)[0]) == set(hub.repositories)


def test_two_families_share_an_ip_adapters_folder(tmp_path: Path) -> None:
    keys = {f"{start}.weight": torch.zeros(2) for start in ("image_proj", "ip_adapter")}
    files = {
        "models/ip-adapter-plus_sd15.safetensors": save(keys),
        "models/image_encoder/config.json": config("CLIPVisionModelWithProjection"),
        "models/image_encoder/model.safetensors": weights(),
        "models/image_encoder/pytorch_model.bin": b"a pickle",
        "sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors": save(keys),
        "sdxl_models/ip-adapter_sdxl.safetensors": save(keys),
    }
    hub = RehearsedHub({"h94/IP-Adapter": files})
    for name in ("sd15", "sdxl"):
        part = next(part for part in FAMILIES[name].parts if part.role == "ip_adapter")
        pull(Family("denoiser", "", "", (part,)), tmp_path, hub, quiet)
        assert open_checkpoint(str(tmp_path / "h94--IP-Adapter"), ["IPAdapter"]).pulled
    assert open_checkpoint(str(tmp_path / "h94--IP-Adapter" / "models"), ["IPAdapter"]).pulled
    assert "sdxl_models/ip-adapter_sdxl.safetensors" not in hub.fetched


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests keep the hub's client from every network; here it talks to this machine."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


@pytest.mark.usefixtures("online")
def test_the_hubs_own_client_lists_and_downloads(tmp_path: Path) -> None:
    repositories = small().repositories
    with hub_over_http(repositories) as address:
        hub = HuggingFace(address)
        assert hub.revision(REPOSITORY) == REVISION
        pull(SWIN, tmp_path, hub, quiet)
        with pytest.raises(WeightsError, match=r"did not give no/such: .*HF_TOKEN"):
            hub.revision("no/such")
    with pytest.raises(WeightsError, match="Check the network"):
        hub.revision(REPOSITORY)
    assert open_checkpoint(str(tmp_path / "caidas--swin2SR-classical-sr-x2-64"), [KIND]).pulled


@pytest.mark.usefixtures("online")
def test_a_file_goes_on_in_its_midst(tmp_path: Path) -> None:
    repositories, line = small().repositories, Line(breaks_at=60)
    with hub_over_http(repositories, line) as address:
        with pytest.raises(WeightsError, match="goes on where it stopped"):
            pull(SWIN, tmp_path, HuggingFace(address), quiet)
        assert line.ranges == [f"bytes={there}-" for there in (60, 120, 180, 240)]
        line.breaks_at, line.ranges = None, []
        pull(SWIN, tmp_path, HuggingFace(address), quiet)
        assert line.ranges == ["bytes=300-"]
    file = tmp_path / "caidas--swin2SR-classical-sr-x2-64" / "model.safetensors"
    assert file.read_bytes() == repositories[REPOSITORY]["model.safetensors"]
