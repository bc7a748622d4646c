"""The office's service over HTTP: routes, the bound on bodies, one computation at a time."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

import anyio
import anyio.to_thread
from polars.exceptions import PanicException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cases.language.messages import _
from serving.http import openapi, pages, problems
from serving.http.operations import Operation, operations
from serving.http.payloads import LARGEST_BODY
from serving.http.requests import read
from serving.use_cases.arrivals import Current
from serving.use_cases.faults import fault

MOVED = ("/spot_checks", "/score", "/intake")  # to /v1; where they were before it
GONE = 499  # the client has closed the connection, and nobody reads the answer

Endpoint = Callable[[Request], Awaitable[Response]]


def application(current: Current) -> Starlette:
    """The ASGI application that answers from what is `current` when a request comes in."""
    # A computation uses every core by itself, so further ones wait for their turn; the
    # event loop stays free and /healthz answers meanwhile.
    turn = anyio.CapacityLimiter(1)
    office = current.context.office
    offered, language = operations(office), office.language
    routes = [
        Route(operation.path, _endpoint(operation, current, turn), methods=[operation.method])
        for operation in offered
    ]
    described = json.dumps(openapi.document(offered, office.office.name.say(openapi.LANGUAGE)))

    async def docs(_request: Request) -> Response:
        return Response(described, media_type="application/json")

    async def landing(request: Request) -> Response:
        page = await anyio.to_thread.run_sync(
            pages.landing, offered, current.context, str(request.base_url)
        )
        return HTMLResponse(page, headers=pages.HEADERS)

    async def not_served(_request: Request, error: Exception) -> Response:
        return problems.answer(error, language)

    routes += [Route("/docs.json", docs), Route("/", landing)]
    routes += [Route(moved, _moved, methods=["POST"]) for moved in MOVED]
    return Starlette(routes=routes, exception_handlers={HTTPException: not_served})


async def _moved(request: Request) -> Response:
    return RedirectResponse(f"/v1{request.url.path}", HTTPStatus.PERMANENT_REDIRECT)


def _endpoint(operation: Operation, current: Current, turn: anyio.CapacityLimiter) -> Endpoint:
    def compute(body: bytes) -> str:
        request = read(operation.request, body) if operation.request else None
        return operation.answer(current.context, request).model_dump_json()

    async def endpoint(request: Request) -> Response:
        try:
            if operation.request is None:
                return Response(compute(b""), media_type="application/json")
            work = partial(compute, await _body(request))
            answer = await anyio.to_thread.run_sync(work, limiter=turn)
            return Response(answer, media_type="application/json")
        except ClientDisconnect:
            return Response(status_code=GONE)
        except (Exception, PanicException) as error:  # noqa: BLE001  here errors become answers
            return problems.answer(error, current.context.office.language)

    return endpoint


async def _body(request: Request) -> bytes:
    """The body, at most `LARGEST_BODY` bytes of it; raises `NotJsonType` or `TooLarge`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        remedy = _("Send it with the header `Content-Type: application/json`.")
        problem = _("does not say that it is JSON.")
        raise problems.NotJsonType([fault(None, problem, remedy)])
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            problem = _("is longer than {bytes:,} bytes.", bytes=LARGEST_BODY)
            raise problems.TooLarge([fault(None, problem, _("Send several requests."))])
    return bytes(body)
