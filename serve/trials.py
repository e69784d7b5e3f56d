"""Tries one backend for real on a tiny network, in a process of its own: `python -m serve.trials eager`.

Says on stdout, as JSON, whether it works here and what was seen; a library that crashes takes only this process along.
Knows nothing of the embedded networks. TensorRT's part was checked against its real classes and NOT RUN on a GPU.
"""

import base64
import json
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from deployments.backends.engines import architecture, tensorrt_module
from deployments.backends.graphs import open_session
from deployments.runtime import precision
from pose.errors import ContrappostoError
from serve.findings import Status

Verdict = tuple[Status, str]

# an ONNX graph, opset 22: y = relu(x) + x, float32 (1, 4)
GRAPH = base64.b64decode(
    "CAoSADpPCgwKAXgSAXIiBFJlbHUKDgoBcgoBeBIBeSIDQWRkEgV0cmlhbFoTCgF4Eg4KDAgBEggKAggBCgIIBGITCgF5Eg4KDAgBEggKAggBCgII"
    "BEIECgAQFg=="
)


def eager() -> Verdict:
    """Torch as it serves: on the first GPU where there is one, in the precision that the device is fast in."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network, picture = _network().to(device), torch.ones(1, 8, 64, 64, device=device)
    dtype = torch.float16 if device.type == "cuda" else precision()
    with torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        expected, seconds = network(picture), _seconds(lambda: network(picture))
    if not expected.isfinite().all():
        return "broken", f"{dtype} on {device} gives values that are not finite"
    return "ok", f"{str(dtype).removeprefix('torch.')} on {device}, {1000 * seconds:.2f} ms"


def compiled() -> Verdict:
    """torch.compile, which needs a C++ compiler on a CPU."""
    network, picture = _network(), torch.ones(1, 8, 64, 64)
    if torch.cuda.is_available():
        network, picture = network.cuda(), picture.cuda()
    with torch.no_grad():
        started = time.perf_counter()
        graph = torch.compile(network, fullgraph=True, dynamic=False)
        distance = (graph(picture) - network(picture)).abs().max().item()
    if distance > 1e-3:
        return "broken", f"differs from torch by {distance:.1e}"
    return "ok", f"on {picture.device}, compiled in {time.perf_counter() - started:.0f} s"


def onnxruntime() -> Verdict:
    """ONNX Runtime's CPU provider."""
    try:
        run = open_session(GRAPH, threads=1)
    except ContrappostoError as error:
        return "missing", error.message
    (answer,) = run([torch.tensor([[-1.0, 0.0, 1.0, 2.0]])])
    if answer.tolist() != [[-1.0, 0.0, 2.0, 4.0]]:
        return "broken", f"gives {answer.tolist()} for relu(x) + x"
    import onnxruntime

    return "ok", f"{onnxruntime.__version__}, {', '.join(onnxruntime.get_available_providers())}"


def tensorrt() -> Verdict:
    """An engine built and read back."""
    if architecture() is None:
        return "missing", "needs an NVIDIA GPU that torch sees"
    trt = tensorrt_module()
    if trt is None:
        return "missing", "not installed; pip install contrapposto[tensorrt]"
    logger = trt.Logger(trt.Logger.ERROR)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    if not trt.OnnxParser(network, logger).parse(GRAPH):
        return "broken", "does not take a graph of two layers"
    plan = builder.build_serialized_network(network, builder.create_builder_config())
    if plan is None or trt.Runtime(logger).deserialize_cuda_engine(plan) is None:
        return "broken", "builds no engine of two layers"
    return "ok", f"{trt.__version__}, {architecture()}"


TRIALS: dict[str, Callable[[], Verdict]] = {
    "eager": eager,
    "onnxruntime": onnxruntime,
    "tensorrt": tensorrt,
    "compiled": compiled,  # the slow one last: they share a time
}


def attempt(name: str) -> Verdict:
    """The trial's verdict; what it raises is its reason."""
    try:
        return TRIALS[name]()
    except Exception as error:  # whatever a library raises is the answer
        return "broken", " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.SiLU(), nn.Conv2d(8, 8, 3, padding=1)).eval()


def _seconds(call: Callable[[], Tensor]) -> float:
    started = time.perf_counter()
    for _ in range(5):
        call()
    return (time.perf_counter() - started) / 5


if __name__ == "__main__":
    status, told = attempt(sys.argv[1])
    print(json.dumps({"status": status, "told": told}))
