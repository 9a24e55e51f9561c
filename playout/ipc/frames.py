"""A player's published frame and snapshot, in a file that others map into memory.

Layout, little endian: a header of 64 bytes (magic, width, height, then two counters, each odd while its part is being
written: snapshot counter with length, picture counter with tick), 16 KiB for the snapshot as JSON, two pictures of
`height x width x 3` bytes RGB of which the newer one is `picture counter / 2 mod 2`. One writer, any number of readers;
a reader that was overtaken reads again.
"""

import mmap
import os
import struct
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
from pydantic import TypeAdapter, ValidationError

from playout.errors import StoreError
from playout.model.frame import Pixels, Size
from playout.model.snapshot import Snapshot

__all__ = ["FramePublisher", "FrameReader"]

_MAGIC = b"PLAYOUT1"
_HEADER = 64
_SNAPSHOT_ROOM = 16 * 1024
_PICTURES = _HEADER + _SNAPSHOT_ROOM
_SIZE_AT, _SNAPSHOT_AT, _PICTURE_AT = 8, 16, 32
_SIZE = struct.Struct("<II")
_SNAPSHOT = struct.Struct("<QQ")
_PICTURE = struct.Struct("<Qq")
_ADAPTER = TypeAdapter(Snapshot)
_TRIES = 50
_FEW, _SHORT = 8, 200


class FramePublisher:
    """The player's side. Open it with `with`."""

    def __init__(self, path: Path, size: Size) -> None:
        self._path, self._size = path, size
        self._map: mmap.mmap | None = None
        self._snapshots = self._pictures = 0

    def __enter__(self) -> "FramePublisher":
        shape = (2, self._size.height, self._size.width, 3)
        length = _PICTURES + int(np.prod(shape))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
            try:
                os.posix_fallocate(descriptor, 0, length)  # a full disk is told here, not by a signal at a later write
                self._map = mmap.mmap(descriptor, length)
            finally:
                os.close(descriptor)
            self._map[:8] = _MAGIC
            _SIZE.pack_into(self._map, _SIZE_AT, self._size.width, self._size.height)
            temporary.replace(self._path)
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be made: {error}", hint="correct the folder's owner") from error
        self._room = np.frombuffer(self._map, np.uint8, int(np.prod(shape)), _PICTURES).reshape(shape)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)

    def snapshot(self, snapshot: Snapshot) -> None:
        """Publishes the state of this tick."""
        assert self._map is not None
        data = _ADAPTER.dump_json(snapshot)
        if len(data) > _SNAPSHOT_ROOM:
            data = _ADAPTER.dump_json(_shortened(snapshot))
        self._snapshots += 2
        _SNAPSHOT.pack_into(self._map, _SNAPSHOT_AT, self._snapshots - 1, len(data))
        self._map[_HEADER : _HEADER + len(data)] = data
        _SNAPSHOT.pack_into(self._map, _SNAPSHOT_AT, self._snapshots, len(data))

    def picture(self, tick: int, pixels: Pixels) -> None:
        """Publishes the picture of a tick: RGB, `height x width x 3`."""
        assert self._map is not None
        self._pictures += 2
        _PICTURE.pack_into(self._map, _PICTURE_AT, self._pictures - 1, tick)
        np.copyto(self._room[self._pictures // 2 % 2], pixels)
        _PICTURE.pack_into(self._map, _PICTURE_AT, self._pictures, tick)


def _shortened(snapshot: Snapshot) -> Snapshot:
    """The snapshot in words that fit: the first warnings and losers."""
    because = replace(
        snapshot.because,
        losers=snapshot.because.losers[:_FEW],
        sharers=snapshot.because.sharers[:_FEW],
        overlays=snapshot.because.overlays[:_FEW],
        warnings=tuple(warning[:_SHORT] for warning in snapshot.because.warnings[:_FEW]),
    )
    warnings = tuple(warning[:_SHORT] for warning in snapshot.warnings[:_FEW])
    health = replace(snapshot.health, detail=snapshot.health.detail[:_SHORT])
    return replace(snapshot, because=because, warnings=warnings, health=health)


class FrameReader:
    """Any reader's side. Finds the player again after it was restarted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._map: mmap.mmap | None = None
        self._inode = 0

    def snapshot(self) -> Snapshot | None:
        """The newest snapshot; None where no player ever published."""
        shared = self._shared()
        if shared is None:
            return None
        for _ in range(_TRIES):
            counter, length = _SNAPSHOT.unpack_from(shared, _SNAPSHOT_AT)
            data = shared[_HEADER : _HEADER + length]
            if counter and counter % 2 == 0 and _SNAPSHOT.unpack_from(shared, _SNAPSHOT_AT)[0] == counter:
                try:
                    return _ADAPTER.validate_json(data)
                except ValidationError:
                    return None  # a player of another build; its next snapshot is no better
        return None

    def picture(self) -> tuple[int, Pixels] | None:
        """Tick and RGB picture, `height x width x 3`, a copy; None where no player ever published."""
        shared = self._shared()
        if shared is None:
            return None
        width, height = _SIZE.unpack_from(shared, _SIZE_AT)
        room = height * width * 3
        for _ in range(_TRIES):
            counter, tick = _PICTURE.unpack_from(shared, _PICTURE_AT)
            whole = counter - counter % 2  # while one room is filled, the other one still holds the picture before
            if not whole:
                return None
            start = _PICTURES + whole // 2 % 2 * room
            picture = np.frombuffer(shared[start : start + room], np.uint8).reshape(height, width, 3)
            if _PICTURE.unpack_from(shared, _PICTURE_AT)[0] - whole <= 1:
                return tick, picture
        return None

    def _shared(self) -> mmap.mmap | None:
        """The player's file; mapped anew where another player has replaced it."""
        try:
            inode = self._path.stat().st_ino
            if self._map is None or inode != self._inode:
                with self._path.open("rb") as file:
                    self._map, self._inode = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), inode
        except (OSError, ValueError):
            self._map = None
        return self._map if self._map is not None and self._map[:8] == _MAGIC else None
