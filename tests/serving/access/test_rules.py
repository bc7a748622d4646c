"""The decision table, cell by cell: role x action x the cases it reaches."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from serving.access.caller import Caller
from serving.access.denials import Forbidden
from serving.access.rules import OPEN, TABLE, Action, Role, may_be_together

# a: of the caller's unit, of another's hands; b: of the unit, the caller's own; c: of a foreign
# unit, the caller's own; d: of a foreign unit and another's; e: of no unit and nobody's.
CASES = pl.DataFrame(
    {
        "case_id": ["a", "b", "c", "d", "e"],
        "unit": ["u1", "u1", "u2", "u2", None],
        "handler": ["h9", "h1", "h1", "h9", None],
    }
)
# What a caller of unit u1, and one of all units, reaches; `o` is the office as a whole.
REACHED = {
    "unit": ("ab", "abcdeo"),
    "own": ("bc", "bc"),
    "whole": ("-", "abcdeo"),
    "-": ("-", "-"),
}
MATRIX = """
action        | clerk | handler | reviewer | manager | auditor | system | security | audit
see_interface | unit  | unit    | unit     | unit    | unit    | unit   | unit     | unit
see_health    | unit  | unit    | unit     | unit    | unit    | unit   | unit     | unit
see_metrics   | -     | -       | -        | -       | -       | whole  | -        | -
see_case      | unit  | own     | unit     | unit    | unit    | -      | -        | -
score         | -     | -       | -        | unit    | unit    | -      | -        | -
see_drawn     | -     | -       | unit     | unit    | unit    | -      | -        | -
plan          | -     | -       | -        | unit    | -       | -      | -        | -
see_plans     | -     | -       | -        | unit    | unit    | -      | -        | -
intake        | whole | -       | -        | whole   | -       | -      | -        | -
record_facts  | whole | -       | -        | whole   | -       | -      | -        | -
record_review | -     | -       | unit     | unit    | -       | -      | -        | -
consolidate   | -     | -       | -        | unit    | -       | -      | -        | -
override      | -     | -       | -        | unit    | -       | -      | -        | -
answer        | -     | own     | -        | -       | -       | -      | -        | -
rectify       | -     | own     | -        | unit    | -       | -      | -        | -
see_alerts    | unit  | own     | -        | unit    | unit    | -      | -        | -
answer_alert  | unit  | -       | -        | unit    | -       | -      | -        | -
see_report    | -     | -       | -        | whole   | whole   | -      | -        | -
see_ledger    | -     | -       | -        | -       | whole   | -      | -        | whole
manage_users  | -     | -       | -        | -       | -       | -      | whole    | -
manage_keys   | -     | -       | -        | -       | -       | -      | whole    | -
manage_system | -     | -       | -        | -       | -       | whole  | -        | -
"""
HEAD, *ROWS = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines()]
ROLES = [*HEAD[1:6], *(f"{kind}_admin" for kind in HEAD[6:])]
CELLS = [
    (role, action, REACHED[cell])
    for action, *cells in ROWS
    for role, cell in zip(ROLES, cells, strict=True)
]


def reached(caller: Caller, action: Action) -> str:
    """The cases that a caller may do it with, and `o` for the office as a whole."""
    try:
        scope = caller.scope(action)
    except Forbidden:
        return "-"
    if scope is None:
        return "abcdeo"
    return "".join(scope.of(CASES)["case_id"]) or "-"


@pytest.mark.parametrize(("role", "action", "both"), CELLS)
def test_a_cell_of_the_matrix(role: str, action: str, both: tuple[str, str]) -> None:
    """What a role reaches with an action, restricted to a unit and not."""
    of_unit = Caller("u", frozenset([Role(role)]), frozenset(["u1"]), "h1")
    of_office = Caller("u", frozenset([Role(role)]), None, "h1")
    found = (reached(of_unit, Action(action)), reached(of_office, Action(action)))
    assert found == both


def test_the_matrix_is_complete() -> None:
    """Every role, and every action that is not open to everybody, stands in it and in the table."""
    assert set(ROLES) == {*Role}
    assert {action for action, *_cells in ROWS} == {*Action} - OPEN == {*TABLE}


def test_what_has_no_line_is_forbidden() -> None:
    """What is open to all is no right of anybody's, and who has no role reaches nothing."""
    for action in OPEN:
        with pytest.raises(Forbidden):
            Caller("u", frozenset(Role)).scope(action)
    for action in Action:
        assert reached(Caller("u", frozenset()), action) == "-"


def test_a_handler_whom_the_tables_do_not_know_has_no_case() -> None:
    """Cases without a handler are nobody's own."""
    assert reached(Caller("u", frozenset([Role.HANDLER])), Action.SEE_CASE) == "-"


def test_whoever_gives_rights_or_checks_does_nothing_else() -> None:
    """Administrators and auditors have one role; those who work with cases may have several."""
    together = {pair for pair in itertools.combinations([*Role], 2) if may_be_together(pair)}
    at_work = [Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.MANAGER]
    assert together == set(itertools.combinations(at_work, 2))
    assert all(may_be_together([role, role]) for role in Role)


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN])
def test_no_administrator_sees_a_case(role: Role) -> None:
    """Whoever gives rights, runs the machine or reads the ledger has no way to the cases."""
    of_cases = {Action.SEE_CASE, Action.SCORE, Action.PLAN, Action.INTAKE, Action.SEE_REPORT}
    of_cases |= {Action.RECORD_FACTS, Action.RECORD_REVIEW, Action.OVERRIDE}
    of_cases |= {Action.SEE_DRAWN, Action.CONSOLIDATE}
    of_cases |= {Action.ANSWER, Action.RECTIFY, Action.SEE_PLANS}
    of_cases |= {Action.SEE_ALERTS, Action.ANSWER_ALERT}
    assert {reached(Caller("u", frozenset([role])), action) for action in of_cases} == {"-"}
