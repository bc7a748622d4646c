"""`triage users`: who may enter an office, people and programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from cases.errors import BadInput, Fault
from cases.language.messages import Message, Sayable, _, listed
from cli.arguments import NUMBER, TEXT, BadValue, OfficeFile, SpokenIn, argument, option, whole
from cli.console import Terminal

if TYPE_CHECKING:
    from serving.access.directory import Directory
    from serving.access.rules import Role
    from serving.access.users import Grant

USERS = _(
    "Who may use the service: list; add, roles, disable or reset a user; key or revoke for a "
    "program."
)
YEAR = 365  # days


def _what(text: str) -> str:
    if text not in WHAT:
        remedy = _("Give one of these: {choices}.", choices=listed(WHAT))
        raise BadValue(text, _("is not a choice here."), remedy)
    return text


@dataclass(frozen=True)
class _Asked:
    """A change of one user or key."""

    name: str
    grant: Grant
    person: str | None
    shown: str
    days: int


def _add(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.users import add_user

    _user, once = add_user(
        directory, asked.name, asked.grant, shown=asked.shown, person=asked.person
    )
    return _once(asked.name, once)


def _change_roles(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.users import change_grant

    change_grant(directory, asked.name, asked.grant)
    return _("{name} has these roles from the next sign-in on.", name=asked.name)


def _disable(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.users import disable

    disable(directory, asked.name)
    return _("{name} is let in no more.", name=asked.name)


def _reset(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.users import reset

    return _once(asked.name, reset(directory, asked.name))


def _key(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.keys import make_key

    secret = make_key(directory, asked.name, asked.grant, asked.days)
    return _("Key of {name}, shown here only: {key}", name=asked.name, key=secret)


def _revoke(directory: Directory, asked: _Asked) -> Sayable:
    from serving.access.keys import REMEMBERED, revoke

    revoke(directory, asked.name)
    return _(
        "The key of {name} ends within {seconds} seconds.", name=asked.name, seconds=REMEMBERED
    )


def _once(name: str, once: str) -> Sayable:
    return _(
        "One-time password of {name}, shown here only, good for 7 days: {password}",
        name=name,
        password=once,
    )


CHANGES: dict[str, Callable[[Directory, _Asked], Sayable]] = {
    "add": _add,
    "roles": _change_roles,
    "disable": _disable,
    "reset": _reset,
    "key": _key,
    "revoke": _revoke,
}
GRANTING = ("add", "roles", "key")
WHAT = ("list", *CHANGES)


def users(
    office: OfficeFile,
    what: Annotated[
        str, argument(Message("|".join(WHAT)), _("What to do."), parser=_what)
    ] = "list",
    name: Annotated[
        str | None, argument(_("NAME"), _("Name to sign in with, or name of the key."))
    ] = None,
    role: Annotated[
        list[str] | None,
        option("--role", TEXT, _("What this user or program is; may be given several times.")),
    ] = None,
    unit: Annotated[
        list[str] | None,
        option("--unit", TEXT, _("Only cases of this unit; may be given several times.")),
    ] = None,
    person: Annotated[
        str | None,
        option("--person", TEXT, _("How the office's tables call this handler or reviewer.")),
    ] = None,
    shown: Annotated[
        str | None, option("--shown", TEXT, _("Name to show on pages; by default the same."))
    ] = None,
    days: Annotated[
        int, option("--days", NUMBER, _("How long the key is good for."), parser=whole)
    ] = YEAR,
    language: SpokenIn = None,
) -> None:
    """List who may enter, or change it; each change is recorded in the ledger."""
    from cases.office.loading import load_office
    from cli.files.ledger import ledger_of, record
    from cli.files.office import workspace_of
    from serving.access.directory import Directory
    from serving.access.users import Grant

    terminal, workspace = Terminal.of(language, office), workspace_of(office)
    is_demo = load_office(workspace.office).office.demo
    grant = Grant.of(_roles(role or []), unit or []) if what in GRANTING else Grant(frozenset())
    with ledger_of(workspace) as ledger:
        directory = Directory.at(workspace.home, partial(record, ledger), demo=is_demo)
        if what == "list":
            _list(terminal, directory)
        else:
            asked = _Asked(_named(name), grant, person, shown or "", days)
            terminal.show(CHANGES[what](directory, asked))
        directory.close()


def _roles(names: list[str]) -> list[Role]:
    from serving.access.rules import Role

    known = [*Role]
    if unknown := [name for name in names if name not in known]:
        remedy = _("Give one of these: {choices}.", choices=listed(known))
        raise BadInput([_fault("--role", unknown[0], _("is not a choice here."), remedy)])
    return [Role(name) for name in names]


def _named(name: str | None) -> str:
    if name is None:
        raise BadInput([_fault("NAME", None, _("is missing."), _("Write whom this is about."))])
    return name


def _fault(place: str, value: str | None, problem: Sayable, remedy: Sayable) -> Fault:
    return Fault("triage users", problem, remedy, column=place, value=value)


def _list(terminal: Terminal, directory: Directory) -> None:
    """Everybody who may enter; a person is known in the ledger by the id."""
    from serving.access.keys import keys
    from serving.access.users import users as all_users

    heads: list[str | Sayable] = [
        _("Name"),
        _("Shown as"),
        _("Roles"),
        _("Units"),
        _("Known in the ledger as"),
        "",
    ]
    people = [
        (one.name, one.shown, *_granted(one.grant), one.id, _("disabled") if one.disabled else "")
        for one in all_users(directory)
    ]
    programs = [
        (one.name, _("a program"), *_granted(one.grant), one.id, _until(one.until))
        for one in keys(directory)
    ]
    terminal.table(heads, [*people, *programs])


def _granted(grant: Grant) -> tuple[Sayable, Sayable]:
    units = _("all") if grant.units is None else listed(sorted(grant.units))
    return listed(sorted(grant.roles)), units


def _until(moment: int) -> Sayable:
    return _("until {day}", day=datetime.fromtimestamp(moment, UTC).date())
