"""Judges templates: their slots, the phrases they name, and what their longest and shortest fillings look like."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from playout.check.fillings import check_fillings
from playout.check.finding import Finding, NoticeCode, Severity
from playout.check.notices import check_record
from playout.check.wall import Wall
from playout.filling import has_stray_braces, offered, slots_in
from playout.model.template import ChoiceSlot, NumberSlot, Phrase, PlaceSlot, Template
from playout.problems import did_you_mean
from playout.render.plate import PictureSource
from playout.text.engine import TextEngine

__all__ = ["check_templates"]

_EM_PX = 40
_BRACES_REMEDY = "write a slot as {name}; other braces cannot be shown"


def check_templates(
    templates: Mapping[str, Template],
    phrases: Mapping[str, Phrase],
    places: Mapping[str, Phrase],
    wall: Wall,
    engine: TextEngine,
    pictures: PictureSource,
) -> list[Finding]:
    """Findings on every template, phrase and place. A template without error is then filled, drawn and judged."""
    found = [*_library(phrases, "phrases", engine), *_library(places, "places", engine)]
    damaged = {finding.where for finding in found if finding.severity is Severity.ERROR}
    for template in templates.values():
        own = [*_as_notice(template, wall), *_slots(template), *_used(template, phrases, places)]
        found += own
        if not damaged and all(finding.severity is not Severity.ERROR for finding in own):
            found += check_fillings(template, phrases, places, wall, engine, pictures)
    return found


def _library(library: Mapping[str, Phrase], noun: str, engine: TextEngine) -> Iterator[Finding]:
    """What is wrong with phrases, whether templates use them or not."""
    for name, phrase in library.items():
        where = f"{noun}[{name}]"
        for language, words in phrase.words.items():
            here = f"{where}.words.{language}"
            if set("{}") & set(words.text):
                yield Finding("phrase.braces", Severity.ERROR, here, "braces in a phrase", "take them out", language)
            for seen in engine.line(words.text, language, _EM_PX).findings:
                place = (language, seen.position, seen.measured, seen.required)
                yield Finding(seen.code.value, Severity.ERROR, here, seen.message, seen.remedy, *place)
        if not phrase.approved_by:
            remedy = "have the wording approved, then name who did in approved_by"
            yield Finding("phrase.not-approved", Severity.WARNING, where, "nobody has approved this wording", remedy)
        if unread := [language for language, words in phrase.words.items() if not words.proofread]:
            yield _unread("phrase.not-proofread", where, unread)


def _as_notice(template: Template, wall: Wall) -> Iterator[Finding]:
    """What would be wrong with the pattern as a notice: languages, colours, proof-reading."""
    for finding in check_record(template.pattern, wall.site):
        if finding.code != NoticeCode.UNREAD:
            where = finding.where.replace(f"notices[{template.id}]", f"templates[{template.id}]", 1)
            yield replace(finding, where=where)
    if unread := [text.language for text in template.pattern.texts if not text.proofread]:
        yield _unread("template.not-proofread", f"templates[{template.id}]", unread)


def _slots(template: Template) -> Iterator[Finding]:
    """Slots of the texts against those that are declared."""
    where, used = f"templates[{template.id}]", {text.language: slots_in(text) for text in template.pattern.texts}
    anywhere = list(dict.fromkeys(name for names in used.values() for name in names))
    for text in template.pattern.texts:
        here, language = f"{where}.texts[{text.language}]", text.language
        if has_stray_braces(text.heading) or has_stray_braces(text.body):
            message = "a brace that belongs to no slot, or a doubled one"
            yield Finding("slot.braces", Severity.ERROR, here, message, _BRACES_REMEDY, language)
        for name in used[language]:
            if name not in template.slots:
                hint = did_you_mean(name, template.slots)
                remedy = f"correct the name, or declare [slots.{name}]" if name else _BRACES_REMEDY
                message = f"unknown slot {name!r}; {hint}"
                yield Finding("slot.unknown", Severity.ERROR, here, message, remedy, language)
        for name in template.slots:
            if name in anywhere and name not in used[language]:
                message = f"the slot {name!r} is in other languages and not in {language!r}"
                remedy = f"put {{{name}}} into this text: all readers are owed the same"
                yield Finding("slot.missing", Severity.ERROR, here, message, remedy, language)
    for name in template.slots:
        if name not in anywhere:
            remedy = f"put {{{name}}} into every text, or take the slot out"
            yield Finding("slot.unused", Severity.ERROR, f"{where}.slots.{name}", "no text uses this slot", remedy)


def _used(template: Template, phrases: Mapping[str, Phrase], places: Mapping[str, Phrase]) -> Iterator[Finding]:
    """What the slots may be filled with: whether there is anything, and whether it is worded in every language."""
    for name, slot in template.slots.items():
        where = f"templates[{template.id}].slots.{name}"
        match slot:
            case NumberSlot():
                if slot.min > slot.max:
                    message = f"no number is from {slot.min} to {slot.max}"
                    yield Finding("slot.range", Severity.ERROR, where, message, "set min to at most max")
                yield from _worded(template, where, "phrase", [slot.unit] if slot.unit else [], phrases)
            case ChoiceSlot():
                yield from _worded(template, where, "phrase", slot.phrases, phrases)
            case PlaceSlot():
                choices = offered(slot, places)
                if not choices:
                    remedy = "add places to places.toml"
                    yield Finding("slot.empty", Severity.ERROR, where, "the site has no places", remedy)
                yield from _worded(template, where, "place", choices, places)
            case _:
                pass


def _worded(
    template: Template, where: str, noun: str, names: Iterable[str], library: Mapping[str, Phrase]
) -> Iterator[Finding]:
    for name in names:
        if name not in library:
            message = f"unknown {noun} {name!r}; {did_you_mean(name, library)}"
            yield Finding(f"{noun}.unknown", Severity.ERROR, where, message, f"correct it, or add it to {noun}s.toml")
            continue
        for text in template.pattern.texts:
            if text.language not in library[name].words:
                message = f"the {noun} {name!r} has no words in {text.language!r}"
                remedy = f"have it worded and approved, then add it to {noun}s.toml; nothing is translated by itself"
                yield Finding(f"{noun}.missing", Severity.ERROR, where, message, remedy, text.language)


def _unread(code: str, where: str, languages: Iterable[str]) -> Finding:
    message = f"no native reader has proof-read it in {', '.join(map(repr, languages))}"
    return Finding(code, Severity.WARNING, where, message, "have it read, then set proofread = true and proofread_by")
