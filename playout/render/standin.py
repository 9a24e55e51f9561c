"""What shows in place of a scene that could not be drawn: the slate, or black where black was meant."""

import numpy as np

from playout.model.claim import ContentKind
from playout.model.frame import Size
from playout.model.programme import Programme
from playout.render.scene import Scene
from playout.render.slate import draw_slate

__all__ = ["stand_in"]


def stand_in(programme: Programme, size: Size, reason: str) -> Scene:
    """A still scene for the programme that needs no font, file or drawing; `reason` is its finding."""
    if programme.kind is ContentKind.BLANK:
        return Scene(programme, np.zeros((size.height, size.width, 3), np.uint8), findings=(reason,))
    return Scene(programme, draw_slate(size), findings=(reason,))
