"""A page as an address of the service: shown, and its form carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cases.errors import BadInput, Fault, Refused
from cases.language.catalogues import languages
from cases.language.messages import _, say
from serving.access.rules import Action
from serving.http.access.guard import Doorkeeper, Line
from serving.http.access.site import Site
from serving.http.guard.turns import Turns
from serving.http.pages.shell import rendering
from serving.http.pages.shell.menu import menu
from serving.http.pages.shell.notices import SAID
from serving.http.pages.shell.reader import here_of, language_of, now_of
from serving.http.pages.shell.rooms import Rooms
from serving.http.pages.shell.visit import Download, GoTo, NotFound, Shown, Visit, Whole
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext

Show = Callable[[Visit], "Shown | GoTo | Download | Whole"]
Act = Callable[[Visit], "GoTo | Shown"]

NOT_FOUND = _("There is no such page, or it is not among what you may see.")
NOT_DONE = _("This was not done")


@dataclass(frozen=True)
class Page:
    """An address for people.

    `show` makes it; `act` carries out its form, may raise `BadInput` or `Refused`, and is open to
    who may do `act_as` (by default what may see it). `heavy` ones wait for their turn to compute.
    A fault of a form names the field in `column`.
    """

    path: str
    action: Action
    show: Show
    act: Act | None = None
    act_as: Action | None = None
    heavy: bool = False


@dataclass(frozen=True)
class Pages:
    """All that pages of one office are made with."""

    current: Current
    door: Doorkeeper
    rooms: Rooms
    turns: Turns
    site: Site

    def lines(self, page: Page) -> list[Line]:
        """The address of a page, to be read and, if it has a form, to be sent to."""
        found = [Line(page.path, ("GET",), page.action, partial(self._get, page), is_page=True)]
        if page.act is not None:
            action = page.act_as or page.action
            found.append(
                Line(page.path, ("POST",), action, partial(self._post, page), is_page=True)
            )
        return found

    async def _get(self, page: Page, request: Request) -> Response:
        return await self._answered(page, request, partial(self._shown, page, request))

    async def _post(self, page: Page, request: Request) -> Response:
        sent = await self.door.form(request)
        return await self._answered(page, request, partial(self._acted, page, request, sent))

    async def _answered(
        self, page: Page, request: Request, work: Callable[[], Response]
    ) -> Response:
        if page.heavy:
            return await self.turns.take(request, work)
        return await anyio.to_thread.run_sync(work)

    def _shown(self, page: Page, request: Request) -> Response:
        return self._response(page, request, self._visit(request))

    def _acted(self, page: Page, request: Request, sent: Mapping[str, str]) -> Response:
        visit = replace(self._visit(request), sent=sent)
        assert page.act is not None  # noqa: S101  only such a page has a line for forms
        try:
            done = page.act(visit)
            return self._gone_on(done) if isinstance(done, GoTo) else _html(request, visit, done)
        except BadInput as error:
            faults = error.faults
        except Refused as error:
            faults = (Fault(NOT_DONE, error.message, ""),)
        except NotFound:
            return self._not_found(request, visit)
        return self._response(page, request, replace(visit, faults=faults))

    def _response(self, page: Page, request: Request, visit: Visit) -> Response:
        try:
            shown = page.show(visit)
        except NotFound:
            return self._not_found(request, visit)
        if isinstance(shown, GoTo):
            return self._gone_on(shown)
        if isinstance(shown, Download):
            named = f'attachment; filename="{shown.name}"'
            headers = rendering.HEADERS | {"Content-Disposition": named}
            return Response(shown.content, headers=headers, media_type=shown.media_type)
        if isinstance(shown, Whole):
            return HTMLResponse(shown.content, headers=rendering.whole_headers(shown.content))
        return _html(request, visit, shown)

    def _not_found(self, request: Request, visit: Visit) -> Response:
        shown = Shown("not_found.html", NOT_FOUND, status=HTTPStatus.NOT_FOUND)
        return _html(request, visit, shown)

    def _gone_on(self, to: GoTo) -> Response:
        joint = "&" if "?" in to.address else "?"
        said = f"{joint}said={to.said}" if to.said else ""
        return RedirectResponse(f"{to.address}{said}", HTTPStatus.SEE_OTHER)

    def _visit(self, request: Request) -> Visit:
        def latest() -> ServiceContext:
            return self.current.context.within(request.state.scope)

        context = latest()
        return Visit(
            context=context,
            caller=request.state.caller,
            language=language_of(request, self.site, context.office),
            rooms=self.rooms,
            record=self.current.record_all,
            latest=latest,
            ledger=self.current.ledger,
            now=now_of(context.office),
            query=dict(request.query_params),
            session=getattr(request.state, "session", None),
            origin=str(request.base_url),
        )


def _html(request: Request, visit: Visit, shown: Shown) -> Response:
    language, context = visit.language, visit.context
    values = {
        "title": say(shown.title, language),
        "office": context.office.office.name.say(language),
        "demo": context.office.office.demo,
        "menu": list(menu(visit.caller)),
        "here": request.url.path,
        "session": visit.session,
        "form_token": visit.session.form_token if visit.session else "",
        "faults": visit.faults,
        "fields_at_fault": {fault.column for fault in visit.faults if fault.column},
        "said": SAID.get(visit.query.get("said", "")),
        "languages": sorted(languages()),
        "back": here_of(request),
        "position": context.remembered.position if context.scope is None else None,
        "visit": visit,
        **shown.values,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if visit.faults else shown.status
    text = rendering.rendered(shown.template, language, values)
    return HTMLResponse(text, status, headers=rendering.HEADERS)
