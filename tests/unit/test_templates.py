"""Templates: what their files may say, what fills them, and what is said of those that are wrong."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from unit.text_stage import FONTS

from playout.check.fillings import extreme_fillings
from playout.check.finding import Finding, Severity
from playout.check.templates import check_templates
from playout.check.wall import Wall
from playout.cli import app
from playout.errors import ContentError, ScheduleError
from playout.filling import fill, has_stray_braces, slots_in
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Style, Text
from playout.model.panel import Panel, Site
from playout.model.template import (
    ChoiceSlot,
    DateSlot,
    NumberSlot,
    Phrase,
    PlaceSlot,
    Slot,
    Template,
    TemplateBook,
    TimeSlot,
    Wording,
)
from playout.paths import shipped
from playout.store.files import read_folder
from playout.store.noticefile import write_notice
from playout.store.templates import read_templates
from playout.text.engine import TextEngine

SITE = Site(languages=("vi", "en"))
WALL = Wall(Panel(), SITE, (Size(672, 480),))
ENGINE = TextEngine(FONTS)
SHIPPED = read_templates(shipped("schedules"), [])

SLOTS: dict[str, Slot] = {
    "lane": NumberSlot(1, 12),
    "time": TimeSlot(),
    "day": DateSlot(),
    "wait": NumberSlot(-5, 1500, unit="minutes"),
    "vehicles": ChoiceSlot(("cars", "lorries")),
    "place": PlaceSlot(),
}
VALUES = {"lane": "3", "time": "06:30", "day": "2026-11-05", "wait": "10", "vehicles": "cars", "place": "gate"}


class NoPictures:
    def picture(self, sha256: str, size: object, fit: object) -> None:
        return None


def phrase(proofread: bool = True, **words: str) -> Phrase:
    return Phrase("thử", {language: Wording(text, proofread) for language, text in words.items()}, "Sở Ngoại vụ")


PHRASES = {
    "minutes": phrase(vi="phút", en="minutes"),
    "cars": phrase(vi="xe con", en="cars"),
    "lorries": phrase(vi="xe tải", en="heavy goods vehicles"),
}
PLACES = {"gate": phrase(vi="cửa khẩu", en="the gate"), "desk": phrase(vi="quầy", en="the information desk")}


def template(vi: str = "", en: str = "", slots: Mapping[str, Slot] | None = None) -> Template:
    """A template of these texts; without them, of one sentence for every slot."""
    slots = SLOTS if slots is None else slots
    body = " ".join(f"{{{name}}}" for name in slots)
    texts = tuple(Text(language, words or body, proofread=True) for language, words in (("vi", vi), ("en", en)))
    return Template(Notice("t", Kind.TEXT, "Mẫu", "thử", reading_distance_m=35, texts=texts), slots)


def check(
    *templates: Template, phrases: Mapping[str, Phrase] = PHRASES, places: Mapping[str, Phrase] = PLACES,
    wall: Wall = WALL,
) -> list[Finding]:  # fmt: skip
    return check_templates({each.id: each for each in templates}, phrases, places, wall, ENGINE, NoPictures())


def bodies(notice: Notice) -> dict[str, str]:
    return {text.language: text.body for text in notice.texts}


def refusal(given: Template, values: Mapping[str, str], phrases: Mapping[str, Phrase] = PHRASES) -> str:
    with pytest.raises(ContentError) as caught:
        fill(given, values, phrases, PLACES)
    return str(caught.value)


# Filling


def test_every_kind_of_slot_is_filled_in_every_language() -> None:
    notice = fill(template(), VALUES, PHRASES, PLACES)
    assert bodies(notice) == {
        "vi": "3 06:30 5/11/2026 10\u00a0phút xe con cửa khẩu",
        "en": "3 06:30 5\u00a0November 2026 10\u00a0minutes cars the gate",
    }
    assert notice.title == "Mẫu (3, 06:30, 2026-11-05, 10, cars, gate)"


def test_the_other_languages_write_a_day_their_own_way() -> None:
    pattern = template(slots={"day": DateSlot()}).pattern
    texts = (Text("zh", "{day}"), Text("km", "{day}"))
    filled = fill(Template(replace(pattern, texts=texts), {"day": DateSlot()}), {"day": "2026-11-05"}, {}, {})
    assert bodies(filled) == {"zh": "2026年11月5日", "km": "5/11/2026"}


def test_headings_are_filled_and_words_come_out_composed() -> None:
    pattern = replace(template().pattern, texts=(Text("vi", "Lane {lane}", "e{accent}: {lane}"),))
    given = Template(pattern, {"lane": NumberSlot(1, 2), "accent": ChoiceSlot(("acute",))})
    notice = fill(given, {"lane": "2", "accent": "acute"}, {"acute": phrase(vi="\u0301")}, {})
    assert (notice.texts[0].heading, notice.texts[0].body) == ("é: 2", "Lane 2")


def test_the_same_values_give_the_same_id_and_others_another() -> None:
    given = template(slots={"lane": NumberSlot(1, 12)})
    first, same, other = (fill(given, {"lane": lane}, PHRASES, PLACES) for lane in ("3", " 003 ", "4"))
    assert first == same
    assert first.id != other.id
    assert first.id.startswith("t@")
    assert len(first.id) == len("t@01234567")


def test_a_filling_is_proofread_if_the_template_and_every_phrase_in_it_are() -> None:
    def read(given: Template, phrases: Mapping[str, Phrase]) -> list[bool]:
        return [text.proofread for text in fill(given, VALUES, phrases, PLACES).texts]

    unread = {**PHRASES, "cars": Phrase("thử", {"vi": Wording("xe con"), "en": Wording("cars", proofread=True)})}
    assert read(template(), PHRASES) == [True, True]
    assert read(template(), unread) == [False, True]
    assert read(template(), {**PHRASES, "lorries": phrase(False, vi="xe tải", en="lorries")}) == [True, True]
    texts = tuple(replace(text, proofread=text.language == "vi") for text in template().pattern.texts)
    assert read(Template(replace(template().pattern, texts=texts), SLOTS), PHRASES) == [True, False]


def test_who_proofread_stays_only_with_words_that_were() -> None:
    pattern = replace(template().pattern, texts=(Text("vi", "{vehicles}", proofread=True, proofread_by="Lan"),))
    given = Template(pattern, {"vehicles": ChoiceSlot(("cars", "new"))})
    phrases = {**PHRASES, "new": phrase(False, vi="xe mới")}
    assert fill(given, {"vehicles": "cars"}, phrases, {}).texts[0].proofread_by == "Lan"
    assert fill(given, {"vehicles": "new"}, phrases, {}).texts[0].proofread_by == ""


@pytest.mark.parametrize(
    ("slot", "wrong", "right", "words"),
    [
        ("time", "24:00", "23:59", "HH:MM from 00:00 to 23:59"),
        ("time", "6:30", "06:30", "HH:MM"),
        ("time", "٠٦:٣٠", "00:00", "HH:MM"),
        ("day", "2026-02-29", "2028-02-29", "YYYY-MM-DD"),
        ("day", "20261105", "2026-11-05", "YYYY-MM-DD"),
        ("lane", "0", "1", "a whole number from 1 to 12"),
        ("lane", "13", "12", "a whole number from 1 to 12"),
        ("lane", "3.5", "3", "a whole number"),
        ("wait", "-6", "-5", "from -5 to 1500"),
        ("vehicles", "Lorry", "lorries", "did you mean 'lorries'? give one of cars, lorries"),
        ("vehicles", "{lane}", "cars", "one of cars, lorries"),
        ("place", "desks", "desk", "did you mean 'desk'? give one of gate, desk"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_its_slot_and_what_is(
    slot: str, wrong: str, right: str, words: str
) -> None:
    fill(template(), {**VALUES, slot: right}, PHRASES, PLACES)
    told = refusal(template(), {**VALUES, slot: wrong})
    assert told.startswith(f"template 't': slot {slot!r}: {wrong!r} is not allowed; ")
    assert words in told
    assert "\n" not in told


def test_missing_and_unknown_slots_are_told_in_one_go() -> None:
    told = refusal(template(slots={"lane": NumberSlot(1, 12), "time": TimeSlot()}), {"lan": "3", "time": "9"})
    assert told.splitlines() == [
        "template 't': slot 'lane' has no value; give a whole number from 1 to 12",
        "template 't': slot 'time': '9' is not allowed; give a time HH:MM from 00:00 to 23:59",
        "template 't': there is no slot 'lan'; did you mean 'lane'?",
    ]


def test_a_language_without_the_phrase_is_refused_and_never_translated() -> None:
    told = refusal(template(), VALUES, {**PHRASES, "cars": phrase(vi="xe con"), "minutes": phrase(vi="phút")})
    assert told.count("\n") == 1
    assert "slot 'vehicles': the phrase 'cars' has no words in 'en'" in told
    assert "slot 'wait': the phrase 'minutes' has no words in 'en'" in told


def test_templates_that_no_check_saw_are_refused_too() -> None:
    told = refusal(template("{lan}", "{lane}", {"lane": NumberSlot(1, 2)}), {"lane": "1"})
    assert "the text in 'vi' names an unknown slot 'lan'; did you mean 'lane'?" in told
    assert "there is no phrase 'minutes'" in refusal(template(), VALUES, {"cars": PHRASES["cars"]})


def test_a_place_is_none_of_a_site_without_places() -> None:
    with pytest.raises(ContentError, match="the site has no places"):
        fill(template(slots={"place": PlaceSlot()}), {"place": "gate"}, {}, {})


def _value(slot: Slot, places: Mapping[str, Phrase]) -> st.SearchStrategy[str]:
    match slot:
        case TimeSlot():
            return st.times().map(lambda time: f"{time:%H:%M}")
        case DateSlot():
            return st.dates(min_value=date(1000, 1, 1)).map(str)
        case NumberSlot():
            return st.integers(slot.min, slot.max).map(str)
        case ChoiceSlot():
            return st.sampled_from(slot.phrases)
        case PlaceSlot():
            return st.sampled_from(slot.places or sorted(places))


@given(data=st.data(), name=st.sampled_from(["t", *SHIPPED.templates]))
def test_any_allowed_filling_gives_every_language_words_without_braces(data: st.DataObject, name: str) -> None:
    book = SHIPPED if name != "t" else TemplateBook({"t": template()}, PHRASES, PLACES)
    chosen = book.templates[name]
    values = {slot: data.draw(_value(kind, book.places)) for slot, kind in chosen.slots.items()}
    notice = fill(chosen, values, book.phrases, book.places)
    assert [text.language for text in notice.texts] == [text.language for text in chosen.pattern.texts]
    for text in notice.texts:
        assert text.body
        assert not {"{", "}"} & set(text.heading + text.body)


@given(st.text("{}ab ", max_size=12))
def test_any_text_is_taken_apart(text: str) -> None:
    rest = text
    for name in slots_in(Text("vi", text)):
        rest = rest.replace(f"{{{name}}}", "")
    assert has_stray_braces(text) or not {"{", "}"} & set(rest)


@given(st.text(), st.sampled_from(sorted(SLOTS)))
def test_any_value_is_taken_or_refused(value: str, slot: str) -> None:
    try:
        told = "".join(bodies(fill(template(), {**VALUES, slot: value}, PHRASES, PLACES)).values())
    except ContentError as error:
        told = str(error).partition(f"slot {slot!r}: {value!r} is not allowed; ")[2]
    assert told
    assert not {"{", "}"} & set(told)


# Findings


def test_a_template_in_order_has_no_finding() -> None:
    assert check(template()) == []


@pytest.mark.parametrize(
    ("code", "where", "wrong", "right", "words"),
    [
        ("slot.unknown", "texts[vi]", template("{lan} {lane}", slots={"lane": NumberSlot(1, 2)}),
         template("{lane}", slots={"lane": NumberSlot(1, 2)}), "unknown slot 'lan'; did you mean 'lane'?"),
        ("slot.unknown", "texts[en]", template("{lane}", "{lane}{}", slots={"lane": NumberSlot(1, 2)}),
         template("{lane}", "{lane}", slots={"lane": NumberSlot(1, 2)}), "unknown slot ''"),
        ("slot.braces", "texts[vi]", template("{{lane}}", slots={"lane": NumberSlot(1, 2)}),
         template("({lane})", slots={"lane": NumberSlot(1, 2)}), "brace"),
        ("slot.braces", "texts[en]", template("{lane}", "{lane} }", slots={"lane": NumberSlot(1, 2)}),
         template("{lane}", "{lane}{lane}", slots={"lane": NumberSlot(1, 2)}), "brace"),
        ("slot.missing", "texts[en]", template("Làn {lane}", "Lane", slots={"lane": NumberSlot(1, 2)}),
         template("Làn {lane}", "Lane {lane}", slots={"lane": NumberSlot(1, 2)}), "'lane' is in other languages"),
        ("slot.unused", "slots.lane", template("Làn", "Lane", slots={"lane": NumberSlot(1, 2)}),
         template("Làn {lane}", "Lane {lane}", slots={"lane": NumberSlot(1, 2)}), "no text uses this slot"),
        ("slot.range", "slots.lane", template(slots={"lane": NumberSlot(3, 2)}),
         template(slots={"lane": NumberSlot(2, 2)}), "from 3 to 2"),
        ("phrase.unknown", "slots.x", template(slots={"x": ChoiceSlot(("cars", "lorrys"))}),
         template(slots={"x": ChoiceSlot(("cars", "lorries"))}), "'lorrys'; did you mean 'lorries'?"),
        ("phrase.unknown", "slots.x", template(slots={"x": NumberSlot(1, 2, "minute")}),
         template(slots={"x": NumberSlot(1, 2, "minutes")}), "did you mean 'minutes'?"),
        ("place.unknown", "slots.x", template(slots={"x": PlaceSlot(("dusk",))}),
         template(slots={"x": PlaceSlot(("desk",))}), "'dusk'; did you mean 'desk'?"),
    ],
)  # fmt: skip
def test_a_slot_that_is_wrong(code: str, where: str, wrong: Template, right: Template, words: str) -> None:
    (finding,) = check(wrong)
    assert (finding.code, finding.severity, finding.where) == (code, Severity.ERROR, f"templates[t].{where}")
    assert words in finding.message
    assert finding.remedy
    assert check(right) == []


def test_a_place_slot_wants_places() -> None:
    given = template(slots={"place": PlaceSlot()})
    assert [finding.code for finding in check(given, places={})] == ["slot.empty"]
    assert check(given) == []


def test_a_phrase_without_a_language_of_the_template() -> None:
    given = template(slots={"x": ChoiceSlot(("cars",)), "y": PlaceSlot(("gate",))})
    found = check(given, phrases={"cars": phrase(vi="xe con")}, places={"gate": phrase(en="the gate")})
    assert [(finding.code, finding.where, finding.language) for finding in found] == [
        ("phrase.missing", "templates[t].slots.x", "en"),
        ("place.missing", "templates[t].slots.y", "vi"),
    ]
    assert "'cars' has no words in 'en'" in found[0].message


def test_phrases_are_judged_whether_used_or_not() -> None:
    library = {
        "braces": phrase(vi="{làn}"),
        "unapproved": replace(phrase(vi="xe"), approved_by=""),
        "unread": phrase(False, vi="xe", en="car"),
        "undrawable": phrase(vi="\ue000"),
        "fine": phrase(vi="xe"),
    }
    found = [(f.code, f.severity, f.where) for f in check(phrases=library)]
    assert found == [
        ("phrase.braces", Severity.ERROR, "phrases[braces].words.vi"),
        ("phrase.not-approved", Severity.WARNING, "phrases[unapproved]"),
        ("phrase.not-proofread", Severity.WARNING, "phrases[unread]"),
        ("text.uncovered", Severity.ERROR, "phrases[undrawable].words.vi"),
    ]
    assert [finding.where for finding in check(places={"x": phrase(False, vi="x")})] == ["places[x]"]


def test_a_template_is_judged_as_a_notice_is() -> None:
    given = template(slots={"lane": NumberSlot(1, 2)})
    only_vi = replace(given, pattern=replace(given.pattern, texts=given.pattern.texts[:1]))
    coloured = replace(given, pattern=replace(given.pattern, style=Style(colour="red")))
    texts = tuple(replace(text, proofread=False) for text in given.pattern.texts)
    unread = replace(given, pattern=replace(given.pattern, texts=texts))
    assert [(f.code, f.where) for f in check(only_vi)] == [("language.missing", "templates[t]")]
    assert [(f.code, f.where) for f in check(coloured)] == [("colour", "templates[t].style.colour")]
    assert [(f.code, f.severity) for f in check(unread)] == [("template.not-proofread", Severity.WARNING)]


def test_the_longest_filling_that_cannot_be_read_is_told_with_its_values() -> None:
    long = {"long": phrase(vi="dài " * 48, en="long")}
    given = template(slots={"x": ChoiceSlot(("cars", "long"))})
    far = replace(given, pattern=replace(given.pattern, reading_distance_m=140))
    found = check(far, phrases={**PHRASES, **long})
    assert [(f.code, f.where.partition(".")[0], f.language) for f in found] == [("size.distance", "templates[t]", "vi")]
    assert found[0].message.endswith(", filled with x=long")
    assert found[0].measured is not None
    assert found[0].required is not None
    assert found[0].measured < found[0].required
    assert check(replace(far, slots={"x": ChoiceSlot(("cars",))}), phrases={**PHRASES, **long}) == []


def test_a_dwell_too_short_for_the_longest_filling_alone() -> None:
    given = template("{x} {x} {x} {x}", "{x}", {"x": ChoiceSlot(("cars", "lorries"))})
    phrases = {**PHRASES, "lorries": phrase(vi="xe tải hạng nặng", en="lorries")}
    short = replace(given, pattern=replace(given.pattern, dwell_s=4.0))
    (finding,) = check(short, phrases=phrases)
    assert (finding.code, finding.where, finding.language) == ("dwell.short", "templates[t].dwell_s", "vi")
    assert "filled with x=lorries" in finding.message
    assert check(replace(given, pattern=replace(given.pattern, dwell_s=8.0)), phrases=phrases) == []


def test_longest_is_what_the_engine_draws_widest_in_each_language() -> None:
    phrases = {"wide": phrase(vi="WWWW", en="i"), "many": phrase(vi="iiiiii", en="WW")}
    given = template(slots={"x": ChoiceSlot(("wide", "many")), "n": NumberSlot(1, 2000)})
    fillings = extreme_fillings(given, phrases, {}, ENGINE)
    assert [filling["x"] for filling in fillings] == ["wide", "many", "many", "wide"]
    assert [len(filling["n"]) for filling in fillings] == [4, 4, 1, 1]


# Files


FILES = {
    "schedule.toml": "",
    "phrases.toml": '[cars]\nsource = "thử"\nwords.vi = { text = " xe con " }\n',
    "places.toml": '[gate]\nsource = "thử"\nwords.vi = { text = "cửa khẩu", proofread = true }\n',
    "templates/lane.toml": (
        'kind = "text"\ntitle = "Làn"\nsource = "thử"\n'
        '[slots.lane]\nkind = "number"\nmin = 1\nmax = 9\n'
        '[slots.vehicles]\nkind = "choice"\nphrases = ["cars"]\n'
        '[slots.place]\nkind = "place"\n'
        '[[texts]]\nlanguage = "vi"\nbody = "{vehicles} {lane} {place}"\n'
    ),
}


def folder(path: Path, **changed: str) -> Path:
    """A folder of files; `phrases=` replaces phrases.toml, `lane=` the template."""
    names = {"phrases": "phrases.toml", "places": "places.toml", "lane": "templates/lane.toml"}
    files = FILES | {names.get(key, f"templates/{key}.toml"): text for key, text in changed.items()}
    for name, text in files.items():
        (path / name).parent.mkdir(exist_ok=True, parents=True)
        (path / name).write_text(text, encoding="utf-8")
    (path / "notices").mkdir()
    return path


def test_a_folder_gives_templates_phrases_and_places(tmp_path: Path) -> None:
    book = read_folder(folder(tmp_path)).book
    assert dict(book.templates["lane"].slots) == {
        "lane": NumberSlot(1, 9), "vehicles": ChoiceSlot(("cars",)), "place": PlaceSlot(),
    }  # fmt: skip
    assert book.phrases == {"cars": Phrase("thử", {"vi": Wording("xe con")})}
    assert book.places["gate"].words["vi"].proofread


def test_a_folder_needs_no_templates(tmp_path: Path) -> None:
    (tmp_path / "schedule.toml").touch()
    assert read_folder(tmp_path).book == TemplateBook()


LANE = FILES["templates/lane.toml"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lane": LANE.replace('kind = "number"', 'kind = "nummer"')}, ("slots.lane.kind", "did you mean 'number'?")),
        ({"lane": LANE.replace('kind = "choice"', 'kind = "text"')}, ("slots.vehicles.kind", "'text'", "choice, date")),
        ({"lane": LANE.replace("min = 1", "mim = 1\nmin = 1")}, ("slots.lane.mim", "did you mean 'min'?")),
        ({"lane": LANE.replace("max = 9\n", "")}, ("slots.lane.max", "missing")),
        ({"lane": LANE.replace('["cars"]', "[]")}, ("slots.vehicles.phrases",)),
        ({"lane": LANE.replace("slots.lane", "slots.Lane")}, ("slots.Lane", "a-z, 0-9")),
        ({"lane": 'picture = "../pictures/a.png"\n' + LANE}, ("picture", "take it out")),
        ({"lane": LANE.replace('kind = "text"', 'kind = "crawl"')}, ("kind", 'write kind = "text"')),
        ({"lane": f'id = "{"x" * 56}"\n' + LANE}, ("id", "at most 55")),
        ({"lane": LANE.replace('language = "vi"', 'language = "vn"')}, ("unknown language 'vn'; known", "vi")),
        ({"lane": LANE.replace("title", "titel")}, ("titel", "did you mean 'title'?")),
        ({"twin": 'id = "lane"\n' + LANE}, ("'lane' is already the id of templates/lane.toml",)),
        ({"phrases": "[cars]\nwords.vi = { text = '' }\nsource = 'x'"}, ("phrases.toml: cars.words.vi.text",)),
        ({"places": FILES["places.toml"] + "word.en = { text = 'x' }"}, ("places.toml: gate.word", "'words'?")),
        ({"places": FILES["places.toml"].replace("words.vi", "words.vn")}, ("unknown language 'vn'; known", "vi")),
    ],
)
def test_a_mistake_in_a_file_names_file_and_key(
    tmp_path: Path, changed: dict[str, str], words: tuple[str, ...]
) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_folder(folder(tmp_path, **changed))
    problems = caught.value.problems
    assert any(all(word in problem for word in words) for problem in problems), problems
    assert all(problem.startswith(("templates/", "phrases.toml: ", "places.toml: ")) for problem in problems)


def test_a_template_without_slots_is_a_notice(tmp_path: Path) -> None:
    bare = LANE.partition("[slots")[0] + '[[texts]]\nlanguage = "vi"\nbody = "Xin chào"\n'
    with pytest.raises(ScheduleError, match="at least one slot"):
        read_folder(folder(tmp_path, lane=bare))
    with pytest.raises(ScheduleError, match=r"slots\.lane: not a table"):
        read_templates_of(tmp_path, bare.replace("[[texts]]", "[slots]\nlane = 1\n[[texts]]"))


def read_templates_of(path: Path, lane: str) -> None:
    (path / "templates/lane.toml").write_text(lane, encoding="utf-8")
    read_folder(path)


# Round trip and command


@given(
    body=st.text(min_size=1, max_size=40).filter(str.strip),
    distance=st.floats(1, 1000), proofread=st.booleans(), revised=st.none() | st.dates(),
)  # fmt: skip
def test_a_written_notice_reads_as_itself(
    tmp_path_factory: pytest.TempPathFactory, body: str, distance: float, proofread: bool, revised: date | None
) -> None:
    path = tmp_path_factory.mktemp("notice")
    (path / "notices").mkdir()
    (path / "schedule.toml").touch()
    text = Text("vi", body, 'A "quoted" \\ word', proofread, "Lan", revised)
    notice = Notice("a@1", Kind.TEXT, "Tên", "nguồn", reading_distance_m=distance, dwell_s=7.5, texts=(text,))
    (path / "notices/x.toml").write_text(write_notice(notice), encoding="utf-8")
    (read,) = read_folder(path).notices.values()
    tidy = replace(text, body=unicodedata.normalize("NFC", body).strip())
    assert read == replace(notice, texts=(tidy,))


def test_a_filled_template_is_imported_like_any_notice(tmp_path: Path) -> None:
    given = folder(tmp_path)
    runner, output = CliRunner(), given / "notices/lane-3.toml"
    values = ["lane=3", "vehicles=cars", "place=gate"]
    done = runner.invoke(
        app, ["template", "fill", "lane", *values, "--schedules", str(given), "-o", str(output), "--json"]
    )
    assert done.exit_code == 0, done.output
    (read,) = read_folder(given).notices.values()
    told = json.loads(done.stdout)
    book = read_folder(given).book
    assert read == fill(book.templates["lane"], dict(v.split("=") for v in values), book.phrases, book.places)
    assert (read.id, read.texts[0].body) == (told["id"], "xe con 3 cửa khẩu")


def test_the_command_lists_templates_and_refuses_with_a_remedy(tmp_path: Path) -> None:
    runner, where = CliRunner(), ["--schedules", str(folder(tmp_path))]
    (told,) = json.loads(runner.invoke(app, ["template", "list", "--json", *where]).stdout)
    assert told["slots"]["lane"] == "a whole number from 1 to 9"
    for words, message in [
        (["lane", "lane=0"], "slot 'lane': '0' is not allowed"),
        (["lan"], "did you mean 'lane'?"),
        (["lane", "3"], "write slot=value"),
    ]:
        refused = runner.invoke(app, ["template", "fill", *words, *where])
        assert refused.exit_code == 1
        assert message in refused.output
    assert "Làn" in runner.invoke(app, ["template", "list", *where]).stdout


# What is shipped


def test_the_shipped_templates_pass_at_their_distance() -> None:
    wall = Wall(Panel(), Site(), (Size(672, 416),))  # the smallest of the shipped layouts
    found = check_templates(SHIPPED.templates, SHIPPED.phrases, SHIPPED.places, wall, ENGINE, NoPictures())
    assert [finding for finding in found if finding.severity is not Severity.WARNING] == []
    assert {finding.code for finding in found} == {
        "phrase.not-approved", "phrase.not-proofread", "template.not-proofread",
    }  # fmt: skip


def test_the_shipped_words_claim_no_approval() -> None:
    for each in (*SHIPPED.phrases.values(), *SHIPPED.places.values()):
        assert not each.approved_by
        assert not any(words.proofread for words in each.words.values())
        assert set(each.words) == {"vi", "en", "km"}
    for template in SHIPPED.templates.values():
        assert template.pattern.source == "đề xuất, chờ phê duyệt"
        assert not any(text.proofread for text in template.pattern.texts)


def test_every_kind_of_slot_and_key_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/templates.md").read_text(encoding="utf-8")
    words = ["time", "date", "number", "choice", "place", "min", "max", "unit", "phrases", "places", "title"]
    words += ["source", "approved_by", "words", "text", "proofread", "proofread_by"]
    codes = ["slot.unknown", "slot.braces", "slot.missing", "slot.unused", "slot.range", "slot.empty"]
    codes += ["phrase.unknown", "place.unknown", "phrase.missing", "place.missing", "phrase.braces"]
    codes += ["phrase.not-approved", "phrase.not-proofread", "template.not-proofread"]
    for word in (*words, *codes):
        assert f"`{word}`" in text, word
