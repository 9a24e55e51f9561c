"""Words to coverage masks: fonts, itemising, shaping, line breaks, layout. Colours and blending are the renderer's."""

from playout.text.engine import Block, Line, TextEngine
from playout.text.fonts import FontSet, load_fonts

__all__ = ["Block", "FontSet", "Line", "TextEngine", "load_fonts"]
