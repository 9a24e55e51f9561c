"""Decoded pictures, by way of the media program.

The player never decodes a file. It asks the media program, which leaves raw pixels in the runtime folder; those are
read here, and the newest are kept, because that folder is pruned for everybody's pictures. Asking happens in a thread
of its own, so that a slow or dead media program delays no scene.
"""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from playout.clock import SECOND_NS, Clock
from playout.errors import ContentError, LinkError
from playout.ipc.decoded import decoded_path
from playout.ipc.sockets import ask
from playout.model.frame import Pixels, Size
from playout.model.notice import Fit

__all__ = ["DecodedPictures"]

_log = logging.getLogger(__name__)
_TIMEOUT_S = 30.0
_RETRY_S = 0.5
_REFUSED_AGAIN_NS = 5 * SECOND_NS
"""A picture that was refused is asked for again after this time: it may have been supplied anew."""
_QUEUE = 1024
_KEPT_BYTES = 16 << 20


class DecodedPictures:
    """The pictures a screen needs. `arrived` is called from the asking thread after a picture has come in."""

    def __init__(self, folder: Path, socket: Path, arrived: Callable[[], None], clock: Clock) -> None:
        self._folder, self._socket, self._arrived, self._clock = folder, socket, arrived, clock
        self._wanted: queue.Queue[tuple[str, Size, Fit]] = queue.Queue(_QUEUE)
        self._asked: set[tuple[str, Size, Fit]] = set()
        self._kept: OrderedDict[tuple[str, Size, Fit], Pixels] = OrderedDict()
        self._keeping = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
        self._refused: dict[str, tuple[str, int]] = {}
        """Pictures that cannot be decoded: the reason, and when it was given; keyed by SHA-256."""

    def start(self) -> None:
        """Starts the asking thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the asking thread."""
        self._stopping.set()

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels | None:
        """The picture at that size, RGB; None, and it is asked for, while it is not there.

        Raises: ContentError where it cannot be decoded; it is asked for again from time to time.
        """
        wanted = (sha256, size, fit)
        pixels = self._take(wanted)
        if pixels is not None:
            return pixels
        reason, refused_ns = self._refused.get(sha256, ("", 0))
        is_due = not reason or self._clock.monotonic_ns() - refused_ns >= _REFUSED_AGAIN_NS
        if wanted not in self._asked and is_due and not self._wanted.full():
            self._asked.add(wanted)
            self._wanted.put_nowait(wanted)
        if reason:
            raise ContentError(reason)
        return None

    def _take(self, wanted: tuple[str, Size, Fit]) -> Pixels | None:
        """The pixels if they are here or in the folder. Any thread."""
        with self._keeping:
            if (pixels := self._kept.get(wanted)) is not None:
                self._kept.move_to_end(wanted)
                return pixels
        sha256, size, fit = wanted
        try:
            data = np.fromfile(decoded_path(self._folder, sha256, size, fit), np.uint8)
        except OSError:
            return None
        if data.size != size.height * size.width * 3:
            return None
        pixels = data.reshape(size.height, size.width, 3)
        pixels.flags.writeable = False
        with self._keeping:
            self._kept[wanted] = pixels
            while sum(kept.nbytes for kept in self._kept.values()) > _KEPT_BYTES and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return pixels

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                wanted = self._wanted.get(timeout=_RETRY_S)
            except queue.Empty:
                continue
            try:
                self._fetch(*wanted)
            except (LinkError, OSError):  # the media program is on its way back; others get their turn meanwhile
                self._wanted.put(wanted)
                self._stopping.wait(_RETRY_S)
                continue
            self._asked.discard(wanted)
            self._arrived()

    def _fetch(self, sha256: str, size: Size, fit: Fit) -> None:
        """Asks for one picture. Raises: LinkError, OSError where nobody answers."""
        message = {"op": "decode", "sha256": sha256, "width": size.width, "height": size.height, "fit": fit.value}
        answer = ask(self._socket, message, _TIMEOUT_S)
        if answer.get("ok"):
            self._refused.pop(sha256, None)
            self._take((sha256, size, fit))  # before others' pictures push it out of the folder
            return
        reason = str(answer.get("reason", "no reason given"))
        if self._refused.get(sha256, ("", 0))[0] != reason:
            _log.error("picture refused sha256=%s reason=%s", sha256, reason)
        self._refused[sha256] = reason, self._clock.monotonic_ns()
