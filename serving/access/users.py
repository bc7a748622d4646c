"""Users: made, given roles, disabled. Each change is recorded under ids that name nobody."""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from serving.access import passwords
from serving.access.caller import Caller
from serving.access.directory import Directory
from serving.access.rules import Role, may_be_together
from serving.access.store.schema import BROWSERS, SESSIONS, USERS

ONCE = 7 * 24 * 3600  # seconds that a one-time password is good for
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
LONGEST_SHOWN = 100  # letters


@dataclass(frozen=True)
class Grant:
    """What somebody may do, and of which units (None: of the whole office)."""

    roles: frozenset[Role]
    units: frozenset[str] | None = None

    @classmethod
    def of(cls, roles: Collection[Role], units: Collection[str] = ()) -> Grant:
        """Checked: `Refused` for roles that nobody may have together, `BadInput` for none."""
        if not roles:
            remedy = _("Name at least one role.")
            raise BadInput([Fault(_("the roles"), _("are missing."), remedy)])
        if not may_be_together(roles):
            raise Refused(
                _(
                    "An auditor or administrator has no other role: whoever gives rights uses "
                    "none, and whoever checks does no work that is checked."
                )
            )
        return cls(frozenset(roles), frozenset(units) or None)

    @classmethod
    def read(cls, roles: str, units: str | None) -> Grant:
        """As it was stored."""
        of_units = None if units is None else frozenset(json.loads(units))
        return cls(frozenset(Role(role) for role in json.loads(roles)), of_units)

    def stored(self) -> dict[str, str | None]:
        """As it is stored, and recorded."""
        units = None if self.units is None else json.dumps(sorted(self.units))
        return {"roles": json.dumps(sorted(self.roles)), "units": units}


@dataclass(frozen=True)
class User:
    """A person who can sign in; `once_until`, if not None, is when the one-time password ends."""

    id: str
    name: str
    shown: str
    grant: Grant
    person: str | None
    password: str | None
    once_until: int | None
    disabled: bool

    @classmethod
    def read(cls, row: RowMapping | Mapping[str, Any]) -> User:
        """As it was stored."""
        return cls(
            row["id"],
            row["name"],
            row["shown"],
            Grant.read(row["roles"], row["units"]),
            row["person"],
            row["password"],
            row["once_until"],
            row["disabled"],
        )

    @property
    def caller(self) -> Caller:
        """Who asks when this user does."""
        return Caller(self.id, self.grant.roles, self.grant.units, self.person)

    def may_enter(self, now: int) -> bool:
        """Whether the user is let in; not with a one-time password that has run out."""
        return not self.disabled and (self.once_until is None or now < self.once_until)


def add_user(
    directory: Directory,
    name: str,
    grant: Grant,
    *,
    shown: str = "",
    person: str | None = None,
    by: str | None = None,
) -> tuple[User, str]:
    """A new user and the one-time password; `BadInput` for a name that is taken or is none."""
    folded, once = checked_name(name), passwords.one_time()
    row = {
        **new_row(folded, shown or folded, grant, person),
        "password": passwords.hash_of(once),
        "once_until": directory.now() + ONCE,
    }
    with directory.writing() as connection:
        if find(connection, USERS.c.name == folded):
            problem, remedy = _("is taken."), _("Choose another name.")
            raise BadInput([_fault(folded, problem, remedy)])
        connection.execute(insert(USERS), row)
        directory.note("user_added", row["id"], by, **grant.stored())
    return User.read(row), once


def add_elsewhere(
    directory: Directory, connection: Connection, subject: str, shown: str, grant: Grant
) -> User:
    """A new user who signs in with a provider, as `subject` (issuer and subject)."""
    name = f"openid-{secrets.token_hex(5)}"
    row = new_row(name, shown or name, grant, None) | {"subject": subject}
    connection.execute(insert(USERS), row)
    directory.note("user_added", row["id"], None, **grant.stored())
    return User.read(row)


def new_row(name: str, shown: str, grant: Grant, person: str | None) -> dict[str, Any]:
    """The row of a new user, who has no password yet."""
    return {
        "id": f"u-{secrets.token_hex(6)}",
        "name": name,
        "shown": shown[:LONGEST_SHOWN],
        **grant.stored(),
        "person": person,
        "password": None,
        "once_until": None,
        "subject": None,
        "disabled": False,
    }


