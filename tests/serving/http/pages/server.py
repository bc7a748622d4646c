"""An application that a real browser can reach."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

PATIENCE = 30  # seconds


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The address of a server on this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    (sockets,) = server.servers
    try:
        yield f"http://127.0.0.1:{sockets.sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
