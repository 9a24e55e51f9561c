"""A pace whose sleeps take no time."""

__all__ = ["ManualPace"]


class ManualPace:
    """Stands still but for its sleeps, which jump to their end. `sleeps` keeps where each of them went."""

    def __init__(self, now_ns: int = 0) -> None:
        self.sleeps: list[int] = []
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """Where it stands."""
        return self._now_ns

    def sleep_until(self, instant_ns: int) -> None:
        """Jumps to the instant, never back."""
        self.sleeps.append(instant_ns)
        self._now_ns = max(self._now_ns, instant_ns)
