"""Bad schedules, configurations, drivers, fonts and pictures, as whoever supplies them meets it."""

import os
import shutil
import socket
import textwrap
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from system.rig import Sign, until, write_schedule

from playout.ipc.air import Air, write_air
from playout.ipc.sockets import ask
from playout.model.claim import ContentKind
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Style, Text
from playout.model.panel import Site
from playout.model.schedule import Item, Playlist, Revision, Schedule
from playout.render.slate import draw_slate

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
SHORT = f'{MAIN}[site]\nlanguages = ["vi"]\n'
"""A sign that comes round sooner."""
SLATE = draw_slate(Size(672, 480))

pytestmark = pytest.mark.system


def write_package(folder: Path, name: str, code: str, *drivers: str) -> None:
    """A package as somebody else would install it, with its drivers as entry points."""
    (folder / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
    record = folder / f"{name}-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    entries = "".join(f"{driver} = {name}:{driver.upper()}\n" for driver in drivers)
    (record / "entry_points.txt").write_text(f"[playout.drivers]\n{entries}", encoding="utf-8")


def with_package(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


def test_a_broken_folder_is_refused_whole_and_what_is_on_air_stays(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, folder = make_sign(MAIN), write_schedule(tmp_path / "schedules")
    assert sign.call("import", str(folder)).returncode == 0
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    until("the revision is there", lambda: sign.shows(revision=1))

    good = (folder / "schedule.toml").read_text(encoding="utf-8")
    words = (folder / "notices" / "words.toml").read_text(encoding="utf-8")
    (folder / "schedule.toml").write_text(good.replace('"loop"\n', '"lop"\n', 1), encoding="utf-8")
    (folder / "notices" / "broken.toml").write_text('kind = "text"\ntitle =\n', encoding="utf-8")
    (folder / "notices" / "typed.toml").write_text(words.replace("dwell_s", "dwel_s"), encoding="utf-8")
    (folder / "pictures" / "highland-dawn.jpg").write_text("no picture", encoding="utf-8")
    refused = sign.call("import", str(folder))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    for part in (
        "schedule.toml: filler: unknown playlist 'lop'", "'loop'",
        "notices/broken.toml: Invalid value (at line 2",
        "notices/typed.toml: dwel_s: unknown key; did you mean 'dwell_s'?",
        "notices/words.toml: picture: ../pictures/highland-dawn.jpg: the file is not a picture",
    ):  # fmt: skip
        assert part in refused.stderr

    sense = write_schedule(tmp_path / "sense")
    long = words.replace('"Lệ Thanh"', '"' + "Cửa khẩu quốc tế Lệ Thanh " * 60 + '"')
    for name, text in {
        "words": words.partition('[[texts]]\nlanguage = "km"')[0],
        "line": (sense / "notices" / "line.toml").read_text(encoding="utf-8").replace("kính chào", "kính 🐘 chào"),
        "view": long.replace('title = "Chào mừng"', 'title = "Dài"'),
    }.items():
        (sense / "notices" / f"{name}.toml").write_text(text, encoding="utf-8")
    picture = sense / "pictures" / "highland-dawn.jpg"
    picture.write_bytes(picture.read_bytes()[:400])
    refused = sign.call("import", str(sense))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    for part in (
        "notices[words]: the text in 'km' is missing",
        "notices[line].texts[vi].body: no font has '🐘'",
        "notices[view].texts[vi].body: the text is",
        "highland-dawn.jpg: ",
    ):
        assert part in refused.stderr

    assert sign.shows(revision=1)
    sign.plays_on()


def test_wrong_configurations_are_told_whole_with_what_was_meant(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    write_package(tmp_path, "stranger", "raise RuntimeError('made for another sign')", "stranger")
    sign = make_sign(
        '[[screens]]\nid = "a"\nsink = "dpp"\n[[screens]]\nid = "b"\nsink = "ddp"\noptions = { hots = "x", port = 0 }\n'
        '[[screens]]\nid = "c"\nsink = "stranger"\n',
        with_package(tmp_path),
    )
    schedules = write_schedule(tmp_path / "schedules")
    for verb in (("run",), ("check", str(schedules), "--json")):
        told = sign.call(*verb)
        words = told.stdout + told.stderr
        assert told.returncode == 78, words
        assert "Traceback" not in words
        for part in ("'dpp'", "did you mean 'ddp'?", "did you mean 'host'?", "options.port", "made for another sign"):
            assert part in words, (verb, words)

    sign.file.write_text(
        "[[screens]]\nid='a'\nsnk='png'\n[panel]\npich_mm=10\n[site]\nlanguages=[]\n", encoding="utf-8"
    )
    for verb in ("run", "check", "player", "control"):
        told = sign.call(verb)
        assert told.returncode == 78
        assert "Traceback" not in told.stderr
        for part in ("did you mean 'sink'?", "panel.pich_mm: unknown key; did you mean 'pitch_mm'?", "site.languages"):
            assert part in told.stderr, (verb, told.stderr)


ODD_DRIVERS = """
    import time
    from pathlib import Path
    from pydantic import BaseModel
    from playout.driver import Capabilities, DriverSpec, Grade, Latch, Sent

    class Options(BaseModel):
        folder: Path

    class Odd:
        def __init__(self, options, size, hangs):
            self.folder, self.size, self.hangs, self.left = options.folder, size, hangs, 3

        def open(self):
            self.left = 3
            return Capabilities(self.size, None, 1000.0, Latch.NONE, 0, True)

        def show(self, frame, due_ns):
            self.left -= 1
            first = self.folder / ("hung" if self.hangs else "failed")
            if self.left == 0 and not first.exists():
                first.touch()
                while self.hangs:
                    time.sleep(1)
                return 1 / 0
            return Sent(frame.tick, 1, 1, 0, 0)

        def blank(self): ...
        def close(self):
            raise RuntimeError("not even this")

    def spec(name, hangs):
        return DriverSpec(name, "", Grade.STAND_IN, "", Options, lambda o, size, fps, urgent: Odd(o, size, hangs))

    FAILS, HANGS = spec("fails", False), spec("hangs", True)
"""


def test_a_strangers_driver_that_fails_or_hangs_does_not_end_the_picture(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    write_package(tmp_path, "odd", ODD_DRIVERS, "fails", "hangs")
    screens = "".join(
        f'[[screens]]\nid = "{sink}"\nsink = "{sink}"\nfps = 10\noptions = {{ folder = "{tmp_path}" }}\n'
        for sink in ("fails", "hangs")
    )
    sign = make_sign(screens, with_package(tmp_path))
    sign.start("run")
    until("it has failed", (tmp_path / "failed").exists)
    until(
        "it is open again", lambda: (s := sign.snapshot("fails")) and s.health.reopened == 1 and s.health.state == "up"
    )
    sign.plays_on("fails")
    assert sign.says("ZeroDivisionError")

    until("it hangs", (tmp_path / "hung").exists)
    first = until("the player tells of itself", lambda: sign.snapshot("hangs"))
    until(
        "the player was started again and sends",
        lambda: (s := sign.snapshot("hangs")) and s.pid != first.pid and s.health.frames_sent > 10,
        40,
    )
    assert sign.says("the thread 'output' hangs")


def write_fonts(folder: Path) -> Path:
    """A folder of fonts as an operator would make it, with the files in it."""
    folder.mkdir()
    lines: list[str] = []
    for family, package, path in (
        ("Noto Sans", "fontpkg-noto-sans", "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"),
        ("Noto Sans Khmer", "fontpkg-noto-sans-khmer", "fontpkg_noto_sans_khmer/files/NotoSansKhmer[wdth,wght].ttf"),
    ):
        shutil.copy(str(distribution(package).locate_file(path)), folder / f"{family}.ttf")
        lines.append(f'[[font]]\nfamily = "{family}"\npath = "{family}.ttf"\naxes = {{ wght = 700 }}\n')
    (folder / "fontset.toml").write_text("".join(lines), encoding="utf-8")
    return folder


def test_lost_fonts_leave_the_picture_and_a_start_without_them_shows_the_slate(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    fonts = write_fonts(tmp_path / "fonts")
    sign, schedules = make_sign(SHORT, {"PLAYOUT_FONTS": str(fonts)}), write_schedule(tmp_path / "schedules")
    assert sign.call("import", str(schedules)).returncode == 0
    running = sign.start("run")
    until("the sign is on air", sign.is_ready)
    for file in list(fonts.glob("*.ttf")):
        file.rename(file.with_suffix(".lost"))
    for notice in ("words", "view"):
        until(f"{notice} is on air", lambda: (s := sign.shows(notice=notice)) and not s.warnings)  # noqa: B023
    running.terminate()
    assert running.wait(20) == 0

    told = sign.call("check", str(schedules), "--json")
    assert told.returncode == 1
    assert "Noto Sans.ttf" in told.stdout
    sign.start("run")
    snapshot = until("the stand-in is on air", sign.snapshot)
    assert "Noto Sans.ttf" in " ".join(snapshot.warnings)
    assert np.array_equal(sign.picture(), SLATE)
    assert sign.says("Noto Sans.ttf")
    sign.plays_on()
    for file in list(fonts.glob("*.lost")):
        file.rename(file.with_suffix(".ttf"))
    until("the words are back", lambda: (s := sign.snapshot()) and not s.warnings)
    assert not np.array_equal(sign.picture(), SLATE)

    (fonts / "fontset.toml").write_text(
        '[[font]]\nfamily="A"\npath="a.ttf"\npackage="fontpkg-gone"\n', encoding="utf-8"
    )
    assert "package fontpkg-gone" in sign.call("check", str(schedules), "--json").stdout


def test_pictures_damaged_in_the_store_are_told_and_healed_by_importing_again(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, folder = make_sign(SHORT), write_schedule(tmp_path / "schedules")
    assert sign.call("import", str(folder)).returncode == 0
    one, other = sign.paths.media.iterdir()
    one.write_bytes(one.read_bytes()[:2000])
    other.write_text("no picture", encoding="utf-8")
    sign.start("run")
    for notice in ("words", "view"):
        snapshot = until(f"{notice} is told", lambda: (s := sign.shows(notice=notice)) and s.warnings and s)  # noqa: B023
        assert f"{notice}: shown without its picture" in snapshot.warnings[0]
        assert "import the schedules again" in snapshot.warnings[0]
    assert sign.picture()[100:300].any(), "black in place of a picture"
    assert sign.call("import", str(folder)).returncode == 0
    for notice in ("view", "words"):
        until(f"{notice} is whole", lambda: (s := sign.shows(notice=notice)) and not s.warnings)  # noqa: B023


def test_what_cannot_be_drawn_or_resolved_gives_the_slate_and_the_next_generation_heals_it(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign = make_sign(MAIN)
    sign.start("player", "--screen", "main")
    until("the player is there", sign.snapshot)

    def hand_over(generation: int, colour: str = "#ffffff", language: str = "en", zone: str = "UTC") -> None:
        notice = Notice("n", Kind.TEXT, "N", "test", texts=(Text(language, "Words"),), style=Style(colour=colour))
        schedule = Schedule(playlists=(Playlist("p", items=(Item("n"),)),), filler="p")
        site = Site(timezone=zone, languages=(language,))
        write_air(sign.paths.air, Air(generation, site, Revision(generation, 1, schedule, {"n": notice})))
        message = {"op": "generation", "generation": generation}
        assert ask(sign.paths.command_socket("main"), message, 5.0)["ok"]
        until(f"generation {generation} was taken up", lambda: sign.shows(generation=generation))

    hand_over(1, colour="crimson")
    assert np.array_equal(sign.picture(), SLATE)
    assert "stands in" in " ".join(until("it is told", sign.snapshot).warnings)
    hand_over(2)
    assert not np.array_equal(sign.picture(), SLATE)
    hand_over(3, language="xx")
    assert np.array_equal(sign.picture(), SLATE)
    hand_over(4, zone="Mars/Olympus")
    snapshot = until("the slate is on air", lambda: sign.shows(kind=ContentKind.SLATE))
    assert "cannot be told" in " ".join(snapshot.warnings)
    assert ask(sign.paths.operations_socket("main"), {"op": "panic"}, 5.0)["ok"]
    until("black is still to be had", lambda: sign.shows(kind=ContentKind.BLANK) and not sign.picture().any())
    assert ask(sign.paths.operations_socket("main"), {"op": "clear", "by": "test"}, 5.0)["ok"]
    hand_over(5)
    until("all is well", lambda: (s := sign.shows(notice="n")) and not s.warnings)


def test_the_sign_plays_while_another_program_has_the_port(make_sign: Callable[..., Sign]) -> None:
    sign = make_sign(MAIN)
    with socket.create_server(("127.0.0.1", sign.port)):
        sign.start("run")
        sign.plays_on()
        until(
            "it is told what to do", lambda: sign.says("end the program that uses this port, or set another api.port")
        )
    until("control has the port", sign.is_ready)
    assert not sign.says("Traceback")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["import", "/nowhere"], "schedule.toml: cannot be read"),
        (["resolve", "--at", "1" + "0" * 30], "lies too far away"),
        (["resolve", "--at", "yesterday"], "is no instant"),
        (["render", "-o", "/nowhere/a.png"], "cannot be written"),
        (["token", "create", "\udcff"], "is not UTF-8"),
        (["player", "--screen", "nix"], "no screen is called 'nix'"),
    ],
)
def test_whoever_types_something_wrong_is_told_in_words(
    make_sign: Callable[..., Sign], words: list[str], told: str
) -> None:
    answer = make_sign(MAIN).call(*words)
    assert answer.returncode in {1, 78}
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
