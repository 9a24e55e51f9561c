"""Heights of letters, judged by the ink of the shipped fonts."""

import numpy as np
import pytest
from text_stage import FONTS, need

from playout.errors import ContentError
from playout.text import TextEngine, letter_height_px, smallest_em_px

ENGINE = TextEngine(FONTS)


@pytest.mark.parametrize(
    ("letter", "language"),
    [("H", "en"), ("H", "vi"), ("H", "jra"), ("H", "bdq"), ("ក", "km"), ("ກ", "lo"), ("国", "zh"), ("ก", "en")],
)
def test_the_height_of_a_base_letter_is_that_of_its_ink(letter: str, language: str) -> None:
    need(letter, language)
    inked = np.flatnonzero((ENGINE.line(letter, language, 200).mask > 127).any(axis=1))
    height = int(inked[-1] - inked[0]) + 1
    # 国 stands below the baseline too; ກ and ក overshoot a little
    assert letter_height_px(letter, language, 200) == pytest.approx(height, rel=0.12)


@pytest.mark.parametrize("language", ["km", "lo"])
def test_scripts_look_equally_large_in_one_line(language: str) -> None:
    assert letter_height_px("កກก", language, 100) == pytest.approx(letter_height_px("H", "en", 100), rel=0.02)


def test_the_lowest_script_of_a_text_counts() -> None:
    assert letter_height_px("国门", "zh", 100) == pytest.approx(81)
    assert letter_height_px("国门 7", "zh", 100) == pytest.approx(71.5)
    assert letter_height_px("ກ", "lo", 100) == pytest.approx(70.625)
    assert letter_height_px("", "zh", 100) == pytest.approx(81)


def test_the_smallest_sizes_are_latin_equal() -> None:
    assert {code: smallest_em_px(code) for code in ("vi", "en", "km", "lo", "zh", "jra", "bdq")} == {
        "vi": 19, "en": 15, "km": 22, "lo": 16, "zh": 16, "jra": 19, "bdq": 19,
    }  # fmt: skip
    with pytest.raises(ContentError, match="not known"):
        smallest_em_px("xx")
