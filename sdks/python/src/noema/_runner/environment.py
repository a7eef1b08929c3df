"""The environment of an integration: a folder of packages."""

from __future__ import annotations

import os
import sys
import sysconfig

_OPTION = "--packages"


def take_packages() -> str:
    """Puts the folder of the option `--packages` on `sys.path` and returns it; "" without the option."""
    if sys.argv[1:2] != [_OPTION]:
        return ""
    folder = sys.argv[2]
    del sys.argv[1:3]
    sys.path.insert(_after_standard_library(), folder)
    return folder


def _after_standard_library() -> int:
    paths = sysconfig.get_paths()
    standard = {os.path.realpath(paths["stdlib"]), os.path.realpath(paths["platstdlib"])}
    dynamic = {os.path.join(folder, "lib-dynload") for folder in standard}
    places = [i for i, path in enumerate(sys.path) if os.path.realpath(path) in standard | dynamic]
    return max(places, default=-1) + 1
