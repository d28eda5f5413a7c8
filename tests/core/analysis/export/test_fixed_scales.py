"""A small network in 8 bits of fixed scales answers as the same rounding worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.export.fixed_scales import fix, measure

pytest.importorskip("onnxruntime")


def network(seed):
    """relu(x A + a) B + b, with x (N, T, 8); its parameters."""
    draw = np.random.default_rng(seed)
    shapes = {"A": (8, 16), "a": (16,), "B": (16, 4), "b": (4,)}
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def graph_of(parts):
    from onnx import TensorProto, helper, numpy_helper

    node = helper.make_node
    nodes = [
        node("Cast", ["ids"], ["x"], to=TensorProto.FLOAT),
        node("MatMul", ["x", "A"], ["xA"], name="first"),
        node("Add", ["xA", "a"], ["hidden"]),
        node("Relu", ["hidden"], ["positive"]),
        node("MatMul", ["positive", "B"], ["hB"], name="second"),
        node("Add", ["hB", "b"], ["out"]),
    ]
    given = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "t", 8])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", "t", 4])
    constants = [numpy_helper.from_array(value, name) for name, value in parts.items()]
    graph = helper.make_graph(nodes, "small", [given], [out], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def rounded(x, low, high):
    """The numbers that 8 bits between low and high stand for."""
    scale = (high - low) / 255
    zero = np.rint(-low / scale)
    return (np.clip(np.rint(x / scale) + zero, 0, 255) - zero) * scale


def in_steps(weight, top):
    steps = np.abs(weight).max(axis=0) / top
    return np.rint(weight / steps) * steps


@pytest.mark.parametrize("bits", [8, 7])
def test_products_are_those_of_numbers_rounded_by_hand(tmp_path, bits):
    import onnx
    import onnxruntime

    parts = network(0)
    onnx.save(graph_of(parts), tmp_path / "float.onnx")
    draw = np.random.default_rng(1)
    seen = [{"ids": draw.integers(-20, 30, (2, 5, 8))} for _ in range(3)]
    ranges = measure(tmp_path / "float.onnx", seen)
    hidden = [np.maximum(batch["ids"] @ parts["A"] + parts["a"], 0) for batch in seen]
    assert ranges["x"] == (min(b["ids"].min() for b in seen), max(b["ids"].max() for b in seen))
    assert ranges["positive"] == pytest.approx((0, max(one.max() for one in hidden)), rel=1e-5)

    model = onnx.load(tmp_path / "float.onnx")
    fix(model, ranges, bits)
    assert [node.op_type for node in model.graph.node] == ["Cast", "QuantizeLinear", "QLinearConv",
                                                           "MatMulIntegerToFloat"]  # fmt: skip
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids, top = draw.integers(-40, 60, (3, 4, 8)), 2 ** (bits - 1) - 1  # some lie beyond what was seen: they are cut
    (out,) = session.run(None, {"ids": ids})
    x = rounded(ids, *ranges["x"])
    positive = rounded(np.maximum(x @ in_steps(parts["A"], top) + parts["a"], 0), *ranges["positive"])
    expected = positive @ in_steps(parts["B"], top) + parts["b"]
    step = ranges["positive"][1] / 255 * np.abs(parts["B"]).max()  # a number on the edge may be rounded the other way
    assert np.abs(out - expected).max() <= 1.01 * step
    assert np.mean(np.abs(out - expected) < 1e-3 * np.abs(expected).max()) > 0.8
    apart = np.concatenate([session.run(None, {"ids": one[None]})[0] for one in ids])
    assert np.array_equal(apart, out)  # a row's answer does not hang on the rows beside it

    model = onnx.load(tmp_path / "float.onnx")
    fix(model, ranges, bits, kept_float=["second"])
    assert [node.op_type for node in model.graph.node][-3:] == ["Relu", "MatMul", "Add"]
