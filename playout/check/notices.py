"""What can be said of a notice without drawing it: its parts, its languages, who has proof-read it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from playout.check.finding import Finding, NoticeCode, Severity
from playout.model.notice import Kind, Notice
from playout.model.panel import Site

__all__ = ["RECORD_CODES", "check_colours", "check_record"]

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


RECORD_CODES = frozenset(
    {
        NoticeCode.EMPTY,
        NoticeCode.NO_PICTURE,
        NoticeCode.COLOUR,
        NoticeCode.MISSING,
        NoticeCode.TWICE,
        NoticeCode.UNUSED,
        NoticeCode.UNREAD,
    }
)
"""What `check_record` may find."""


def check_record(notice: Notice, site: Site) -> Iterator[Finding]:
    """Findings on one notice as a record; `reading.check_notice` has them too."""
    where = f"notices[{notice.id}]"
    colours = {"colour": notice.style.colour, "accent": notice.style.accent, "ground": notice.style.ground}
    yield from _parts(notice, where)
    yield from check_colours(colours, f"{where}.style")
    yield from _proofreading(notice, where)
    if notice.kind is not Kind.PICTURE:
        yield from _languages(notice, site, where)


def check_colours(colours: Mapping[str, str], where: str) -> Iterator[Finding]:
    """A finding for each of the colours that is not written `#rrggbb`."""
    for key, colour in colours.items():
        if not _COLOUR.fullmatch(colour):
            remedy = "write six hexadecimal digits after a #, for example #ffd200"
            yield Finding(NoticeCode.COLOUR, Severity.ERROR, f"{where}.{key}", f"{colour!r} is not a colour", remedy)


def _parts(notice: Notice, where: str) -> Iterator[Finding]:
    if notice.kind is Kind.PICTURE and not notice.picture:
        message = "a notice of kind picture has no picture"
        yield Finding(NoticeCode.NO_PICTURE, Severity.ERROR, where, message, "give it a picture")
    if notice.kind is not Kind.PICTURE and not notice.texts:
        yield Finding(NoticeCode.EMPTY, Severity.ERROR, where, "the notice has no text", "write its texts")


def _languages(notice: Notice, site: Site, where: str) -> Iterator[Finding]:
    written = Counter(text.language for text in notice.texts)
    for language in site.languages:
        if written and language not in written:
            message = f"the text in {language!r} is missing; every reader at {site.name} is owed it"
            remedy = f"add the text in {language!r}"
            yield Finding(NoticeCode.MISSING, Severity.ERROR, where, message, remedy, language)
    for language, count in written.items():
        if count > 1:
            here, remedy = f"{where}.texts[{language}]", "keep one of them"
            message = f"there are {count} texts in {language!r}, and only one can be shown"
            yield Finding(NoticeCode.TWICE, Severity.ERROR, here, message, remedy, language, None, count, 1)
    for language in sorted(written.keys() - set(site.languages)):
        message = f"{language!r} is not a language of this site, so this text is never shown"
        remedy = f"take the text out, or add {language!r} to site.languages in the configuration"
        yield Finding(NoticeCode.UNUSED, Severity.WARNING, f"{where}.texts[{language}]", message, remedy, language)


def _proofreading(notice: Notice, where: str) -> Iterator[Finding]:
    for text in notice.texts:
        if not text.proofread:
            here, remedy = f"{where}.texts[{text.language}]", "have it read, then set proofread = true and proofread_by"
            message = f"no native reader has proof-read the text in {text.language!r}"
            yield Finding(NoticeCode.UNREAD, Severity.WARNING, here, message, remedy, text.language)
