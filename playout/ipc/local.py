"""A player's own state: claims made on the machine itself, which hold with control stopped."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from playout.ipc.files import write_durably
from playout.model.claim import Claim

__all__ = ["local_damage", "read_local", "write_local"]

_CLAIMS = TypeAdapter(tuple[Claim, ...])


def read_local(path: Path) -> tuple[Claim, ...]:
    """The local claims; none where the file is missing or damaged."""
    try:
        return _CLAIMS.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return ()


def local_damage(path: Path) -> str:
    """What a person should know of a file that is there and cannot be read; empty where all is well."""
    try:
        _CLAIMS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ""
    except (OSError, ValidationError):
        lost = f"{path.name} is damaged: a panic or fallback ordered at this machine may be lost"
        return f"{lost} (order it again, or `playout ctl clear --by NAME`)"
    return ""


def write_local(path: Path, claims: tuple[Claim, ...]) -> None:
    """Replaces the local claims durably. Raises: StoreError."""
    write_durably(path, _CLAIMS.dump_json(claims))
