"""A transformer block behind an embedding: attention, a feed-forward layer, both added and normalised."""

from keras import layers

from .keras_parts import model, opened


def build(data):
    inputs = opened(data)
    x = layers.Embedding(64, 24, name="embedding")(inputs[0])
    x = layers.Conv1D(24, 3, padding="same", activation="relu", name="local")(x)
    y = layers.MultiHeadAttention(2, 12, name="attention")(x, x)
    x = layers.LayerNormalization(name="norm1")(layers.Add(name="add1")([x, y]))
    y = layers.Dense(48, activation="gelu", name="feed_forward")(x)
    y = layers.Dense(24, name="feed_back")(y)
    x = layers.LayerNormalization(name="norm2")(layers.Add(name="add2")([x, y]))
    return model(data, inputs, layers.GlobalAveragePooling1D(name="pool")(x), "transformer")
