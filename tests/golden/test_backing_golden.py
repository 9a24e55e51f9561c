"""Words over pictures: on a plate, and with an outline, over what is dark, bright, and full of detail."""

import os

import pytest
from golden_stage import compare

from playout.media.still import decode
from playout.model.frame import Pixels, Size
from playout.model.notice import Align, Arrange, Backing, Fit, Kind, Notice, Style, Text
from playout.paths import shipped
from playout.render.plate import draw_plate
from playout.store.files import read_folder
from playout.text.engine import TextEngine
from playout.text.fonts import language_fonts, load_fonts

SIZE = Size(672, 480)
DRAFT = read_folder(shipped("schedules"))
ENGINE = TextEngine(load_fonts(shipped("fonts")))
TEXTS = {
    "vi": Text("vi", "Hòa bình, hữu nghị, hợp tác và phát triển", "BIÊN GIỚI"),
    "en": Text("en", "The province welcomes partners for its products, goods and services.", "INVEST IN GIA LAI"),
    "km": Text("km", "ប្រវត្តិសាស្ត្រ វប្បធម៌ ព្រះមហាក្ស័ត្រ", "វប្បធម៌យ៉ាឡាយ"),
    "lo": Text("lo", "ດ່ານຊາຍແດນສາກົນ ນ້ຳ ກິ້ ໝູ່", "ຍິນດີຕ້ອນຮັບ"),
    "zh": Text("zh", "欢迎来到丽清国际口岸，限速20公里/小时", "丽清国际口岸"),
    "jra": Text("jra", "Abih bang mơnuih-mơnam, ơ̆ ư̆ ô̆ ê̆", "ČƯ̆ PRÔNG"),
    "bdq": Text("bdq", "Kon pơlei, pơlei pơla, ’nhŏng oh", "DÊH CHAR GIA LAI"),
}
PICTURES = {"dawn": "border-of-peace", "cloth": "culture", "field": "investment"}


class Decoded:
    """The shipped pictures."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return decode(DRAFT.pictures[sha256], size, fit)


def page(picture: str, languages: str, **style: object) -> Pixels:
    for language in languages.split("+"):
        if problem := language_fonts(ENGINE.fonts, language):
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(problem))
    notice = Notice(
        "n", Kind.TEXT, "n", "test", arrange=Arrange.STACKED, texts=tuple(TEXTS.values()),
        picture=DRAFT.notices[PICTURES[picture]].picture, style=Style(**style),  # pyright: ignore
    )  # fmt: skip
    plate = draw_plate(notice, languages, SIZE, ENGINE, Decoded())
    assert not plate.findings
    return plate.pixels


@pytest.mark.parametrize("backing", Backing)
@pytest.mark.parametrize(("picture", "language"), [("dawn", "vi"), ("field", "en"), ("cloth", "km")])
def test_each_backing_over_each_picture(picture: str, language: str, backing: Backing) -> None:
    compare(f"backing/{backing}-{language}", page(picture, language, backing=backing))


@pytest.mark.parametrize("language", ["lo", "zh", "jra", "bdq"])
def test_an_outline_of_each_language(language: str) -> None:
    compare(f"backing/outline-{language}", page("cloth", language, backing=Backing.OUTLINE))


def test_a_bright_outline_of_dark_words_on_the_left() -> None:
    style = {"colour": "#101010", "accent": "#500000", "ground": "#ffffff", "align": Align.LEFT}
    compare("backing/outline-bright", page("dawn", "en", backing=Backing.OUTLINE, **style))


@pytest.mark.parametrize("backing", Backing)
def test_two_languages_on_a_page(backing: Backing) -> None:
    compare(f"backing/{backing}-shared", page("field", "vi+zh", backing=backing))
