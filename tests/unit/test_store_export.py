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
from hypothesis import given, settings
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


@st.composite
def drafts(draw: st.DrawFn, pictures: Mapping[str, Path]) -> Draft:
    texts = st.builds(
        Text, st.sampled_from(["vi", "en", "km", "lo", "zh", "jra", "bdq"]), words(30, 1), words(20), st.booleans(),
        words(10), st.none() | st.dates(date(2000, 1, 1)),
    )  # fmt: skip
    colours = st.sampled_from(["#ffffff", "#ffd200", "#000000", "#12ab9f"])
    notices: dict[str, Notice] = {}
    for name in draw(st.lists(IDS, min_size=1, max_size=4, unique=True)):
        notices[name] = draw(
            st.builds(
                Notice, st.just(name), st.sampled_from(Kind), words(20, 1), words(20, 1), words(9), words(9),
                st.floats(1, 1000), DWELLS, st.sampled_from(["", "vi"]), st.sampled_from(Arrange),
                st.lists(texts, max_size=3).map(tuple), st.sampled_from(["", *pictures]), st.sampled_from(Fit),
                st.builds(Style, colours, colours, colours, st.sampled_from(Align)),
            )
        )  # fmt: skip
    zones = st.builds(
        Zone, st.sampled_from(ZoneKind), SHARES, SHARES, SIZES, SIZES, colours, colours, st.integers(1, 1000)
    )
    layouts = draw(st.lists(st.builds(Layout, IDS, st.lists(zones, min_size=1, max_size=3).map(tuple)),
                            max_size=3, unique_by=lambda each: each.id))  # fmt: skip
    items = st.builds(Item, st.sampled_from(sorted(notices)), DWELLS, st.sampled_from(Transition))
    playlists = draw(st.lists(st.builds(Playlist, IDS, words(9), st.lists(items, min_size=1, max_size=3).map(tuple)),
                              min_size=1, max_size=3, unique_by=lambda each: each.id))  # fmt: skip
    lists, plans = (
        st.sampled_from([each.id for each in playlists]),
        st.sampled_from(["", *(each.id for each in layouts)]),
    )
    runs = st.sampled_from(["", *notices])
    dayparts = draw(
        st.lists(
            st.builds(
                Daypart, IDS, lists, TIMES, TIMES,
                st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple), plans, runs,
                st.integers(0, 100), st.lists(words(9, 1), max_size=2).map(tuple),
            ),
            max_size=3, unique_by=lambda each: each.id,
        )
    )  # fmt: skip
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


@settings(deadline=None, max_examples=60)
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
    table = to_table(Daypart("d", "p", time(6), time(18, 30, 5), (Weekday.MON, Weekday.SUN)), whole=True)
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
