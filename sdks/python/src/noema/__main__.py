"""`python -m noema sync` sends what waits in the local spool; `python -m noema status` lists it."""

from __future__ import annotations

import argparse
import sys

from noema._errors import NoemaError
from noema._sync import list_waiting, send_waiting


def main() -> int:
    """Runs the command and returns its exit code: 0, or 1 if something could not be sent."""
    parser = argparse.ArgumentParser(prog="python -m noema", description="Recorded runs of this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    sync = commands.add_parser("sync", help="send the records that wait in the local spool")
    sync.add_argument("--timeout", type=float, default=600.0, help="seconds to wait for each run (600)")
    commands.add_parser("status", help="list the runs that wait in the local spool")
    arguments = parser.parse_args()
    try:
        if arguments.command == "sync":
            return send_waiting(arguments.timeout, sys.stdout.write)
        return list_waiting(sys.stdout.write)
    except NoemaError as error:
        sys.stderr.write(f"noema: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
