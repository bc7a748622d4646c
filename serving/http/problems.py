"""Errors as problem details (RFC 9457): what is wrong, where, and what to do. Never a trace."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cases.errors import BadInput, Fault, Refused
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, ngettext, say
from serving.http.documents import FaultOut, ProblemOut
from serving.http.requests import NotJson

log = logging.getLogger("plumbline.serving")


class TooLarge(BadInput):
    """The body is longer than the service reads."""


class NotJsonType(BadInput):
    """The request does not call its body JSON."""


STATUS = {
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotJson: HTTPStatus.BAD_REQUEST,
    NotJsonType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


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
        return problem(HTTPStatus.CONFLICT, error.message, language)
    if isinstance(error, HTTPException):
        return _not_served(error, language)
    return _internal(error, language)


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


def _not_served(error: HTTPException, language: Language) -> Response:
    """Wrong address or method."""
    detail = _("There is nothing at this address; the page at / lists what there is.")
    if error.headers and "Allow" in error.headers:
        detail = _("This address takes {methods}; see /docs.json.", methods=error.headers["Allow"])
    return problem(HTTPStatus(error.status_code), detail, language, headers=error.headers)


def _internal(error: BaseException, language: Language) -> Response:
    """An error of ours. The log gets its kind and where it was; its message may hold data."""
    reference = secrets.token_hex(8)
    frames = traceback.walk_tb(error.__traceback__)
    steps = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in frames]
    log.error("reference %s: %s at %s", reference, type(error).__name__, " > ".join(steps))
    detail = _(
        "An internal error. Give reference {reference} to those who run this service.",
        reference=reference,
    )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, language, reference=reference)
