"""Models as Keras 3 writes them, with random weights, an input and what Keras computes: the fixture of libs/layers/test/keras.spec.ts.

pip install keras==3.15.1 jax && KERAS_BACKEND=jax python bench/reference/keras_layers.py > libs/layers/test/fixtures/keras-3.json
"""
import json
import keras
import numpy as np
from keras import layers as L

rng = np.random.default_rng(7)


def sequential(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def mobile(shape=(8, 8, 3)):
    x = keras.Input(shape)
    y = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
    y = L.Conv2D(4, 3, strides=2, use_bias=False)(y)
    y = L.ReLU(6.0)(L.BatchNormalization()(y))
    z = L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    z = L.Conv2D(4, 1, use_bias=False)(L.ReLU(6.0)(L.BatchNormalization()(z)))
    y = L.Add()([y, z])
    y = L.Conv2D(3, 1)(L.GlobalAveragePooling2D(keepdims=True)(y))
    return keras.Model(x, L.Softmax()(L.Flatten()(y)))


def shared():
    x = keras.Input((4,))
    dense = L.Dense(4, activation="gelu")
    return keras.Model(x, L.Subtract()([dense(x), dense(dense(x))]))


def nested():
    inner = sequential((5, 2), L.Conv1D(3, 2, padding="causal", dilation_rate=2), L.LeakyReLU(negative_slope=0.1))
    x = keras.Input((5, 2))
    return keras.Model(x, L.Concatenate()([inner(x), L.UpSampling1D(1)(x)]))


MODELS = {
    "mobile": mobile(),
    "shared": shared(),
    "nested": nested(),
    "separable, multiplier": sequential((5, 6, 2), L.SeparableConv2D(3, 2, depth_multiplier=2, activation="silu")),
    "groups": sequential((4, 4, 4), L.Conv2D(4, 2, groups=2)),
    "dilated": sequential((7, 7, 2), L.Conv2D(2, 3, dilation_rate=2, padding="same")),
    "average pooling, same": sequential((5, 5, 2), L.AveragePooling2D(3, strides=2, padding="same")),
    "batch normalization, axis 1": sequential((3, 4, 2), L.BatchNormalization(axis=1)),
    "layer normalization": sequential((3, 4), L.LayerNormalization()),
    "one dimension": sequential((6, 2), L.ZeroPadding1D((1, 2)), L.Cropping1D((0, 2)), L.UpSampling1D(2), L.MaxPooling1D(2), L.SpatialDropout1D(0.2), L.GlobalMaxPooling1D()),
    "elu, alpha": sequential((6,), L.ELU(0.5)),
    "prelu, shared": sequential((3, 4, 2), L.PReLU(shared_axes=[1, 2], alpha_initializer="ones")),
    "permute, reshape, repeat": sequential((2, 3), L.Permute((2, 1)), L.Reshape((-1,)), L.RepeatVector(2), L.Dropout(0.5)),
    "minimum": (lambda a, b: keras.Model([a, b], L.Minimum()([a, b])))(keras.Input((3,)), keras.Input((3,))),
    **{f"activation {name}": sequential((6,), L.Activation(name)) for name in
       ["relu6", "selu", "softplus", "softsign", "tanh", "sigmoid", "exponential", "mish", "leaky_relu", "elu", "log_softmax", "swish"]},
}


def numbers(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, np.float32).ravel()]


fixtures = []
for name, model in MODELS.items():
    for weight in model.weights:
        values = rng.uniform(-0.6, 0.6, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.name else values)
    inputs = [rng.uniform(-1, 1, (2, *i.shape[1:])).astype(np.float32) for i in model.inputs]
    output = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    fixtures.append({
        "name": name,
        "topology": json.loads(model.to_json()),
        "weights": [{"shape": list(w.shape), "values": numbers(w)} for layer in model._flatten_layers(include_self=False) if not layer._layers for w in layer.weights],
        "inputs": [numbers(i) for i in inputs],
        "output": {"shape": list(output.shape), "values": numbers(output)},
    })
print(json.dumps(fixtures, separators=(",", ":")))
