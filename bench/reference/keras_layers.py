"""Models as Keras 3 writes them, with random weights, an input and what Keras computes:
the fixture of libs/layers/test/keras.spec.ts.

pip install keras==3.15.1 tensorflow-cpu
python bench/reference/keras_layers.py > libs/layers/test/fixtures/keras-3.json
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
    inner = sequential(
        (5, 2), L.Conv1D(3, 2, padding="causal", dilation_rate=2), L.LeakyReLU(negative_slope=0.1)
    )
    x = keras.Input((5, 2))
    return keras.Model(x, L.Concatenate()([inner(x), L.UpSampling1D(1)(x)]))


def attention(**given):
    x = keras.Input((5, 6))
    return keras.Model(x, L.MultiHeadAttention(2, 3)(x, x, **given))


def cross_attention():
    x, y, z = keras.Input((5, 6)), keras.Input((4, 3)), keras.Input((4, 2))
    crossed = L.MultiHeadAttention(2, 3, value_dim=4, output_shape=7, use_bias=False)
    return keras.Model([x, y, z], crossed(x, y, key=z))


def encoder_decoder():
    x, y = keras.Input((4, 3)), keras.Input((5, 2))
    _, h, c = L.LSTM(3, return_state=True)(x)
    return keras.Model([x, y], L.LSTM(3, return_sequences=True)(y, initial_state=[h, c]))


def masked(*layers):
    """A functional model, in which Keras 3 writes masks as operations and hands them to the layers by
    name."""
    x = keras.Input((6,))
    y = L.Embedding(3, 4, mask_zero=True)(x)
    for layer in layers:
        y = layer(y)
    return keras.Model(x, y)


def merged(second):
    x, z = keras.Input((6,)), keras.Input((6,))
    y = L.Add()([L.Embedding(3, 4, mask_zero=True)(x), second(z)])
    return keras.Model([x, z], L.LSTM(3)(y))


def mask_by_hand(mask_zero):
    """Given a mask that is not that of the embedding."""
    x = keras.Input((6,))
    y = L.Embedding(3, 4, mask_zero=mask_zero)(x)
    y = L.LSTM(4, return_sequences=True)(y, mask=keras.ops.not_equal(x, 1))
    return keras.Model(x, L.GRU(3)(y))


def model_inside():
    x, inner = keras.Input((6,)), keras.Input((6, 4))
    inner = keras.Model(inner, L.LSTM(3)(L.Dense(4)(inner)))
    return keras.Model(x, inner(L.Embedding(3, 4, mask_zero=True)(x)))


def model_between():
    x, inner = keras.Input((6,)), keras.Input((6, 4))
    inner = keras.Model(inner, L.LSTM(4, return_sequences=True)(inner))
    return keras.Model(x, L.GRU(3)(inner(L.Embedding(3, 4, mask_zero=True)(x))))


def side_by_side(second, **given):
    x, z = keras.Input((6,)), keras.Input((6,))
    y = L.Concatenate(**given)([L.Embedding(3, 4, mask_zero=True)(x), second(z)])
    return keras.Model([x, z], L.LSTM(3)(y))


def side_by_side_inside(second, **given):
    """In a model inside, whose layers get their masks when it runs."""
    x, inner = keras.Input((6,)), keras.Input((6, 4))
    inner = keras.Model(inner, L.LSTM(3)(L.Concatenate(**given)([inner, second(inner)])))
    return keras.Model(x, inner(L.Embedding(3, 4, mask_zero=True)(x)))


def attended(blocks=1, dropout=0.0, **given):
    """Blocks of a transformer. Attention takes the mask off the embedding, so later blocks get no mask."""
    x = keras.Input((6,))
    y = L.Embedding(3, 4, mask_zero=True)(x)
    for _ in range(blocks):
        z = L.MultiHeadAttention(2, 3, dropout=dropout)(y, y, **given)
        y = L.LayerNormalization()(L.Add()([y, z]))
    return keras.Model(x, L.GlobalAveragePooling1D()(y))


def attention_alone(dropout):
    x = keras.Input((6,))
    y = L.Embedding(3, 4, mask_zero=True)(x)
    return keras.Model(x, L.MultiHeadAttention(2, 3, dropout=dropout)(y, y))


def decoder(query_masked=True):
    x, z = keras.Input((6,)), keras.Input((5,))
    value, query = L.Embedding(3, 4, mask_zero=True)(x), L.Embedding(3, 2, mask_zero=query_masked)(z)
    query = L.MultiHeadAttention(2, 3)(query, query, use_causal_mask=True)
    return keras.Model([x, z], L.MultiHeadAttention(2, 3)(query, value))


def named_masks(shape, **given):
    """A mask of pairs by name, with a masked series."""
    x, mask = keras.Input((5,)), keras.Input(shape)
    y = L.Embedding(3, 4, mask_zero=True)(x)
    return keras.Model([x, mask], L.MultiHeadAttention(2, 3)(y, y, attention_mask=mask, **given))


def pairs_by_name(shape, dropout=0.0, **given):
    x, mask = keras.Input((5, 6)), keras.Input(shape)
    attended = L.MultiHeadAttention(2, 3, dropout=dropout)
    return keras.Model([x, mask], attended(x, x, attention_mask=mask, **given))


def steps_by_name(*names):
    x, y, z = keras.Input((5, 6)), keras.Input((4, 3)), keras.Input((4, 2))
    masks = {name: keras.Input((4,)) for name in names}
    return keras.Model([x, y, z, *masks.values()], L.MultiHeadAttention(2, 3)(x, y, key=z, **masks))


def attention_inside():
    x, inner = keras.Input((6,)), keras.Input((6, 4))
    y = L.Dense(4)(inner)
    inner = keras.Model(inner, L.GlobalAveragePooling1D()(L.MultiHeadAttention(2, 3)(y, y)))
    return keras.Model(x, inner(L.Embedding(3, 4, mask_zero=True)(x)))


def masked_series():
    x = keras.Input((6, 1))
    return keras.Model(x, L.GRU(3)(L.Masking(1.0)(x)))


MODELS = {
    "mobile": mobile(),
    "shared": shared(),
    "nested": nested(),
    "separable, multiplier": sequential(
        (5, 6, 2), L.SeparableConv2D(3, 2, depth_multiplier=2, activation="silu")
    ),
    "groups": sequential((4, 4, 4), L.Conv2D(4, 2, groups=2)),
    "dilated": sequential((7, 7, 2), L.Conv2D(2, 3, dilation_rate=2, padding="same")),
    "average pooling, same": sequential((5, 5, 2), L.AveragePooling2D(3, strides=2, padding="same")),
    "batch normalization, axis 1": sequential((3, 4, 2), L.BatchNormalization(axis=1)),
    "layer normalization": sequential((3, 4), L.LayerNormalization()),
    "one dimension": sequential(
        (6, 2),
        L.ZeroPadding1D((1, 2)),
        L.Cropping1D((0, 2)),
        L.UpSampling1D(2),
        L.MaxPooling1D(2),
        L.SpatialDropout1D(0.2),
        L.GlobalMaxPooling1D(),
    ),
    "elu, alpha": sequential((6,), L.ELU(0.5)),
    "prelu, shared": sequential((3, 4, 2), L.PReLU(shared_axes=[1, 2], alpha_initializer="ones")),
    "permute, reshape, repeat": sequential(
        (2, 3), L.Permute((2, 1)), L.Reshape((-1,)), L.RepeatVector(2), L.Dropout(0.5)
    ),
    "minimum": (lambda a, b: keras.Model([a, b], L.Minimum()([a, b])))(keras.Input((3,)), keras.Input((3,))),
    **{
        f"activation {name}": sequential((6,), L.Activation(name))
        for name in [
            "relu6",
            "selu",
            "softplus",
            "softsign",
            "tanh",
            "sigmoid",
            "exponential",
            "mish",
            "leaky_relu",
            "elu",
            "log_softmax",
            "swish",
            "hard_sigmoid",
        ]
    },
    "lstm": sequential((5, 3), L.LSTM(4, return_sequences=True), L.LSTM(3, go_backwards=True)),
    "gru": sequential((5, 3), L.GRU(4, return_sequences=True), L.GRU(3, reset_after=False)),
    "bidirectional": sequential(
        (5, 3),
        L.Bidirectional(L.GRU(4, return_sequences=True)),
        L.Bidirectional(L.SimpleRNN(3), merge_mode="ave"),
    ),
    "encoder, decoder": encoder_decoder(),
    "time distributed": sequential(
        (3, 5, 4, 2),
        L.TimeDistributed(L.Conv2D(2, 3, activation="relu")),
        L.TimeDistributed(L.Flatten()),
        L.TimeDistributed(L.Dense(3)),
    ),
    "numbers, masked": sequential(
        (6,), L.Embedding(3, 4, mask_zero=True), L.LSTM(4, return_sequences=True), L.GRU(3)
    ),
    "attention": attention(),
    "attention, causal": attention(use_causal_mask=True),
    "attention, cross": cross_attention(),
    "transposed, one dimension": sequential((5, 3), L.Conv1DTranspose(2, 3, strides=2, padding="same")),
    "transposed, valid": sequential((4, 3, 2), L.Conv2DTranspose(3, (3, 2), strides=(2, 3))),
    "three dimensions": sequential(
        (4, 4, 4, 2),
        L.ZeroPadding3D(1),
        L.Conv3D(3, 2),
        L.AveragePooling3D(2, padding="same"),
        L.UpSampling3D(2),
        L.Cropping3D(1),
        L.GlobalAveragePooling3D(),
    ),
    "numbers, mean of those not masked": sequential(
        (6,),
        L.Embedding(3, 4, mask_zero=True),
        L.Dense(4, activation="tanh"),
        L.GlobalAveragePooling1D(),
        L.Dense(2),
    ),
    "depthwise, separable, one dimension": sequential(
        (7, 3), L.DepthwiseConv1D(3, depth_multiplier=2, padding="same"), L.SeparableConv1D(4, 2, strides=2)
    ),
    "noise": sequential(
        (6,), L.GaussianNoise(0.1), L.GaussianDropout(0.1), L.AlphaDropout(0.1), L.Rescaling(2.0, 0.5)
    ),
    "numbers, mask by name": masked(L.Dropout(0.1), L.LSTM(4, return_sequences=True), L.Dense(4), L.GRU(3)),
    "numbers, mask by name, both ways": masked(
        L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Bidirectional(L.LSTM(3)), L.Dense(2)
    ),
    "numbers, mask by name, each step": masked(L.TimeDistributed(L.Dense(3)), L.LSTM(3)),
    "numbers, mask by name, mean": masked(L.GlobalAveragePooling1D()),
    "numbers, two masks": merged(L.Embedding(3, 4, mask_zero=True)),
    "numbers, one of two masked": merged(L.Embedding(3, 4)),
    "numbers, mask by hand": mask_by_hand(False),
    "numbers, mask by hand and by the embedding": mask_by_hand(True),
    "numbers, mask of a model inside": model_inside(),
    "numbers, mask through a model": model_between(),
    "numbers, mask of a series": masked_series(),
    "numbers, masks side by side": side_by_side(L.Embedding(3, 4, mask_zero=True)),
    "numbers, one mask side by side": side_by_side(L.Embedding(3, 4)),
    "numbers, masks one after the other": side_by_side(L.Embedding(3, 4, mask_zero=True), axis=1),
    "numbers, one mask, one after the other": side_by_side(L.Embedding(3, 4), axis=1),
    "numbers, masks side by side inside": side_by_side_inside(L.Dense(3)),
    "numbers, one mask side by side inside": side_by_side_inside(L.Conv1D(3, 2, padding="causal")),
    "numbers, masks one after the other inside": side_by_side_inside(L.Dense(4), axis=1),
    "numbers, one mask, one after the other inside": side_by_side_inside(L.Conv1D(4, 2), axis=1),
    "numbers, mask dropped by a convolution": masked(L.Conv1D(4, 2, padding="causal"), L.LSTM(3)),
    "numbers, mask dropped by a pooling": masked(L.Dense(4), L.GlobalMaxPooling1D()),
    "numbers, mask dropped, in a row": sequential(
        (6,), L.Embedding(3, 4, mask_zero=True), L.MaxPooling1D(2), L.Conv1D(4, 2), L.GRU(3)
    ),
    "numbers, mask dropped by flattening": masked(L.Flatten(), L.Dense(2)),
    "numbers, masked attention": attention_alone(0.0),
    "numbers, masked attention with dropout": attention_alone(0.1),
    "numbers, block of a transformer": attended(),
    "numbers, blocks of a transformer": attended(2, dropout=0.1),
    "numbers, block of a transformer, causal": attended(use_causal_mask=True),
    "numbers, masked attention to another series": decoder(),
    "numbers, attention to a masked series": decoder(query_masked=False),
    "numbers, masked attention inside": attention_inside(),
    "numbers, attention mask by name": pairs_by_name((5, 5)),
    "numbers, attention mask by name, causal": pairs_by_name((5, 5), use_causal_mask=True),
    "numbers, attention mask by name with dropout": pairs_by_name((5, 5), dropout=0.1),
    "numbers, attention mask by name for each head": pairs_by_name((2, 5, 5)),
    "numbers, attention mask by name for all queries": pairs_by_name((1, 5)),
    "numbers, attention mask by name of a masked series": named_masks((5, 5)),
    "numbers, value mask by name": steps_by_name("value_mask"),
    "numbers, value and key mask by name": steps_by_name("value_mask", "key_mask"),
}


def numbers(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, np.float32).ravel()]


fixtures = []
for name, model in MODELS.items():
    for weight in model.weights:
        values = rng.uniform(-0.6, 0.6, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.name else values)
    inputs = [
        (
            rng.integers(0, 3, (2, *i.shape[1:]))
            if "numbers" in name
            else rng.uniform(-1, 1, (2, *i.shape[1:]))
        ).astype(np.float32)
        for i in model.inputs
    ]
    output = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    fixtures.append(
        {
            "name": name,
            "topology": json.loads(model.to_json()),
            "weights": [
                {"shape": list(w.shape), "values": numbers(w)}
                for layer in model.layers
                for w in layer.weights
            ],
            "inputs": [numbers(i) for i in inputs],
            "output": {"shape": list(output.shape), "values": numbers(output)},
        }
    )
print(json.dumps(fixtures, separators=(",", ":")))
