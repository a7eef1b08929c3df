"""Models as exporters write them, with an input and what ONNX Runtime makes of them:
fixtures of libs/importers and of the e2e test of imports.

    pip install onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    python bench/reference/imported_onnx.py libs/importers/test/fixtures torch-cnn torch-text torch-fixed \\
        no-gradient torch-mask torch-mask-softmax torch-mask-turned torch-series functions
    python bench/reference/imported_onnx.py services/training/test/fixtures sides other-sides
    python bench/reference/imported_onnx.py e2e/src/fixtures blobs blobs-no-gradient

PyTorch's own exporter is not run here; the graphs are written operator by operator as torch.onnx.export
(opset 17) writes them: names `conv1.weight`, `/conv1/Conv_output_0`, `onnx::MatMul_57`, channels first,
flattening by Shape, Gather, Concat and Reshape, logits at the end.
"""

import json
import sys
from pathlib import Path
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(11)
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def weights(*shape, fan=None):
    return (rng.standard_normal(shape) / np.sqrt(fan or np.prod(shape[1:]) or 1)).astype(np.float32)


def constant(name, value):
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(value)))


def model(nodes, inputs, outputs, initializers, opset=17, producer="pytorch"):
    graph = helper.make_graph(
        nodes, "main_graph", inputs, outputs, [numpy_helper.from_array(v, k) for k, v in initializers.items()]
    )
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], producer_name=producer, ir_version=8
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def node(op, inputs, output, **attributes):
    return helper.make_node(
        op,
        inputs,
        output if isinstance(output, list) else [output],
        name=(output if isinstance(output, str) else output[0]).replace("_output_0", ""),
        **attributes,
    )


def flatten(source, prefix=""):
    """x.view(x.size(0), -1) as it is traced."""
    p = prefix
    return [
        node("Shape", [source], f"{p}/Shape_output_0"),
        constant(f"{p}/Constant_output_0", np.int64(0)),
        node("Gather", [f"{p}/Shape_output_0", f"{p}/Constant_output_0"], f"{p}/Gather_output_0", axis=0),
        constant(f"{p}/Constant_1_output_0", np.array([0], np.int64)),
        node("Unsqueeze", [f"{p}/Gather_output_0", f"{p}/Constant_1_output_0"], f"{p}/Unsqueeze_output_0"),
        constant(f"{p}/Constant_2_output_0", np.array([-1], np.int64)),
        node(
            "Concat", [f"{p}/Unsqueeze_output_0", f"{p}/Constant_2_output_0"], f"{p}/Concat_output_0", axis=0
        ),
        node("Reshape", [source, f"{p}/Concat_output_0"], f"{p}/Reshape_output_0"),
    ]


