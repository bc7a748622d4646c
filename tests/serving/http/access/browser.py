"""Browsers and programs that ask an application in this process."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

HTML = {"Accept": "text/html"}
FORM = re.compile(r'name="form" value="([0-9a-f]{64})"')


@dataclass
class Browser:
    """One client with its cookies; `address` is where its requests come from."""

    app: Starlette
    base: str = "http://localhost:3000"
    address: str = "192.0.2.1"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer; cookies are kept."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 1))
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **sent)
                self.cookies = client.cookies
                return answer

        return asyncio.run(go())

    def get(self, path: str, **sent: Any) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path, headers=HTML | sent.pop("headers", {}), **sent)

    def send(self, path: str, page: str | None = None, **fields: str) -> httpx.Response:
        """Fill in the form of a page (by default the one at the same address) and send it."""
        shown = FORM.search(self.get(page or path).text)
        token = {"form": shown[1]} if shown else {}
        return self.ask("POST", path, data=token | fields)

    def sign_in(self, name: str, password: str, back: str = "/") -> httpx.Response:
        """Sign in on the page."""
        return self.send("/sign-in", name=name, password=password, back=back)


def program(app: Starlette, key: str | None, method: str, path: str, **sent: Any) -> httpx.Response:
    """The answer to a program with a machine key."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return Browser(app).ask(method, path, headers=headers | sent.pop("headers", {}), **sent)
