"""What the routes work with: one record, built once by the control program."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from playout.api.audit import HeadPublisher
from playout.api.auth import Caller, Guard
from playout.api.events import EventLog
from playout.api.live import Places
from playout.api.preview import Preview
from playout.api.problems import Refused
from playout.api.publish import Publisher
from playout.api.reports import Reports
from playout.api.schedules import Schedules
from playout.api.signin import SignIn
from playout.api.status import Status
from playout.api.watch import Watcher
from playout.clock import Clock
from playout.config import Config
from playout.model.people import Right
from playout.problems import did_you_mean
from playout.store import Store

__all__ = ["Needs", "Services", "preview_of", "reader", "services"]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the routes. `stopping` is set when control is told to end."""

    config: Config
    clock: Clock
    store: Store
    guard: Guard
    sign_in: SignIn
    publisher: Publisher
    heads: HeadPublisher
    schedules: Schedules
    reports: Reports
    status: Status
    previews: Mapping[str, Preview]
    viewers: Places
    events: EventLog
    watcher: Watcher
    listeners: Places
    stopping: asyncio.Event

    @property
    def screens(self) -> tuple[str, ...]:
        """Ids of the screens, in the configuration's order."""
        return tuple(screen.id for screen in self.config.screens)

    @property
    def is_secure(self) -> bool:
        """Whether the API speaks TLS."""
        return bool(self.config.api.certificate)


def services(request: Request) -> Services:
    """The services of the application that answers this request."""
    return cast(Services, request.app.state.services)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a route depends on whose callers need a right: gives it the caller."""

    right: Right

    def __call__(self, request: Request) -> Caller:
        """The caller, who has the right. Raises: Refused (401, 403)."""
        here = services(request)
        return here.guard.let_in(request.scope, self.right, secure=here.is_secure)


reader = Needs(Right.LOOK)
"""Lets in everybody who is known."""


def preview_of(request: Request, screen: str) -> Preview:
    """The preview of a screen. Raises: Refused (404)."""
    previews = services(request).previews
    if screen not in previews:
        raise Refused(404, f"no screen is called {screen!r}", did_you_mean(screen, previews))
    return previews[screen]
