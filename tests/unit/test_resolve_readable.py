"""What nobody can read on this sign is not shown; an emergency goes without it, and is never shown as nothing."""

from dataclasses import replace

import pytest
from resolve_stage import CRAWL, INPUTS, NOTICES, REVISION, S, at

from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Arrange, Notice
from playout.model.programme import Programme
from playout.resolve import programmes, resolve

NOON = at("2026-03-02T12:00:00+07:00")


def given(unreadable: dict[str, tuple[str, ...]], *claims: Claim, notices: dict[str, Notice] | None = None) -> Inputs:
    revision = replace(REVISION, unreadable=unreadable, notices={**NOTICES, **(notices or {})})
    return replace(INPUTS, revision=revision, claims=claims)


def claim(band: Band, ref: str, **rest: object) -> Claim:
    content = Content(ContentKind.NOTICE, ref, **rest)  # pyright: ignore[reportArgumentType]
    return Claim("c", (), band, content, NOON, NOON, NOON + 3600 * S, stop=Stop.NOW)


def pages(inputs: Inputs, seconds: int = 60) -> list[tuple[str, str, int]]:
    found = (programme.page for _, programme in programmes(inputs, NOON, NOON + seconds * S))
    return [(page.notice.id, page.language, page.count) for page in found if page is not None]


def warnings(programme: Programme) -> tuple[str, ...]:
    return programme.because.warnings


def test_a_page_that_cannot_be_read_is_skipped_while_others_remain() -> None:
    seen = pages(given({"a": ("en",)}))
    assert ("a", "en", 2) not in seen
    assert {("a", "vi", 2), ("a", "km", 2), ("b", "en", 3)} <= set(seen)


def test_an_item_of_which_nothing_can_be_read_is_skipped() -> None:
    assert {name for name, _, _ in pages(given({"a": ("vi", "en", "km")}))} == {"b"}


def test_where_nothing_is_left_the_next_in_order_shows_and_at_last_the_slate() -> None:
    every = ("vi", "en", "km")
    only_filler = replace(REVISION.schedule, filler="night")
    inputs = given({"a": every, "b": every})
    assert inputs.revision is not None
    assert resolve(inputs, NOON).kind is ContentKind.SLATE
    filled = replace(inputs, revision=replace(inputs.revision, schedule=only_filler))
    programme = resolve(filled, NOON)
    assert (programme.claim, programme.page and programme.page.notice.id) == ("filler", "c")
    assert programme.because.rule == "daypart day has nothing that can be shown"


@pytest.mark.parametrize("band", [Band.NOTICE, Band.OPERATOR])
def test_a_claim_that_nobody_can_read_gives_way(band: Band) -> None:
    programme = resolve(given({"c": ("vi",)}, claim(band, "c")), NOON)
    assert programme.claim == "daypart day"


def test_an_emergency_goes_without_what_cannot_be_read_and_says_so() -> None:
    inputs = given({"fire": ("km", "vi")}, claim(Band.EMERGENCY, "fire"))
    assert pages(inputs) == [("fire", "en", 1)]
    (warning,) = warnings(resolve(inputs, NOON))
    assert warning == "fire: not shown in vi, km, which cannot be read on this sign"


def test_an_emergency_that_nobody_can_read_shows_what_is_least_bad() -> None:
    inputs = given({"fire": ("km", "en", "vi")}, claim(Band.EMERGENCY, "fire"))
    assert pages(inputs) == [("fire", "km", 1)]
    left, shown = warnings(resolve(inputs, NOON))
    assert left == "fire: not shown in vi, en, which cannot be read on this sign"
    assert shown == "fire: no language of it can be read on this sign; shown in km"


def test_the_least_bad_is_one_that_the_claim_wants() -> None:
    wanted = replace(claim(Band.EMERGENCY, "fire"), languages=("vi",))
    assert pages(given({"fire": ("km", "vi", "en")}, wanted)) == [("fire", "vi", 1)]


def test_languages_that_share_a_page_share_it_without_the_one() -> None:
    together = {"a": replace(NOTICES["a"], arrange=Arrange.STACKED)}
    inputs = given({"a": ("en",)}, claim(Band.OPERATOR, "a"), notices=together)
    assert pages(inputs) == [("a", "vi+km", 1)]
    assert warnings(resolve(inputs, NOON)) == ("a: not shown in en, which cannot be read on this sign",)


def test_a_moving_line_runs_without_what_cannot_be_read() -> None:
    crawl = resolve(given({"line": ("vi",)}), NOON).crawl
    assert crawl is not None
    assert crawl.languages == ("en",)
    assert resolve(given({"line": ("vi", "en")}), NOON).crawl is None
    urgent = claim(Band.EMERGENCY, "fire", layout="split", crawl="line")
    shown = resolve(given({"line": ("en", "vi")}, urgent), NOON).crawl
    assert shown is not None
    assert (shown.notice, shown.languages) == (CRAWL, ("en",))


def test_each_revision_has_its_own_verdict() -> None:
    old, new = replace(REVISION, unreadable={"c": ("vi",)}), replace(REVISION, number=2)
    wanted = claim(Band.OPERATOR, "c")
    inputs = replace(INPUTS, revision=new, outgoing=old, takes_over_ns=NOON + 10 * S, claims=(wanted,))
    assert resolve(inputs, NOON).claim == "daypart day"
    assert resolve(inputs, NOON + 10 * S).claim == "c"
