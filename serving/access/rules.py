"""The decision table: role, action, reach. What is not in it is forbidden."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum, unique


@unique
class Role(StrEnum):
    """What somebody is in the office."""

    CLERK = "clerk"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


@unique
class Action(StrEnum):
    """What can be done; every address of the service is one of these."""

    SIGN_IN = "sign_in"
    SEE_ALIVE = "see_alive"
    SEE_INTERFACE = "see_interface"
    SEE_HEALTH = "see_health"
    SEE_METRICS = "see_metrics"
    SEE_CASE = "see_case"
    SCORE = "score"
    SEE_DRAWN = "see_drawn"
    PLAN = "plan"
    SEE_PLANS = "see_plans"
    INTAKE = "intake"
    RECORD_FACTS = "record_facts"
    RECORD_REVIEW = "record_review"
    CONSOLIDATE = "consolidate"
    OVERRIDE = "override"
    ANSWER = "answer"
    RECTIFY = "rectify"
    SEE_ALERTS = "see_alerts"
    ANSWER_ALERT = "answer_alert"
    SEE_REPORT = "see_report"
    SEE_LEDGER = "see_ledger"
    MANAGE_USERS = "manage_users"
    MANAGE_KEYS = "manage_keys"
    MANAGE_SYSTEM = "manage_system"


@unique
class Reach(IntEnum):
    """How far it goes. Who is restricted to units does nothing that is of the whole office."""

    NONE = 0
    OWN = 1  # the cases that the person handles
    UNITS = 2  # the cases of the units that the person is for; all cases without restriction
    OFFICE = 3  # what is not about single cases, or shows figures of all of them


_, OWN, UNITS, OFFICE = Reach

# fmt: off
TABLE: dict[Action, tuple[Reach, ...]] = {
    #                     clerk   handler  reviewer  manager  auditor | system   security  audit
    Action.SEE_INTERFACE: (UNITS,  UNITS,   UNITS,    UNITS,   UNITS,   UNITS,   UNITS,    UNITS),
    Action.SEE_HEALTH:    (UNITS,  UNITS,   UNITS,    UNITS,   UNITS,   UNITS,   UNITS,    UNITS),
    Action.SEE_METRICS:   (_,      _,       _,        _,       _,       OFFICE,  _,        _),
    Action.SEE_CASE:      (UNITS,  OWN,     UNITS,    UNITS,   UNITS,   _,       _,        _),
    Action.SCORE:         (_,      _,       _,        UNITS,   UNITS,   _,       _,        _),
    Action.SEE_DRAWN:     (_,      _,       UNITS,    UNITS,   UNITS,   _,       _,        _),
    Action.PLAN:          (_,      _,       _,        UNITS,   _,       _,       _,        _),
    Action.SEE_PLANS:     (_,      _,       _,        UNITS,   UNITS,   _,       _,        _),
    Action.INTAKE:        (OFFICE, _,       _,        OFFICE,  _,       _,       _,        _),
    Action.RECORD_FACTS:  (OFFICE, _,       _,        OFFICE,  _,       _,       _,        _),
    Action.RECORD_REVIEW: (_,      _,       UNITS,    UNITS,   _,       _,       _,        _),
    Action.CONSOLIDATE:   (_,      _,       _,        UNITS,   _,       _,       _,        _),
    Action.OVERRIDE:      (_,      _,       _,        UNITS,   _,       _,       _,        _),
    Action.ANSWER:        (_,      OWN,     _,        _,       _,       _,       _,        _),
    Action.RECTIFY:       (_,      OWN,     _,        UNITS,   _,       _,       _,        _),
    Action.SEE_ALERTS:    (UNITS,  OWN,     _,        UNITS,   UNITS,   _,       _,        _),
    Action.ANSWER_ALERT:  (UNITS,  _,       _,        UNITS,   _,       _,       _,        _),
    Action.SEE_REPORT:    (_,      _,       _,        OFFICE,  OFFICE,  _,       _,        _),
    Action.SEE_LEDGER:    (_,      _,       _,        _,       OFFICE,  _,       _,        OFFICE),
    Action.MANAGE_USERS:  (_,      _,       _,        _,       _,       _,       OFFICE,   _),
    Action.MANAGE_KEYS:   (_,      _,       _,        _,       _,       _,       OFFICE,   _),
    Action.MANAGE_SYSTEM: (_,      _,       _,        _,       _,       OFFICE,  _,        _),
}
# fmt: on

OPEN = frozenset({Action.SIGN_IN, Action.SEE_ALIVE})  # to everybody; nobody knows who asks
# Nobody who is one of these is anything else: whoever gives rights uses none, whoever checks
# does no work that is checked.
ALONE = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def reach(roles: Iterable[Role], action: Action) -> Reach:
    """How far these roles go in an action: as far as the one that goes furthest.

    >>> reach([Role.HANDLER], Action.SEE_CASE).name, reach([Role.HANDLER], Action.PLAN).name
    ('OWN', 'NONE')
    """
    line = TABLE.get(action, (Reach.NONE,) * len(Role))
    return max((dict(zip(Role, line, strict=True))[role] for role in roles), default=Reach.NONE)


def may_be_together(roles: Iterable[Role]) -> bool:
    """Whether one person may have all of these roles."""
    several = frozenset(roles)
    return len(several) <= 1 or not several & ALONE
