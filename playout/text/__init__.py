"""Words to coverage masks: fonts, itemising, shaping, line breaks, layout. Colours and blending are the renderer's.

What is offered here is loaded when it is first asked for: control reads the table of languages, and must not grow by
the shaper and its dictionaries.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = {
    "catalogue": ("FontRecord", "list_fonts"),
    "engine": ("Block", "Line", "TextEngine"),
    "findings": ("TextCode", "TextFinding"),
    "fonts": ("FontSet", "language_fonts", "load_fonts"),
    "letters": ("letter_height_px", "smallest_em_px"),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
