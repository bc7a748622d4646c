"""Fields that several forms have: a reason, and a key by which a form sent twice is known."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from http import HTTPStatus

from cases.errors import BadInput, Fault
from cases.language.messages import _
from serving.http.pages.shell.visit import Visit

LONGEST_KEY = 64  # letters
LONGEST_REASON = 4_000  # letters
REASON = _("The reason")


def form_key(visit: Visit) -> str:
    """The key of a form that is shown: a fresh one, or that of a form that had faults."""
    return visit.sent.get("key") or secrets.token_urlsafe(16)


def key_of(visit: Visit) -> str:
    """The key that a form was sent with; `BadInput` if no page of ours made it."""
    key = visit.sent.get("key", "")
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        problem, remedy = _("was not made by this page."), _("Open the page again.")
        raise BadInput([Fault(_("The form"), problem, remedy)])
    return key


def reason_of(visit: Visit, field: str = "reason") -> str:
    """The reason that stands in a field; `BadInput` for none, and for one that is very long."""
    reason = visit.sent.get(field, "").strip()
    if not reason:
        problem, remedy = _("is missing."), _("Say why, so that others can follow it.")
        raise BadInput([Fault(REASON, problem, remedy, column=field)])
    if len(reason) > LONGEST_REASON:
        problem = _("has more than {most:,} letters.", most=LONGEST_REASON)
        raise BadInput([Fault(REASON, problem, _("Shorten it."), column=field)])
    return reason


def status_of(faults: Sequence[Fault]) -> HTTPStatus:
    """The status of a page that shows what an address asks for, with these faults in it."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
