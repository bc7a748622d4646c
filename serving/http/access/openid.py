"""The way to a provider of OpenID Connect and back."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cases.language.messages import _
from serving.access.denials import Forbidden, TooMany
from serving.access.limits import Buckets
from serving.access.openid.flow import begin, finish
from serving.access.openid.provider import NotTrusted, Provider
from serving.access.rules import Action
from serving.access.sign_in import Place
from serving.http.access.account import signed_in
from serving.http.access.guard import Guard, Line
from serving.http.access.site import path_of

BEGIN, DONE = "/sign-in/openid", "/sign-in/openid/done"
BEGUN_RATE, BEGUN_BURST = 5, 200  # a second and at once, from one client's address
LONGEST = 2_000  # letters of what comes back
AT_ONCE = 4  # steps that wait for the provider: a slow one holds up nobody else
MOST_WAITING = 40
NOT_TRUSTED = _("Signing in did not succeed. Begin again at /sign-in.")

Done = TypeVar("Done")

log = logging.getLogger("plumbline.access")


class OpenIdWay:
    """The two addresses: where the way begins, and where it comes back to."""

    def __init__(self, guard: Guard, provider: Provider) -> None:
        self._guard, self._provider = guard, provider
        self._begun = Buckets(BEGUN_RATE, BEGUN_BURST, time.monotonic)
        self._turn = anyio.CapacityLimiter(AT_ONCE)

    def lines(self) -> list[Line]:
        """Where they are."""
        at = partial(Line, methods=("GET",), action=Action.SIGN_IN)
        return [at(BEGIN, endpoint=self._begin), at(DONE, endpoint=self._done)]

    async def _begin(self, request: Request) -> Response:
        site = self._guard.site
        if wait := self._begun.take(site.client(request)):
            raise TooMany(wait)
        # One secret for all tabs: each has a state of its own.
        browser = site.cookie(request, "form") or secrets.token_urlsafe(32)
        back = path_of(request.query_params.get("back", "/"))
        address = await self._trusting(
            partial(begin, self._guard.directory, self._provider, browser, back)
        )
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        site.set_cookie(request, answer, "form", browser, None)
        return answer

    async def _done(self, request: Request) -> Response:
        site, sent = self._guard.site, request.query_params
        if wait := self._guard.attempts.wait(site.client(request)):
            raise TooMany(wait)
        state, code = sent.get("state", "")[:LONGEST], sent.get("code", "")[:LONGEST]
        issuer = sent.get("iss", self._provider.settings.issuer)
        if issuer.rstrip("/") != self._provider.settings.issuer:  # RFC 9207
            raise Forbidden(NOT_TRUSTED)
        place = Place(
            site.client(request), site.cookie(request, "form"), site.cookie(request, "session")
        )
        try:
            signed, back = await self._trusting(
                partial(finish, self._guard.directory, self._provider, state, code, place)
            )
        except Forbidden:
            self._guard.attempts.take(site.client(request))
            raise
        return signed_in(self._guard, request, signed, back)

    async def _trusting(self, step: Callable[[], Done]) -> Done:
        """A step of the way, in a thread; `Forbidden` where the provider cannot be believed."""
        if self._turn.statistics().tasks_waiting >= MOST_WAITING:
            raise TooMany(MOST_WAITING)
        try:
            return await anyio.to_thread.run_sync(step, limiter=self._turn)
        except NotTrusted as error:
            log.warning("sign_in_refused", extra={"facts": {"reason": str(error)}})
            raise Forbidden(NOT_TRUSTED) from None
