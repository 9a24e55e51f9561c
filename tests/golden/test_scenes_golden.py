"""Whole pictures of the shipped programme: each language's page, the slate, a cross-fade and the crawl."""

from zoneinfo import ZoneInfo

import pytest
from golden_stage import compare

from playout.media.still import decode
from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.frame import Pixels, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit
from playout.model.panel import Site
from playout.model.schedule import Revision
from playout.paths import shipped
from playout.render.compose import Compositor
from playout.render.scene import SceneBuilder
from playout.resolve import resolve
from playout.store.files import read_folder
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

SIZE, FPS, S = Size(672, 480), 60, 10**9
DAY = 1_795_312_800 * S  # 2026-11-22 09:00 at the gate
DRAFT = read_folder(shipped("schedules"))
INPUTS = Inputs("main", Site(), Revision(1, 0, DRAFT.schedule, DRAFT.notices))


class Decoded:
    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return decode(DRAFT.pictures[sha256], size, fit)


@pytest.fixture(scope="module")
def builder() -> SceneBuilder:
    return SceneBuilder(SIZE, FPS, ZoneInfo("Asia/Ho_Chi_Minh"), TextEngine(load_fonts(shipped("fonts"))), Decoded())


def picture_at(builder: SceneBuilder, inputs: Inputs, at_ns: int) -> Pixels:
    compositor = Compositor(SIZE)
    compositor.compose(builder.build(resolve(inputs, at_ns), inputs, at_ns), at_ns)
    return compositor.picture()


def first_page(notice: str, language: str) -> int:
    """An instant in the middle of that page, the crawl well under way."""
    at_ns = DAY
    for _ in range(200):
        programme = resolve(INPUTS, at_ns)
        assert programme.page is not None
        if (programme.page.notice.id, programme.page.language) == (notice, language) and at_ns > DAY:
            return at_ns + 4 * S
        at_ns = programme.until_ns
    raise AssertionError(f"{notice} ({language}) is not in the programme")


@pytest.mark.parametrize("language", ["vi", "en", "km"])
@pytest.mark.parametrize("notice", ["welcome", "customs"])
def test_a_page(builder: SceneBuilder, notice: str, language: str) -> None:
    compare(f"scenes/{notice}-{language}", picture_at(builder, INPUTS, first_page(notice, language)))


def test_the_middle_of_a_cross_fade(builder: SceneBuilder) -> None:
    compare("scenes/crossfade", picture_at(builder, INPUTS, first_page("customs", "en") - 4 * S + 300_000_000))


def test_the_slate_needs_nothing(builder: SceneBuilder) -> None:
    compare("scenes/slate", picture_at(builder, Inputs("main", Site()), DAY))


def test_blank_is_black(builder: SceneBuilder) -> None:
    panic = Claim("p", (), Band.SAFETY, Content(ContentKind.BLANK), DAY, 0, stop=Stop.NOW)
    assert not picture_at(builder, Inputs("main", Site(), INPUTS.revision, claims=(panic,)), DAY).any()
