"""An ONNX graph -> a TensorRT engine; `deployments.backends.engines` runs it, and alone imports TensorRT.

Written for TensorRT 11, whose networks are strongly typed: there is no flag for a precision, the graph carries it.
Every function takes the `tensorrt` module as an argument, so that tests check each call against its real classes.
NOT RUN ON A GPU so far. INT8 and FP8 belong to the checkpoint tier: a quantised graph enters at `build_engine`.
"""

from pathlib import Path
from typing import Any

from deployments.backends.graphs import Graph
from deployments.signature import Bucket, Signature
from pose.errors import GraphError

WORKSPACE = 2 << 30  # bytes


def build_engine(graph: Graph, signature: Signature, bucket: Bucket, cache: Path, trt: Any) -> bytes:
    """A serialised engine with one profile, for this GPU and this TensorRT only; its weights can be refitted.

    `cache` holds what was timed before: read where it fits this card, written back. Raises GraphError with the
    parser's own words where the graph is not taken or no engine can be built.
    """
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, logger)
    if not (_given(parser, graph) and parser.parse_model_proto()):
        told = "; ".join(str(parser.get_error(row)) for row in range(parser.num_errors))
        raise GraphError(f"TensorRT cannot read the graph of '{signature.network}': {told}. Serve it by torch instead.")
    config = builder.create_builder_config()
    config.set_flag(trt.BuilderFlag.REFIT)
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE)
    _take_timings(config, cache)
    config.add_optimization_profile(_profile(builder, signature, bucket))
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise GraphError(
            f"TensorRT built no engine of '{signature.network}' at {bucket[0]}x{bucket[1]}; its log says why. "
            "Serve it by torch instead."
        )
    cache.write_bytes(memoryview(config.get_timing_cache().serialize()))
    return bytes(memoryview(plan))


def refit_engine(engine: Any, graph: Graph, trt: Any) -> None:
    """Puts the weights of another graph of the same structure (an adapter merged, say) into a loaded engine."""
    logger = trt.Logger(trt.Logger.WARNING)
    refitter = trt.Refitter(engine, logger)
    reader = trt.OnnxParserRefitter(refitter, logger)
    if not (_given(reader, graph) and reader.refit_model_proto()) or not refitter.refit_cuda_engine():
        raise GraphError("the engine cannot take these weights; build it from their own graph instead.")


def _given(parser: Any, graph: Graph) -> bool:
    """Hands over the graph, and weights beside it from the memory in which they were checked: no file is opened."""
    return parser.load_model_proto(graph.model) and all(
        parser.load_initializer(name, tensor.data_ptr(), tensor.nbytes) for name, tensor in graph.weights.items()
    )


def _take_timings(config: Any, cache: Path) -> None:
    """What another card or version timed is left aside."""
    earlier = config.create_timing_cache(cache.read_bytes() if cache.is_file() else b"")
    if not config.set_timing_cache(earlier, ignore_mismatch=False):
        config.set_timing_cache(config.create_timing_cache(b""), ignore_mismatch=False)


def _profile(builder: Any, signature: Signature, bucket: Bucket) -> Any:
    """Batches of one to the signature's largest; tuned for the largest."""
    profile = builder.create_optimization_profile()
    for port in signature.inputs:
        shape = port.shape(*bucket)
        least, most = (1, *shape), (signature.batch, *shape)
        profile.set_shape(port.name, min=least, opt=most, max=most)
    return profile
