"""Every address has a line: the action it is. Who may not do it does not get there."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
from serving.http.access.forms import read_form
from serving.http.access.site import Site
from serving.http.pages.shell.reader import here_of, reads_pages

log = logging.getLogger("plumbline.access")

Endpoint = Callable[[Request], Awaitable[Response]]

# A second and at once, of one caller: stops a program that runs wild, not one that works.
RATE, BURST = 500, 2_000
# Of one client's address: keys and passwords that were wrong.
FAILED_RATE, FAILED_BURST = 0.2, 20
# Of who is signed in: a letter takes up to 9 bytes in a form, and a grade has a text a dimension.
LARGEST_FORM, MOST_FIELDS = 1 << 20, 200  # bytes
READS = ("GET", "HEAD")
HOUR = 3600  # seconds in which the same refusal is recorded once


@dataclass(frozen=True)
class Line:
    """An address, what is done there, and the function that does it."""

    path: str
    methods: tuple[str, ...]
    action: Action
    endpoint: Endpoint
    is_page: bool = False  # for people: what is sent there are forms, of who is signed in


class Doorkeeper(Protocol):
    """Tells who asks."""

    async def caller(self, request: Request, /) -> Caller:
        """Who asks; `NotSignedIn` if nobody knows, `TooMany` if too often."""

    async def form(self, request: Request, /) -> Mapping[str, str]:
        """The fields of a form that a signed-in person sent; `Forbidden` if no page of ours had it.

        Asked for after `caller`.
        """

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
        """Who asks: a program with its key; a person in a browser, who reads or sends a form."""
        given, is_form = request.headers.get("authorization"), request.state.is_form
        if given is not None and not is_form:
            caller = await self._of_key(request, given)
        elif request.method in READS or is_form:
            caller = (await self.session(request)).user.caller
        else:
            raise NotSignedIn
        if wait := self._rates.take(caller.id):
            raise TooMany(wait)
        return caller

    async def form(self, request: Request, /) -> Mapping[str, str]:
        """The fields of a form that was shown to this session."""
        token = request.state.session.token
        return await read_form(request, self.site, token, LARGEST_FORM, MOST_FIELDS)

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
        request.state.is_form = line.is_page and request.method not in READS
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
            return _turned_away(request, error, language, line)

    checked.action = line.action  # type: ignore[attr-defined]
    return Route(line.path, checked, methods=line.methods)


def _turned_away(request: Request, error: Exception, language: Language, line: Line) -> Response:
    """A browser is led to where somebody signs in; a program gets problem details."""
    reads = reads_pages(request)
    if not reads or not isinstance(error, NotSignedIn):
        found = problems.answer(error, language)
        return problems.as_page(found, language) if reads and line.is_page else found
    if isinstance(error, PasswordDue):
        return RedirectResponse("/password", HTTPStatus.SEE_OTHER)
    back = here_of(request)
    return RedirectResponse(f"/sign-in?back={quote(back, safe='')}", HTTPStatus.SEE_OTHER)


def check_lines(routes: Iterable[BaseRoute]) -> None:
    """`TypeError` for a route that has no line: nobody has said who may go there."""
    without = [one for one in routes if _action_of(one) is None]
    if without:
        raise TypeError(f"routes without an action: {without}")


def actions(routes: Sequence[BaseRoute]) -> list[tuple[str, str, Action]]:
    """Method, path and action of each line."""
    return [
        (method, one.path, action)  # type: ignore[attr-defined]
        for one in routes
        if (action := _action_of(one))
        for method in sorted(one.methods - {"HEAD"})  # type: ignore[attr-defined]
    ]


def _action_of(one: BaseRoute) -> Action | None:
    action = getattr(getattr(one, "endpoint", None), "action", None)
    return action if isinstance(action, Action) else None
