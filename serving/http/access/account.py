"""The pages to sign in, to choose a password and to sign out; complete without JavaScript."""

from __future__ import annotations

import secrets
from functools import partial
from http import HTTPStatus
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cases.errors import BadInput
from cases.language.catalogues import languages
from cases.language.messages import Sayable, _, say
from cases.office.model import Office
from serving.access.denials import Forbidden, TooMany
from serving.access.passwords import SHORTEST
from serving.access.rules import Action
from serving.access.sessions import Session, end, form_token
from serving.access.sign_in import KNOWN, Place, SignedIn, enter, sign_in
from serving.access.users import change_password
from serving.http.access.forms import read_form
from serving.http.access.guard import Guard, Line
from serving.http.access.site import path_of
from serving.http.pages.shell import rendering
from serving.http.pages.shell.reader import language_of

AT_ONCE = 2  # passwords that are checked at a time: each takes 64 MiB
MOST_WAITING = 20
WRONG = _("Name or password is not right.")
ONLY_SAFE = _("Passwords are taken over https only, or on the machine itself.")


class Account:
    """The pages of one office."""

    def __init__(self, guard: Guard, office: Office, *, has_provider: bool) -> None:
        self._guard, self._office, self._has_provider = guard, office, has_provider
        self._turn = anyio.CapacityLimiter(AT_ONCE)

    def lines(self) -> list[Line]:
        """Where these pages are."""
        at = partial(Line, action=Action.SIGN_IN)
        return [
            at("/sign-in", ("GET",), endpoint=self._ask),
            at("/sign-in", ("POST",), endpoint=self._sign_in),
            at("/sign-out", ("POST",), endpoint=self._sign_out),
            at("/password", ("GET",), endpoint=self._ask_password),
            at("/password", ("POST",), endpoint=self._choose),
        ]

    async def _ask(self, request: Request) -> Response:
        return self._sign_in_page(request, path_of(request.query_params.get("back", "/")))

    def _sign_in_page(
        self, request: Request, back: str, error: Sayable | None = None, name: str = ""
    ) -> Response:
        secret = self._guard.site.cookie(request, "form") or secrets.token_urlsafe(32)
        page = self._page(request, "sign_in.html", secret, error, back=back, name=name)
        self._guard.site.set_cookie(request, page, "form", secret, None)
        return page

    async def _sign_in(self, request: Request) -> Response:
        site = self._guard.site
        fields = await read_form(request, site, site.cookie(request, "form"))
        if not site.is_safe(request):
            raise Forbidden(ONLY_SAFE)
        back, name = path_of(fields.get("back", "/")), fields.get("name", "")
        try:
            password = fields.get("password", "")
            signed = await self._checking(
                sign_in, self._guard.attempts, name, password, self._place(request)
            )
        except TooMany as error:
            page = self._sign_in_page(request, back, error, name)
            page.status_code = HTTPStatus.TOO_MANY_REQUESTS
            page.headers["Retry-After"] = str(error.wait)
            return page
        if signed is None:
            return self._sign_in_page(request, back, WRONG, name)
        return signed_in(self._guard, request, signed, back)

    async def _checking(self, work: Any, *given: Any) -> Any:
        """The work of checking a password, few at a time."""
        if self._turn.statistics().tasks_waiting >= MOST_WAITING:
            raise TooMany(MOST_WAITING)
        return await anyio.to_thread.run_sync(
            work, self._guard.directory, *given, limiter=self._turn
        )

    def _place(self, request: Request) -> Place:
        site = self._guard.site
        return Place(
            site.client(request), site.cookie(request, "browser"), site.cookie(request, "session")
        )

    async def _sign_out(self, request: Request) -> Response:
        session = await self._guard.session(request, to_choose_password=True)
        await read_form(request, self._guard.site, session.token)
        await anyio.to_thread.run_sync(end, self._guard.directory, session.token)
        answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        self._guard.site.drop_cookie(request, answer, "session")
        return answer

    async def _ask_password(self, request: Request) -> Response:
        session = await self._guard.session(request, to_choose_password=True)
        return self._password_page(request, session)

    def _password_page(
        self, request: Request, session: Session, error: Sayable | None = None
    ) -> Response:
        once = session.user.once_until is not None
        return self._page(
            request, "password.html", session.token, error, once=once, shortest=SHORTEST
        )

    async def _choose(self, request: Request) -> Response:
        session = await self._guard.session(request, to_choose_password=True)
        fields = await read_form(request, self._guard.site, session.token)
        if wait := self._guard.attempts.wait(session.user.id):
            raise TooMany(wait)
        old, new = fields.get("old", ""), fields.get("new", "")
        try:
            right = await self._checking(change_password, session.user, old, new)
        except BadInput as error:
            return self._password_page(request, session, error.faults[0])
        if not right:
            self._guard.attempts.take(session.user.id)
            return self._password_page(request, session, WRONG)
        signed = await anyio.to_thread.run_sync(self._again, session, self._place(request))
        return signed_in(self._guard, request, signed, "/")

    def _again(self, session: Session, place: Place) -> SignedIn:
        """A new session after all have ended."""
        with self._guard.directory.writing() as connection:
            return enter(self._guard.directory, connection, session.user, place)

    def _page(
        self, request: Request, template: str, secret: str, error: Sayable | None, **more: Any
    ) -> Response:
        language = language_of(request, self._guard.site, self._office)
        values = {
            "office": self._office.office.name.say(language),
            "form": form_token(secret),
            "error": None if error is None else say(error, language),
            "has_provider": self._has_provider,
            "languages": sorted(languages()),
            "here": request.url.path,
            **more,
        }
        status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
        text = rendering.rendered(f"account/{template}", language, values)
        return HTMLResponse(text, status, headers=rendering.HEADERS)


def signed_in(guard: Guard, request: Request, signed: SignedIn, back: str) -> Response:
    """Go on to a page of ours with the cookies of a new session."""
    answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
    guard.site.set_cookie(request, answer, "session", signed.token, None)
    guard.site.set_cookie(request, answer, "browser", signed.browser, KNOWN)
    return answer
