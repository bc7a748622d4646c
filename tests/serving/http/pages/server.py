"""An application that a real browser can reach, and what is wrong with a page there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from tests.evaluation.pages.views import barriers, faults

PATIENCE = 30  # seconds
PHONE, DESK = 320, 1280  # CSS pixels


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


def visited(browser: Any, address: str, language: str, width: int = DESK, **more: Any) -> Any:
    """A browser whose reader has chosen a language."""
    given = browser.new_context(viewport={"width": width, "height": 800}, **more)
    chosen = f"plumbline-language-{address.rpartition(':')[2]}"
    given.add_cookies([{"name": chosen, "value": language, "url": address}])
    return given


def wrong(page: Any) -> list[str]:
    """What is wrong with a page on a phone and at a desk, by our rules and those of axe-core.

    axe-core takes by far the longest and looks once: on the phone in Chinese, else at the desk.
    """
    is_chinese = page.get_attribute("html", "lang").startswith("zh")
    found = []
    for width in (DESK, PHONE) if is_chinese else (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"at {width}: {one}" for one in faults(page)]
    return found + barriers(page)
