"""One line about work that takes time: in a terminal, in a notebook, or in a log."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

_EVERY_S = 0.25
#: Width of a terminal that does not tell it.
_COLUMNS = 80
#: Erases the line of a terminal in which the cursor is.
_ERASE = "\r\x1b[K"


class Progress:
    """Shows the progress of one task. No method raises, and none waits for anything but the output.

    A terminal has one line that is written over, a notebook one display that is updated. Elsewhere only
    `keep` writes, a line on stderr. `NOEMA_PROGRESS=0` or `wanted=False` turns all of it off.
    """

    def __init__(self, name: str, wanted: bool = True) -> None:
        self._name = name
        self._mutex = threading.Lock()
        self._next = 0.0
        self._is_drawn = False
        self._display: Any = None
        self._is_off = not wanted or os.environ.get("NOEMA_PROGRESS") == "0"
        self._notebook: Any = None if self._is_off else find_notebook()
        self.is_live = not self._is_off and (self._notebook is not None or _is_terminal())

    @property
    def is_due(self) -> bool:
        """True if `update` would show its text; it shows four texts a second."""
        return self.is_live and time.monotonic() >= self._next

    def update(self, text: str) -> None:
        """Replaces the text, if it is due. A terminal with an open bar of tqdm is left to it."""
        if self.is_due and not _is_bar_open():
            self._next = time.monotonic() + _EVERY_S
            self._show(text, lasting=False)

    def keep(self, text: str) -> None:
        """Shows a text that stays, such as the result of an epoch."""
        if not self._is_off:
            self._show(text, lasting=True)

    def clear(self, outcome: str = "") -> None:
        """Removes a text that does not stay from the terminal. A display of a notebook gets the outcome."""
        with self._mutex:
            if self._is_drawn:
                self._is_drawn = False
                _write(_ERASE)
            if outcome and self._display is not None:
                self._show_in_notebook(f"noema: {self._name}: {outcome}")

    def _show(self, text: str, lasting: bool) -> None:
        line = f"noema: {self._name}: {text}"
        with self._mutex:
            if self._notebook is not None:
                self._show_in_notebook(line)
            elif not self.is_live:
                _write(f"{line}\n")
            else:
                erase = _ERASE if self._is_drawn or not lasting else ""
                _write(f"{erase}{line}\n" if lasting else f"{erase}{line[: max(1, _columns() - 1)]}")
                self._is_drawn = not lasting

    def _show_in_notebook(self, line: str) -> None:
        data = {"text/plain": line}
        try:
            if self._display is None:
                self._display = self._notebook.display.display(data, raw=True, display_id=True)
            else:
                self._display.update(data, raw=True)
        except Exception:
            self._is_off = True  # A front end that is gone must not stop a training.
            self.is_live = False


def find_notebook() -> Any:
    """Returns the module IPython if this process is the kernel of a notebook, else None."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None
    return module if getattr(shell, "kernel", None) is not None else None


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False  # stderr is None or closed.


def _columns() -> int:
    try:
        # Some terminals, such as those of recorders, say that they have none.
        return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    except (AttributeError, OSError, ValueError):
        return _COLUMNS


def _is_bar_open() -> bool:
    module = sys.modules.get("tqdm")
    return bool(getattr(getattr(module, "tqdm", None), "_instances", ()))


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass  # stderr is None, closed or a broken pipe.
