"""The office's service over HTTP: routes, the bound on bodies, one computation at a time."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
import anyio.to_thread
from polars.exceptions import PanicException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from cases.errors import Fault
from serving.http import openapi, pages, problems
from serving.http.operations import Operation, operations
from serving.http.payloads import LARGEST_BODY
from serving.http.requests import REQUEST, read
from serving.use_cases.spot_checks import ServiceContext

Endpoint = Callable[[Request], Awaitable[Response]]


def application(context: ServiceContext) -> Starlette:
    """The ASGI application that answers from `context`."""
    # A computation uses every core by itself, so further ones wait for their turn; the
    # event loop stays free and /healthz answers meanwhile.
    turn = anyio.CapacityLimiter(1)
    offered = operations(context.office)
    routes = [
        Route(one.path, _endpoint(one, context, turn), methods=[one.method]) for one in offered
    ]
    office = context.office.office.name.say(context.office.language)
    described = json.dumps(openapi.document(offered, office))

    async def docs(_: Request) -> Response:
        return Response(described, media_type="application/json")

    async def landing(request: Request) -> Response:
        page = pages.landing(offered, context, str(request.base_url))
        return HTMLResponse(page, headers=pages.HEADERS)

    routes += [Route("/docs.json", docs), Route("/", landing)]
    return Starlette(routes=routes, exception_handlers={HTTPException: _told})


def _endpoint(one: Operation, context: ServiceContext, turn: anyio.CapacityLimiter) -> Endpoint:
    def compute(body: bytes) -> str:
        wish = read(one.wish, body) if one.wish else None
        return one.answer(context, wish).model_dump_json()

    async def endpoint(request: Request) -> Response:
        try:
            if one.wish is None:
                return Response(compute(b""), media_type="application/json")
            work = partial(compute, await _body(request))
            answer = await anyio.to_thread.run_sync(work, limiter=turn)
            return Response(answer, media_type="application/json")
        except ClientDisconnect:
            raise
        except (Exception, PanicException) as error:  # noqa: BLE001  here errors become answers
            return problems.told(error)

    return endpoint


async def _body(request: Request) -> bytes:
    """The body, at most `LARGEST_BODY` bytes of it; raises `NotJsonType` or `TooLarge`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        remedy = "Send it with the header `Content-Type: application/json`."
        raise problems.NotJsonType([Fault(REQUEST, "does not say that it is JSON.", remedy)])
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            problem = f"is longer than {LARGEST_BODY:,} bytes."
            raise problems.TooLarge([Fault(REQUEST, problem, "Send several requests.")])
    return bytes(body)


async def _told(_: Request, error: Exception) -> Response:
    return problems.told(error)
