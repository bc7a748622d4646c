"""`/keys`: the keys of programs."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.errors import BadInput, Fault
from cases.language.messages import _
from serving.access.keys import LONGEST, make_key, revoke
from serving.access.keys import keys as all_keys
from serving.http.pages.administration.words import (
    directory_of,
    grant_of,
    granting,
    roles_said,
    units_said,
)
from serving.http.pages.shell.visit import GoTo, Shown, Visit

PATH = "/keys"
TITLE, ADD = _("Keys of programs"), _("Make a key")
DAYS = "365"


def show(visit: Visit) -> Shown:
    """Every key, by name, with a button that takes it back."""
    asks = visit.query.get("asks", "")
    lines = [
        {
            "name": key.name,
            "roles": roles_said(key.grant),
            "units": units_said(key.grant),
            "until": datetime.fromtimestamp(key.until, UTC).date(),
            "used": None if key.used is None else datetime.fromtimestamp(key.used, UTC).date(),
            "id": key.id,
            "asks": key.name == asks,
        }
        for key in all_keys(directory_of(visit))
    ]
    return Shown("administration/keys.html", TITLE, {"lines": lines})


def act(visit: Visit) -> GoTo:
    """Take a key back."""
    revoke(directory_of(visit), visit.sent.get("name", ""), visit.caller.id)
    return GoTo(PATH, "revoked")


def form(visit: Visit) -> Shown:
    """The form for a new key."""
    values = {"sent": {"days": DAYS} | dict(visit.sent), "most": LONGEST, **granting(visit)}
    return Shown("administration/make_key.html", ADD, values)


def make(visit: Visit) -> Shown:
    """Make a key; it is shown on the answer alone."""
    days = visit.sent.get("days", "")
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= LONGEST):
        remedy = _("Give 1 to {most} days.", most=LONGEST)
        raise BadInput([Fault(_("Days"), _("are no such number."), remedy, column="days")])
    name, grant = visit.sent.get("name", ""), grant_of(visit)
    secret = make_key(directory_of(visit), name, grant, int(days), visit.caller.id)
    values = {"name": name.strip(), "secret": secret, "back": PATH, "is_key": True}
    return Shown("administration/secret.html", _("A new key"), values)
