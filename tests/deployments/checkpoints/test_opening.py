import json
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from deployments.checkpoints.manifest import file_hash, write_manifest
from deployments.checkpoints.opening import open_checkpoint
from pose.errors import WeightsError

PIPELINE = "StableDiffusionPipeline"


def write_json(file: Path, values: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values))


def write_weights(file: Path, *keys: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: torch.full((4,), float(len(key))) for key in keys or ("weight",)}, file)
    return file


def network(folder: Path, name: str = "AutoencoderKL") -> Path:
    write_json(folder / "config.json", {"_class_name": name})
    write_weights(folder / "diffusion_pytorch_model.safetensors")
    return folder


def pipeline(folder: Path, more: Mapping[str, object] | None = None) -> Path:
    components: dict[str, object] = {
        "_class_name": PIPELINE,
        "force_zeros_for_empty_prompt": True,
        "unet": ["diffusers", "UNet2DConditionModel"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "scheduler": ["diffusers", "EulerDiscreteScheduler"],
        "safety_checker": [None, None],
    }
    write_json(folder / "model_index.json", components | dict(more or {}))
    network(folder / "unet", "UNet2DConditionModel")
    write_json(folder / "text_encoder" / "config.json", {"architectures": ["CLIPTextModel"]})
    write_weights(folder / "text_encoder" / "model.safetensors")
    write_json(folder / "tokenizer" / "vocab.json", {"a": 0})
    write_json(folder / "scheduler" / "scheduler_config.json", {"_class_name": "EulerDiscreteScheduler"})
    return folder


def adapter(folder: Path) -> Path:
    write_weights(folder / "ip-adapter_sd15.safetensors", "image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight")
    write_json(folder / "image_encoder" / "config.json", {"architectures": ["CLIPVisionModelWithProjection"]})
    write_weights(folder / "image_encoder" / "model.safetensors")
    return folder


def refusal(where: Path | str, *classes: str) -> str:
    with pytest.raises(WeightsError) as caught:
        open_checkpoint(str(where), classes or (PIPELINE, "AutoencoderKL", "IPAdapter"))
    return caught.value.message


def test_a_pipeline_opens_with_its_class_and_hash(tmp_path: Path) -> None:
    opened = open_checkpoint(str(pipeline(tmp_path / "a")), [PIPELINE])
    assert (opened.folder, opened.name, opened.variant, opened.pulled) == (tmp_path / "a", PIPELINE, None, False)
    loaded = ("model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors")
    assert opened.size > sum((tmp_path / "a" / name).stat().st_size for name in loaded)
    assert len(opened.sha256) == 64


def test_the_hash_is_of_what_is_loaded_wherever_it_lies(tmp_path: Path) -> None:
    first, second = (open_checkpoint(str(pipeline(tmp_path / name)), [PIPELINE]) for name in "ab")
    assert first.sha256 == second.sha256
    (tmp_path / "a" / "README.md").write_text("not loaded")
    assert open_checkpoint(str(tmp_path / "a"), [PIPELINE]).sha256 == first.sha256
    for name in ("tokenizer/vocab.json", "scheduler/scheduler_config.json", "unet/config.json"):
        before = open_checkpoint(str(tmp_path / "b"), [PIPELINE]).sha256
        file = tmp_path / "b" / name
        file.write_text(file.read_text().replace("}", ', "more": 1}'))
        assert open_checkpoint(str(tmp_path / "b"), [PIPELINE]).sha256 != before


@pytest.mark.parametrize(
    ("file", "config", "name"),
    [
        ("config.json", {"_class_name": "AutoencoderKL"}, "AutoencoderKL"),
        ("config.json", {"architectures": ["VitPoseForPoseEstimation"]}, "VitPoseForPoseEstimation"),
        ("scheduler_config.json", {"_class_name": "LCMScheduler"}, "LCMScheduler"),
    ],
)
def test_the_class_is_what_the_config_names(tmp_path: Path, file: str, config: object, name: str) -> None:
    write_json(tmp_path / file, config)
    write_weights(tmp_path / "model.safetensors")
    assert open_checkpoint(str(tmp_path), [name]).name == name


def test_an_ip_adapter_is_known_by_its_keys(tmp_path: Path) -> None:
    assert open_checkpoint(str(adapter(tmp_path / "models")), ["IPAdapter"]).name == "IPAdapter"
    write_weights(tmp_path / "sdxl_models" / "ip-adapter_sdxl_vit-h.safetensors", "image_proj.norm.weight")
    whole = open_checkpoint(str(tmp_path), ["IPAdapter"])
    assert whole.name == "IPAdapter"
    write_weights(tmp_path / "models" / "image_encoder" / "model.safetensors", "another")
    assert open_checkpoint(str(tmp_path), ["IPAdapter"]).sha256 != whole.sha256
    assert "give the whole repository" in refusal(tmp_path / "sdxl_models")


def test_an_ip_adapter_without_its_encoder_is_refused(tmp_path: Path) -> None:
    write_weights(tmp_path / "ip-adapter_sd15.safetensors", "image_proj.proj.weight")
    assert "image encoder" in refusal(tmp_path)


def test_other_safetensors_are_no_ip_adapter(tmp_path: Path) -> None:
    write_weights(tmp_path / "lora.safetensors", "unet.down.weight")
    assert "expected model_index.json" in refusal(tmp_path)


def test_a_hub_id_is_looked_up_among_what_was_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPPOSTO_CHECKPOINTS", str(tmp_path))
    pipeline(tmp_path / "an-org--a.name")
    adapter(tmp_path / "h94--IP-Adapter" / "models")
    assert open_checkpoint("an-org/a.name", [PIPELINE]).folder == tmp_path / "an-org--a.name"
    assert open_checkpoint("h94/IP-Adapter/models", ["IPAdapter"]).folder.name == "models"


def test_a_hub_id_is_found_in_the_hubs_own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    revision = "0" * 40
    stored = tmp_path / "models--an-org--name"
    folder = network(stored / "snapshots" / revision)
    (stored / "refs").mkdir()
    (stored / "refs" / "main").write_text(revision)
    blob = stored / "blobs" / "abc"
    blob.parent.mkdir()
    (folder / "diffusion_pytorch_model.safetensors").rename(blob)
    (folder / "diffusion_pytorch_model.safetensors").symlink_to(blob)
    assert open_checkpoint("an-org/name", ["AutoencoderKL"]).folder == folder


def test_a_missing_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    assert "give a checkpoint's folder" in refusal(tmp_path / "none")
    assert "contrapposto pull" in refusal("no-such-org/no-such-name")
    assert "give a checkpoint's folder" in refusal("../etc/passwd")


def test_an_unknown_class_is_refused_by_name(tmp_path: Path) -> None:
    message = refusal(network(tmp_path, "MotionModel"), "AutoencoderKL", "ControlNetModel")
    assert "MotionModel" in message
    assert "AutoencoderKL, ControlNetModel" in message


@pytest.mark.parametrize("key", ["auto_map", "trust_remote_code"])
@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "tokenizer_config.json"])
def test_configs_that_ask_for_remote_code_are_refused(tmp_path: Path, key: str, name: str) -> None:
    network(tmp_path)
    config = json.loads((tmp_path / name).read_text()) if (tmp_path / name).is_file() else {}
    write_json(tmp_path / name, config | {key: {"AutoModel": "theirs.Model"}})
    message = refusal(tmp_path)
    assert key in message
    assert "never run" in message


