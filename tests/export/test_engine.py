"""Every call that builds, refits or runs an engine, against TensorRT 11's real classes; no engine is built here."""

import pytest
import torch

from deployments.backends.graphs import Graph
from export.engine import build_engine, refit_engine
from pose.errors import GraphError
from tests.export.bindings import RecordedModule, load_bindings
from tests.export.tiny import SIGNATURE

BUCKET = (8, 12)
WEIGHT = torch.zeros(2, 3)
GRAPH, ADAPTED = (Graph(name, {"see": WEIGHT}) for name in (b"graph", b"adapted"))


@pytest.fixture(scope="module")
def bindings(tmp_path_factory):
    return load_bindings(tmp_path_factory.mktemp("tensorrt"))


def _module(bindings, **answers):
    plan = {"Builder__build_serialized_network": b"plan", "ITimingCache__serialize": b"timings"}
    return RecordedModule(bindings, **plan | answers)


def test_an_engine_is_built_with_one_profile_and_can_be_refitted(bindings, tmp_path) -> None:
    trt, cache = _module(bindings), tmp_path / "timings.cache"
    cache.write_bytes(b"earlier")
    assert build_engine(GRAPH, SIGNATURE, BUCKET, cache, trt) == b"plan"
    typed = 1 << int(bindings.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    assert trt.calls("Builder.create_network") == [{"flags": typed}]
    assert trt.calls("OnnxParser.load_model_proto") == [{"model": b"graph"}]
    given = trt.calls("OnnxParser.load_initializer")
    assert given == [{"name": "see", "data": WEIGHT.data_ptr(), "size": 24}]
    assert len(trt.calls("OnnxParser.parse_model_proto")) == 1
    assert trt.calls("IBuilderConfig.set_flag") == [{"flag": bindings.BuilderFlag.REFIT}]
    assert trt.calls("IBuilderConfig.create_timing_cache") == [{"serialized_timing_cache": b"earlier"}]
    assert len(trt.calls("IBuilderConfig.add_optimization_profile")) == 1
    assert trt.calls("IOptimizationProfile.set_shape") == [
        {"input": "picture", "min": (1, 3, 8, 12), "opt": (4, 3, 8, 12), "max": (4, 3, 8, 12)},
        {"input": "shift", "min": (1, 8), "opt": (4, 8), "max": (4, 8)},
    ]
    assert cache.read_bytes() == b"timings"


def test_timings_of_another_card_are_left_aside(bindings, tmp_path) -> None:
    cache = tmp_path / "timings.cache"
    cache.write_bytes(b"another card's")
    trt = _module(bindings, IBuilderConfig__set_timing_cache=False)
    build_engine(GRAPH, SIGNATURE, BUCKET, cache, trt)
    taken = [call["serialized_timing_cache"] for call in trt.calls("IBuilderConfig.create_timing_cache")]
    assert taken == [b"another card's", b""]
    assert cache.read_bytes() == b"timings"


def test_what_the_parser_says_is_told(bindings, tmp_path) -> None:
    trt = _module(
        bindings, OnnxParser__parse_model_proto=False, OnnxParser__num_errors=1, OnnxParser__get_error="no such thing"
    )
    with pytest.raises(GraphError, match="'tiny': no such thing"):
        build_engine(GRAPH, SIGNATURE, BUCKET, tmp_path / "timings.cache", trt)


def test_no_engine_is_an_error_and_writes_no_timings(bindings, tmp_path) -> None:
    trt = _module(bindings, Builder__build_serialized_network=None)
    with pytest.raises(GraphError, match="8x12"):
        build_engine(GRAPH, SIGNATURE, BUCKET, tmp_path / "timings.cache", trt)
    assert not list(tmp_path.iterdir())


def test_an_engine_takes_other_weights(bindings) -> None:
    trt = _module(bindings)
    refit_engine(object(), ADAPTED, trt)
    assert trt.calls("OnnxParserRefitter.load_model_proto") == [{"model": b"adapted"}]
    assert len(trt.calls("OnnxParserRefitter.load_initializer")) == 1
    assert len(trt.calls("Refitter.refit_cuda_engine")) == 1
    with pytest.raises(GraphError, match="weights"):
        refit_engine(object(), ADAPTED, _module(bindings, Refitter__refit_cuda_engine=False))


def test_the_networks_of_this_version_have_no_precision_flags(bindings) -> None:
    assert bindings.__version__.startswith("11.")
    assert not {"FP16", "BF16", "INT8"} & set(bindings.BuilderFlag.__members__)


def test_a_call_that_the_real_class_lacks_is_seen(bindings) -> None:
    trt = _module(bindings)
    builder = trt.Builder(trt.Logger(trt.Logger.WARNING))
    with pytest.raises(AttributeError):
        builder.build_cuda_engine(None)
    with pytest.raises(TypeError):
        builder.create_network(flag=1)
    with pytest.raises(TypeError):
        builder.build_serialized_network(None)
