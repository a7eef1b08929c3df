"""`python -m noema`: `sync` sends the local spool, `status` lists it, `convert` writes ONNX files."""

from __future__ import annotations

import argparse
import sys

from noema._convert import OPSET, convert
from noema._errors import NoemaError
from noema._sync import list_waiting, send_waiting


def _parse_shape(text: str) -> tuple[int, ...]:
    sizes = [size.strip() for size in text.split(",")]
    if not all(size.isdigit() and int(size) > 0 for size in sizes):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a shape; give sizes divided by commas, such as 28,28,1"
        )
    return tuple(int(size) for size in sizes)


def main() -> int:
    """Runs the command and returns its exit code: 0, or 1 if something failed."""
    parser = argparse.ArgumentParser(
        prog="python -m noema", description="Recorded runs, and models of frameworks."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    sync = commands.add_parser("sync", help="send the records that wait in the local spool")
    sync.add_argument("--timeout", type=float, default=600.0, help="seconds to wait for each run (600)")
    commands.add_parser("status", help="list the runs that wait in the local spool")
    converter = commands.add_parser(
        "convert", help="write a SavedModel, or a function of JAX, as an ONNX file"
    )
    converter.add_argument("model", help="folder of a SavedModel, or file.py:name of a function of JAX")
    converter.add_argument("--output", required=True, help="the ONNX file to write")
    converter.add_argument(
        "--input",
        action="append",
        default=[],
        type=_parse_shape,
        help="shape of one sample for an argument of a function of JAX, such as 28,28,1; once for each",
    )
    converter.add_argument("--opset", type=int, default=OPSET, help=f"version of the operators ({OPSET})")
    arguments = parser.parse_args()
    try:
        if arguments.command == "sync":
            return send_waiting(arguments.timeout, sys.stdout.write)
        if arguments.command == "convert":
            target = convert(arguments.model, arguments.output, inputs=arguments.input, opset=arguments.opset)
            sys.stdout.write(f"{target}: {target.stat().st_size} bytes; import it by `noema models import`\n")
            return 0
        return list_waiting(sys.stdout.write)
    except NoemaError as error:
        sys.stderr.write(f"noema: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
