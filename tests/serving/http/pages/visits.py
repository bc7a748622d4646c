"""Somebody who looks at pages and sends forms, over a ledger and a folder that last."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from serving.access.caller import Caller
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from tests.factories.client import EVERYTHING, opened
from tests.factories.fakes import InMemory, context

MADE_FROM = {"model_hash": "0" * 64, "code": "0.1.0"}

ASKED = {
    "as_of": "2026-02-28",
    "closed_after": "",
    "capacity": "2",
    "knob": "search",
    "search": "50",
    "margin": "",
}
CODE = re.compile(r"[?&]id=([0-9a-f]{16})")
NEW = [
    {"case_id": "n1", "opened_at": "2026-02-20", "kind": "theft", "unit": "u2"},
    {"case_id": "n2", "opened_at": "2026-02-21", "kind": "fraud", "unit": "u2"},
    {"case_id": "n3", "opened_at": "2026-02-22", "kind": "theft", "unit": "u1"},
]


def office_of(**changes: Any) -> ServiceContext:
    """The five cases of the fakes, as a service has them, that says what it answers from."""
    return replace(context(**changes), made_from=MADE_FROM)


@dataclass
class Visitor:
    """A caller at the pages of an office whose folder is `home`."""

    home: Path
    of: ServiceContext = field(default_factory=office_of)
    ledger: InMemory = field(default_factory=InMemory)
    caller: Caller = EVERYTHING

    @cached_property
    def _app(self) -> Starlette:
        return opened(self.of, self.caller, self.ledger, self.home)

    def get(self, path: str, **query: str) -> httpx.Response:
        """A page."""
        return self.ask("GET", path, **({"params": query} if query else {}))

    def post(self, path: str, **fields: str) -> httpx.Response:
        """What follows from a form."""
        return self.ask("POST", path, data=fields)

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Any answer of the application."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
                return await client.request(method, path, **sent)

        with ThreadPoolExecutor(1) as beside:  # a browser of the test has a loop in this thread
            return beside.submit(asyncio.run, go()).result()

    @property
    def now(self) -> ServiceContext:
        """The office with all that is recorded."""
        return Current(self.of, self.ledger).context

    def as_caller(self, caller: Caller) -> Visitor:
        """Another person at the same office."""
        return Visitor(self.home, self.of, self.ledger, caller)


def field_of(page: httpx.Response, name: str) -> str:
    """The value of a field of a form on a page."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page.text)
    assert found is not None, f"no field {name}"
    return unescape(found.group(1))


def drawn(manager: Visitor, key: str = "k", **changes: str) -> str:
    """The code of a plan that is drawn by form."""
    answer = manager.post("/plan/new", **ASKED | {"key": key, "do": "draw"} | changes)
    assert answer.status_code == 303, answer.text
    found = CODE.search(answer.headers["location"])
    assert found is not None
    return found.group(1)