def users(directory: Directory) -> list[User]:
    """All users, by name."""
    with directory.reading() as connection:
        rows = connection.execute(select(USERS).order_by(USERS.c.name)).mappings()
        return [User.read(row) for row in rows]


def find(connection: Connection, who: ColumnElement[bool]) -> User | None:
    """The one user that this holds of."""
    row = connection.execute(select(USERS).where(who)).mappings().one_or_none()
    return None if row is None else User.read(row)


def change_grant(directory: Directory, name: str, grant: Grant, by: str | None = None) -> None:
    """Give a user these roles and units instead; `Refused` for somebody's own."""
    with directory.writing() as connection:
        user = _named(connection, name)
        if user.id == by:
            raise Refused(_("Nobody gives roles to themselves."))
        regrant(directory, connection, user.id, grant, by)


def regrant(
    directory: Directory, connection: Connection, user_id: str, grant: Grant, by: str | None
) -> None:
    """Give a user these roles and units; sessions end, so that the old ones are gone."""
    connection.execute(update(USERS).where(USERS.c.id == user_id).values(**grant.stored()))
    end_sessions(connection, user_id)
    directory.note("roles_changed", user_id, by, **grant.stored())


def disable(directory: Directory, name: str, by: str | None = None) -> None:
    """Let a user in no more; a reset does so again."""
    with directory.writing() as connection:
        user = _named(connection, name)
        connection.execute(update(USERS).where(USERS.c.id == user.id).values(disabled=True))
        end_sessions(connection, user.id)
        directory.note("user_disabled", user.id, by)


def reset(directory: Directory, name: str, by: str | None = None) -> str:
    """A one-time password; the old password and all sessions end, a disabled user is let in."""
    once = passwords.one_time()
    stored = passwords.hash_of(once)
    until = directory.now() + ONCE
    with directory.writing() as connection:
        user = _named(connection, name)
        values = {"password": stored, "once_until": until, "disabled": False}
        connection.execute(update(USERS).where(USERS.c.id == user.id).values(**values))
        end_sessions(connection, user.id)
        if user.disabled:
            directory.note("user_enabled", user.id, by)
        directory.note("password_reset", user.id, by)
    return once


def change_password(directory: Directory, user: User, old: str, new: str) -> bool:
    """The user's own new password; whether the old one was right. All sessions end.

    `BadInput` for a new one that is too short, easily guessed or the old one.
    """
    if not passwords.is_right(user.password, old):
        return False
    passwords.check_new(new, user.name, old)
    stored = passwords.hash_of(new)
    with directory.writing() as connection:
        values = {"password": stored, "once_until": None}
        connection.execute(update(USERS).where(USERS.c.id == user.id).values(**values))
        end_sessions(connection, user.id)
        directory.note("password_changed", user.id, user.id)
    return True


def end_sessions(connection: Connection, user_id: str) -> None:
    """End all sessions of a user; browsers that were known are so no longer."""
    for table in (SESSIONS, BROWSERS):
        connection.execute(delete(table).where(table.c.user_id == user_id))


def checked_name(name: str) -> str:
    """A name to sign in with, in small letters; `BadInput` for none."""
    folded = folded_name(name)
    if not NAME.fullmatch(folded):
        problem = _("is no name to sign in with.")
        remedy = _("Use up to 64 small letters, digits and . _ @ -")
        raise BadInput([_fault(folded, problem, remedy)])
    return folded


def folded_name(name: str) -> str:
    """The name that a person means by what was typed."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _named(connection: Connection, name: str) -> User:
    user = find(connection, USERS.c.name == folded_name(name))
    if user is None:
        known = list(connection.execute(select(USERS.c.name)).scalars())
        remedy = did_you_mean(name, known, _("See who there is with `triage users OFFICE list`."))
        raise BadInput([_fault(name, _("is no user."), remedy)])
    return user


def _fault(name: str, problem: Sayable, remedy: Sayable) -> Fault:
    return Fault(_("the users"), problem, remedy, value=name)
