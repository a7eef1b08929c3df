"""The registry of networks: one file and one line each. How one reaches the platform:
its layers as JSON, a zip of TF.js, or ONNX of Keras or PyTorch."""

from . import (
    attention,
    cnn,
    dense,
    depthwise,
    embedding_bilstm,
    embedding_cnn,
    nested,
    normalised_dense,
    recurrent,
    residual,
    shared,
    transformer,
    two_branches,
    unet,
    word_cnn,
)
from .origin import keras_onnx, layers_json, pytorch_onnx, tfjs_zip

NETWORKS = {
    "dense": layers_json(dense.build),
    "normalised-dense": layers_json(normalised_dense.build),
    "cnn": layers_json(cnn.build),
    "residual": layers_json(residual.build),
    "depthwise": layers_json(depthwise.build),
    "recurrent": layers_json(recurrent.build),
    "attention": layers_json(attention.build),
    "embedding-cnn": layers_json(embedding_cnn.build),
    "word-cnn": layers_json(word_cnn.build),
    "embedding-bilstm": layers_json(embedding_bilstm.build),
    "transformer": layers_json(transformer.build),
    "nested": layers_json(nested.build),
    "shared": layers_json(shared.build),
    "two-branches": layers_json(two_branches.build),
    "unet": layers_json(unet.build),
    "tfjs-dense": tfjs_zip(dense.build),
    "tfjs-cnn": tfjs_zip(cnn.build),
    "tfjs-nested": tfjs_zip(nested.build),
    "tfjs-recurrent": tfjs_zip(recurrent.build),
    "keras-onnx-cnn": keras_onnx(cnn.build),
    "keras-onnx-dense": keras_onnx(dense.build),
    "torch-mlp": pytorch_onnx("mlp"),
    "torch-resnet": pytorch_onnx("resnet"),
    "torch-transformer": pytorch_onnx("transformer"),
    "torch-unet": pytorch_onnx("unet"),
}
