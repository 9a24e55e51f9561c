"""Heads of the journal: how many rows it has and the hash of the last, signed, for the system journal to keep.

The key is Ed25519 (RFC 8032), a PEM file of the state folder for its owner alone. `cryptography` is loaded when a key
is used, not with this module: control starts without it.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playout.clock import from_iso, to_iso
from playout.errors import StoreError
from playout.store.db import mapped, sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["Head", "Signer", "Verifier", "find_heads", "open_signer", "read_verifier"]

_BEGIN = "audit head "
_LINE = re.compile(
    r"audit head count=(?P<count>\d{1,18}) hash=(?P<hash>[0-9a-f]{64}) at=(?P<at>\S{1,40})"
    r" key=(?P<key>[0-9a-f]{16}) signature=(?P<signature>[A-Za-z0-9_-]{86})(?![A-Za-z0-9_-])"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last row at an instant (UTC ns), and who signed it: the id of a key.

    Without a signature it has not been signed yet.
    """

    count: int
    hash: bytes
    at_ns: int
    key: str
    signature: bytes = b""

    @property
    def signed_text(self) -> str:
        """What the signature is over: the line without it."""
        return f"{_BEGIN}count={self.count} hash={self.hash.hex()} at={to_iso(self.at_ns)} key={self.key}"

    @property
    def line(self) -> str:
        """The one line that is published."""
        return f"{self.signed_text} signature={base64.urlsafe_b64encode(self.signature).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key, and the id of its public half."""

    id: str
    key: "Ed25519PrivateKey"

    def sign(self, count: int, last_hash: bytes, at_ns: int) -> Head:
        """The signed head."""
        head = Head(count, last_hash, at_ns, self.id)
        return Head(count, last_hash, at_ns, self.id, self.key.sign(head.signed_text.encode("ascii")))

    def public_pem(self) -> str:
        """The public half, to be kept elsewhere."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 -- see above

        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    def verifier(self) -> "Verifier":
        """What checks its heads."""
        return Verifier(self.id, self.key.public_key())


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and its id."""

    id: str
    key: "Ed25519PublicKey"

    def has_signed(self, head: Head) -> bool:
        """Whether the head is one that this key signed, unchanged."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- see above

        try:
            self.key.verify(head.signature, head.signed_text.encode("ascii"))
        except InvalidSignature:
            return False
        return head.key == self.id


def find_heads(lines: Iterable[str]) -> Iterator[Head | str]:
    """The heads in a log, whatever stands before them in their lines; the line itself where it is cut or changed."""
    for line in lines:
        if _BEGIN + "count=" not in line:
            continue
        found = _LINE.search(line)
        try:
            yield line.strip() if found is None else _head(found)
        except (ValueError, OverflowError):
            yield line.strip()


def open_signer(file: Path, *, make: bool = False) -> Signer:
    """The key that signs; with `make` a new one where there is none. Raises: StoreError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    with mapped(file):
        if not file.exists():
            if not make:
                raise StoreError(f"{file}: there is no key yet", hint="control makes it when it first runs")
            _make(file)
        if file.stat().st_mode & 0o077:
            raise StoreError(f"{file}: others may read it or write to it", hint=f"chmod 600 {file}")
        pem = file.read_bytes()
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise _no_key(file) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(file)
    return Signer(_id_of(key.public_key()), key)


def read_verifier(file: Path) -> Verifier:
    """A public key that was exported. Raises: StoreError."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    hint = "give the file that `playout audit key` wrote"
    try:
        key = load_pem_public_key(file.read_bytes())
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}", hint=hint) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise StoreError(f"{file}: is no public key", hint=hint) from error
    if not isinstance(key, Ed25519PublicKey):
        raise StoreError(f"{file}: is a key of another kind", hint=hint)
    return Verifier(_id_of(key), key)


def _head(found: re.Match[str]) -> Head:
    """Raises: ValueError, OverflowError where a value is none, or was written in another way than ours."""
    signature = base64.urlsafe_b64decode(found["signature"] + "==")
    head = Head(int(found["count"]), bytes.fromhex(found["hash"]), from_iso(found["at"]), found["key"], signature)
    if head.line != found[0]:
        raise ValueError(found[0])
    return head


def _id_of(key: "Ed25519PublicKey") -> str:
    """16 hexadecimal digits of the SHA-256 of the key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _no_key(file: Path) -> StoreError:
    return StoreError(f"{file}: is no key for signing (Ed25519, PEM)", hint="bring it back from a backup")


def _make(file: Path) -> None:
    """Writes a new key, whole or not at all; one that another program made meanwhile stays."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(file.parent)
