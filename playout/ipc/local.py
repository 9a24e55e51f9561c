"""A player's own state: claims made on the machine itself, which hold with control stopped."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from playout.ipc.files import write_durably
from playout.model.claim import Claim

__all__ = ["read_local", "write_local"]

_CLAIMS = TypeAdapter(tuple[Claim, ...])


def read_local(path: Path) -> tuple[Claim, ...]:
    """The local claims; none where the file is missing or damaged."""
    try:
        return _CLAIMS.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return ()


def write_local(path: Path, claims: tuple[Claim, ...]) -> None:
    """Replaces the local claims durably. Raises: StoreError."""
    write_durably(path, _CLAIMS.dump_json(claims))
