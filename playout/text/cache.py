"""A cache bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["ByteCache"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteCache(Generic[K, V]):
    """Keeps what was made, the least recently used given up first. One thread owns it.

    `size` tells the bytes of an entry; one larger than the limit is not kept, and drives out no other.
    """

    def __init__(self, limit_bytes: int, size: Callable[[V], int]) -> None:
        self._limit_bytes, self._size = limit_bytes, size
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Memory in use; never more than the limit."""
        return self._bytes

    def __contains__(self, key: K) -> bool:
        """Whether it is there."""
        return key in self._entries

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The entry, made now if it is not there."""
        kept = self._entries.get(key)
        if kept is not None:
            self._entries.move_to_end(key)
            return kept
        made = make()
        size = self._size(made)
        if size > self._limit_bytes:
            return made
        self._entries[key] = made
        self._bytes += size
        while self._bytes > self._limit_bytes:
            _, old = self._entries.popitem(last=False)
            self._bytes -= self._size(old)
        return made
