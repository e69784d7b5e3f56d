"""Each thing that TensorRT's table excludes is named; what it takes passes."""

import pytest
from onnx import TensorProto, helper

from export.operators import operators, unsupported

FLOAT, HALF, BF16, DOUBLE, LONG, BOOL = (
    getattr(TensorProto, name) for name in ("FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE", "INT64", "BOOL")
)


def model(operator, inputs, outputs=1, opset=22, constants=(), domain="", result=None, **attributes):
    """One node; `inputs` are (type, shape), those whose row is in `constants` become initializers of zeros."""
    names = [f"in{row}" for row in range(len(inputs))]
    results = [f"out{row}" for row in range(outputs)]
    values = [helper.make_tensor_value_info(name, *told) for name, told in zip(names, inputs, strict=True)]
    fixed = [
        helper.make_tensor(names[row], inputs[row][0], inputs[row][1], [0] * inputs[row][1][0]) for row in constants
    ]
    node = helper.make_node(operator, names, results, domain=domain, **attributes)
    out = [helper.make_tensor_value_info(name, result or inputs[0][0], None) for name in results]
    graph = helper.make_graph(
        [node], "one", [value for row, value in enumerate(values) if row not in constants], out, fixed
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, opset)])


PICTURE = (1, 3, 8, 8)


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        (model("Det", [(FLOAT, (3, 3))]), "operator Det"),
        (model("GridSample", [(BF16, PICTURE), (BF16, (1, 8, 8, 2))]), "GridSample of BF16"),
        (model("GridSample", [(FLOAT, PICTURE), (BF16, (1, 8, 8, 2))]), "GridSample of BF16"),
        (model("Add", [(DOUBLE, (2,)), (DOUBLE, (2,))]), "Add of DOUBLE"),
        (model("Relu", [(FLOAT, (2,))], opset=7), "opset 7"),
        (model("ReduceSum", [(FLOAT, (2, 2)), (LONG, (1,))]), "ReduceSum with an input 1 that is no constant"),
        (model("LayerNormalization", [(FLOAT, (2, 4)), (FLOAT, (4,))], outputs=2), "LayerNormalization with 2 outputs"),
        (
            model("ScatterND", [(FLOAT, (4,)), (LONG, (1, 1)), (FLOAT, (1,))], reduction="max"),
            "ScatterND with reduction=max",
        ),
        (model("Resize", [(FLOAT, PICTURE)], mode="cubic"), "Resize with mode=cubic"),
    ],
)
def test_what_is_not_supported_is_named(graph, told) -> None:
    assert any(problem.startswith(told) for problem in unsupported(graph)), unsupported(graph)


@pytest.mark.parametrize(
    "graph",
    [
        model("GridSample", [(FLOAT, PICTURE), (FLOAT, (1, 8, 8, 2))]),
        model("Conv", [(BF16, PICTURE), (BF16, (4, 3, 3, 3))]),
        model("ReduceSum", [(FLOAT, (2, 2)), (LONG, (1,))], constants=(1,)),
        model("Gather", [(HALF, (4,)), (LONG, (2,))]),
        model("Greater", [(FLOAT, (2,)), (FLOAT, (2,))], result=BOOL),
        model("Resize", [(FLOAT, PICTURE)], mode="linear", coordinate_transformation_mode="half_pixel"),
    ],
)
def test_what_is_supported_passes(graph) -> None:
    assert unsupported(graph) == []


def test_a_foreign_domain_is_named() -> None:
    assert (
        "opset 1 of 'com.microsoft'" in unsupported(model("Gelu", [(FLOAT, (2,))], opset=1, domain="com.microsoft"))[0]
    )


def test_operators_are_counted() -> None:
    assert operators(model("Relu", [(FLOAT, (2,))])) == {"Relu": 1}
