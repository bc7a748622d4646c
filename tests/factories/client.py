"""Asking the application in this process, without a server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from serving.access.caller import Caller
from serving.access.rules import Action, Role
from serving.http.app import application
from serving.http.pages.shell.rooms import Rooms
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from tests.factories.fakes import InMemory, context

NOWHERE = Path("/nowhere")
NO_ROOMS = Rooms(NOWHERE)
EVERYTHING = Caller("everything", frozenset(Role))


class OpenDoor:
    """Takes every request for one of the same caller."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def caller(self, _request: Request) -> Caller:
        """Who asks, whatever the request says."""
        return self._caller

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form, whoever sent it."""
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))

    async def refused(self, caller: Caller, action: Action) -> None:
        """Nothing is taken note of."""


def opened(
    of: ServiceContext | None = None,
    caller: Caller = EVERYTHING,
    ledger: InMemory | None = None,
    home: Path = NOWHERE,
    rooms: Rooms | None = None,
) -> Starlette:
    """An application that takes every request for one of the caller, over the `ledger`."""
    current = Current(of or context(), ledger or InMemory())
    return application(current, OpenDoor(caller), rooms=rooms or Rooms(home))


def ask(
    method: str,
    path: str,
    of: ServiceContext | None = None,
    caller: Caller = EVERYTHING,
    ledger: InMemory | None = None,
    home: Path = NOWHERE,
    rooms: Rooms | None = None,
    **sent: Any,
) -> httpx.Response:
    """The answer of a fresh application to the caller, who by default may do everything.

    It knows what is in the `ledger`.
    """

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(opened(of, caller, ledger, home, rooms))
        async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
            return await client.request(method, path, **sent)

    return asyncio.run(go())


def case(**changes: Any) -> dict[str, Any]:
    """A closed case as a request sends it."""
    return {
        "case_id": "x",
        "opened_at": "2026-01-01",
        "closed_at": "2026-05-01",
        "kind": "theft",
        "unit": "u1",
        "handler": "h1",
        "attributes": {"suspects": 3, "charge": "theft", "appealed": False},
        "events": [{"at": "2026-02-01T09:30:00", "activity": "returned"}],
    } | changes


def request(**changes: Any) -> dict[str, Any]:
    """A request for spot checks."""
    return {"as_of": "2026-06-30", "capacity": 2, "seed": "1"} | changes
