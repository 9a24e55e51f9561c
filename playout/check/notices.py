"""What can be said of a notice without drawing it: its parts, its languages, who has proof-read it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from playout.check.finding import Finding, Severity
from playout.model.notice import Kind, Notice
from playout.model.panel import Site

__all__ = ["check_colours", "check_notice"]

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def check_notice(notice: Notice, site: Site, *, on_air: bool) -> list[Finding]:
    """Findings on one notice. A language it lacks is an error only if it is to go `on_air`: drafts grow."""
    where = f"notices[{notice.id}]"
    colours = {"colour": notice.style.colour, "accent": notice.style.accent, "ground": notice.style.ground}
    findings = [*_parts(notice, where), *check_colours(colours, f"{where}.style"), *_proofreading(notice, where)]
    if notice.kind is not Kind.PICTURE:
        findings += _languages(notice, site, where, Severity.ERROR if on_air else Severity.INFO)
    return findings


def check_colours(colours: Mapping[str, str], where: str) -> Iterator[Finding]:
    """A finding for each of the colours that is not written `#rrggbb`."""
    for key, colour in colours.items():
        if not _COLOUR.fullmatch(colour):
            remedy = "write six hexadecimal digits after a #, for example #ffd200"
            yield Finding("colour", Severity.ERROR, f"{where}.{key}", f"{colour!r} is not a colour", remedy)


def _parts(notice: Notice, where: str) -> Iterator[Finding]:
    if notice.kind is Kind.PICTURE and not notice.picture:
        yield Finding(
            "notice.picture", Severity.ERROR, where, "a notice of kind picture has no picture", "give it a picture"
        )
    if notice.kind is not Kind.PICTURE and not notice.texts:
        yield Finding("notice.empty", Severity.ERROR, where, "the notice has no text", "write its texts")


def _languages(notice: Notice, site: Site, where: str, missing: Severity) -> Iterator[Finding]:
    written = Counter(text.language for text in notice.texts)
    for language in site.languages:
        if written and language not in written:
            yield Finding(
                "language.missing",
                missing,
                where,
                f"the text in {language!r} is missing; every reader at {site.name} is owed it",
                f"add the text in {language!r}",
            )
    for language, count in written.items():
        if count > 1:
            yield Finding(
                "language.twice",
                Severity.ERROR,
                f"{where}.texts[{language}]",
                f"there are {count} texts in {language!r}, and only one can be shown",
                "keep one of them",
            )
    for language in sorted(written.keys() - set(site.languages)):
        yield Finding(
            "language.unused",
            Severity.WARNING,
            f"{where}.texts[{language}]",
            f"{language!r} is not a language of this site, so this text is never shown",
            f"take the text out, or add {language!r} to site.languages in the configuration",
        )


def _proofreading(notice: Notice, where: str) -> Iterator[Finding]:
    for text in notice.texts:
        if not text.proofread:
            yield Finding(
                "text.not-proofread",
                Severity.WARNING,
                f"{where}.texts[{text.language}]",
                f"no native reader has proof-read the text in {text.language!r}",
                "have it read, then set proofread = true and proofread_by",
            )
