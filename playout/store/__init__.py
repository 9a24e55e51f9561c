"""Control's state: one SQLite file, and pictures named by their SHA-256."""

from playout.store.store import Store, open_store

__all__ = ["Store", "open_store"]
