"""Secrets that open the door: made from 256 random bits, known to the store by their SHA-256 only."""

import hashlib
import secrets

__all__ = ["fingerprint", "new_secret"]


def new_secret() -> str:
    """A new secret, safe in addresses and headers."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """What the store keeps of a secret. So long a random secret needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
