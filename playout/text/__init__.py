"""Words to coverage masks: fonts, itemising, shaping, line breaks, layout. Colours and blending are the renderer's."""

from playout.text.catalogue import FontRecord, list_fonts
from playout.text.engine import Block, Line, TextEngine
from playout.text.findings import TextCode, TextFinding
from playout.text.fonts import FontSet, language_fonts, load_fonts
from playout.text.letters import letter_height_px, smallest_em_px

__all__ = [
    "Block",
    "FontRecord",
    "FontSet",
    "Line",
    "TextCode",
    "TextEngine",
    "TextFinding",
    "language_fonts",
    "letter_height_px",
    "list_fonts",
    "load_fonts",
    "smallest_em_px",
]
