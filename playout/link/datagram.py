"""What a driver asks of a link that carries datagrams."""

from typing import Protocol

__all__ = ["DatagramLink"]


class DatagramLink(Protocol):
    """A one-way pipe of datagrams. One thread owns it; the constructor does no I/O."""

    def open(self) -> None:
        """Makes ready to send. Raises: LinkError."""
        ...

    def send_burst(self, data: memoryview, segment_size: int) -> int:
        """Sends `data` cut into datagrams of `segment_size` bytes, the last may be shorter; returns their number.

        Raises: LinkError.
        """
        ...

    def bits_per_second(self) -> float:
        """Speed of the wire; infinite where it cannot be told."""
        ...

    def close(self) -> None:
        """Lets go; never raises, and may be called at any time."""
        ...
