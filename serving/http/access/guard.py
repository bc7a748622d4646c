"""Every address has a line: the action it is. Who may not do it does not get there."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from cases.language.catalogues import Language
from serving.access.caller import Caller
from serving.access.denials import Forbidden, NotSignedIn, TooMany
from serving.access.directory import Directory
from serving.access.keys import KeyRing
from serving.access.limits import Buckets
from serving.access.rules import OPEN, Action
from serving.access.sessions import Session, find_session
from serving.http import problems
from serving.http.access.site import Site

log = logging.getLogger("plumbline.access")

Endpoint = Callable[[Request], Awaitable[Response]]

# A second and at once, of one caller: stops a program that runs wild, not one that works.
RATE, BURST = 500, 2_000
# Of one client's address: keys and passwords that were wrong.
FAILED_RATE, FAILED_BURST = 0.2, 20
READS = ("GET", "HEAD")
HOUR = 3600  # seconds in which the same refusal is recorded once


@dataclass(frozen=True)
class Line:
    """An address, what is done there, and the function that does it."""

    path: str
    methods: tuple[str, ...]
    action: Action
    endpoint: Endpoint


class Doorkeeper(Protocol):
    """Tells who asks."""

    async def caller(self, request: Request, /) -> Caller:
        """Who asks; `NotSignedIn` if nobody knows, `TooMany` if too often."""

    async def refused(self, caller: Caller, action: Action) -> None:
        """Take note that a caller may not do this."""


class PasswordDue(NotSignedIn):
    """Signed in with a one-time password, and may only choose one."""


class Guard:
    """Tells who asks from machine keys and sessions."""

    def __init__(self, directory: Directory, site: Site) -> None:
        self.directory, self.site = directory, site
        self.attempts = Buckets(FAILED_RATE, FAILED_BURST, time.monotonic)
        self._ring = KeyRing(directory)
        self._rates = Buckets(RATE, BURST, time.monotonic)
        self._noted = Buckets(1 / HOUR, 1, time.monotonic)

    async def caller(self, request: Request, /) -> Caller:
        """Who asks: a program with its key; a person in a browser, who only reads."""
        given = request.headers.get("authorization")
        if given is not None:
            caller = await self._of_key(request, given)
        elif request.method in READS:
            caller = (await self.session(request)).user.caller
        else:
            raise NotSignedIn
        if wait := self._rates.take(caller.id):
            raise TooMany(wait)
        return caller

    async def session(self, request: Request, *, to_choose_password: bool = False) -> Session:
        """The session of a browser; `NotSignedIn` without one.

        `PasswordDue` where the password is to be chosen first and this is not the page for it.
        """
        token = self.site.cookie(request, "session")
        if token is None:
            raise NotSignedIn
        found = await anyio.to_thread.run_sync(find_session, self.directory, token)
        if found is None:
            raise NotSignedIn
        if found.user.once_until is not None and not to_choose_password:
            raise PasswordDue
        request.state.session = found
        return found

    async def refused(self, caller: Caller, action: Action) -> None:
        """Record a refusal, the same one once an hour: the ledger is not for filling."""
        if self._noted.take(f"{caller.id} {action}"):
            return
        note = partial(self.directory.note, "refused", caller.id, action=str(action))
        try:
            await anyio.to_thread.run_sync(note)
        except Exception as error:  # noqa: BLE001  it is refused whether or not it is recorded
            log.error("refusal_not_recorded", extra={"facts": {"error": type(error).__name__}})

    async def _of_key(self, request: Request, given: str) -> Caller:
        scheme, _blank, secret = given.partition(" ")
        caller = None
        if scheme.lower() == "bearer":
            caller = self._ring.remembered(secret)
            caller = caller or await anyio.to_thread.run_sync(self._ring.find, secret)
        if caller is not None:
            return caller
        # A right key is never asked to wait for wrong ones of its neighbours.
        if wait := self.attempts.take(self.site.client(request)):
            raise TooMany(wait)
        raise NotSignedIn


def route(line: Line, door: Doorkeeper, language: Language) -> Route:
    """The route of a line: `request.state` has the `caller` and the `scope` of its action.

    Actions that are open to everybody have neither.
    """

    async def checked(request: Request) -> Response:
        caller = None
        try:
            if line.action not in OPEN:
                caller = await door.caller(request)
                request.state.caller, request.state.scope = caller, caller.scope(line.action)
            return await line.endpoint(request)
        except ClientDisconnect:
            return Response(status_code=problems.GONE)
        except Exception as error:  # noqa: BLE001  here errors become answers
            if caller is not None and isinstance(error, Forbidden):
                await door.refused(caller, line.action)
            return _turned_away(request, error, language)

    checked.action = line.action  # type: ignore[attr-defined]
    return Route(line.path, checked, methods=line.methods)


def _turned_away(request: Request, error: Exception, language: Language) -> Response:
    """A browser is led to where somebody signs in; a program gets problem details."""
    reads = request.method in READS and "text/html" in request.headers.get("accept", "")
    if not reads or not isinstance(error, NotSignedIn):
        return problems.answer(error, language)
    if isinstance(error, PasswordDue):
        return RedirectResponse("/password", HTTPStatus.SEE_OTHER)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?back={quote(back, safe='')}", HTTPStatus.SEE_OTHER)


def check_lines(routes: Iterable[BaseRoute]) -> None:
    """`TypeError` for a route that has no line: nobody has said who may go there."""
    without = [one for one in routes if _action_of(one) is None]
    if without:
        raise TypeError(f"routes without an action: {without}")


def actions(routes: Sequence[BaseRoute]) -> dict[str, Action]:
    """The action of each path."""
    return {one.path: action for one in routes if (action := _action_of(one))}  # type: ignore[attr-defined]


def _action_of(one: BaseRoute) -> Action | None:
    action = getattr(getattr(one, "endpoint", None), "action", None)
    return action if isinstance(action, Action) else None
