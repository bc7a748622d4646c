"""The office's service over HTTP: its routes, and what every request goes through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from polars.exceptions import PanicException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from serving.access.caller import Caller
from serving.access.denials import WHOLE_OFFICE, Denied, Forbidden
from serving.access.rules import Action
from serving.http import problems
from serving.http.access.guard import Doorkeeper, Endpoint, Line, check_lines, route
from serving.http.access.site import Site
from serving.http.guard import probes
from serving.http.guard.bodies import Room, body_of
from serving.http.guard.turns import Turns
from serving.http.openapi.document import document
from serving.http.operations import Operation, operations
from serving.http.pages.all_pages import all_pages
from serving.http.pages.shell import open_files
from serving.http.pages.shell.page import Pages
from serving.http.pages.shell.reader import language_of, reads_pages
from serving.http.pages.shell.rooms import Rooms
from serving.http.reading.requests import read
from serving.http.recorded.recording import Answer, Keyed, answer_of, recorded
from serving.memory.current import Current

MOVED = ("/spot_checks", "/score", "/intake")  # to /v1; where they were before it


def application(
    current: Current,
    door: Doorkeeper,
    further: Iterable[Line] = (),
    lack: probes.Lack = probes.nothing,
    *,
    rooms: Rooms,
    site: Site | None = None,
) -> Starlette:
    """The ASGI application that answers from what is `current` when a request comes in.

    `door` tells who asks; `further` are addresses besides those of the operations. It is not ready
    as long as it can say what it `lack`s. `rooms` are folders of the office, `site` is where
    browsers find it.
    """
    turns, room, site = Turns(), Room(), site or Site()
    office = current.known.office
    offered, language = operations(office), office.language
    lines = [
        Line(one.path, (one.method,), one.action, _endpoint(one, current, turns, room))
        for one in offered
    ]

    @cache  # made when it is asked for first: it takes longer than everything else here
    def described() -> str:
        return json.dumps(document(offered, office))

    async def docs(_request: Request) -> Response:
        text = await anyio.to_thread.run_sync(described)
        return Response(text, media_type="application/json")

    async def not_served(request: Request, error: Exception) -> Response:
        if not reads_pages(request):
            return problems.answer(error, language)
        spoken = language_of(request, site, office)
        return problems.as_page(problems.answer(error, spoken), spoken)

    see = Action.SEE_INTERFACE
    lines += [Line("/docs.json", ("GET",), see, docs)]
    pages = Pages(current, door, rooms, turns, site)
    lines += [line for page in all_pages(offered) for line in pages.lines(page)]
    lines += open_files.lines(site)
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
    def compute(caller: Caller, body: bytes = b"", key: str | None = None) -> Answer:
        scope = caller.scope(operation.action)
        context = current.context.within(scope)
        request: Any = read(operation.request, body) if operation.request else None
        asked = Keyed(key, request, caller) if operation.keyed else request
        return answer_of(operation.answer(context, asked), is_numbered=scope is None)

    async def endpoint(request: Request) -> Response:
        try:
            caller, scope = request.state.caller, request.state.scope
            if scope is not None and not operation.narrows:
                raise Forbidden(WHOLE_OFFICE)
            if operation.request is None:
                work = partial(compute, caller)
                answer = await (
                    turns.take(request, work) if operation.heavy else anyio.to_thread.run_sync(work)
                )
                return Response(answer.text, media_type="application/json")
            key = request.headers.get("idempotency-key")
            async with body_of(request, room) as body:
                answer = await turns.take(request, partial(compute, caller, body, key))
            # Writing waits for the disk; others compute meanwhile.
            told = partial(recorded, current, answer, caller.id, is_numbered=scope is None)
            text = await anyio.to_thread.run_sync(told)
            return Response(text, media_type="application/json")
        except ClientDisconnect:
            return Response(status_code=problems.GONE)
        except Denied:
            raise
        except (Exception, PanicException) as error:  # noqa: BLE001  here errors become answers
            return problems.answer(error, current.known.office.language)

    return endpoint
