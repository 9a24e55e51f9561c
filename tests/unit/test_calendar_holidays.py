"""Public holidays as calendars: what the package knows comes out in our kinds, and a file keeps what is not renewed."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from playout.cli import app
from playout.errors import ContentError, ScheduleError
from playout.model.calendar import DayKind
from playout.paths import shipped
from playout.store.files import read_folder
from playout.store.holidays import public_holidays, renewed

OLD = """
title = "Của chúng tôi"
source = "thông báo"
days = [{ date = 2025-05-01, name = "Lao động" }, { date = 2026-01-02, name = "sai" }]
"""


def kinds(*years: int) -> dict[date, tuple[DayKind, str]]:
    return {day.date: (day.kind, day.name) for day in public_holidays("VN", years).days}


def test_viet_nam_with_its_days_in_lieu_and_its_swapped_days() -> None:
    found = kinds(2026)
    assert found[date(2026, 2, 17)] == (DayKind.HOLIDAY, "Tết Nguyên Đán")
    assert found[date(2026, 9, 2)] == (DayKind.HOLIDAY, "Quốc khánh")
    assert found[date(2026, 4, 27)][0] is DayKind.REST  # for Sunday, the 26th
    assert found[date(2026, 8, 31)][0] is DayKind.REST  # in exchange for Saturday, the 22nd
    assert found[date(2026, 8, 22)] == (DayKind.WORK, "Ngày làm bù")
    assert {day.year for day in found} == {2026}
    assert {day.year for day in kinds(2026, 2027)} == {2026, 2027}


def test_other_countries_and_languages() -> None:
    khmer = public_holidays("kh", [2027], "en_US")
    assert (khmer.id, len(khmer.days) > 10) == ("kh", True)
    assert any("Khmer New Year" in day.name for day in khmer.days)
    with pytest.raises(ContentError, match="did you mean"):
        public_holidays("vietnam", [2027])
    with pytest.raises(ContentError, match="known in 'xx'"):
        public_holidays("VN", [2027], "xx")


def test_renewing_a_year_keeps_the_others_and_the_names(tmp_path: Path) -> None:
    file = tmp_path / "vn.toml"
    file.write_text(OLD, encoding="utf-8")
    merged, text = renewed(public_holidays("VN", [2026]), [2026], file)
    assert (merged.id, merged.title) == ("vn", "Của chúng tôi")
    days = {day.date: day.name for day in merged.days}
    assert days[date(2025, 5, 1)] == "Lao động"
    assert date(2026, 1, 2) not in days
    assert days[date(2026, 9, 2)] == "Quốc khánh"
    file.write_text(text, encoding="utf-8")
    assert renewed(public_holidays("VN", [2026]), [2026], file) == (merged, text)
    file.write_text("days = 5", encoding="utf-8")
    with pytest.raises(ScheduleError, match=r"vn\.toml"):
        renewed(public_holidays("VN", [2026]), [2026], file)


def test_the_command_writes_a_file_that_schedules_read(tmp_path: Path) -> None:
    (tmp_path / "schedule.toml").write_text("", encoding="utf-8")
    file = tmp_path / "holidays/vn.toml"
    words = ["holidays", "--year", "2026", "--years", "2", "-o", str(file)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    assert "2026-08-22" in told.output
    (calendar,) = read_folder(tmp_path).schedule.calendars
    assert calendar.id == "vn"
    answer = CliRunner().invoke(app, [*words[:-2], "--json"])
    assert [day["date"] for day in json.loads(answer.output)["days"]] == [day.date.isoformat() for day in calendar.days]
    assert CliRunner().invoke(app, ["holidays", "--year", "2026", "--country", "XZ"]).exit_code == 1


def test_the_shipped_calendar_is_what_the_package_knows() -> None:
    (calendar,) = read_folder(shipped("schedules")).schedule.calendars
    assert calendar.days == public_holidays("VN", range(2026, 2032)).days, "renew schedules/holidays/vn.toml"
