"""Reading a folder of schedule files: what is right comes out, and everything wrong is told in one go."""

import hashlib
import unicodedata
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from playout.errors import ScheduleError
from playout.model.calendar import Calendar
from playout.model.notice import Kind, Notice, Style, Text
from playout.model.schedule import Closed, Daypart, Hours, Item, Layout, Playlist, Schedule, Weekday, Zone
from playout.paths import shipped
from playout.resolve.rules import rule_problems
from playout.store.files import read_folder
from playout.store.pictures import PICTURE_BYTES_MAX
from playout.store.references import repeated, unknown_references

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)

SCHEDULE = """
filler = "all"
[[layouts]]
id = "full"
zones = [{ kind = "main" }]
[[playlists]]
id = "all"
items = [{ notice = "hello" }]
[[dayparts]]
id = "weekend"
playlist = "all"
start = "22:00"
end = 06:30:00
days = ["sat", "Sun"]
layout = "full"
"""

NOTICE = """
kind = "text"
title = "Lời chào"
source = "thử"
[[texts]]
language = "vi"
body = "Xin chào"
"""


def write(folder: Path, schedule: str = SCHEDULE, **notices: str) -> Path:
    (folder / "notices").mkdir()
    (folder / "pictures").mkdir()
    (folder / "schedule.toml").write_text(schedule, encoding="utf-8")
    for name, text in (notices or {"hello": NOTICE}).items():
        (folder / "notices" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(ScheduleError) as caught:
        read_folder(folder)
    return list(caught.value.problems)


def only(problems: list[str], *words: str) -> None:
    assert len(problems) == 1, problems
    for word in words:
        assert word in problems[0]


def test_days_by_name_and_times_as_text_or_toml(tmp_path: Path) -> None:
    draft = read_folder(write(tmp_path))
    (daypart,) = draft.schedule.dayparts
    assert daypart.days == (Weekday.SAT, Weekday.SUN)
    assert (daypart.start, daypart.end) == (time(22), time(6, 30))
    assert draft.notices["hello"].kind is Kind.TEXT
    assert draft.pictures == {}


def test_texts_come_out_composed_and_trimmed(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", NOTICE).replace('"Xin', '"\\n  Xin')
    assert decomposed != NOTICE
    draft = read_folder(write(tmp_path, hello="\ufeff" + decomposed))
    assert draft.notices["hello"].title == unicodedata.normalize("NFC", "Lời chào")
    assert draft.notices["hello"].texts[0].body == "Xin chào"


def test_an_id_of_its_own_wins_over_the_file_name(tmp_path: Path) -> None:
    assert list(read_folder(write(tmp_path, other='id = "hello"\n' + NOTICE)).notices) == ["hello"]


def test_a_picture_is_replaced_by_its_hash(tmp_path: Path) -> None:
    folder = write(tmp_path, hello='picture = "../pictures/a.png"\n' + NOTICE)
    (folder / "pictures/a.png").write_bytes(PNG)
    draft = read_folder(folder)
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert draft.notices["hello"].picture == sha256
    assert draft.pictures == {sha256: folder / "pictures/a.png"}


@pytest.mark.parametrize(
    ("path", "content", "word"),
    [
        ("../pictures/none.png", None, "cannot be read"),
        ("../pictures/a.png", b"GIF89a" + bytes(20), "not a picture"),
        ("../../outside.png", None, "outside the folder"),
        ("/etc/hostname", None, "outside the folder"),
    ],
)
def test_a_picture_that_cannot_be_taken(tmp_path: Path, path: str, content: bytes | None, word: str) -> None:
    (tmp_path / "outside.png").write_bytes(PNG)
    (tmp_path / "folder").mkdir()
    folder = write(tmp_path / "folder", hello=f'picture = "{path}"\n' + NOTICE)
    if content is not None:
        (folder / "pictures/a.png").write_bytes(content)
    only(problems_of(folder), "notices/hello.toml: picture", path, word)


def test_a_link_out_of_the_folder_is_outside(tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(PNG)
    (tmp_path / "folder").mkdir()
    folder = write(tmp_path / "folder", hello='picture = "../pictures/a.png"\n' + NOTICE)
    (folder / "pictures/a.png").symlink_to(tmp_path / "outside.png")
    only(problems_of(folder), "outside the folder")


def test_a_picture_that_is_too_large(tmp_path: Path) -> None:
    folder = write(tmp_path, hello='picture = "../pictures/a.png"\n' + NOTICE)
    with (folder / "pictures/a.png").open("wb") as file:
        file.write(PNG)
        file.truncate(PICTURE_BYTES_MAX + 1)
    only(problems_of(folder), "notices/hello.toml: picture", "40 MB")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('playlist = "all"', 'playlist = "al"', ("dayparts[weekend].playlist", "'al'", "did you mean 'all'?")),
        ('layout = "full"', 'layout = "ful"', ("dayparts[weekend].layout", "did you mean 'full'?")),
        ('layout = "full"', 'crawl = "helo"', ("dayparts[weekend].crawl", "did you mean 'hello'?")),
        ('filler = "all"', 'filler = "zzz"', ("filler", "unknown playlist 'zzz'")),
        ('notice = "hello"', 'notice = "helo"', ("playlists[all].items[0].notice", "did you mean 'hello'?")),
        ('"sat"', '"satt"', ("dayparts[weekend].days", "'satt'", "did you mean 'sat'?")),
        ('"sat"', "5", ("dayparts[weekend].days", "'5'")),
        ('"22:00"', '"24:00"', ("dayparts[weekend].start", "'24:00'", "HH:MM")),
        ('"22:00"', '"06:00Z"', ("dayparts[weekend].start", "HH:MM")),
        ('"22:00"', "6", ("dayparts[weekend].start", "HH:MM")),
        ("filler =", "fillr =", ("fillr", "did you mean 'filler'?")),
        ('kind = "main"', 'kind = "main", heigth = 1', ("layouts", "heigth", "did you mean 'height'?")),
    ],
)
def test_one_mistake_in_the_schedule_is_one_problem(tmp_path: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in SCHEDULE
    only(problems_of(write(tmp_path, SCHEDULE.replace(old, new, 1))), "schedule.toml", *words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('language = "vi"', 'language = "vn"', ("texts[0].language", "'vn'")),
        ("title =", "titel =", ("titel", "did you mean 'title'?")),
        ("kind =", "kind", ("line 2", "TOML")),
        ('kind = "text"', 'kind = "txt"', ("kind", "txt")),
    ],
)
def test_a_mistake_in_a_notice_names_file_and_key(tmp_path: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in NOTICE
    problems = problems_of(write(tmp_path, hello=NOTICE.replace(old, new, 1)))
    assert all(problem.startswith("notices/hello.toml: ") for problem in problems)
    assert any(all(word in problem for word in words) for problem in problems), problems


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    schedule = SCHEDULE.replace('id = "full"', 'id = "full"\nzone = 1').replace('notice = "hello"', 'notice = "hallo"')
    schedule += '[[playlists]]\nid = "all"\nitems = [{ notice = "hello" }]\n'
    folder = write(tmp_path, schedule, hello="kind = 3", twin='id = "hello"\n' + NOTICE, empty="")
    (folder / "notices/latin.toml").write_bytes(b'title = "\xe9"')
    text = "\n".join(problems_of(folder))
    for word in [
        "layouts.0.zone",
        "unknown notice 'hallo'",
        "playlists: the id 'all' comes twice",
        "notices/hello.toml: kind",
        "notices/twin.toml: id: 'hello' is already the id of notices/hello.toml",
        "notices/empty.toml: title: missing",
        "notices/latin.toml: byte 9 is not UTF-8",
    ]:
        assert word in text
    assert "unknown layout" not in text


def test_a_folder_without_a_schedule(tmp_path: Path) -> None:
    only(problems_of(tmp_path), "schedule.toml: cannot be read")


def test_repeated_names_come_once_each() -> None:
    assert repeated("abcabba") == ["a", "b"]


def test_the_shipped_folder_reads() -> None:
    draft = read_folder(shipped("schedules"))
    assert {layout.id for layout in draft.schedule.layouts} == {"full", "main-crawl-clock", "measure"}
    assert len(draft.pictures) == 4
    assert {notice.picture for notice in draft.notices.values()} - {""} == set(draft.pictures)
    for picture in draft.pictures.values():
        assert picture.stat().st_size < 300_000


def test_the_examples_of_the_documentation_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/schedules.md").read_text(encoding="utf-8")
    notice, schedule, rules, holidays, hours = (block.partition("```")[0] for block in text.split("```toml\n")[1:])
    schedule += rules + hours
    folder = write(tmp_path, schedule, customs=notice, welcome=NOTICE, crawl=NOTICE.replace('"text"', '"crawl"'))
    (folder / "holidays").mkdir()
    for name in ("vn", "tet"):
        (folder / f"holidays/{name}.toml").write_text(holidays.replace('"vn"', f'"{name}"'), encoding="utf-8")
    (folder / "pictures/coffee-rows.jpg").write_bytes(b"\xff\xd8\xff" + bytes(20))
    draft = read_folder(folder)
    assert set(draft.notices) == {"customs", "welcome", "crawl"}
    given = draft.schedule
    assert {part.id for part in given.dayparts} == {"day", "tet", "market", "flag", "dark", "office", "meeting"}
    assert not [problem for rule in (*given.dayparts, *given.hours) for problem in rule_problems(rule)]


def test_every_key_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/schedules.md").read_text(encoding="utf-8")
    for kind in (Notice, Text, Style, Schedule, Layout, Zone, Playlist, Item, Daypart, Hours, Closed, Calendar):
        for field in fields(kind):
            forms = (f"`{field.name}`", f".{field.name}`", f"`{field.name}.", f"[[{field.name}]]")
            assert any(form in text for form in forms), f"{kind.__name__}.{field.name}"


def test_thousands_of_unknown_names_are_all_told_but_only_some_compared() -> None:
    items = tuple(Item(f"notice-{number:05}") for number in range(3000))
    schedule = Schedule(playlists=(Playlist("day", items=items),))
    lines = unknown_references(schedule, {f"notices-{number:05}" for number in range(3000)}, {"day"}, set())
    assert len(lines) == 3000
    assert sum("did you mean" in line for line in lines) == 20
    assert lines[-1] == "playlists[day].items[2999].notice: unknown notice 'notice-02999'"
