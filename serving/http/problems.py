"""Errors as problem details (RFC 9457): what is wrong, where, and what to do. Never a trace."""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from cases.errors import BadInput, Fault, Refused
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, ngettext, say
from serving.access.denials import Denied, NotSignedIn, TooMany
from serving.http.documents import FaultOut, ProblemOut
from serving.http.guard.limited import Limited
from serving.http.pages.shell.rendering import HEADERS, rendered
from serving.http.reading.requests import NotJson
from serving.http.recorded.facts import NoKey
from serving.memory.current import NoLedger

GONE = 499  # the client has closed the connection, and nobody reads the answer

log = logging.getLogger("plumbline.serving")
_reference: ContextVar[str] = ContextVar("reference", default="")


class TooLarge(BadInput):
    """The body is longer than the service reads."""


class NotJsonType(BadInput):
    """The request does not call its body JSON."""


STATUS = {
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotJson: HTTPStatus.BAD_REQUEST,
    NoKey: HTTPStatus.BAD_REQUEST,
    NotJsonType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
KEPT = ("Retry-After", "WWW-Authenticate")
LATER = {"Retry-After": "5"}  # seconds


def new_reference() -> str:
    """A reference by which the request that is being answered is found in the log."""
    reference = secrets.token_hex(8)
    _reference.set(reference)
    return reference


def answer(error: BaseException, language: Language) -> Response:
    """Any error as the answer to the request that met it, in `language`."""
    if isinstance(error, BadInput):
        detail = ngettext(
            "The request has {count} fault. Nothing was computed.",
            "The request has {count} faults. Nothing was computed.",
            len(error.faults),
        )
        return problem(STATUS[type(error)], detail, language, error.faults)
    if isinstance(error, Refused):
        later = isinstance(error, NoLedger)
        status = HTTPStatus.SERVICE_UNAVAILABLE if later else HTTPStatus.CONFLICT
        return problem(status, error.message, language, headers=LATER if later else None)
    if isinstance(error, Denied):
        return _denied(error, language)
    if isinstance(error, Limited):
        return problem(error.status, error.detail, language, headers=error.headers)
    if isinstance(error, HTTPException):
        return _not_served(error, language)
    return _internal(error, language)


def _denied(error: Denied, language: Language) -> Response:
    status, headers = HTTPStatus.FORBIDDEN, {}
    if isinstance(error, NotSignedIn):
        status, headers = HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooMany):
        status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.wait)}
    return problem(status, error.message, language, headers=headers)


def problem(
    status: HTTPStatus,
    detail: Sayable | str,
    language: Language,
    faults: Sequence[Fault] = (),
    *,
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem-details document; the title is the English name of the status, for programs."""
    document = ProblemOut(
        title=status.phrase,
        status=status,
        detail=say(detail, language),
        faults=[
            FaultOut(
                field=fault.column,
                problem=say(fault.problem, language),
                remedy=say(fault.remedy, language),
            )
            for fault in faults
        ],
        reference=reference,
    )
    return Response(document.model_dump_json(), status, headers, "application/problem+json")


def as_page(answered: Response, language: Language) -> Response:
    """The same for somebody who reads it in a browser."""
    said = json.loads(bytes(answered.body))
    page = rendered("problem.html", language, {"problem": said})
    headers = {name: answered.headers[name] for name in KEPT if name in answered.headers}
    return HTMLResponse(page, answered.status_code, headers=HEADERS | headers)


def not_http(language: Language) -> bytes:
    """The body of the answer to what cannot be read as HTTP."""
    detail = _("This is not a request that can be read as HTTP/1.1.")
    return bytes(problem(HTTPStatus.BAD_REQUEST, detail, language).body)


def _not_served(error: HTTPException, language: Language) -> Response:
    """Wrong address or method."""
    detail = _("There is nothing at this address; the page at / lists what there is.")
    if error.headers and "Allow" in error.headers:
        detail = _("This address takes {methods}; see /docs.json.", methods=error.headers["Allow"])
    return problem(HTTPStatus(error.status_code), detail, language, headers=error.headers)


def _internal(error: BaseException, language: Language) -> Response:
    """An error of ours. The log gets its kind and where it was; its message may hold data."""
    reference = _reference.get() or new_reference()
    frames = traceback.walk_tb(error.__traceback__)
    steps = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in frames]
    facts = {"reference": reference, "error": type(error).__name__, "at": " > ".join(steps)}
    log.error("internal_error", extra={"facts": facts})
    detail = _(
        "An internal error. Give reference {reference} to those who run this service.",
        reference=reference,
    )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, language, reference=reference)
