"""Fills the slots of a template: values in, an ordinary notice out, or every reason why not."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from difflib import get_close_matches
from typing import assert_never

from playout.errors import ContentError
from playout.model.notice import Notice, Text
from playout.model.template import (
    ChoiceSlot,
    DateSlot,
    NumberSlot,
    Phrase,
    PlaceSlot,
    Slot,
    Template,
    TimeSlot,
    Wording,
)
from playout.problems import did_you_mean

__all__ = ["allowed", "fill", "has_stray_braces", "offered", "slots_in", "wording"]

_SLOT = re.compile(r"\{([^{}\n]*)\}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_NO_BREAK_SPACE = "\u00a0"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TITLE_LENGTH = 200
_HASH_LENGTH = 8


def slots_in(text: Text) -> list[str]:
    """Names of the slots in heading and body, each once, in the order of their appearance."""
    return list(dict.fromkeys(_SLOT.findall(f"{text.heading}\n{text.body}")))


def has_stray_braces(text: str) -> bool:
    """Whether there are braces that make no slot: doubled, nested, or without a partner."""
    return bool(set("{}") & set(_SLOT.sub("", text)))


def offered(slot: ChoiceSlot | PlaceSlot, places: Mapping[str, Phrase]) -> Sequence[str]:
    """Ids that may be put into a slot."""
    return slot.phrases if isinstance(slot, ChoiceSlot) else slot.places or tuple(places)


def allowed(slot: Slot, places: Mapping[str, Phrase]) -> str:
    """What may be put into a slot, in words."""
    match slot:
        case TimeSlot():
            return "a time HH:MM from 00:00 to 23:59"
        case DateSlot():
            return "a date YYYY-MM-DD"
        case NumberSlot():
            return f"a whole number from {slot.min} to {slot.max}"
        case ChoiceSlot() | PlaceSlot():
            return f"one of {', '.join(offered(slot, places)) or 'none: the site has no places'}"
        case _:
            assert_never(slot)


def fill(
    template: Template, values: Mapping[str, str], phrases: Mapping[str, Phrase], places: Mapping[str, Phrase]
) -> Notice:
    """The notice that a template makes of these values, `template-id@hash`; the same values give the same id.

    A text is proof-read if that of the template and every phrase in it are. Raises: ContentError with a line for
    each value that is missing, unknown or not allowed, and for each phrase not worded in a language of the template.
    """
    good: dict[str, str] = {}
    for name, slot in template.slots.items():
        if name in values and (value := _normal(slot, values[name], places)) is not None:
            good[name] = value
    problems = list(_refused(template, values, good, places))
    said = _said(template, good, phrases, places, problems)
    if problems:
        raise ContentError("\n".join(f"template {template.id!r}: {problem}" for problem in problems))
    texts = tuple(_fill_text(text, said[text.language]) for text in template.pattern.texts)
    title = f"{template.pattern.title} ({', '.join(good.values())})"
    notice = replace(template.pattern, title=title[:_TITLE_LENGTH], texts=texts)
    content = json.dumps(asdict(notice), default=str, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:_HASH_LENGTH]
    return replace(notice, id=f"{template.id}@{digest}")


def wording(
    slot: Slot, value: str, language: str, phrases: Mapping[str, Phrase], places: Mapping[str, Phrase]
) -> Wording:
    """What an allowed value says in a language. Raises: ContentError where its phrase is not worded in it."""
    match slot:
        case TimeSlot() | NumberSlot(unit=""):
            return Wording(value, proofread=True)
        case DateSlot():
            return Wording(_date_in(language, date.fromisoformat(value)), proofread=True)
        case NumberSlot():
            unit = _worded("phrase", slot.unit, language, phrases)
            return replace(unit, text=f"{value}{_NO_BREAK_SPACE}{unit.text}")
        case ChoiceSlot():
            return _worded("phrase", value, language, phrases)
        case PlaceSlot():
            return _worded("place", value, language, places)
        case _:
            assert_never(slot)


def _normal(slot: Slot, value: str, places: Mapping[str, Phrase]) -> str | None:
    """The value in the one form it is kept in; None if the slot does not allow it."""
    value = value.strip()
    match slot:
        case TimeSlot():
            return value if _TIME.fullmatch(value) else None
        case DateSlot():
            return value if _DATE.fullmatch(value) and _is_day(value) else None
        case NumberSlot():
            return str(int(value)) if _NUMBER.fullmatch(value) and slot.min <= int(value) <= slot.max else None
        case ChoiceSlot() | PlaceSlot():
            return value if value in offered(slot, places) else None
        case _:
            assert_never(slot)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _refused(
    template: Template, values: Mapping[str, str], good: Mapping[str, str], places: Mapping[str, Phrase]
) -> Iterator[str]:
    """Values that are not there or not allowed, and values for slots that do not exist."""
    for name, slot in template.slots.items():
        if name not in values:
            yield f"slot {name!r} has no value; give {allowed(slot, places)}"
        elif name not in good:
            meant = ""
            if isinstance(slot, ChoiceSlot | PlaceSlot):
                close = get_close_matches(values[name].casefold(), offered(slot, places), 1)
                meant = f"did you mean {close[0]!r}? " if close else ""
            yield f"slot {name!r}: {values[name]!r} is not allowed; {meant}give {allowed(slot, places)}"
    for name in sorted(values.keys() - template.slots.keys()):
        yield f"there is no slot {name!r}; {did_you_mean(name, template.slots)}"


def _said(
    template: Template, values: Mapping[str, str], phrases: Mapping[str, Phrase], places: Mapping[str, Phrase],
    problems: list[str],
) -> dict[str, dict[str, Wording]]:  # fmt: skip
    """By language and slot, the words of the values; what cannot be said goes to the problems."""
    said: dict[str, dict[str, Wording]] = {}
    for text in template.pattern.texts:
        words = said.setdefault(text.language, {})
        for name in slots_in(text):
            if name not in template.slots:
                known = did_you_mean(name, template.slots)
                problems.append(f"the text in {text.language!r} names an unknown slot {name!r}; {known}")
            elif name in values:
                try:
                    words[name] = wording(template.slots[name], values[name], text.language, phrases, places)
                except ContentError as error:
                    problems.append(f"slot {name!r}: {error}")
    return said


def _worded(noun: str, name: str, language: str, library: Mapping[str, Phrase]) -> Wording:
    if name not in library:
        raise ContentError(f"there is no {noun} {name!r}", hint=did_you_mean(name, library))
    if (words := library[name].words.get(language)) is None:
        remedy = "have it worded and approved; nothing is translated by itself"
        raise ContentError(f"the {noun} {name!r} has no words in {language!r}", hint=remedy)
    return words


def _fill_text(text: Text, words: Mapping[str, Wording]) -> Text:
    def filled(pattern: str) -> str:
        return unicodedata.normalize("NFC", _SLOT.sub(lambda slot: words[slot[1]].text, pattern))

    proofread = text.proofread and all(word.proofread for word in words.values())
    proofread_by = text.proofread_by if proofread else ""
    return replace(
        text, heading=filled(text.heading), body=filled(text.body), proofread=proofread, proofread_by=proofread_by
    )


def _date_in(language: str, day: date) -> str:
    """A day as a language writes it. Source: CLDR 44, en-GB and zh long form, the others' short form, full years."""
    match language:
        case "en":
            return f"{day.day}{_NO_BREAK_SPACE}{_MONTHS[day.month - 1]} {day.year}"
        case "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        case _:
            return f"{day.day}/{day.month}/{day.year}"
