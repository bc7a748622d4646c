"""Asking the application in this process, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from serving.http.app import application
from serving.use_cases.arrivals import Current
from serving.use_cases.context import ServiceContext
from tests.factories.fakes import context


def ask(method: str, path: str, of: ServiceContext | None = None, **sent: Any) -> httpx.Response:
    """The answer of a fresh application."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(application(Current(of or context())))
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
