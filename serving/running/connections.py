"""HTTP/1.1 connections that nobody can keep open by doing nothing, one worker's uvicorn.

uvicorn bounds the size of a request's head. What it does not bound is bounded here: how long a head
and a body may take, how much is read of a body that nobody wants, and how many connections there
are.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.running.sockets import BACKLOG
from serving.running.supervisor import READY, RETIRE

MOST_CONNECTIONS = 500  # of one worker; a new one takes the place of one that waits
SECONDS = {h11.IDLE: 10.0, h11.SEND_BODY: 40.0}  # for a head, and for a body
MOST_UNREAD = 8 * 1024 * 1024  # bytes of a body after its answer
GRACE = {h11.IDLE: 1.0, h11.SEND_BODY: 3.0}  # seconds for those that are not whole at the end
KEEP_ALIVE = 75  # seconds between two requests; longer than a proxy keeps a connection
STOPPING, RETIRING = 7, 120  # seconds for answers that are being made


log = logging.getLogger("plumbline.running")


class Connection(H11Protocol):
    """One connection."""

    _phase: Any = None
    _deadline: asyncio.TimerHandle | None = None
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come; if there are too many, one that waits must go."""
        super().connection_made(transport)
        state: Any = self.server_state
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = next((one for one in state.in_order if one.waits), self)
            waiting.transport.abort()
        state.in_order[self] = None
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._end_phase()
        state: Any = self.server_state
        state.in_order.pop(self, None)
        super().connection_lost(exc)

    @property
    def waits(self) -> bool:
        """Whether the client has asked nothing that is being answered."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def data_received(self, data: bytes) -> None:
        """Read; the whole of a request must be there in time."""
        if self.cycle is not None and self.cycle.response_complete and self._in_body:
            self._unread += len(data)
            if self._unread > MOST_UNREAD:
                self.transport.abort()
                return
        super().data_received(data)
        self._watch()

    @property
    def _in_body(self) -> bool:
        return bool(self.conn.their_state is h11.SEND_BODY)

    def _watch(self) -> None:
        """Start the time of the part of a request that is being read, and end that of the last."""
        phase = self.conn.their_state
        if phase is self._phase:
            return
        self._end_phase()
        if phase in SECONDS and not self.transport.is_closing():
            self._phase = phase
            self._deadline = self.loop.call_later(SECONDS[phase], self.transport.abort)

    def _end_phase(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._phase = self._deadline = None

    def on_response_complete(self) -> None:
        """Wait for the next request, unless the worker is ending."""
        super().on_response_complete()
        self._unread = 0
        self._end_phase()
        if self._in_body:
            self._watch()

    def shutdown(self) -> None:
        """The worker ends. A request on its way may still come, and its answer closes."""
        part = self.conn.their_state
        if part in GRACE and not (part is h11.IDLE and not self.waits):
            self.loop.call_later(GRACE[part], self._close_unless_asked)
        else:
            super().shutdown()

    def _close_unless_asked(self) -> None:
        if self.waits or self._in_body:
            self.transport.abort() if self._in_body else self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets a problem document like everything else."""
        del msg
        config: Any = self.config
        body = config.not_http
        head = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn that tells the supervisor when it is ready, and ends when told or left alone."""

    def __init__(self, config: uvicorn.Config, line: socket.socket) -> None:
        super().__init__(config)
        self._line = line
        state: Any = self.server_state
        state.in_order = {}  # connections, the oldest first

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._line, self._told)
        self._line.send(READY)
        log.info("ready")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what is being answered; every answer from now on closes its connection."""
        self.server_state.default_headers.append((b"connection", b"close"))
        await super().shutdown(sockets)

    def _told(self) -> None:
        """The supervisor says to retire, or is gone."""
        asyncio.get_running_loop().remove_reader(self._line)
        if self._line.recv(len(RETIRE)) == RETIRE:
            self.config.timeout_graceful_shutdown = RETIRING
        self.should_exit = True


def run(app: Any, listening: socket.socket, line: socket.socket, not_http: bytes) -> None:
    """Serve `app` until the end; `not_http` is the body of the answer to what is no HTTP."""
    config: Any = uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOPPING,
        backlog=BACKLOG,
    )
    config.not_http = not_http
    Server(config, line).run(sockets=[listening])
