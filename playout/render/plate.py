"""A plate: one page of a notice, drawn once into a still picture."""

from dataclasses import dataclass
from math import ceil
from typing import Protocol, assert_never

import numpy as np

from playout.errors import ContentError
from playout.model.frame import Pixels, Size
from playout.model.notice import Backing, Fit, Kind, Notice
from playout.render.colour import blend_mask, parse_colour, shade
from playout.render.outline import grow, outline_px
from playout.render.page import PageLayout, Placed, Role, lay_out_page
from playout.render.slate import draw_slate
from playout.text.engine import TextEngine

__all__ = ["PictureSource", "Plate", "behind", "draw_ground", "draw_plate"]

_PLATE_OPACITY = 0.85
_INK = 255


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
    """Draws one page: picture under everything, heading and body on a plate over it or with an outline.

    `language` is `vi`, or `vi+en` for a page that both share.
    """
    layout = lay_out_page(notice, language, size, engine) if notice.kind is Kind.TEXT else PageLayout((), ())
    ground = draw_ground(notice, layout, size, pictures)
    findings = list(ground.findings)
    for placed in layout.blocks:
        colour = notice.style.accent if placed.role is Role.HEADING else notice.style.colour
        blend_mask(ground.pixels, placed.block.mask, parse_colour(colour), placed.x, placed.y)
        findings += [f"{notice.id} ({placed.language}): {finding}" for finding in placed.block.findings]
    return Plate(ground.pixels, tuple(findings), ground.awaits_picture)


def draw_ground(notice: Notice, layout: PageLayout, size: Size, pictures: PictureSource) -> Plate:
    """What is behind the words of a page: the ground, or the picture with the plates or outlines of the words."""
    picture, findings = _picture(notice, size, pictures)
    if picture is not None:
        pixels = picture.copy()
        _back(pixels, layout, notice)
    elif notice.kind is Kind.PICTURE:
        pixels = draw_slate(size)  # black is never an error path
    else:
        row = np.tile(np.array(parse_colour(notice.style.ground), np.uint8), (1, size.width, 1))
        pixels = np.repeat(row, size.height, axis=0)  # whole rows at once
    return Plate(pixels, findings, bool(notice.picture) and picture is None)


def behind(placed: Placed, notice: Notice, ground: Plate) -> Pixels:
    """What a reader sees around the letters of a block, of a ground that was drawn for it: RGB, `... x 3`.

    On a plate, or without a picture, that is all of the block's box; with an outline the pixels at the letters' edges.
    """
    area = ground.pixels[placed.rect.slices]
    if notice.style.backing is Backing.PLATE or not notice.picture:
        return area
    mask = placed.block.mask[: area.shape[0], : area.shape[1]]
    beside = (grow(mask, 1.0)[1:-1, 1:-1] > 0) & (mask < _INK)
    return area[beside] if beside.any() else area


def _back(pixels: Pixels, layout: PageLayout, notice: Notice) -> None:
    """Sets the words off from a picture, in place."""
    colour = parse_colour(notice.style.ground)
    match notice.style.backing:
        case Backing.PLATE:
            for rect in layout.plates:
                shade(pixels[rect.slices], colour, _PLATE_OPACITY)
        case Backing.OUTLINE:
            for placed in layout.blocks:
                width_px = outline_px(placed.block.em_px)
                edge = ceil(width_px)
                blend_mask(pixels, grow(placed.block.mask, width_px), colour, placed.x - edge, placed.y - edge)
        case _:
            assert_never(notice.style.backing)


def _picture(notice: Notice, size: Size, pictures: PictureSource) -> tuple[Pixels | None, tuple[str, ...]]:
    """The notice's picture if it has one that is there, and what is wrong with it."""
    if not notice.picture:
        return None, ()
    try:
        return pictures.picture(notice.picture, size, notice.fit), ()
    except ContentError as error:
        return None, (f"{notice.id}: shown without its picture {error}",)
