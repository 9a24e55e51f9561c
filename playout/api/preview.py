"""The picture a player shows, as JPEG: encoded once for all viewers, in a thread, ten times a second at most."""

import asyncio
import io
from collections.abc import AsyncGenerator
from typing import Protocol

from playout.api.live import LONGEST_S
from playout.clock import SECOND_NS, Clock
from playout.model.frame import Pixels

__all__ = ["BOUNDARY", "PictureSource", "Preview", "moving_picture"]

BOUNDARY = b"playout-frame"
_INTERVAL_NS = SECOND_NS // 10
_KEEP_ALIVE_NS = 2 * SECOND_NS
_QUALITY = 80


class PictureSource(Protocol):
    """Where a player's picture is read."""

    def picture(self) -> tuple[int, Pixels] | None:
        """Tick and RGB picture, a copy; None where no player ever published."""
        ...


class Preview:
    """One screen's picture as JPEG; belongs to the event loop."""

    def __init__(self, source: PictureSource, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._turn = asyncio.Lock()
        self._tick, self._jpeg, self._encoded_ns = -1, b"", 0

    async def jpeg(self) -> bytes | None:
        """The picture, at most a tenth of a second old; None where no player ever published."""
        async with self._turn:
            now_ns = self._clock.monotonic_ns()
            if not self._jpeg or now_ns - self._encoded_ns >= _INTERVAL_NS:
                taken = await asyncio.to_thread(_take, self._source, self._tick, self._jpeg)
                if taken is None:
                    return None
                self._tick, self._jpeg = taken
                self._encoded_ns = now_ns
            return self._jpeg


async def moving_picture(
    preview: Preview, clock: Clock, stopping: asyncio.Event, interval_s: float = _INTERVAL_NS / SECOND_NS
) -> AsyncGenerator[bytes, None]:
    """Parts of a `multipart/x-mixed-replace` answer, until control stops or ten minutes have passed.

    Only a picture that differs from the last one is sent, and the same again every two seconds to find out whether the
    viewer is still there. Each part ends with the boundary of the next, because browsers wait for it.
    """
    begun_ns = clock.monotonic_ns()
    sent, sent_ns = b"", begun_ns
    yield b"--" + BOUNDARY + b"\r\n"
    while not stopping.is_set() and clock.monotonic_ns() - begun_ns < LONGEST_S * SECOND_NS:
        jpeg, now_ns = await preview.jpeg(), clock.monotonic_ns()
        if jpeg is not None and (jpeg != sent or now_ns - sent_ns >= _KEEP_ALIVE_NS):
            sent, sent_ns = jpeg, now_ns
            yield _part(jpeg)
        try:
            await asyncio.wait_for(stopping.wait(), interval_s)
        except TimeoutError:
            continue


def _part(jpeg: bytes) -> bytes:
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
    return head + jpeg + b"\r\n--" + BOUNDARY + b"\r\n"


def _take(source: PictureSource, tick: int, jpeg: bytes) -> tuple[int, bytes] | None:
    """Tick and JPEG of the newest picture; what is there already where that is still the newest."""
    picture = source.picture()
    if picture is None:
        return None
    return (tick, jpeg) if picture[0] == tick else (picture[0], _encode(picture[1]))


def _encode(pixels: Pixels) -> bytes:
    from PIL import Image  # noqa: PLC0415 -- only when somebody looks: control stays small

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
