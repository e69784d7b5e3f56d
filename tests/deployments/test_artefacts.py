"""An artefact is read only as its manifest says and as is expected; every other one is refused with the remedy."""

import dataclasses
import hashlib
import json

import pytest

from deployments.artefacts import (
    DataFile,
    Manifest,
    artefact_name,
    glance,
    manifest_path,
    read_artefact,
    write_artefact,
)
from pose.errors import ArtefactError

DATA = b"an engine, perhaps"
MANIFEST = Manifest(
    network="tiny",
    bucket=(8, 12),
    precision="fp32",
    batch=4,
    sha256=hashlib.sha256(DATA).hexdigest(),
    bytes=len(DATA),
    weights_sha256="a" * 64,
    code_sha256="b" * 64,
    exporter_sha256="d" * 64,
    opset=22,
    torch="2.13.0",
    onnx="1.23.2",
    tensorrt="11.4.0",
    architecture="sm90",
    parity=1e-6,
)
EXPECTED = {"network": "tiny", "bucket": (8, 12), "tensorrt": "11.4.0", "architecture": "sm90"}


@pytest.fixture
def engine(tmp_path):
    path = tmp_path / artefact_name("tiny", (8, 12), "fp32", "engine")
    write_artefact(path, DATA, MANIFEST)
    return path


def test_what_was_written_is_read(engine) -> None:
    assert read_artefact(engine, EXPECTED) == (DATA, MANIFEST)
    assert engine.name == "tiny-8x12-fp32.engine"
    assert not list(engine.parent.glob("*.part"))


def test_a_glance_sees_what_is_missing_or_cut_of_an_artefact_and_of_what_lies_beside(engine) -> None:
    beside = DataFile("weights.safetensors", 3, "e" * 64)
    write_artefact(engine, DATA, dataclasses.replace(MANIFEST, data=(beside,)))
    with pytest.raises(ArtefactError, match=r"weights\.safetensors cannot be read.*--rebuild"):
        glance(engine, EXPECTED)
    (engine.parent / beside.name).write_bytes(b"abc")
    glance(engine, EXPECTED)
    with pytest.raises(ArtefactError, match="opset 22, not 23"):
        glance(engine, EXPECTED | {"opset": 23})
    (engine.parent / beside.name).write_bytes(b"ab")
    with pytest.raises(ArtefactError, match=r"weights\.safetensors has 2 bytes, its manifest says 3"):
        glance(engine, EXPECTED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("architecture", "sm120"),
        ("tensorrt", "11.5.0"),
        ("tensorrt", None),
        ("weights_sha256", "c" * 64),
        ("precision", "bf16"),
        ("bucket", (8, 8)),
        ("opset", 23),
    ],
)
def test_another_machine_version_or_network_is_refused(engine, name, value) -> None:
    with pytest.raises(ArtefactError, match=f"{name}.*export.*--rebuild"):
        read_artefact(engine, EXPECTED | {name: value})


def test_an_altered_file_is_refused(engine) -> None:
    engine.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(ArtefactError, match=r"SHA-256.*--rebuild"):
        read_artefact(engine, EXPECTED)


def test_a_truncated_file_is_refused(engine) -> None:
    engine.write_bytes(DATA[:5])
    with pytest.raises(ArtefactError, match=r"5 bytes.*--rebuild"):
        read_artefact(engine, EXPECTED)


def test_a_missing_file_is_refused(engine) -> None:
    engine.unlink()
    with pytest.raises(ArtefactError, match=r"cannot be read.*--rebuild"):
        read_artefact(engine, EXPECTED)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"network": "tiny"}'])
def test_a_manifest_that_is_none_is_refused(engine, text) -> None:
    manifest_path(engine).write_text(text)
    with pytest.raises(ArtefactError, match=r"missing or unreadable.*--rebuild"):
        read_artefact(engine, EXPECTED)


def test_a_missing_manifest_is_refused(engine) -> None:
    manifest_path(engine).unlink()
    with pytest.raises(ArtefactError, match=r"missing or unreadable.*--rebuild"):
        read_artefact(engine, EXPECTED)


def test_a_manifest_of_another_format_is_refused(engine) -> None:
    told = dataclasses.asdict(MANIFEST) | {"format": 1}
    manifest_path(engine).write_text(json.dumps(told))
    with pytest.raises(ArtefactError, match=r"format 1.*--rebuild"):
        read_artefact(engine, EXPECTED)
