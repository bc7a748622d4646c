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
from serving.http.payloads import FaultOut, ProblemOut
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


def told(error: BaseException) -> Response:
    """Any error as the answer to the request that met it."""
    if isinstance(error, BadInput):
        count = len(error.faults)
        detail = f"The request has {count} {'fault' if count == 1 else 'faults'}."
        return problem(STATUS[type(error)], f"{detail} Nothing was computed.", error.faults)
    if isinstance(error, Refused):
        return problem(HTTPStatus.CONFLICT, str(error))
    if isinstance(error, HTTPException):
        return _not_served(error)
    return _internal(error)


def problem(
    status: HTTPStatus,
    detail: str,
    faults: Sequence[Fault] = (),
    *,
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem-details document."""
    document = ProblemOut(
        title=status.phrase,
        status=status,
        detail=detail,
        faults=[FaultOut(field=f.column, problem=f.problem, remedy=f.remedy) for f in faults],
        reference=reference,
    )
    return Response(document.model_dump_json(), status, headers, "application/problem+json")


def _not_served(error: HTTPException) -> Response:
    """Wrong address or method."""
    status = HTTPStatus(error.status_code)
    detail = "There is nothing at this address; the page at / lists what there is."
    if error.headers and "Allow" in error.headers:
        detail = f"This address takes {error.headers['Allow']}; see /docs.json."
    return problem(status, detail, headers=error.headers)


def _internal(error: BaseException) -> Response:
    """An error of ours. The log gets its kind and place; its message may hold personal data."""
    reference = secrets.token_hex(8)
    frames = traceback.walk_tb(error.__traceback__)
    places = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in frames]
    log.error("reference %s: %s at %s", reference, type(error).__name__, " > ".join(places))
    detail = f"An internal error. Give reference {reference} to whoever runs this service."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, reference=reference)
