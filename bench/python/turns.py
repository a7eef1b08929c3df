"""One side of a row in a process of its own: says `ready`,
answers `go` and `save FOLDER` as bench/src/table/measure/side.process.ts asks."""

import json
import os
import sys
from importlib.metadata import version


def side(prepare, packages):
    """`prepare(data, args)` loads the data, warms up and gives (work, save):
    work() does the measured work once, save(folder) writes what it made and gives figures."""
    replies = os.fdopen(3, "w")

    def answer(line):
        replies.write(line + "\n")
        replies.flush()

    work, save = prepare(sys.argv[1], sys.argv[2:])
    versions = {"python": sys.version.split()[0], **{name: version(name) for name in packages}}
    answer("ready " + json.dumps(versions))
    for line in sys.stdin:
        if line.strip() == "go":
            work()
            answer("done")
        else:
            answer("saved " + json.dumps(save(line.strip().removeprefix("save ")) or {}))
