"""What every page refers to, and the choice of a language: open to everybody."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cases.language.catalogues import languages
from serving.access.rules import Action
from serving.http.access.guard import Line
from serving.http.access.site import Site, path_of
from serving.http.pages.shell.rendering import SCRIPT, STYLES, file

YEAR = 365 * 24 * 3600  # seconds
KEPT = {"Cache-Control": f"public, max-age={YEAR}, immutable"}  # a changed file has another address
TYPES = {STYLES: "text/css", SCRIPT: "text/javascript"}


def lines(site: Site) -> list[Line]:
    """The stylesheet, the script, and where a reader chooses the language."""

    async def served(request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        return Response(file(name), headers=KEPT, media_type=TYPES[name])

    async def choose(request: Request) -> Response:
        back = path_of(request.query_params.get("back", "/"))
        answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
        code = request.query_params.get("code", "")
        if code in languages():
            site.set_cookie(request, answer, "language", code, YEAR)
        return answer

    files = [Line(f"/{name}", ("GET",), Action.SIGN_IN, served) for name in TYPES]
    return [*files, Line("/language", ("GET",), Action.SIGN_IN, choose)]
