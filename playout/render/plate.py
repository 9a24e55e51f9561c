"""A plate: one page of a notice, drawn once into a still picture."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from playout.errors import ContentError
from playout.model.frame import Pixels, Size
from playout.model.notice import Align, Fit, Kind, Notice, Text
from playout.render.colour import blend_mask, parse_colour, shade
from playout.render.slate import draw_slate
from playout.text.engine import TextEngine

__all__ = ["PictureSource", "Plate", "draw_plate"]

_MARGIN = 0.04
_HEADING_SHARE = 0.36
_HEADING_EM, _BODY_EM = 0.20, 0.15
_PLATE_OPACITY = 0.85


class PictureSource(Protocol):
    """Where decoded pictures come from."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels | None:
        """The picture at exactly that size, RGB; None while it is not there. Does not wait.

        Raises: ContentError with the remedy where it cannot be shown.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A drawn page: RGB pixels, what was wrong with it, and whether its picture is still to come."""

    pixels: Pixels
    findings: tuple[str, ...] = ()
    awaits_picture: bool = False


def draw_plate(notice: Notice, language: str, size: Size, engine: TextEngine, pictures: PictureSource) -> Plate:
    """Draws one page: picture under everything, heading and body on a plate over it."""
    style = notice.style
    pixels = np.empty((size.height, size.width, 3), np.uint8)
    pixels[:] = parse_colour(style.ground)
    picture, findings = _picture(notice, size, pictures)
    if picture is not None:
        pixels[:] = picture
    elif notice.kind is Kind.PICTURE:
        pixels[:] = draw_slate(size)  # black is never an error path
    text = next((text for text in notice.texts if text.language == language), None)
    if text is not None and notice.kind is Kind.TEXT:
        findings += _draw_text(pixels, notice, text, engine, over_picture=picture is not None)
    return Plate(pixels, findings, bool(notice.picture) and picture is None)


def _picture(notice: Notice, size: Size, pictures: PictureSource) -> tuple[Pixels | None, tuple[str, ...]]:
    """The notice's picture if it has one that is there, and what is wrong with it."""
    if not notice.picture:
        return None, ()
    try:
        return pictures.picture(notice.picture, size, notice.fit), ()
    except ContentError as error:
        return None, (f"{notice.id}: shown without its picture {error}",)


def _draw_text(
    pixels: Pixels, notice: Notice, text: Text, engine: TextEngine, *, over_picture: bool
) -> tuple[str, ...]:
    height, width = pixels.shape[:2]
    margin = round(_MARGIN * height)
    room_width, room_height = width - 4 * margin, height - 4 * margin
    style, parts = notice.style, [(text.body, notice.style.colour, _BODY_EM, 1.0)]
    if text.heading:
        parts = [
            (text.heading, style.accent, _HEADING_EM, _HEADING_SHARE),
            (text.body, style.colour, _BODY_EM, 1.0 - _HEADING_SHARE),
        ]
    gap = margin if text.heading else 0
    blocks = [
        engine.block(
            words, text.language, room_width, round((room_height - gap) * share), round(em * height), style.align
        )
        for words, _, em, share in parts
    ]
    used = sum(block.mask.shape[0] for block in blocks) + gap * (len(blocks) - 1)
    top = (height - used) // 2
    widths = [block.mask.shape[1] for block in blocks]
    lefts = [2 * margin if style.align is Align.LEFT else (width - each) // 2 for each in widths]
    if over_picture:
        left = min(lefts) - margin
        right = max(at + each for at, each in zip(lefts, widths, strict=True)) + margin
        area = pixels[max(0, top - margin) : top + used + margin, max(0, left) : right]
        shade(area, parse_colour(style.ground), _PLATE_OPACITY)
    findings: list[str] = []
    for block, left, (_, colour, _, _) in zip(blocks, lefts, parts, strict=True):
        blend_mask(pixels, block.mask, parse_colour(colour), left, top)
        top += block.mask.shape[0] + gap
        findings += [f"{notice.id} ({text.language}): {finding}" for finding in block.findings]
    return tuple(findings)
