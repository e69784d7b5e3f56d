"""Settings: strict, frozen, and from either file format."""

import pytest
from pydantic import ValidationError

from pose.errors import InvalidInput
from serve.settings import Settings, parse_settings, read_settings


def test_defaults_fit_two_cores():
    assert Settings().total_cpus <= 2


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"denoizer": {}}, "denoizer"),
        ({"denoiser": {"replicas": 2}}, "denoiser.replicas"),
        ({"denoiser": {"num_cpus": -1}}, "denoiser.num_cpus"),
        ({"denoiser": {"min_replicas": 3}}, "max_replicas 1 is below"),
        ({"limits": {"seconds": 0}}, "limits.seconds"),
        ({"ingress": "two"}, "ingress"),
        ({"denoiser": {"checkpoint": {"base": "a", "lora": "b"}}}, "denoiser.checkpoint.lora"),
        ({"upscaler": {"checkpoint": {}}}, "upscaler.checkpoint.base"),
        ({"deformation": {"checkpoint": {"base": "a"}}}, "deformation.checkpoint"),
        ({"denoiser": {"runtime": {"backend": "compiled", "canvases": [[512, 512]]}}}, r"denoiser: .*name one"),
        ({"denoiser": {"checkpoint": {"base": "a"}, "runtime": {"canvases": [[512, 512]]}}}, "backend to compiled"),
        ({"denoiser": {"sampling": {"steps": 4}}}, r"denoiser: .*sampling .* without a checkpoint.*name one"),
    ],
)
def test_what_is_not_known_is_refused_by_name(values, named):
    with pytest.raises(InvalidInput, match=named):
        parse_settings(values)


def test_yaml_and_json_say_the_same(tmp_path):
    (tmp_path / "a.yaml").write_text("denoiser:\n  max_replicas: 3\n  num_gpus: 1\n")
    (tmp_path / "a.json").write_text('{"denoiser": {"max_replicas": 3, "num_gpus": 1}}')
    settings = read_settings(tmp_path / "a.yaml")
    assert settings == read_settings(tmp_path / "a.json")
    assert settings.denoiser.max_replicas == 3
    assert parse_settings(settings.model_dump(mode="json")) == settings


def test_a_checkpoint_brings_its_own_number_of_steps():
    sampled = {"denoiser": {"checkpoint": {"base": "a"}, "sampling": {"steps": 4}}}
    assert [Settings().default_steps, parse_settings(sampled).default_steps] == [1, 4]
    assert parse_settings({**sampled, "steps": 6}).default_steps == 6
    assert parse_settings(parse_settings(sampled).model_dump(mode="json")) == parse_settings(sampled)


def test_a_checkpoint_is_compiled_for_the_canvases_that_are_named():
    runtime = {"backend": "compiled", "canvases": [[1024, 768]]}
    stage = parse_settings({"denoiser": {"checkpoint": {"base": "a"}, "runtime": runtime}}).denoiser
    assert stage.runtime.canvases == ((1024, 768),)


def test_what_is_not_said_of_a_stage_stays_as_it_is_by_default():
    said = parse_settings({"denoiser": {"checkpoint": {"base": "a"}}, "limits": {"poses": 3}})
    assert said.denoiser.num_cpus == Settings().denoiser.num_cpus != type(said.denoiser)().num_cpus
    assert (said.limits.poses, said.limits.seconds) == (3, Settings().limits.seconds)


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", ""])
def test_unreadable_files_are_refused(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InvalidInput, match="settings file"):
        read_settings(tmp_path / "a.yaml")
    with pytest.raises(InvalidInput, match="cannot read"):
        read_settings(tmp_path / "none.yaml")


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().steps = 2
