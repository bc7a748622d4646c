"""Connections that would stay for ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import h11
import pytest
import uvicorn

from serving.running import connections
from serving.running.connections import Connection, Server

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers a GET at once, and anything else when its body has come."""
    while scope["method"] != "GET":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


Ask = Callable[["Opened"], Awaitable[Any]]


class Opened:
    """A server in this process, and connections to it."""

    def __init__(self, server: Server, port: int) -> None:
        self.server, self.port = server, port
        self.writers: list[asyncio.StreamWriter] = []

    async def connect(self, sent: bytes = b"") -> asyncio.StreamReader:
        """A new connection on which this was sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        self.writers.append(writer)
        return reader

    async def send_for_ever(self, piece: bytes) -> None:
        """On the newest connection."""
        while True:
            self.writers[-1].write(piece)
            await self.writers[-1].drain()


def with_server(ask: Ask) -> Any:
    """What `ask` gives with a server."""
    config: Any = uvicorn.Config(
        app, http=Connection, lifespan="off", log_config=None, ws="none", loop="asyncio"
    )
    config.not_http = b"{}"

    async def go() -> Any:
        config.load()
        server = Server(config, None)  # type: ignore[arg-type]  nobody watches it
        state = server.server_state
        made = await asyncio.get_running_loop().create_server(
            lambda: Connection(config, state, {}), "127.0.0.1", 0
        )
        async with made:
            opened = Opened(server, made.sockets[0].getsockname()[1])
            try:
                return await ask(opened)
            finally:
                for writer in opened.writers:
                    writer.close()

    return asyncio.run(go())


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of a few hundredths of a second."""
    monkeypatch.setattr(connections, "SECONDS", {h11.IDLE: 0.05, h11.SEND_BODY: 0.05})
    monkeypatch.setattr(connections, "GRACE", {h11.IDLE: 0.01, h11.SEND_BODY: 0.01})


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD, HEAD + b"half"])
def test_a_request_that_does_not_come_is_cut_off(sent: bytes):
    """Nothing at all, half a head, no body, half a body."""

    async def ask(opened: Opened) -> bytes:
        reader = await opened.connect(sent)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""

    assert with_server(ask) == b""


def test_a_second_request_that_stops_halfway_is_cut_off_too():
    """The time starts anew with each request, and an answered one has none."""

    async def ask(opened: Opened) -> bytes:
        reader = await opened.connect(GET)
        answer = await reader.readexactly(len(b"HTTP/1.1 200"))
        opened.writers[-1].write(b"GET / HT")
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        return answer

    assert with_server(ask) == b"HTTP/1.1 200"


def test_a_new_client_takes_the_place_of_one_that_waits(monkeypatch):
    """Connections that ask nothing keep nobody out."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 2)
    monkeypatch.setattr(connections, "SECONDS", {})

    async def ask(opened: Opened) -> bytes:
        idle = [await opened.connect() for _ in range(2)]
        reader = await opened.connect(GET)
        answer = await reader.readexactly(len(b"HTTP/1.1 200"))
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await idle[0].readexactly(1)
        return answer

    assert with_server(ask) == b"HTTP/1.1 200"


def test_a_body_that_nobody_reads_is_not_read_for_ever(monkeypatch):
    """The answer was sent, and the client goes on sending."""
    monkeypatch.setattr(connections, "MOST_UNREAD", 100_000)

    async def ask(opened: Opened) -> None:
        sent = b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        reader = await opened.connect(sent)
        await reader.readexactly(len(b"HTTP/1.1 200"))
        with pytest.raises(ConnectionError):
            await opened.send_for_ever(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")

    with_server(ask)


def test_what_is_no_http_gets_a_problem_document():
    """And the connection is closed."""

    async def ask(opened: Opened) -> bytes:
        return await (await opened.connect(b"\x16\x03\x01 no HTTP\r\n\r\n")).read()

    answer = with_server(ask)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(("sent", "told"), [(b"", b""), (GET, b"200"), (HEAD, b"")])
def test_at_the_end_every_connection_closes(sent: bytes, told: bytes, monkeypatch):
    """One that waits, one that was answered, one whose body never comes."""
    monkeypatch.setattr(connections, "SECONDS", {})

    async def ask(opened: Opened) -> bytes:
        reader = await opened.connect(sent)
        answer = await reader.readexactly(12) if told else b""
        while not opened.server.server_state.connections:
            await asyncio.sleep(0)
        for one in list(opened.server.server_state.connections):
            one.shutdown()
        try:
            return answer + await reader.read()
        except ConnectionResetError:
            return answer

    assert told in with_server(ask)
