"""Air files: what control hands to the players, in generations that are whole or not there.

A generation is a manifest `<number>.json` that holds the claims and names its other parts by SHA-256; the parts lie in
`parts/`. So a claim writes one file. The manifest ends with its own SHA-256, so that one cut short is told from a whole
one.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from playout.errors import StoreError
from playout.ipc.files import sync_folder, write_aside, write_durably
from playout.ipc.pieces import dump_notices, dump_schedule, load_notices, load_schedule
from playout.model.claim import Claim
from playout.model.inputs import Inputs
from playout.model.panel import Site
from playout.model.schedule import Revision

__all__ = [
    "KEPT",
    "Air",
    "AirDraft",
    "AirReader",
    "AirRef",
    "AirWriter",
    "inputs",
    "newest_number",
    "prune_air",
    "read_air",
    "write_air",
    "written_ns",
]

KEPT = 3
"""Generations that stay on disk."""
_FORMAT = 3


@dataclass(frozen=True, slots=True)
class Air:
    """Everything the players need from control. Instants are UTC in ns since the Unix epoch."""

    generation: int
    site: Site
    revision: Revision | None = None
    outgoing: Revision | None = None
    takes_over_ns: int = 0
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class AirRef:
    """Names one generation; the SHA-256 is the manifest's."""

    generation: int
    sha256: str


_PARTS = ("schedule", "notices")
"""The parts of a revision."""
_SITE = TypeAdapter(Site)
_CLAIMS = TypeAdapter(tuple[Claim, ...])
_UNREADABLE = TypeAdapter(dict[str, tuple[str, ...]])


def inputs(air: Air | None, screen: str, local: tuple[Claim, ...], site: Site) -> Inputs:
    """The inputs of one screen: the generation and what was claimed on the player itself."""
    if air is None:
        return Inputs(screen, site, claims=local)
    return Inputs(
        screen, air.site, air.revision, air.outgoing, air.takes_over_ns, (*air.claims, *local), air.generation
    )


@dataclass(frozen=True, slots=True)
class AirDraft:
    """A generation that is on disk, but not in its place yet."""

    ref: AirRef
    temporary: Path
    path: Path


class AirWriter:
    """Writes generations into a folder; one thread at a time. What it has written of a revision it does not again.

    A generation is drafted, put in its place, where players find it, and settled, after which it survives a cut of
    power. Whoever has told of it calls `prune_air`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: list[tuple[Revision, dict[str, Any]]] = []

    def draft(self, air: Air) -> AirDraft:
        """Writes one generation durably beside its place. Raises: StoreError."""
        parts = self._folder / "parts"
        try:
            parts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{parts}: cannot be made: {error.strerror}", hint="correct its owner") from error
        revisions = [self._put(parts, revision) for revision in (air.revision, air.outgoing)]
        self._written = [(revision, record) for revision, record in revisions if revision is not None]
        manifest: dict[str, Any] = {
            "format": _FORMAT,
            "generation": air.generation,
            "takes_over_ns": air.takes_over_ns,
            "site": _put(parts, _SITE.dump_json(air.site)),
            "claims": _CLAIMS.dump_python(air.claims, mode="json"),
            "revision": revisions[0][1] or None,
            "outgoing": revisions[1][1] or None,
        }
        body = json.dumps(manifest, sort_keys=True).encode()
        digest = hashlib.sha256(body).hexdigest()
        path = _manifest(self._folder, air.generation)
        return AirDraft(AirRef(air.generation, digest), write_aside(path, body + b"\n" + digest.encode() + b"\n"), path)

    def put(self, draft: AirDraft) -> AirRef:
        """Puts a draft in its place. Raises: StoreError."""
        try:
            draft.temporary.replace(draft.path)
        except OSError as error:
            raise StoreError(
                f"{draft.path}: cannot be put in its place: {error.strerror}", hint="look at it"
            ) from error
        return draft.ref

    def settle(self) -> None:
        """Makes what was put survive a cut of power. Raises: StoreError."""
        try:
            sync_folder(self._folder)
        except OSError as error:
            raise StoreError(f"{self._folder}: cannot be saved: {error.strerror}", hint="look at the disk") from error

    def drop(self, draft: AirDraft) -> None:
        """Forgets a draft; never raises."""
        with contextlib.suppress(OSError):
            draft.temporary.unlink(missing_ok=True)

    def _put(self, parts: Path, revision: Revision | None) -> tuple[Revision | None, dict[str, Any]]:
        """The revision with its record, once its parts are on disk."""
        for known, record in self._written:
            if known is revision and all((parts / f"{record[key]}.json").exists() for key in _PARTS):
                return revision, record
        return revision, _put_revision(parts, revision) or {}


class AirReader:
    """Reads the newest generation again and again; a revision that it has read it does not read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: list[tuple[dict[str, Any], Revision]] = []

    def read(self) -> Air | None:
        """The newest whole generation; a damaged one is passed over. None when there is none."""
        for path in sorted(self._folder.glob("[0-9]*.json"), reverse=True):
            try:
                return self._read(path)
            except (OSError, ValueError, KeyError, TypeError, ValidationError):
                continue  # cut short or half copied: the one before it is still right
        return None

    def _read(self, path: Path) -> Air:
        manifest, parts = _read_manifest(path), self._folder / "parts"
        records: list[dict[str, Any] | None] = [manifest["revision"], manifest["outgoing"]]
        revisions = [self._revision(parts, record) for record in records]
        air = Air(
            generation=manifest["generation"],
            site=_SITE.validate_json(_get(parts, manifest["site"])),
            revision=revisions[0],
            outgoing=revisions[1],
            takes_over_ns=manifest["takes_over_ns"],
            claims=_CLAIMS.validate_python(manifest["claims"]),
        )
        read = zip(records, revisions, strict=True)
        self._known = [(record, revision) for record, revision in read if record and revision]
        return air

    def _revision(self, parts: Path, record: dict[str, Any] | None) -> Revision | None:
        if record is None:
            return None
        known = next((revision for each, revision in self._known if each == record), None)
        return known or Revision(
            record["number"],
            record["issued_ns"],
            load_schedule(_get(parts, record["schedule"])),
            load_notices(_get(parts, record["notices"])),
            _UNREADABLE.validate_json(record.get("unreadable", "{}")),
        )


