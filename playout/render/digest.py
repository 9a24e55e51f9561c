"""What a picture is recognised by afterwards: SHA-256 of what was composed.

A still picture is its own evidence: the digest is that of its bytes, RGB, row by row, top row first, so that whoever
has a picture drawn for an instant of the row can compare. Where something moves, the digest covers everything the
motion is computed from (the still part, strips, digits, both ends of a cross-fade, their places, speeds and phases) and
the first frame.
"""

import hashlib
from collections.abc import Iterator

import numpy as np

from playout.model.frame import Pixels
from playout.render.compose import Compositor
from playout.render.scene import MovingLine, Patch, Scene

__all__ = ["content_digest", "moves_of", "row_digest"]


def moves_of(scene: Scene) -> str:
    """What moves in a scene, as words with blanks between; empty for a still picture."""
    lines = (*scene.lines, *(layer for layer in scene.overlays if isinstance(layer, MovingLine)))
    parts = {"fade": scene.fade, "crawl": lines, "clock": scene.clocks, "timecode": scene.timecodes}
    return " ".join(name for name, part in parts.items() if part)


def content_digest(scene: Scene) -> str:
    """Digest of everything a scene is composed from: another one shows something else. Hex."""
    digest = hashlib.sha256(_bytes(scene.base))
    for words, pictures in _parts(scene):
        digest.update(words.encode())
        for picture in pictures:
            digest.update(repr(picture.shape).encode())
            digest.update(_bytes(picture))
    return digest.hexdigest()


def row_digest(scene: Scene, content: str, at_ns: int, compositor: Compositor) -> str:
    """Digest of a scene that came on air at `at_ns` (UTC), `content` being its content's; hex.

    The compositor is one of this screen's size that nothing else uses.
    """
    compositor.compose(scene, at_ns)
    digest = hashlib.sha256(_bytes(compositor.picture()))
    if not moves_of(scene):
        return digest.hexdigest()
    digest.update(content.encode())
    digest.update(b"%d" % at_ns)
    return digest.hexdigest()


def _line(line: MovingLine) -> str:
    return f"crawl {line.rect} {line.period_px} {line.speed_px_s} {line.phase_ns}"


def _bytes(picture: Pixels) -> memoryview:
    return np.ascontiguousarray(picture).data


def _parts(scene: Scene) -> Iterator[tuple[str, tuple[Pixels, ...]]]:
    """Every part that moves: words that tell how, and the pictures it takes."""
    if scene.fade is not None:
        fade = scene.fade
        yield f"fade {fade.rect} {fade.starts_ns} {fade.ends_ns}", (fade.before, fade.after)
    for line in scene.lines:
        yield _line(line), (line.strip,)
    for clock in scene.clocks:
        yield f"clock {clock.rect} {clock.zone} {''.join(clock.characters)}", tuple(clock.characters.values())
    for timecode in scene.timecodes:
        yield f"timecode {timecode.rect}", ()
    for layer in scene.overlays:
        if isinstance(layer, Patch):
            yield f"overlay {layer.rect}", (layer.pixels,)
        else:
            yield _line(layer), (layer.strip,)