def test_weights_grafted_on_by_another_library_are_refused(tmp_path: Path) -> None:
    write_json(network(tmp_path) / "adapter_config.json", {"peft_type": "LORA"})
    assert "merge_and_unload" in refusal(tmp_path)


def test_components_of_their_own_code_are_refused(tmp_path: Path) -> None:
    pipeline(tmp_path / "a", {"unet": ["my_unet", "MyUNet"]})
    assert "my_unet" in refusal(tmp_path / "a")
    pipeline(tmp_path / "b", {"_class_name": ["my_pipeline", "MyPipeline"]})
    assert "my_pipeline" in refusal(tmp_path / "b")


@pytest.mark.parametrize("pickle", ["diffusion_pytorch_model.bin", "model.pt", "a.pth", "b.ckpt", "c.pkl"])
def test_pickles_alone_are_refused_and_beside_safetensors_passed_over(tmp_path: Path, pickle: str) -> None:
    network(tmp_path)
    before = open_checkpoint(str(tmp_path), ["AutoencoderKL"]).sha256
    (tmp_path / pickle).write_bytes(b"never read")
    assert open_checkpoint(str(tmp_path), ["AutoencoderKL"]).sha256 == before
    (tmp_path / "diffusion_pytorch_model.safetensors").unlink()
    message = refusal(tmp_path)
    assert pickle in message
    assert "safetensors" in message


