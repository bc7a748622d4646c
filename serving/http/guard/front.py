"""Before and behind every answer: known hosts only, secure headers, a line in the log, a figure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from polars.exceptions import PanicException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cases.language.catalogues import Language
from serving.http import problems
from serving.http.guard import metrics
from serving.http.guard.hosts import Hosts
from serving.http.guard.limited import Ending, WrongHost

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": POLICY.encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
OTHER = "other"  # instead of a path that is not ours: it can be anything

log = logging.getLogger("plumbline.requests")


class Front:
    """Stands before an application."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Hosts,
        language: Language,
        closing: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._app, self._hosts, self.language, self._closing = app, hosts, language, closing

    def close(self) -> None:
        """Give back the databases, so that a copy of their files is whole."""
        for close in self._closing:
            close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = problems.new_reference()
        sent = Sent(send)
        try:
            await self._answer(scope, receive, sent)
        finally:
            sent.tell(scope, reference)

    async def _answer(self, scope: Scope, receive: Receive, sent: Sent) -> None:
        try:
            if not self._hosts.allow(scope["headers"]):
                raise WrongHost
            await self._app(scope, receive, sent)
        except (Exception, PanicException, asyncio.CancelledError) as error:  # noqa: BLE001
            if sent.status:
                return
            told = Ending() if isinstance(error, asyncio.CancelledError) else error
            await problems.answer(told, self.language)(scope, receive, sent)


class Sent:
    """Hands an answer on, with the headers that all have, and keeps count of it."""

    def __init__(self, send: Send) -> None:
        self._send, self._start = send, time.perf_counter()
        self.status = self.bytes = 0

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            there = {name.lower() for name, _value in message["headers"]}
            more = [(name, value) for name, value in HEADERS.items() if name not in there]
            message = {**message, "headers": [*message["headers"], *more]}
        else:
            self.bytes += len(message.get("body", b""))
        await self._send(message)

    def tell(self, scope: Scope, reference: str) -> None:
        """Log and count it: the path as it is declared, never a query, a header or a client."""
        seconds = time.perf_counter() - self._start
        route: Any = scope.get("route")
        path = getattr(route, "path", OTHER)
        metrics.LATENCY.labels(path, self.status).observe(seconds)
        facts = {
            "path": path,
            "status": self.status,
            "milliseconds": round(seconds * 1000, 1),
            "bytes": self.bytes,
            "reference": reference,
        }
        log.info("request", extra={"facts": facts})
