"""Roles in words, and forms about what somebody may do."""

from __future__ import annotations

from collections.abc import Mapping

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _, listed
from serving.access.directory import Directory
from serving.access.rules import Role
from serving.access.users import Grant
from serving.http.pages.shell.visit import NotFound, Visit

ROLES: Mapping[Role, tuple[Sayable, Sayable]] = {
    Role.CLERK: (_("clerk"), _("takes cases in and sees them")),
    Role.HANDLER: (_("handler"), _("sees their own cases, and answers findings in them")),
    Role.REVIEWER: (_("reviewer"), _("reads and grades cases of others")),
    Role.MANAGER: (_("manager"), _("plans, decides on new cases and findings, sees the report")),
    Role.AUDITOR: (_("auditor"), _("sees everything and changes nothing")),
    Role.SYSTEM_ADMIN: (_("system administrator"), _("runs the service; sees no case")),
    Role.SECURITY_ADMIN: (_("security administrator"), _("gives rights; sees no case")),
    Role.AUDIT_ADMIN: (_("audit administrator"), _("sees the ledger; sees no case")),
}
MOST_UNITS = 100


def directory_of(visit: Visit) -> Directory:
    """The users and keys of the office."""
    if visit.rooms.directory is None:
        raise NotFound
    return visit.rooms.directory


def roles_said(grant: Grant) -> Sayable:
    """What somebody is, in words."""
    return listed([ROLES[role][0] for role in Role if role in grant.roles])


def units_said(grant: Grant) -> Sayable | str:
    """For which units."""
    return _("all units") if grant.units is None else listed(sorted(grant.units))


def grant_of(visit: Visit) -> Grant:
    """The roles that were ticked, and the units that were written, one a line."""
    roles = [role for role in Role if visit.sent.get(f"role-{role}")]
    if not roles:
        remedy = _("Tick at least one role.")
        raise BadInput([Fault(_("Roles"), _("are missing."), remedy, column="role-clerk")])
    units = [line.strip() for line in visit.sent.get("units", "").splitlines()]
    return Grant.of(roles, [unit for unit in units if unit][:MOST_UNITS])


def granting(visit: Visit, grant: Grant | None = None) -> dict[str, object]:
    """What the fields of a form about rights show: what was sent, else what is."""
    ticked = {role for role in Role if visit.sent.get(f"role-{role}")}
    if not visit.sent and grant is not None:
        ticked = set(grant.roles)
    units = "\n".join(sorted(grant.units)) if grant is not None and grant.units else ""
    choices = [(f"role-{role}", *ROLES[role], role in ticked) for role in Role]
    return {"roles": choices, "units": visit.sent.get("units", units)}