def torch_cnn(size=8, channels=1, classes=3):
    """nn.Conv2d → BatchNorm2d → ReLU → MaxPool2d → Conv2d → SiLU (twice residual) → view → Linear."""
    wide = 6 * (size // 2) ** 2
    init = {
        "conv1.weight": weights(6, channels, 3, 3),
        "conv1.bias": weights(6, fan=4),
        "bn1.weight": 1 + weights(6, fan=9),
        "bn1.bias": weights(6, fan=9),
        "bn1.running_mean": weights(6, fan=9),
        "bn1.running_var": 1 + np.abs(weights(6, fan=9)),
        "conv2.weight": weights(6, 6, 3, 3),
        "conv2.bias": weights(6, fan=4),
        "fc.weight": weights(classes, wide),
        "fc.bias": weights(classes, fan=4),
    }
    pads = dict(dilations=[1, 1], group=1, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
    nodes = [
        node("Conv", ["input", "conv1.weight", "conv1.bias"], "/conv1/Conv_output_0", **pads),
        node(
            "BatchNormalization",
            ["/conv1/Conv_output_0", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"],
            "/bn1/BatchNormalization_output_0",
            epsilon=1e-5,
            momentum=0.9,
            training_mode=0,
        ),
        node("Relu", ["/bn1/BatchNormalization_output_0"], "/relu/Relu_output_0"),
        node(
            "MaxPool",
            ["/relu/Relu_output_0"],
            "/pool/MaxPool_output_0",
            ceil_mode=0,
            kernel_shape=[2, 2],
            strides=[2, 2],
            pads=[0, 0, 0, 0],
        ),
        node(
            "Conv", ["/pool/MaxPool_output_0", "conv2.weight", "conv2.bias"], "/conv2/Conv_output_0", **pads
        ),
        node("Sigmoid", ["/conv2/Conv_output_0"], "/act/Sigmoid_output_0"),
        node("Mul", ["/conv2/Conv_output_0", "/act/Sigmoid_output_0"], "/act/Mul_output_0"),
        node("Add", ["/act/Mul_output_0", "/pool/MaxPool_output_0"], "/Add_output_0"),
        *flatten("/Add_output_0"),
        node("Gemm", ["/Reshape_output_0", "fc.weight", "fc.bias"], "output", alpha=1.0, beta=1.0, transB=1),
    ]
    made = model(
        nodes,
        [helper.make_tensor_value_info("input", FLOAT, ["batch", channels, size, size])],
        [helper.make_tensor_value_info("output", FLOAT, ["batch", classes])],
        init,
    )
    return made, {"input": rng.random((3, channels, size, size), dtype=np.float32)}


def torch_text(steps=6, vocabulary=11, width=4, hidden=5, classes=2):
    """nn.Embedding → nn.LSTM (batch second, bidirectional) → last steps → Linear with GELU → Linear →
    softmax; numbers of tokens come in as int64."""
    directions = 2
    init = {
        "embedding.weight": weights(vocabulary, width, fan=1),
        "onnx::LSTM_201": weights(directions, 4 * hidden, width, fan=width),
        "onnx::LSTM_202": weights(directions, 4 * hidden, hidden, fan=hidden),
        "onnx::LSTM_203": weights(directions, 8 * hidden, fan=8),
        "onnx::MatMul_210": weights(2 * hidden, 8, fan=hidden),
        "fc1.bias": weights(8, fan=4),
        "fc2.weight": weights(classes, 8),
        "fc2.bias": weights(classes, fan=4),
    }
    nodes = [
        node("Gather", ["embedding.weight", "tokens"], "/embedding/Gather_output_0"),
        node("Transpose", ["/embedding/Gather_output_0"], "/lstm/Transpose_output_0", perm=[1, 0, 2]),
        node(
            "LSTM",
            ["/lstm/Transpose_output_0", "onnx::LSTM_201", "onnx::LSTM_202", "onnx::LSTM_203"],
            ["/lstm/LSTM_output_0"],
            hidden_size=hidden,
            direction="bidirectional",
        ),
        node("Transpose", ["/lstm/LSTM_output_0"], "/lstm/Transpose_1_output_0", perm=[0, 2, 1, 3]),
        constant("/lstm/Constant_output_0", np.array([0, 0, -1], np.int64)),
        node("Reshape", ["/lstm/Transpose_1_output_0", "/lstm/Constant_output_0"], "/lstm/Reshape_output_0"),
        node("ReduceMean", ["/lstm/Reshape_output_0"], "/ReduceMean_output_0", axes=[0], keepdims=0),
        node("MatMul", ["/ReduceMean_output_0", "onnx::MatMul_210"], "/fc1/MatMul_output_0"),
        node("Add", ["fc1.bias", "/fc1/MatMul_output_0"], "/fc1/Add_output_0"),
        constant("/gelu/Constant_output_0", np.float32(np.sqrt(2))),
        node("Div", ["/fc1/Add_output_0", "/gelu/Constant_output_0"], "/gelu/Div_output_0"),
        node("Erf", ["/gelu/Div_output_0"], "/gelu/Erf_output_0"),
        constant("/gelu/Constant_1_output_0", np.float32(1)),
        node("Add", ["/gelu/Erf_output_0", "/gelu/Constant_1_output_0"], "/gelu/Add_output_0"),
        node("Mul", ["/fc1/Add_output_0", "/gelu/Add_output_0"], "/gelu/Mul_output_0"),
        constant("/gelu/Constant_2_output_0", np.float32(0.5)),
        node("Mul", ["/gelu/Mul_output_0", "/gelu/Constant_2_output_0"], "/gelu/Mul_1_output_0"),
        node("Gemm", ["/gelu/Mul_1_output_0", "fc2.weight", "fc2.bias"], "/fc2/Gemm_output_0", transB=1),
        node("Softmax", ["/fc2/Gemm_output_0"], "probabilities", axis=1),
    ]
    made = model(
        nodes,
        [helper.make_tensor_value_info("tokens", INT64, ["batch", steps])],
        [helper.make_tensor_value_info("probabilities", FLOAT, ["batch", classes])],
        init,
    )
    return made, {"tokens": rng.integers(0, vocabulary, (3, steps))}


def torch_fixed(features=4, hidden=3):
    """nn.Linear exported without dynamic_axes: a batch of 1, which opens all the same; ends with a sigmoid.
    The weight is transposed in the graph."""
    init = {
        "0.weight": weights(hidden, features),
        "0.bias": weights(hidden, fan=4),
        "2.weight": weights(1, hidden),
        "2.bias": weights(1, fan=4),
    }
    nodes = [
        node("Transpose", ["0.weight"], "/0/Transpose_output_0", perm=[1, 0]),
        node("MatMul", ["x", "/0/Transpose_output_0"], "/0/MatMul_output_0"),
        node("Add", ["/0/MatMul_output_0", "0.bias"], "/0/Add_output_0"),
        node("Tanh", ["/0/Add_output_0"], "/1/Tanh_output_0"),
        node("Gemm", ["/1/Tanh_output_0", "2.weight", "2.bias"], "/2/Gemm_output_0", transB=1),
        node("Sigmoid", ["/2/Gemm_output_0"], "y"),
    ]
    made = model(
        nodes,
        [helper.make_tensor_value_info("x", FLOAT, [1, features])],
        [helper.make_tensor_value_info("y", FLOAT, [1, 1])],
        init,
        opset=13,
    )
    return made, {"x": rng.random((1, features), dtype=np.float32)}


def no_gradient(classes=3, size=6):
    """A convolution, then GridSample, which has no gradient here, then a convolution and a Gemm."""
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size)), -1)[None].astype(
        np.float32
    )
    init = {
        "first.weight": weights(4, 1, 3, 3),
        "grid": np.repeat(grid, 1, 0),
        "fc.weight": weights(classes, 4 * size * size),
        "fc.bias": weights(classes, fan=4),
    }
    nodes = [
        node(
            "Conv", ["image", "first.weight"], "/first/Conv_output_0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]
        ),
        node("Relu", ["/first/Conv_output_0"], "/Relu_output_0"),
        node("Shape", ["/Relu_output_0"], "/Shape_output_0", start=0, end=1),
        constant("/Constant_output_0", np.array([size, size, 2], np.int64)),
        node("Concat", ["/Shape_output_0", "/Constant_output_0"], "/Concat_output_0", axis=0),
        node("Expand", ["grid", "/Concat_output_0"], "/Expand_output_0"),
        node("GridSample", ["/Relu_output_0", "/Expand_output_0"], "/GridSample_output_0", mode="bilinear"),
        node("Flatten", ["/GridSample_output_0"], "/Flatten_output_0"),
        node("Gemm", ["/Flatten_output_0", "fc.weight", "fc.bias"], "/fc/Gemm_output_0", transB=1),
        node("Softmax", ["/fc/Gemm_output_0"], "y", axis=-1),
    ]
    made = model(
        nodes,
        [helper.make_tensor_value_info("image", FLOAT, ["n", 1, size, size])],
        [helper.make_tensor_value_info("y", FLOAT, ["n", classes])],
        init,
    )
    return made, {"image": rng.random((3, 1, size, size), dtype=np.float32)}