def write_air(folder: Path, air: Air) -> AirRef:
    """Writes one generation durably, looking at every part on disk, and prunes old ones. Raises: StoreError."""
    writer = AirWriter(folder)
    reference = writer.put(writer.draft(air))
    writer.settle()
    prune_air(folder)
    return reference


def read_air(folder: Path) -> Air | None:
    """The newest generation of which every part is whole; None when there is none."""
    return AirReader(folder).read()


def prune_air(folder: Path) -> None:
    """Drops all but the newest generations and what a killed writer left; never raises."""
    with contextlib.suppress(OSError):  # what is too much on disk harms nobody
        _prune(folder)


def written_ns(folder: Path, generation: int) -> int:
    """When a generation was written (UTC ns); 0 where it is not there."""
    try:
        return _manifest(folder, generation).stat().st_mtime_ns
    except OSError:
        return 0


def newest_number(folder: Path) -> int:
    """The highest number that any generation on disk has, whole or damaged; 0 where there is none."""
    return max((int(path.stem) for path in folder.glob("[0-9]*.json") if path.stem.isdecimal()), default=0)


def _manifest(folder: Path, generation: int) -> Path:
    return folder / f"{generation:012d}.json"


def _put(parts: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    path = parts / f"{digest}.json"
    if not _holds(path, data):
        write_durably(path, data)
    return digest


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _put_revision(parts: Path, revision: Revision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    return {
        "number": revision.number,
        "issued_ns": revision.issued_ns,
        "schedule": _put(parts, dump_schedule(revision.schedule)),
        "notices": _put(parts, dump_notices(revision.notices)),
        "unreadable": json.dumps(dict(revision.unreadable), sort_keys=True),
    }


def _read_manifest(path: Path) -> dict[str, Any]:
    body, digest, end = path.read_bytes().split(b"\n")
    if end or hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("the manifest is not whole")
    manifest: dict[str, Any] = json.loads(body)
    if manifest["format"] != _FORMAT:
        raise ValueError("the manifest is of another format")
    return manifest


def _get(parts: Path, digest: str) -> bytes:
    data = (parts / f"{digest}.json").read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"part {digest} is damaged")
    return data


def _prune(folder: Path) -> None:
    """Keeps the newest whole generations and the parts they name; also drops what a killed writer left."""
    ours = f".{os.getpid()}"
    for leftover in (*folder.glob(".*"), *folder.glob("parts/.*")):
        if leftover.suffix != ours:  # another thread may just be writing it
            leftover.unlink(missing_ok=True)
    kept: list[dict[str, Any]] = []
    for path in sorted(folder.glob("[0-9]*.json"), reverse=True):
        try:
            manifest = _read_manifest(path)
        except (OSError, ValueError, KeyError):
            continue
        if len(kept) < KEPT:
            kept.append(manifest)
        else:
            path.unlink(missing_ok=True)
    named = {digest for manifest in kept for digest in _named_parts(manifest)}
    for part in (folder / "parts").glob("*.json"):
        if part.stem not in named:
            part.unlink(missing_ok=True)


def _named_parts(manifest: Mapping[str, Any]) -> set[str]:
    revisions = [record for record in (manifest["revision"], manifest["outgoing"]) if record]
    return {manifest["site"], *(record[key] for record in revisions for key in _PARTS)}