def test_one_component_with_a_pickle_alone_refuses_the_pipeline(tmp_path: Path) -> None:
    pipeline(tmp_path)
    (tmp_path / "text_encoder" / "model.safetensors").rename(tmp_path / "text_encoder" / "pytorch_model.bin")
    assert "text_encoder" in refusal(tmp_path)


def test_a_missing_component_is_refused(tmp_path: Path) -> None:
    pipeline(tmp_path, {"vae": ["diffusers", "AutoencoderKL"]})
    assert str(tmp_path / "vae") in refusal(tmp_path)


def test_the_half_precision_variant_is_taken_where_it_is_all_there_is(tmp_path: Path) -> None:
    pipeline(tmp_path)
    unet = tmp_path / "unet"
    (unet / "diffusion_pytorch_model.safetensors").rename(unet / "diffusion_pytorch_model.fp16.safetensors")
    before = open_checkpoint(str(tmp_path), [PIPELINE])
    assert before.variant == "fp16"
    write_weights(unet / "diffusion_pytorch_model.fp16.safetensors", "another")
    assert open_checkpoint(str(tmp_path), [PIPELINE]).sha256 != before.sha256
    write_weights(unet / "diffusion_pytorch_model.safetensors")
    assert open_checkpoint(str(tmp_path), [PIPELINE]).variant is None


def shards(folder: Path) -> Path:
    network(folder)
    (folder / "diffusion_pytorch_model.safetensors").unlink()
    names = {f"w{i}": f"diffusion_pytorch_model-0000{i}-of-00002.safetensors" for i in (1, 2)}
    for key, name in names.items():
        write_weights(folder / name, key)
    write_json(folder / "diffusion_pytorch_model.safetensors.index.json", {"weight_map": names})
    return folder


def test_shards_are_all_there_or_refused(tmp_path: Path) -> None:
    open_checkpoint(str(shards(tmp_path)), ["AutoencoderKL"])
    (tmp_path / "diffusion_pytorch_model-00002-of-00002.safetensors").unlink()
    assert "00002-of-00002" in refusal(tmp_path)


def test_shards_outside_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = shards(tmp_path / "a")
    write_weights(tmp_path / "other.safetensors")
    write_json(
        folder / "diffusion_pytorch_model.safetensors.index.json", {"weight_map": {"w1": "../other.safetensors"}}
    )
    assert "leads out" in refusal(folder)


@pytest.mark.parametrize("cut", ["short", "long", "empty", "header", "json"])
def test_cut_and_corrupted_safetensors_are_refused(tmp_path: Path, cut: str) -> None:
    file = network(tmp_path) / "diffusion_pytorch_model.safetensors"
    data = file.read_bytes()
    broken = {
        "short": data[:-1],
        "long": data + b"\0",
        "empty": b"",
        "header": struct.pack("<Q", 2**62) + data[8:],
        "json": data[:8] + b"?" + data[9:],
    }
    file.write_bytes(broken[cut])
    message = refusal(tmp_path)
    assert str(file) in message
    assert "fetch it again" in message


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = network(tmp_path / "a")
    (folder / "diffusion_pytorch_model.safetensors").rename(tmp_path / "elsewhere.safetensors")
    (folder / "diffusion_pytorch_model.safetensors").symlink_to(tmp_path / "elsewhere.safetensors")
    assert "leads out" in refusal(folder)


def pulled(folder: Path) -> Path:
    files = [file for file in folder.rglob("*") if file.is_file()]
    write_manifest(folder, {"org/name": "f" * 40}, {str(file.relative_to(folder)): file_hash(file) for file in files})
    return folder


def test_the_manifest_of_a_pull_is_compared(tmp_path: Path) -> None:
    pulled(pipeline(tmp_path))
    assert open_checkpoint(str(tmp_path), [PIPELINE]).pulled
    assert open_checkpoint(str(tmp_path / "unet"), ["UNet2DConditionModel"]).pulled
    write_weights(tmp_path / "unet" / "diffusion_pytorch_model.safetensors", "another")
    message = refusal(tmp_path)
    assert "changed after it was pulled" in message
    assert "diffusion_pytorch_model.safetensors" in message


def test_files_that_the_manifest_does_not_know_or_misses_are_refused(tmp_path: Path) -> None:
    pulled(pipeline(tmp_path))
    write_json(tmp_path / "tokenizer" / "added_tokens.json", {"b": 1})
    assert "added_tokens.json" in refusal(tmp_path)
    (tmp_path / "tokenizer" / "added_tokens.json").unlink()
    (tmp_path / "tokenizer" / "vocab.json").unlink()
    assert "is gone" in refusal(tmp_path)
