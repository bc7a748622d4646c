"""Forms: small, and only from pages of our own."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from cases.language.messages import _
from serving.access.denials import Forbidden
from serving.access.sessions import form_token
from serving.http.access.site import Site

LARGEST, MOST_FIELDS = 1 << 13, 10  # bytes; of a form that anybody may send
FORM = "application/x-www-form-urlencoded"
NOT_OURS = _("This form was not sent from a page of this service. Open the page and try again.")


async def read_form(
    request: Request,
    site: Site,
    secret: str | None,
    largest: int = LARGEST,
    most_fields: int = MOST_FIELDS,
) -> Mapping[str, str]:
    """The fields of a form that was shown to who has this secret; `Forbidden` for any other."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    origin = request.headers.get("origin")
    if kind != FORM or (origin is not None and origin != site.origin(request)):
        raise Forbidden(NOT_OURS)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise Forbidden(NOT_OURS)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields))
    except ValueError:
        raise Forbidden(NOT_OURS) from None
    sent = fields.get("form", "").encode()
    if secret is None or not hmac.compare_digest(sent, form_token(secret).encode()):
        raise Forbidden(NOT_OURS)
    return fields
