"""An ONNX network in ONNX Runtime, with the activation of every learned layer as a further output."""

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper, shape_inference

from .responses import Forward, reduced

LEARNED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "Gather", "LSTM", "GRU", "RNN"}
NON_LINEARITIES = {
    "Relu",
    "Sigmoid",
    "Tanh",
    "LeakyRelu",
    "Elu",
    "Selu",
    "Gelu",
    "HardSwish",
    "Softplus",
    "Clip",
}
PASSING = {"BatchNormalization", "LayerNormalization"}
BATCH = 256


def forward(path, inputs):
    """Runs the file over inputs [n, ...] by name, channels last as the platform takes them;
    outputs come back channels last."""
    model = shape_inference.infer_shapes(onnx.load(path))
    graph, constants = model.graph, {i.name for i in model.graph.initializer}
    constants |= {
        o
        for n in graph.node
        if n.op_type in ("Constant", "Identity") and all(i in constants for i in n.input)
        for o in n.output
    }
    readers = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = [
        (node, shown(node, readers, constants, {o.name for o in graph.output}))
        for node in graph.node
        if is_learned(node, constants)
    ]
    outputs = [o.name for o in graph.output]
    ends = {o: logits_of(graph, o) for o in outputs}
    extra = {t for _, t in found} | {t for t in ends.values() if t} - set(outputs)
    for name in extra - set(outputs):
        graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names, wanted = [o.name for o in session.get_outputs()], list(inputs.values())
    ranks = {i.name: i for i in session.get_inputs()}
    feeds = {i: as_taken(values, ranks[i]) for i, values in zip(ranks, wanted)}
    rows = len(wanted[0])
    parts = [
        dict(zip(names, session.run(names, {i: v[at : at + BATCH] for i, v in feeds.items()})))
        for at in range(0, rows, BATCH)
    ]
    whole = {n: np.concatenate([p[n] for p in parts]) for n in names}
    layers = [
        reduced(node.name, whole[t], 1 if node.op_type in ("Conv", "ConvTranspose") else -1)
        for node, t in found
    ]
    last = lambda v: np.moveaxis(v, 1, -1) if v.ndim == 4 else v
    return Forward(
        layers,
        {o: last(whole[o]) for o in outputs},
        {o: last(whole[t]).astype(np.float64) for o, t in ends.items() if t},
    )


def as_taken(values, spec):
    """Channels first where the graph says so, and whole numbers where it takes those."""
    if (
        values.ndim >= 3
        and len(spec.shape) == values.ndim
        and isinstance(spec.shape[1], int)
        and spec.shape[1] == values.shape[-1]
        and spec.shape[1] != values.shape[1]
    ):
        values = np.moveaxis(values, -1, 1)
    return np.ascontiguousarray(values).astype(
        np.int64 if "int64" in spec.type else np.int32 if "int32" in spec.type else np.float32
    )


def is_learned(node, constants):
    if node.op_type not in LEARNED:
        return False
    return (
        node.input[0] in constants
        if node.op_type == "Gather"
        else any(i in constants for i in node.input[1:2])
        or (node.op_type == "MatMul" and node.input[0] in constants)
    )


def shown(node, readers, constants, ends):
    """The tensor behind bias, normalisation and non-linearity;
    whatever else reads it, a softmax or a sum ends the search."""
    at = best = node.output[0]
    while at not in ends:
        following = readers.get(at, [])
        written_out = in_parts(at, following, readers)
        if written_out is not None:
            return written_out
        if len(following) != 1:
            break
        reader = following[0]
        if reader.op_type == "Add" and any(i in constants for i in reader.input) and best == node.output[0]:
            at = best = reader.output[0]
        elif reader.op_type in PASSING:
            at = reader.output[0]
        elif reader.op_type in NON_LINEARITIES:
            return reader.output[0]
        else:
            break
    return best


def in_parts(at, following, readers):
    """The end of a non-linearity written in parts, or None:
    x times its sigmoid (SiLU), or x times a half and what Erf gives of it (GELU)."""
    kinds = {n.op_type for n in following}
    sigmoid = next((n for n in following if n.op_type == "Sigmoid"), None)
    product = next(
        (n for n in following if n.op_type == "Mul" and sigmoid is not None and sigmoid.output[0] in n.input),
        None,
    )
    if product is not None and len(following) == 2:
        return product.output[0]
    if len(following) == 2 and "Mul" in kinds and kinds & {"Div", "Mul"}:
        for start in following:
            path, erf = start, False
            while path is not None and len(readers.get(path.output[0], [])) == 1 and not erf:
                path = readers[path.output[0]][0]
                erf = path.op_type == "Erf"
            if erf:
                product = next(n for n in following if n is not start)
                half = readers.get(product.output[0], [])
                return half[0].output[0] if len(half) == 1 and half[0].op_type == "Mul" else product.output[0]
    return None


def logits_of(graph, output):
    """What a final softmax or sigmoid was given."""
    node = next((n for n in graph.node if output in n.output), None)
    return node.input[0] if node is not None and node.op_type in ("Softmax", "Sigmoid") else None
