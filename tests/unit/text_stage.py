"""What tests of text share: the shipped fonts, the sentences, and what to do where a Debian font is missing."""

import tomllib
from pathlib import Path

from peers import need_fonts

from playout.paths import shipped
from playout.text import FontSet, load_fonts

FONTS: FontSet = load_fonts(shipped("fonts"))

SENTENCES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent.parent / "golden" / "text" / "sentences.toml").read_text(encoding="utf-8")
)
CASES = [
    ("vi" if language == "thai_names" else language, sentence)
    for language, sentences in SENTENCES.items()
    for sentence in sentences
]
"""Language and sentence; names in Thai letters stand in Vietnamese."""


def need(text: str, language: str) -> None:
    """The fonts of a text are installed."""
    scripts = [language, *(("lo",) if any("\u0e80" <= c <= "\u0eff" for c in text) else ())]
    scripts += ["zh"] if any("\u4e00" <= c <= "\u9fff" for c in text) else []
    for each in scripts:
        need_fonts(FONTS, each)
