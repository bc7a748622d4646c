"""The office's service over HTTP: its routes, and what every request goes through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from polars.exceptions import PanicException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.access.caller import Scope
from serving.access.denials import WHOLE_OFFICE, Denied, Forbidden
from serving.access.rules import Action
from serving.http import pages, problems
from serving.http.access.guard import Doorkeeper, Endpoint, Line, check_lines, route
from serving.http.guard import probes
from serving.http.guard.bodies import Room, body_of
from serving.http.guard.turns import Turns
from serving.http.openapi.document import document
from serving.http.operations import Operation, operations
from serving.http.reading.requests import read
from serving.http.recorded.recording import Answer, Keyed, answer_of, recorded
from serving.memory.current import Current

MOVED = ("/spot_checks", "/score", "/intake")  # to /v1; where they were before it


def application(
    current: Current,
    door: Doorkeeper,
    further: Iterable[Line] = (),
    lack: probes.Lack = probes.nothing,
) -> Starlette:
    """The ASGI application that answers from what is `current` when a request comes in.

    `door` tells who asks; `further` are addresses besides those of the operations. It is not ready
    as long as it can say what it `lack`s.
    """
    turns, room = Turns(), Room()
    office = current.known.office
    offered, language = operations(office), office.language
    lines = [
        Line(one.path, (one.method,), one.action, _endpoint(one, current, turns, room))
        for one in offered
    ]
    described = json.dumps(document(offered, office))

    async def docs(_request: Request) -> Response:
        return Response(described, media_type="application/json")

    async def landing(request: Request) -> Response:
        context = current.known.within(request.state.scope)
        session = getattr(request.state, "session", None)
        page = await anyio.to_thread.run_sync(
            pages.landing, offered, context, str(request.base_url), session
        )
        return HTMLResponse(page, headers=pages.HEADERS)

    async def not_served(_request: Request, error: Exception) -> Response:
        return problems.answer(error, language)

    see = Action.SEE_INTERFACE
    lines += [Line("/docs.json", ("GET",), see, docs), Line("/", ("GET",), see, landing)]
    lines += [Line(moved, ("POST",), see, _moved) for moved in MOVED]
    lines += probes.lines(language, lack)
    routes = [route(line, door, language) for line in (*lines, *further)]
    check_lines(routes)
    return Starlette(
        routes=routes, exception_handlers=dict.fromkeys((HTTPException, Exception), not_served)
    )


async def _moved(request: Request) -> Response:
    return RedirectResponse(f"/v1{request.url.path}", HTTPStatus.PERMANENT_REDIRECT)


def _endpoint(operation: Operation, current: Current, turns: Turns, room: Room) -> Endpoint:
    def compute(scope: Scope | None, body: bytes = b"", key: str | None = None) -> Answer:
        context = current.context.within(scope)
        request: Any = read(operation.request, body) if operation.request else None
        asked = Keyed(key, request) if operation.keyed else request
        return answer_of(operation.answer(context, asked), is_numbered=scope is None)

    async def endpoint(request: Request) -> Response:
        try:
            scope = request.state.scope
            if scope is not None and not operation.narrows:
                raise Forbidden(WHOLE_OFFICE)
            if operation.request is None:
                answer = await anyio.to_thread.run_sync(compute, scope)  # without a turn
                return Response(answer.text, media_type="application/json")
            key = request.headers.get("idempotency-key")
            async with body_of(request, room) as body:
                answer = await turns.take(request, partial(compute, scope, body, key))
            # Writing waits for the disk; others compute meanwhile.
            by, is_numbered = request.state.caller.id, scope is None
            told = partial(recorded, current, answer, by, is_numbered=is_numbered)
            text = await anyio.to_thread.run_sync(told)
            return Response(text, media_type="application/json")
        except ClientDisconnect:
            return Response(status_code=problems.GONE)
        except Denied:
            raise
        except (Exception, PanicException) as error:  # noqa: BLE001  here errors become answers
            return problems.answer(error, current.known.office.language)

    return endpoint
