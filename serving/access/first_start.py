"""What there is before anybody was let in: an administrator, or the users of a demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from cases.language.messages import Sayable, _
from cases.tables.tables import Tables
from serving.access import passwords
from serving.access.directory import Directory, directory_in
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.store.schema import USERS
from serving.access.users import Grant, add_user, new_row, users

ADMINISTRATOR = "admin"
DEMO_PASSWORD = "demo"  # noqa: S105  shown to everybody who starts a demo
DEMO_KEY, DEMO_DAYS = "demo", 1


def first_start(
    home: Path,
    ledger: str | None,
    tables: Tables,
    say: Callable[[Sayable], None],
    *,
    shown: bool,
) -> None:
    """Make the first administrator, or the users of a demo, where there are none yet.

    `ledger` is the URL of its database if it is not in `home`.

    The one-time password is said only where it is `shown` to a person and kept by nobody.
    """
    office = tables.office
    if not office.office.demo:
        start_of_office(home, ledger, say, shown=shown)
        return
    with directory_in(home, ledger, demo=True) as directory:
        handlers, reviewers = tables.handler_rows["handler"], tables.reviewer_rows["reviewer"]
        persons = {Role.HANDLER: handlers.min(), Role.REVIEWER: reviewers.min()}
        say(_demo(demo_users(directory, persons)))


def start_of_office(
    home: Path, ledger: str | None, say: Callable[[Sayable], None], *, shown: bool
) -> None:
    """Make the first administrator of an office that is no demo, as `first_start` does."""
    with directory_in(home, ledger, demo=False) as directory:
        once = first_administrator(directory)
    if once is not None:
        say(_administrator(once) if shown else _to_reset())


def _demo(key: str) -> Sayable:
    return _(
        "A demo office: sign in as manager, reviewer, handler, clerk, auditor, security-admin, "
        "system-admin or audit-admin, with the password {password}. Key for programs, for a day: "
        "{key}",
        password=DEMO_PASSWORD,
        key=key,
    )


def _administrator(once: str) -> Sayable:
    return _(
        "First start: sign in as {name} with the one-time password {password}, which is shown "
        "here only. Let others in with `triage users OFFICE add`.",
        name=ADMINISTRATOR,
        password=once,
    )


def _to_reset() -> Sayable:
    return _(
        "First start: there is a user {name}; `triage users OFFICE reset {name}` shows a one-time "
        "password.",
        name=ADMINISTRATOR,
    )


def first_administrator(directory: Directory) -> str | None:
    """The one-time password of a new security administrator; None where there are users."""
    if users(directory):
        return None
    _user, once = add_user(directory, ADMINISTRATOR, Grant.of([Role.SECURITY_ADMIN]))
    return once


def demo_users(directory: Directory, persons: Mapping[Role, Any]) -> str:
    """A user of each role where there are none yet, and a new key of a manager: its secret.

    `persons` says who of the tables the user of a role is (None: nobody).
    """
    add_demo_users(directory, persons)
    return make_key(directory, DEMO_KEY, Grant.of([Role.MANAGER]), DEMO_DAYS)


def add_demo_users(directory: Directory, persons: Mapping[Role, Any]) -> None:
    """A user of each role, with the password that all know, where there are none yet."""
    if users(directory):
        return
    stored = passwords.hash_of(DEMO_PASSWORD)
    with directory.writing() as connection:
        for role in Role:
            row = new_row(role.replace("_", "-"), role, Grant.of([role]), persons.get(role))
            connection.execute(insert(USERS), row | {"password": stored})
            directory.note("user_added", row["id"], None, roles=row["roles"], units=None)
