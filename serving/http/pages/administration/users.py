"""`/users`: who may sign in, and somebody new."""

from __future__ import annotations

from cases.language.messages import _
from serving.access.users import add_user
from serving.access.users import users as all_users
from serving.http.pages.administration.words import (
    directory_of,
    grant_of,
    granting,
    roles_said,
    units_said,
)
from serving.http.pages.shell.visit import Shown, Visit

PATH = "/users"
TITLE, ADD = _("Users"), _("Add a user")


def show(visit: Visit) -> Shown:
    """Everybody who may sign in, by name; in the ledger they are known by an id alone."""
    people = [
        {
            "name": user.name,
            "shown": user.shown,
            "roles": roles_said(user.grant),
            "units": units_said(user.grant),
            "id": user.id,
            "person": user.person,
            "disabled": user.disabled,
        }
        for user in all_users(directory_of(visit))
    ]
    return Shown("administration/users.html", TITLE, {"people": people})


def form(visit: Visit) -> Shown:
    """The form for somebody new."""
    values = {"sent": visit.sent, **granting(visit)}
    return Shown("administration/add_user.html", ADD, values)


def add(visit: Visit) -> Shown:
    """Let somebody in; the one-time password is shown on the answer alone."""
    directory, sent = directory_of(visit), visit.sent
    person = sent.get("person", "").strip() or None
    shown = sent.get("shown", "").strip()
    grant = grant_of(visit)
    name = sent.get("name", "")
    user, once = add_user(directory, name, grant, shown=shown, person=person, by=visit.caller.id)
    return once_shown(user.name, once)


def once_shown(name: str, password: str) -> Shown:
    """A one-time password, which is shown here only."""
    values = {"name": name, "secret": password, "back": PATH, "is_key": False}
    return Shown("administration/secret.html", _("One-time password"), values)
