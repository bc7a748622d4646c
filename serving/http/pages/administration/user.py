"""`/users/user`: what one user may do, and whether they may enter."""

from __future__ import annotations

from cases.language.messages import Sayable, _
from serving.access.rules import Role
from serving.access.users import User, change_grant, disable, reset
from serving.access.users import users as all_users
from serving.http.pages.administration import users
from serving.http.pages.administration.words import directory_of, grant_of, granting
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit

PATH = "/users/user"


def show(visit: Visit) -> Shown:
    """Roles and units in a form; what cannot be undone is asked again on a page of its own."""
    user = _asked(visit)
    values = {
        "user": user,
        "asks": visit.query.get("asks", ""),
        "warning": _warning(visit, user),
        "is_self": user.id == visit.caller.id,
        **granting(visit, user.grant),
    }
    return Shown("administration/user.html", user.shown, values)


def act(visit: Visit) -> GoTo | Shown:
    """Carry out what a button of the page says."""
    user, directory, by = _asked(visit), directory_of(visit), visit.caller.id
    what = visit.sent.get("what")
    if what == "reset":
        return users.once_shown(user.name, reset(directory, user.name, by))
    if what == "disable":
        disable(directory, user.name, by)
        return GoTo(address(PATH, name=user.name), "disabled")
    change_grant(directory, user.name, grant_of(visit), by)
    return GoTo(address(PATH, name=user.name), "saved")


def _asked(visit: Visit) -> User:
    """The user that the address names."""
    name = visit.query.get("name")
    for user in all_users(directory_of(visit)):
        if user.name == name:
            return user
    raise NotFound


def _warning(visit: Visit, user: User) -> Sayable | None:
    """What would be the matter without this user."""
    others = (
        one
        for one in all_users(directory_of(visit))
        if one.id != user.id and not one.disabled and Role.SECURITY_ADMIN in one.grant.roles
    )
    if Role.SECURITY_ADMIN not in user.grant.roles or any(others):
        return None
    return _(
        "This is the only security administrator who may enter. Without one, nobody can give "
        "rights on these pages; `triage users` on the machine still can."
    )