def torch_mask(end, classes=3, size=8):
    """A small U-Net with a class for every position, channels first:
    logits, their softmax over channels, or turned to channels last by its author."""
    init = {
        "down.weight": weights(4, 2, 3, 3),
        "bottom.weight": weights(5, 4, 3, 3),
        "head.weight": weights(classes, 9, 1, 1),
        "head.bias": weights(classes, fan=4),
    }
    last = {"logits": "mask", "softmax": "/head/Conv_output_0", "turned": "/head/Conv_output_0"}[end]
    nodes = [
        node("Conv", ["image", "down.weight"], "/down/Conv_output_0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["/down/Conv_output_0"], "/Relu_output_0"),
        node("MaxPool", ["/Relu_output_0"], "/MaxPool_output_0", kernel_shape=[2, 2], strides=[2, 2]),
        node(
            "Conv",
            ["/MaxPool_output_0", "bottom.weight"],
            "/bottom/Conv_output_0",
            kernel_shape=[3, 3],
            pads=[1, 1, 1, 1],
        ),
        constant("/Constant_output_0", np.array([1, 1, 2, 2], np.float32)),
        node(
            "Resize",
            ["/bottom/Conv_output_0", "", "/Constant_output_0"],
            "/Resize_output_0",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        ),
        node("Concat", ["/Resize_output_0", "/Relu_output_0"], "/Concat_output_0", axis=1),
        node("Conv", ["/Concat_output_0", "head.weight", "head.bias"], last, kernel_shape=[1, 1]),
        *([node("Softmax", [last], "mask", axis=1)] if end == "softmax" else []),
        *([node("Transpose", [last], "mask", perm=[0, 2, 3, 1])] if end == "turned" else []),
    ]
    dims = ["n", size, size, classes] if end == "turned" else ["n", classes, size, size]
    made = model(
        nodes,
        [helper.make_tensor_value_info("image", FLOAT, ["n", 2, size, size])],
        [helper.make_tensor_value_info("mask", FLOAT, dims)],
        init,
    )
    return made, {"image": rng.random((3, 2, size, size), dtype=np.float32)}


def torch_series(steps=7, classes=2):
    """nn.Conv1d with a sigmoid for every step and class, channels first, and a batch of any size."""
    init = {"conv.weight": weights(4, 3, 3), "head.weight": weights(classes, 4, 1)}
    nodes = [
        node("Conv", ["series", "conv.weight"], "/conv/Conv_output_0", kernel_shape=[3], pads=[1, 1]),
        node("Relu", ["/conv/Conv_output_0"], "/Relu_output_0"),
        node("Conv", ["/Relu_output_0", "head.weight"], "/head/Conv_output_0", kernel_shape=[1]),
        node("Sigmoid", ["/head/Conv_output_0"], "marks"),
    ]
    made = model(
        nodes,
        [helper.make_tensor_value_info("series", FLOAT, ["n", 3, steps])],
        [helper.make_tensor_value_info("marks", FLOAT, ["n", classes, steps])],
        init,
    )
    return made, {"series": rng.random((3, 3, steps), dtype=np.float32)}


def functions(classes=3, size=6):
    """Layers of one's own as functions of the file: `Gate` is called with an attribute and with its default, leaves an
    input and an output out, and calls `Scaled`, which has a branch in it."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    reference = helper.make_node("LeakyRelu", ["a"], ["leaky"])
    slope = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    reference.attribute.append(slope)
    branches = {
        name: helper.make_graph(
            [helper.make_node(op, ["t"], ["end"])],
            name,
            [],
            [helper.make_tensor_value_info("end", FLOAT, None)],
        )
        for name, op in [("then_branch", "Tanh"), ("else_branch", "Neg")]
    }
    scaled = helper.make_function(
        "own",
        "Scaled",
        ["x", "factor"],
        ["y"],
        [
            helper.make_node("Mul", ["x", "factor"], ["t"]),
            helper.make_node("Constant", [], ["flag"], value=numpy_helper.from_array(np.array(True))),
            helper.make_node("If", ["flag"], ["y"], **branches),
        ],
        opsets,
    )
    gate = helper.make_function(
        "own",
        "Gate",
        ["a", "factor", "low"],
        ["b", "slopes"],
        [
            reference,
            helper.make_node("Scaled", ["leaky", "factor"], ["t"], domain="own"),
            helper.make_node("Clip", ["t", "low"], ["b"]),
            helper.make_node("Sign", ["leaky"], ["slopes"]),
        ],
        opsets,
        [],
        [helper.make_attribute("slope", 0.25)],
    )
    init = {
        "conv.weight": weights(4, 1, 3, 3),
        "factor": np.float32([1.5, 0.5, 2, 1]).reshape(1, 4, 1, 1),
        "low": np.float32(-0.4),
        "fc.weight": weights(classes, 4 * size * size),
        "fc.bias": weights(classes, fan=4),
    }
    nodes = [
        node("Conv", ["image", "conv.weight"], "/conv/Conv_output_0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Gate", ["/conv/Conv_output_0", "factor"], ["/first", "/slopes"], domain="own", slope=0.5),
        node("Gate", ["/first", "factor", "low"], ["/second", ""], domain="own"),
        node("Flatten", ["/second"], "/Flatten_output_0"),
        node("Gemm", ["/Flatten_output_0", "fc.weight", "fc.bias"], "/fc/Gemm_output_0", transB=1),
        node("Softmax", ["/fc/Gemm_output_0"], "y", axis=-1),
    ]
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("image", FLOAT, ["n", 1, size, size])],
        [helper.make_tensor_value_info("y", FLOAT, ["n", classes])],
        [numpy_helper.from_array(v, k) for k, v in init.items()],
    )
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8, functions=[scaled, gate])
    onnx.checker.check_model(made)
    return made, {"image": rng.random((3, 1, size, size), dtype=np.float32)}


def write(folder, name, made, feeds):
    data = made.SerializeToString()
    (folder / f"{name}.onnx").write_bytes(data)
    outputs = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, feeds)
    expected = {
        "inputs": {
            k: {"dims": v.shape, "data": v.astype(np.float64).ravel().tolist()} for k, v in feeds.items()
        },
        "outputs": [{"dims": o.shape, "data": o.astype(np.float64).ravel().tolist()} for o in outputs],
    }
    (folder / f"{name}.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    made = {
        "torch-cnn": torch_cnn,
        "torch-text": torch_text,
        "torch-fixed": torch_fixed,
        "no-gradient": no_gradient,
        "torch-mask": lambda: torch_mask("logits"),
        "torch-mask-softmax": lambda: torch_mask("softmax"),
        "torch-mask-turned": lambda: torch_mask("turned"),
        "torch-series": torch_series,
        "functions": functions,
        "sides": lambda: torch_cnn(size=4),
        "other-sides": lambda: torch_cnn(size=4),
        "blobs": lambda: torch_cnn(size=8, classes=3),
        "blobs-no-gradient": lambda: no_gradient(size=8),
    }
    for name in sys.argv[2:]:
        write(Path(sys.argv[1]), name, *made[name]())
