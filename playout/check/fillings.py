"""Judges what templates become: each is filled as long and as short as it goes, in every language, and drawn.

How long a value is, is its width as the text engine draws it: that is what breaks lines and shrinks letters, while a
count of characters tells little of Khmer, where one may stand on another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from playout.check.finding import Finding
from playout.check.notices import RECORD_CODES
from playout.check.reading import check_notice, settle
from playout.check.wall import Wall
from playout.filling import fill, offered, wording
from playout.model.claim import Band
from playout.model.template import ChoiceSlot, DateSlot, NumberSlot, Phrase, PlaceSlot, Slot, Template, TimeSlot
from playout.render.plate import PictureSource
from playout.text.engine import TextEngine

__all__ = ["check_fillings", "extreme_fillings"]

_EM_PX = 40
_ALL_NUMBERS = 100
_TIMES = ("00:00", "01:11", "11:11", "02:22", "03:33", "04:44", "05:55", "06:56", "07:57", "08:58", "09:59", "20:08")
_DATES = tuple(f"2028-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 11, 20, 28))


def check_fillings(
    template: Template,
    phrases: Mapping[str, Phrase],
    places: Mapping[str, Phrase],
    wall: Wall,
    engine: TextEngine,
    pictures: PictureSource,
) -> list[Finding]:
    """Findings on the longest and shortest fillings of a template without errors, each told once, of the longest."""
    found: dict[tuple[str, str, str], Finding] = {}
    for values in extreme_fillings(template, phrases, places, engine):
        notice = settle(fill(template, values, phrases, places), wall, engine)
        told = ", ".join(f"{name}={value}" for name, value in values.items())
        for finding in check_notice(notice, wall, engine, pictures, Band.NOTICE).findings:
            if finding.code in RECORD_CODES:  # told of the template itself
                continue
            where = finding.where.replace(f"notices[{notice.id}]", f"templates[{template.id}]", 1)
            mine = replace(finding, where=where, message=f"{finding.message}, filled with {told}")
            found.setdefault((finding.code, where, finding.language), mine)
    return list(found.values())


def extreme_fillings(
    template: Template, phrases: Mapping[str, Phrase], places: Mapping[str, Phrase], engine: TextEngine
) -> list[dict[str, str]]:
    """The longest filling of each language, then the shortest ones; those that languages have in common come once."""
    longest: list[dict[str, str]] = []
    shortest: list[dict[str, str]] = []
    for text in template.pattern.texts:
        ranked = {
            name: _by_width(slot, text.language, phrases, places, engine) for name, slot in template.slots.items()
        }
        longest.append({name: values[-1] for name, values in ranked.items()})
        shortest.append({name: values[0] for name, values in ranked.items()})
    return list({tuple(values.items()): values for values in (*longest, *shortest)}.values())


def _by_width(
    slot: Slot, language: str, phrases: Mapping[str, Phrase], places: Mapping[str, Phrase], engine: TextEngine
) -> list[str]:
    """Values of a slot from the narrowest to the widest; of very many, those that can be either."""

    def width(value: str) -> int:
        return engine.line(wording(slot, value, language, phrases, places).text, language, _EM_PX).width

    return sorted(_values(slot, places), key=width)


def _values(slot: Slot, places: Mapping[str, Phrase]) -> Iterable[str]:
    match slot:
        case TimeSlot():
            return _TIMES
        case DateSlot():
            return _DATES
        case NumberSlot():
            return map(str, _numbers(slot))
        case ChoiceSlot() | PlaceSlot():
            return offered(slot, places)
        case _:
            assert_never(slot)


def _numbers(slot: NumberSlot) -> Iterator[int]:
    """All numbers of a short range; of a long one its ends and those of one digit repeated.

    Fonts draw digits equally wide, or nearly: how many there are decides.
    """
    if slot.max - slot.min <= _ALL_NUMBERS:
        yield from range(slot.min, slot.max + 1)
        return
    repeated = (sign * int(digit * length) for sign in (1, -1) for digit in "0123456789" for length in range(1, 10))
    yield from sorted({slot.min, slot.max, *(number for number in repeated if slot.min <= number <= slot.max)})
