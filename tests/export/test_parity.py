"""That a difference is seen, and what is timed."""

import itertools

import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from deployments.backends.ordered import ordered
from deployments.runtime import Runner
from export.parity import check_parity, session, times, widened
from pose.errors import GraphError
from tests.export.tiny import SIGNATURE, tiny_network

BUCKET = (8, 12)


def _by_torch(network):
    def run(inputs):
        with torch.no_grad():
            return list(ordered(network, SIGNATURE)(*inputs))

    return run


def _doubling():
    """x -> bfloat16(x) * 2, whose result is float32."""
    weight = helper.make_tensor("two", TensorProto.BFLOAT16, [1], [2.0])
    nodes = [
        helper.make_node("Cast", ["picture"], ["low"], to=TensorProto.BFLOAT16),
        helper.make_node("Mul", ["low", "two"], ["product"]),
        helper.make_node("Cast", ["product"], ["out"], to=TensorProto.FLOAT),
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 3]) for name in ("picture", "out")]
    graph = helper.make_graph(nodes, "doubling", ends[:1], ends[1:], [weight])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)


def test_the_same_network_has_no_error() -> None:
    assert check_parity(_by_torch(tiny_network()), tiny_network(), SIGNATURE, BUCKET, 1e-3) == 0


def test_another_network_is_refused_with_the_outputs_name() -> None:
    other = tiny_network()
    with torch.no_grad():
        other.see.weight[0] *= 1.05
    with pytest.raises(GraphError, match=r"'first'.*precision"):
        check_parity(_by_torch(other), tiny_network(), SIGNATURE, BUCKET, 1e-3)


def test_widening_keeps_the_values_and_leaves_no_bfloat16() -> None:
    model = _doubling()
    wide = widened(model)
    assert numpy_helper.to_array(wide.graph.initializer[0]).tolist() == [2.0]
    assert wide.graph.initializer[0].data_type == TensorProto.FLOAT
    assert model.graph.initializer[0].data_type == TensorProto.BFLOAT16
    onnx.checker.check_model(wide, full_check=True)


def test_three_ways_are_timed_side_by_side() -> None:
    whole = torch.nn.Linear(3, 3)
    served = Runner("tiny", "0" * 64, torch.nn.Linear(3, 3).to(torch.bfloat16), torch.bfloat16)
    ticks = itertools.accumulate(itertools.count(1))  # each interval is a tick longer than the one before
    taken = times(whole, served, session(_doubling()), (torch.rand(1, 3),), repeats=3, clock=lambda: next(ticks))
    assert taken == {"torch fp32": 11_000, "torch as served": 13_000, "onnxruntime": 15_000}
