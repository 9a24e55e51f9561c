"""Files written from a revision: what is read back is the same, whatever the operators named and wrote."""

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from playout.errors import StoreError
from playout.model.notice import Align, Arrange, Fit, Kind, Notice, Style, Text
from playout.model.schedule import Daypart, Item, Layout, Playlist, Schedule, Transition, Weekday, Zone, ZoneKind
from playout.paths import shipped
from playout.store.export import export_folder, schedule_files
from playout.store.files import Draft, read_folder
from playout.store.media import add_pictures
from playout.store.tables import to_table, write_toml

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


ALPHABET = st.characters(exclude_categories=("Cs",)) | st.sampled_from(
    " \t\r\n\"'\\#[]{}=,./:\x00\x7f\x85\u0301\u2028ệក្"
)


def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Texts as they stand in the store: composed, trimmed, of any characters but halves of a pair."""
    tidy = st.text(ALPHABET, max_size=most // 2).map(lambda each: unicodedata.normalize("NFC", each).strip())
    return tidy.map(lambda each: (each or "x" * least)[:most])


IDS = st.one_of(
    st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True), words(12, 1), st.sampled_from(["..", "a/b"])
)
SHARES = st.floats(0, 1)
SIZES = st.floats(0, 1, exclude_min=True)
DWELLS = st.none() | st.floats(3, 300)
TIMES = st.times()


TEXTS = st.builds(
    Text, language=st.sampled_from(["vi", "en", "km", "lo", "zh", "jra", "bdq"]), body=words(30, 1), heading=words(20),
    proofread=st.booleans(), proofread_by=words(10), revised=st.none() | st.dates(date(2000, 1, 1)),
)  # fmt: skip
COLOURS = st.sampled_from(["#ffffff", "#ffd200", "#000000", "#12ab9f"])
STYLES = st.builds(Style, colour=COLOURS, accent=COLOURS, ground=COLOURS, align=st.sampled_from(Align))
ZONES = st.builds(
    Zone, kind=st.sampled_from(ZoneKind), x=SHARES, y=SHARES, width=SIZES, height=SIZES, colour=COLOURS,
    speed_px_s=st.integers(1, 1000),
)  # fmt: skip
LAYOUTS = st.builds(Layout, id=IDS, zones=st.lists(ZONES, min_size=1, max_size=3).map(tuple))


TEXTS = st.builds(
    Text, language=st.sampled_from(["vi", "en", "km", "lo", "zh", "jra", "bdq"]), body=words(30, 1), heading=words(20),
    proofread=st.booleans(), proofread_by=words(10), revised=st.none() | st.dates(date(2000, 1, 1)),
)  # fmt: skip
COLOURS = st.sampled_from(["#ffffff", "#ffd200", "#000000", "#12ab9f"])
STYLES = st.builds(Style, colour=COLOURS, accent=COLOURS, ground=COLOURS, align=st.sampled_from(Align))
ZONES = st.builds(
    Zone, kind=st.sampled_from(ZoneKind), x=SHARES, y=SHARES, width=SIZES, height=SIZES, colour=COLOURS,
    speed_px_s=st.integers(1, 1000),
)  # fmt: skip
LAYOUTS = st.builds(Layout, id=IDS, zones=st.lists(ZONES, min_size=1, max_size=3).map(tuple))


@st.composite
def drafts(draw: st.DrawFn, pictures: Mapping[str, Path]) -> Draft:
    notices = {
        name: draw(
            st.builds(
                Notice, id=st.just(name), kind=st.sampled_from(Kind), title=words(20, 1), source=words(20, 1),
                agency=words(9), topic=words(9), reading_distance_m=st.floats(1, 1000), dwell_s=DWELLS,
                original=st.sampled_from(["", "vi"]), arrange=st.sampled_from(Arrange),
                texts=st.lists(TEXTS, max_size=3).map(tuple), picture=st.sampled_from(["", *pictures]),
                fit=st.sampled_from(Fit), style=STYLES,
            )
        )
        for name in draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    }  # fmt: skip
    layouts = draw(st.lists(LAYOUTS, max_size=2, unique_by=lambda each: each.id))
    items = st.builds(
        Item, notice=st.sampled_from(sorted(notices)), dwell_s=DWELLS, transition=st.sampled_from(Transition)
    )
    some = st.lists(items, min_size=1, max_size=3).map(tuple)
    playlists = draw(
        st.lists(st.builds(Playlist, id=IDS, title=words(9), items=some), min_size=1, max_size=2,
                 unique_by=lambda each: each.id)
    )  # fmt: skip
    lists = st.sampled_from([each.id for each in playlists])
    plans, runs = st.sampled_from(["", *(each.id for each in layouts)]), st.sampled_from(["", *notices])
    days = st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple)
    daypart = st.builds(
        Daypart, id=IDS, playlist=lists, start=TIMES, end=TIMES, days=days, layout=plans, crawl=runs,
        rank=st.integers(0, 100), screens=st.lists(words(9, 1), max_size=2).map(tuple),
    )  # fmt: skip
    dayparts = draw(st.lists(daypart, max_size=2, unique_by=lambda each: each.id))
    schedule = Schedule(
        tuple(layouts), tuple(playlists), tuple(dayparts), draw(st.just("") | lists), draw(plans), draw(runs)
    )
    return Draft(schedule, notices, {each.picture: pictures[each.picture] for each in notices.values() if each.picture})


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A media folder with two pictures."""
    folder = tmp_path_factory.mktemp("media")
    found: dict[str, Path] = {}
    for content in (PNG, b"\xff\xd8\xff" + bytes(20)):
        path = folder / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        found[path.name] = path
    return found


