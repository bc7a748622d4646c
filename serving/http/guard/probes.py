"""What those who run the service ask it: alive, ready, figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from cases.language.catalogues import Language
from cases.language.messages import Sayable
from serving.access.rules import Action
from serving.http import problems
from serving.http.access.guard import Line
from serving.http.guard import metrics
from serving.http.guard.limited import RETRY_AFTER

Lack = Callable[[], Sayable | str | None]


def nothing() -> None:
    """Nothing is lacking."""


def lines(language: Language, lack: Lack = nothing) -> Iterator[Line]:
    """`/livez`, `/readyz` and `/metrics`; `lack` says what an answer could not do without."""

    async def live(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        lacking = await anyio.to_thread.run_sync(lack)
        if lacking is None:
            return PlainTextResponse("ready\n")
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return problems.problem(status, lacking, language, headers=RETRY_AFTER)

    async def figures(_request: Request) -> Response:
        return await anyio.to_thread.run_sync(metrics.answer)

    yield Line("/livez", ("GET",), Action.SEE_ALIVE, live)
    yield Line("/readyz", ("GET",), Action.SEE_ALIVE, ready)
    yield Line("/metrics", ("GET",), Action.SEE_METRICS, figures)
