"""A Keras network, run eagerly with every call of every layer written down."""

import keras
import numpy as np
import tensorflow as tf

from .responses import Forward, reduced, sigmoid, softmax

NORMALISATIONS = (keras.layers.BatchNormalization, keras.layers.LayerNormalization)
NON_LINEARITIES = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.ELU,
    keras.layers.Softmax,
)
NOT_LEARNED = (*NORMALISATIONS, keras.layers.PReLU)
BATCH = 256
# Steps of integrated gradients: more, until their sum is this share of the difference of the scores from it.
STEPS, GAP = (32, 96, 288, 864), 0.01


class Calls:
    """Every call of a layer that stands in a model itself, in order:
    (path, layer, ids of its inputs, output)."""

    def __init__(self, numbers):
        self.list, self.prefix, self.inside = [], [], False
        self.numbers = {name: list(calls) for name, calls in numbers.items()}

    def __enter__(self):
        self.original = keras.layers.Layer.__call__
        calls, original = self, self.original

        def called(layer, *args, **kwargs):
            if calls.inside or isinstance(layer, keras.layers.InputLayer):
                return original(layer, *args, **kwargs)
            if isinstance(layer, keras.Model):
                calls.prefix.append(layer.name)
                output = original(layer, *args, **kwargs)
                calls.prefix.pop()
                return output
            calls.inside = True
            output = original(layer, *args, **kwargs)
            calls.inside = False
            inputs = [t for a in args for t in (a if isinstance(a, (list, tuple)) else [a])]
            path = "/".join([*calls.prefix[1:], layer.name])
            numbers = calls.numbers.get(path)
            call = numbers.pop(0) if numbers else 0
            name = f"{path}:{call}" if call else path
            calls.list.append((name, layer, [id(t) for t in inputs], output, inputs))
            return output

        keras.layers.Layer.__call__ = called
        return self

    def __exit__(self, *_):
        keras.layers.Layer.__call__ = self.original


def named(stored, name):
    """Tells whether the platform stores the weight `name` of Keras 3 under the name `stored`."""
    # Keras 3 calls the weight of a depthwise convolution `kernel`, Keras 2 and TF.js `depthwise_kernel`.
    # Keras 3 names the layer in a Bidirectional `forward_lstm` before it writes it;
    # the platform, as TF.js, puts `forward_` before the name that it reads.
    names = (name, name.removesuffix("/kernel") + "/depthwise_kernel", f"forward_{name}")
    # Weights of a model inside a model carry its name in front on the platform.
    return stored in names or stored.endswith(tuple(f"/{tail}" for tail in names))


def forward(topology, weights, inputs):
    """Runs a network of `to_json()` with weights by their TF.js name over inputs [n, ...] by name."""
    from networks.origin import tfjs_name

    model = keras.models.model_from_json(topology)
    known = dict(weights)
    for variable in model.weights:
        # A sequence of layers puts its own name in front; a layer may have the name of the network as well.
        name = tfjs_name(variable.path)
        if not any(named(n, name) for n in known):
            name = name.removeprefix(f"{model.name}/")
        name = next((n for n in known if named(n, name)), name)
        variable.assign(known.pop(name).reshape(variable.shape))
    if known:
        raise ValueError(f"weights that the network has not: {', '.join(known)}")
    heads = {}
    for layer in learned_heads(model):
        heads[layer.name] = layer.activation.__name__
        layer.activation = keras.activations.linear
    rows = len(next(iter(inputs.values())))
    parts = [
        one_batch(model, heads, [v[at : at + BATCH] for v in inputs.values()]) for at in range(0, rows, BATCH)
    ]
    joined = lambda pick: np.concatenate([pick(p) for p in parts])
    first = parts[0]
    layers = []
    for i, layer in enumerate(first.layers):
        layer.mean = joined(lambda p, i=i: p.layers[i].mean)
        layer.max = joined(lambda p, i=i: p.layers[i].max)
        layers.append(layer)
    return Forward(
        layers,
        {n: joined(lambda p, n=n: p.outputs[n]) for n in first.outputs},
        {n: joined(lambda p, n=n: p.logits[n]) for n in first.logits},
        lambda output, x, index: integrated_gradients(model, list(first.outputs).index(output), x, index),
    )


def integrated_gradients(model, output, x, index):
    """Of a score before softmax or sigmoid, from zeros to one input [1, ..., channels], by the midpoint rule
    (Sundararajan et al. 2017); summed over channels. In as many steps as the platform documents."""

    def score(rows):
        return tf.nest.flatten(model(rows, training=False))[output][:, index]

    at_input, at_zeros = np.asarray(score(tf.constant(np.concatenate([x, 0 * x]), tf.float32)), np.float64)
    for steps in STEPS:
        parts = ((np.arange(steps) + 0.5) / steps).reshape(-1, *[1] * (x.ndim - 1))
        path = tf.constant(x * parts, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(path)
            total = tf.reduce_sum(score(path))
        found = np.asarray(tape.gradient(total, path), np.float64).mean(0) * x[0]
        if abs(found.sum() - (at_input - at_zeros)) <= GAP * abs(at_input - at_zeros):
            break
    return found.sum(-1)


def learned_heads(model):
    """Output layers whose own softmax or sigmoid is taken off, so that logits are seen."""
    names = [t._keras_history.operation for t in model.outputs]
    return [
        layer
        for layer in names
        if getattr(getattr(layer, "activation", None), "__name__", "") in ("softmax", "sigmoid")
        and layer.weights
    ]


def call_numbers(model):
    """Of each layer, the numbers of its calls as the network was written down,
    in the order in which Keras makes them: by depth."""
    numbers = {}
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            if node.operation is not None and not node.is_input:
                numbers.setdefault(node.operation.name, []).append(node.operation._inbound_nodes.index(node))
    return numbers


def one_batch(model, heads, inputs):
    graph = getattr(model, "_functional", model)
    with Calls(call_numbers(graph)) as calls:
        outputs = model(inputs, training=False)
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    elif not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    names = [t._keras_history.operation.name for t in model.outputs]
    logits = {n: np.asarray(o, np.float64) for n, o in zip(names, outputs) if n in heads}
    finished = {
        n: ((softmax if heads[n] == "softmax" else sigmoid)(logits[n]) if n in heads else np.asarray(o))
        for n, o in zip(names, outputs)
    }
    ends = {id(o) for o in outputs}
    layers = []
    for path, layer, _, output, _ in calls.list:
        if not layer.weights or isinstance(layer, NOT_LEARNED):
            continue
        values = activation(layer, output, calls.list, ends)
        values = values[0] if isinstance(values, (list, tuple)) else values
        values = np.asarray(values, np.float64)
        if path in heads and heads[path] == "sigmoid":
            values = sigmoid(values)
        layers.append(reduced(path, values))
    return Forward(layers, finished, logits)


def activation(layer, output, calls, ends):
    """Behind a linear layer: the non-linearity that alone reads it, through normalisations;
    a softmax ends the search."""
    own = getattr(getattr(layer, "activation", None), "__name__", "linear")
    if own != "linear" or not hasattr(layer, "activation"):
        return output
    at = output
    while True:
        readers = [c for c in calls if id(at) in c[2]]
        if len(readers) != 1 or id(at) in ends:
            return output
        _, reader, _, following, _ = readers[0]
        if isinstance(reader, NON_LINEARITIES):
            is_softmax = (
                isinstance(reader, keras.layers.Softmax)
                or getattr(getattr(reader, "activation", None), "__name__", "") == "softmax"
            )
            return output if is_softmax else following
        if not isinstance(reader, NORMALISATIONS):
            return output
        at = following
