"""Publishes the signed head of the journal in the log, from where the system journal carries it out of reach."""

import logging
from pathlib import Path
from threading import Lock

from playout.clock import SECOND_NS, Clock
from playout.errors import StoreError
from playout.store import Store, journal
from playout.store.heads import Head, Signer, open_signer

__all__ = ["HeadPublisher"]

_log = logging.getLogger(__name__)
_EVERY_NS = 60 * SECOND_NS
_AT_LEAST_EVERY_NS = 3600 * SECOND_NS
_NOT_PUBLISHED = "heads of the journal are not published, which is tried each minute"


class HeadPublisher:
    """Signs heads with the key of the state folder, which it makes where there is none. Any thread may call it."""

    def __init__(self, store: Store, key: Path, clock: Clock) -> None:
        self._store, self._key, self._clock = store, key, clock
        self._publishing = Lock()
        self._signer: Signer | None = None
        self._last: Head | None = None
        self._looked_ns = self._published_ns = -_AT_LEAST_EVERY_NS
        self._trouble = ""

    def warnings(self) -> tuple[str, ...]:
        """Why the last head was not published; nothing where it was."""
        return (f"{_NOT_PUBLISHED}: {self._trouble}",) if self._trouble else ()

    @property
    def is_due(self) -> bool:
        """Whether a minute has gone by since it was last looked for a change."""
        return self._clock.monotonic_ns() - self._looked_ns >= _EVERY_NS

    def publish(self) -> Head | None:
        """Publishes the head of what is committed now, at once: after an emergency, and once it was acknowledged.

        It takes a row from the database and a signature. Never raises: where it cannot, None, and that is logged.
        """
        return self._publish(only_news=False)

    def publish_news(self) -> Head | None:
        """Publishes the head if it is another one than the last, or an hour has gone by. Never raises."""
        return self._publish(only_news=True)

    def _publish(self, *, only_news: bool) -> Head | None:
        with self._publishing:
            now_ns = self._looked_ns = self._clock.monotonic_ns()
            try:
                with self._store.read() as db:
                    found = journal.head(db)
                is_old = self._last is not None and found == (self._last.count, self._last.hash)
                if only_news and is_old and now_ns - self._published_ns < _AT_LEAST_EVERY_NS:
                    return None
                self._signer = self._signer or open_signer(self._key, make=True)
            except StoreError as error:
                self._fail(str(error))
                return None
            head = self._signer.sign(*found, self._clock.utc_ns())
            _log.info("%s", head.line)
            self._last, self._published_ns, self._trouble = head, now_ns, ""
            return head

    def _fail(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.error("%s: %s", _NOT_PUBLISHED, trouble)
        self._trouble = trouble
