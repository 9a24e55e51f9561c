"""Fonts that somebody brought are first opened in a process of their own: the sign must not end with what opens them.

HarfBuzz takes crafted files well; but if one font made it fail, the player would fail at each start. What was found
about a font is remembered, so that a start is slower only once.
"""

import hashlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from playout.errors import StoreError
from playout.ipc.files import write_durably
from playout.text.fonts import FontSet, load_fonts
from playout.text.harfbuzz import version

__all__ = ["TOO_MUCH", "FontVetting", "load_vetted_fonts"]

_log = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-m", "playout.fonttrial")
_TIMEOUT_S = 180.0
_REMEMBERED = 200
_SAID_MAX = 200
TOO_MUCH = "takes more memory than may be used for it"
_TOO_LONG = "takes too long to draw"


def load_vetted_fonts(folder: Path, memory: Path | None) -> FontSet:
    """`load_fonts`, with the fonts of the folder tried out first; `memory` is the file that remembers what was found.

    Raises: ContentError.
    """
    return load_fonts(folder, FontVetting(memory))


class FontVetting:
    """Says what is wrong with a font file, having opened it in another process."""

    def __init__(self, memory: Path | None, command: Sequence[str] = _COMMAND, timeout_s: float = _TIMEOUT_S) -> None:
        self._memory, self._command, self._timeout_s = memory, command, timeout_s

    def __call__(self, data: bytes, face: int, axes: Mapping[str, float] | None) -> str:
        """What is wrong with one face of a font at a place of its axes, None for bold; empty if nothing is."""
        key = f"{hashlib.sha256(data).hexdigest()} {face} {json.dumps(axes, sort_keys=True)} {version()}"
        known = self._recall()
        if key in known:
            return known[key]
        reason, is_final = self._try_out(data, face, axes)
        _log.info("font tried out sha256=%s problem=%r", key[:12], reason)
        if is_final:
            self._remember({**known, key: reason})
        return reason

    def _try_out(self, data: bytes, face: int, axes: Mapping[str, float] | None) -> tuple[str, bool]:
        """The reason against it, and whether another try would find the same."""
        import subprocess  # noqa: PLC0415 -- takes time at each start, and is needed only where somebody brought a font

        try:
            done = subprocess.run(
                [*self._command, json.dumps([face, axes])],
                input=data,
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        except subprocess.TimeoutExpired:
            return _TOO_LONG, False
        except OSError as error:
            return f"cannot be tried out: {error.strerror}", False
        if done.returncode == 0:
            return done.stdout.decode(errors="replace")[:_SAID_MAX], True
        if done.returncode == -signal.SIGXCPU:
            return _TOO_LONG, True
        if done.returncode == -signal.SIGKILL:  # the kernel's, when the machine is short of memory
            return TOO_MUCH, False
        if done.returncode < 0:
            return f"makes the text engine fail ({signal.Signals(-done.returncode).name})", True
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return f"cannot be tried out: {said[-1][:_SAID_MAX] if said else done.returncode}", False

    def _recall(self) -> dict[str, str]:
        try:
            return TypeAdapter(dict[str, str]).validate_json(self._memory.read_bytes()) if self._memory else {}
        except (OSError, ValidationError):
            return {}

    def _remember(self, known: Mapping[str, str]) -> None:
        if self._memory is None or not self._memory.parent.is_dir():
            return
        try:
            write_durably(self._memory, json.dumps(dict(list(known.items())[-_REMEMBERED:]), indent=0).encode())
        except StoreError as error:
            _log.debug("not remembered file=%s error=%s", self._memory, error)