@settings(deadline=None, max_examples=40, phases=[Phase.generate])
@given(data=st.data())
def test_what_is_exported_reads_as_the_same(data: st.DataObject, media: Mapping[str, Path]) -> None:
    draft = data.draw(drafts(media))
    with TemporaryDirectory() as parent:
        folder = Path(parent) / "out"
        export_folder(draft.schedule, draft.notices, next(iter(media.values())).parent, folder)
        read = read_folder(folder)
        assert read.schedule == draft.schedule
        assert dict(read.notices) == dict(draft.notices)
        assert read.pictures.keys() == draft.pictures.keys()
        assert all(path.resolve().is_relative_to(folder.resolve()) for path in folder.rglob("*"))


def test_the_shipped_programme_goes_out_and_in_again(tmp_path: Path) -> None:
    draft = read_folder(shipped("schedules"))
    add_pictures(tmp_path / "media", draft.pictures)
    export_folder(draft.schedule, draft.notices, tmp_path / "media", tmp_path / "out")
    read = read_folder(tmp_path / "out")
    assert (read.schedule, dict(read.notices)) == (draft.schedule, dict(draft.notices))
    assert read.pictures.keys() == draft.pictures.keys()
    assert "[[dayparts]]" in (tmp_path / "out/schedule.toml").read_text()
    assert {path.suffix for path in (tmp_path / "out/pictures").iterdir()} <= {".jpg", ".png"}


def test_ids_that_no_file_can_have_are_kept_in_the_file(tmp_path: Path) -> None:
    notice = Notice("", Kind.CRAWL, "t", "s")
    notices = {name: replace(notice, id=name) for name in ("../up", "A", "a", "ngày", "notice-1", ".hidden")}
    names = [name for name, _ in schedule_files(Schedule(), notices, tmp_path)]
    assert len({name.casefold() for name in names}) == len(names)
    assert not any(".." in name or "/." in name for name in names)
    export_folder(Schedule(), notices, tmp_path, tmp_path / "out")
    assert dict(read_folder(tmp_path / "out").notices) == notices


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        export_folder(Schedule(), {}, tmp_path, tmp_path / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine.txt"]


def test_a_picture_that_is_missing_leaves_no_half_folder(tmp_path: Path) -> None:
    notice = Notice("n", Kind.PICTURE, "t", "s", picture="0" * 64)
    with pytest.raises(StoreError, match="0" * 64):
        export_folder(Schedule(), {"n": notice}, tmp_path, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_table_for_the_api_has_every_field_in_operators_words() -> None:
    table = to_table(Daypart("d", "p", time(6), time(18, 30, 5), days=(Weekday.MON, Weekday.SUN)), whole=True)
    assert (table["start"], table["end"], table["days"]) == ("06:00", "18:30:05", ["mon", "sun"])
    assert (table["rank"], table["screens"]) == (0, [])
    assert to_table(Item("n"), whole=True)["dwell_s"] is None
    assert to_table(Item("n")) == {"notice": "n"}


@given(
    st.recursive(
        st.booleans()
        | st.integers(-(2**60), 2**60)
        | st.floats(allow_nan=False, allow_infinity=False)
        | words(9)
        | TIMES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(5), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: {"k": value, "z": 1})
)
def test_any_table_is_written_so_that_it_reads_the_same(table: dict[str, object]) -> None:
    assert tomllib.loads(write_toml(table)) == table
