"""One computation at a time; so many may wait; none for a client that has gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from cases.progress import until
from serving.http.guard import metrics
from serving.http.guard.limited import Limited, TooLong

MOST_WAITING = 128
MOST_SECONDS = 120.0  # from the last byte of the request to the answer

Answer = TypeVar("Answer")


class Turns:
    """A computation uses every core by itself, so further ones wait for their turn.

    The event loop stays free meanwhile.
    """

    def __init__(self, most: int = MOST_WAITING, seconds: float = MOST_SECONDS) -> None:
        self._most, self._seconds, self._inside = most, seconds, 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="computation")

    async def take(self, request: Request, work: Callable[[], Answer]) -> Answer:
        """What `work` gives when its turn has come.

        `Limited` if too many wait already or it takes too long; `ClientDisconnect` if the client
        of `request`, whose body has been read, has gone. Work that is not awaited any more is not
        begun, and ends at its next step.
        """
        if self._inside > self._most:
            raise Limited
        gone = threading.Event()
        self._changed(+1)
        future = asyncio.get_running_loop().run_in_executor(self._thread, until, gone, work)
        left = asyncio.create_task(_has_left(request))
        both: set[asyncio.Future[Any]] = {future, left}
        try:
            done, _waiting = await asyncio.wait(
                both, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if future in done:
                return future.result()
            raise ClientDisconnect if left in done else TooLong.after(self._seconds)
        finally:
            gone.set()
            future.cancel()
            left.cancel()
            self._changed(-1)

    def _changed(self, by: int) -> None:
        self._inside += by
        metrics.QUEUE.set(max(self._inside - 1, 0))


async def _has_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
