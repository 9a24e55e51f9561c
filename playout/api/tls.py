"""TLS of the control API: its certificate taken up anew when the files change, and told of before it expires.

What a certificate says is read by `playout tls show`: the library for it is large, and control needs it once a year.
"""

import asyncio
import contextlib
import json
import logging
import os
import ssl
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from playout.check.certificate import Certificate, check_certificate
from playout.clock import Clock
from playout.config import Api
from playout.errors import ConfigError

__all__ = ["Tls", "load_context"]

_log = logging.getLogger(__name__)
_LOOK_S = 10.0
_NICER = 10
_TIMEOUT_S = 60.0
_UNREADABLE = "both must be PEM files that control may read and that belong together"


def load_context(api: Api) -> ssl.SSLContext:
    """The server's side of TLS 1.2 and newer. Raises: ConfigError where certificate or key cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        _load(context, api)
    except OSError as error:
        raise ConfigError(
            f"api.certificate, api.key: {api.certificate} and {api.key} cannot be used: {error}", hint=_UNREADABLE
        ) from error
    return context


class Tls:
    """The certificate in use; belongs to the event loop. Without one in the configuration there is nothing to do.

    `show` is the command that prints what the certificate's file says. Raises: ConfigError where it cannot be used.
    """

    def __init__(self, api: Api, show: Sequence[str], clock: Clock) -> None:
        self.context = load_context(api) if api.certificate else None
        self._api, self._show, self._clock = api, show, clock
        self._files: object = None
        self._certificate: Certificate | None = None
        self._refused = self._unread = ""
        self._warnings: tuple[str, ...] = ()

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the certificate."""
        return self._warnings

    async def watch(self, stopping: asyncio.Event) -> None:
        """Looks every ten seconds until control stops."""
        while self.context is not None and not stopping.is_set():
            await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _LOOK_S)

    async def look(self) -> None:
        """Takes up files that have changed, and judges the certificate by the clock."""
        if self.context is None:
            return
        files = tuple(_identity(Path(text)) for text in (self._api.certificate, self._api.key))
        if files != self._files:
            self._take_up(self.context, is_first=self._files is None)
            self._files = files
            await self._read()
        told = [text for text in (self._refused, self._unread) if text]
        if self._certificate is not None:
            found = check_certificate(self._certificate, self._api, self._clock.utc_ns())
            told += [f"{finding.where}: {finding.message}; {finding.remedy}" for finding in found]
        self._warnings = tuple(told)

    def _take_up(self, context: ssl.SSLContext, *, is_first: bool) -> None:
        """New connections get the certificate that is in the files now; tried out first on a context of its own."""
        self._refused = ""
        try:
            load_context(self._api)
            _load(context, self._api)
        except (ConfigError, OSError) as error:
            self._refused = f"the certificate before is used on: {error}"
            _log.error("certificate refused error=%s", error)
        else:
            if not is_first:
                _log.info("certificate taken up file=%s", self._api.certificate)

    async def _read(self) -> None:
        self._certificate, self._unread = None, ""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                self._certificate = await self._shown()
        except (OSError, ValueError, TimeoutError) as error:
            self._unread = f"it cannot be told when the certificate expires: {error}; try `playout tls show`"
            _log.warning("certificate not read error=%s", error)

    async def _shown(self) -> Certificate:
        process = await asyncio.create_subprocess_exec(*self._show, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        try:
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICER)
            made, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if not made:
            raise ValueError(said.decode("utf-8", "replace").strip()[-500:] or "no reason was given")
        return _parse(json.loads(made))


def _parse(told: dict[str, Any]) -> Certificate:
    known: dict[str, Any] = {field.name: told[field.name] for field in fields(Certificate)}
    known["names"] = tuple(told["names"])
    return Certificate(**known)


def _load(context: ssl.SSLContext, api: Api) -> None:
    context.load_cert_chain(api.certificate, api.key, password="")  # never asks for one at a terminal


def _identity(path: Path) -> object:
    """What changes when a file is written or replaced; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
