"""What a graph is called, which axis is open, which types it carries; and the denoiser's own parts as graphs."""

import pytest
import torch
from onnx import TensorProto
from torch import Tensor, nn

from deployments.backends.graphs import OPSET
from deployments.backends.trial import example_inputs
from deployments.denoiser.limbs import limb_maps
from deployments.denoiser.network import CrossAttention, moved
from deployments.signature import Port, Signature
from export.graph import in_precision, to_onnx
from export.operators import unsupported
from export.parity import check_parity, session
from tests.export.tiny import SIGNATURE, tiny_network

BUCKET = (8, 12)


@pytest.fixture(scope="module")
def graph():
    return to_onnx(tiny_network(), SIGNATURE, BUCKET)


def _shapes(ports):
    return {port.name: [dim.dim_param or dim.dim_value for dim in port.type.tensor_type.shape.dim] for port in ports}


def test_names_and_shapes_are_the_signatures(graph) -> None:
    assert _shapes(graph.graph.input) == {"picture": ["batch", 3, 8, 12], "shift": ["batch", 8]}
    assert _shapes(graph.graph.output) == {"first": ["batch", 8, 8, 12], "mean": ["batch", 8]}
    assert [(entry.domain, entry.version) for entry in graph.opset_import] == [("", OPSET)]


def test_it_computes_the_same_for_any_batch(graph) -> None:
    assert check_parity(session(graph), tiny_network(), SIGNATURE, BUCKET, 1e-5) > 0


def test_no_path_of_this_machine_is_in_it(graph) -> None:
    assert b".py" not in graph.SerializeToString()


def test_a_network_that_fixes_the_batch_is_refused() -> None:
    class Fixed(nn.Module):
        def forward(self, picture: Tensor, shift: Tensor) -> dict[str, Tensor]:
            rows = picture.new_ones((len(picture), 8))
            return {"first": picture[:, :1].repeat(1, 8, 1, 1), "mean": rows}

    with pytest.raises(Exception, match="batch"):
        to_onnx(Fixed(), SIGNATURE, BUCKET)


def test_a_smaller_precision_is_carried_by_the_multiplications_alone() -> None:
    graph = to_onnx(in_precision(tiny_network(), "bf16"), SIGNATURE, BUCKET)
    weights = {tensor.name: tensor.data_type for tensor in graph.graph.initializer}
    assert weights["network.see.weight"] == weights["network.move.weight"] == TensorProto.BFLOAT16
    ends = (*graph.graph.input, *graph.graph.output)
    assert {port.type.tensor_type.elem_type for port in ends} == {TensorProto.FLOAT}
    assert unsupported(graph) == []


def test_precision_leaves_the_network_itself_alone() -> None:
    network = tiny_network()
    lower = in_precision(network, "fp16")
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}
    assert {parameter.dtype for parameter in lower.norm.parameters()} == {torch.float32}
    with torch.no_grad():
        whole, half = (each(*example_inputs(SIGNATURE, BUCKET, 2))["first"] for each in (network, lower))
    assert 0 < (whole - half).abs().max() < 1e-2


def test_the_denoisers_own_parts_become_graphs_that_tensorrt_takes() -> None:
    class Parts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.look = CrossAttention(8, 6)
            nn.init.normal_(self.look.tell.weight)

        def forward(self, picture: Tensor, offsets: Tensor, points: Tensor, tokens: Tensor) -> dict[str, Tensor]:
            limbs = limb_maps(points, points.new_full(points.shape[:1], 2.0), 16, 16)
            return {"moved": moved(picture, offsets), "limbs": limbs, "seen": self.look(picture, tokens)}

    torch.manual_seed(0)
    ports = (
        Port("picture", lambda h, w: (8, h, w)),
        Port("offsets", lambda h, w: (2, h // 4, w // 4), low=-3, high=3),
        Port("points", lambda h, w: (23, 3), low=-4, high=20),
        Port("tokens", lambda h, w: (5, 6)),
    )
    answers = tuple(Port(name, lambda h, w: (1,)) for name in ("moved", "limbs", "seen"))
    signature = Signature("parts", "parts", ports, answers, ((16, 16),), 4)
    network = Parts().eval()
    graph = to_onnx(network, signature, (16, 16))
    assert {"GridSample", "ScatterElements", "Softmax"} <= {node.op_type for node in graph.graph.node}
    assert unsupported(graph) == []
    assert check_parity(session(graph), network, signature, (16, 16), 1e-3) < 1e-3
