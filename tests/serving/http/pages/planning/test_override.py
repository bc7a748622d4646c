"""Departing from a draw: with a reason, recorded as an override, once."""

from __future__ import annotations

import pytest

from ledger.ledger import Entry
from ledger.records import Record
from serving.access.caller import Caller
from serving.access.rules import Role
from tests.serving.http.pages.visits import Visitor, drawn

WHY = {"reason": "The file is at court."}


@pytest.fixture
def plan(manager: Visitor) -> str:
    """A plan with the mandatory case d and one other."""
    return drawn(manager)


def overrides(manager: Visitor) -> list[tuple[str, ...]]:
    """The rows of the override table."""
    columns = ("case_id", "about", "suggested", "decided", "reason")
    return manager.now.tables.override_rows.select(columns).rows()


def test_the_card_says_from_what_one_departs_and_what_that_means(
    manager: Visitor, plan: str
) -> None:
    """Of a drawn case, and of one that was not drawn or could not be."""
    out = manager.get("/case/override", id="d", plan=plan).text
    assert "because the case was drawn (inclusion probability 100.00%)" in out
    assert "counts as unreviewed" in out
    added = manager.get("/case/override", id="c", plan=plan).text
    assert "because the case could not be drawn" in added
    assert "no part of the estimate" in added


def test_an_override_is_a_row_of_the_table_and_a_step_of_the_plan(
    manager: Visitor, plan: str
) -> None:
    """Both in one go; then one is led back to the case."""
    answer = manager.post(f"/case/override?id=d&plan={plan}", **WHY)
    assert answer.headers["location"] == f"/case?id=d&plan={plan}&said=overridden"
    assert overrides(manager) == [("d", "spot_check", "listed", "left_out", WHY["reason"])]
    taken = manager.now.remembered.work.deciding.overridden[plan, "d"]
    assert taken.by == "everything"
    assert manager.ledger.lines[taken.record - 2].kind == "facts"


def test_no_reason_no_override(manager: Visitor, plan: str) -> None:
    """The form comes back with what is missing."""
    answer = manager.post(f"/case/override?id=d&plan={plan}", reason="  ")
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert overrides(manager) == []


def test_the_second_is_told_that_somebody_was_first(manager: Visitor, plan: str) -> None:
    """And sees no form any more."""
    manager.post(f"/case/override?id=d&plan={plan}", **WHY)
    answer = manager.post(f"/case/override?id=d&plan={plan}", reason="Other.")
    assert answer.status_code == 422
    assert "Somebody has decided about this case" in answer.text
    assert "<textarea" not in answer.text
    assert len(overrides(manager)) == 1


@pytest.mark.parametrize(("case_id", "of"), [("d", "0123456789abcdef"), ("x", None), ("d", "")])
def test_only_cases_of_the_office_and_plans_that_it_keeps(
    manager: Visitor, plan: str, case_id: str, of: str | None
) -> None:
    """Anything else is not found."""
    asked = plan if of is None else of
    assert manager.get("/case/override", id=case_id, plan=asked).status_code == 404


def test_cases_of_other_units_are_as_if_not_there(manager: Visitor) -> None:
    """To see, and to override."""
    mine = manager.as_caller(Caller("U-1", frozenset({Role.MANAGER}), frozenset({"u1"})))
    plan = drawn(mine, capacity="1")
    assert mine.get("/case/override", id="a", plan=plan).status_code == 200
    assert mine.get("/case/override", id="d", plan=plan).status_code == 404
    assert mine.post(f"/case/override?id=d&plan={plan}", **WHY).status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.CLERK, Role.HANDLER])
def test_only_a_manager_departs_from_a_draw(manager: Visitor, plan: str, role: Role) -> None:
    """Nobody else sees the card."""
    other = manager.as_caller(Caller("U-2", frozenset({role}), person="r1"))
    assert other.get("/case/override", id="d", plan=plan).status_code == 403


def test_of_two_at_once_the_first_counts(
    manager: Visitor, plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither knew of the other; the second is told, and its row is none of the table."""
    path, append = f"/case/override?id=d&plan={plan}", manager.ledger.append

    def later(*entries: Entry) -> list[Record]:
        monkeypatch.setattr(manager.ledger, "append", append)
        assert manager.as_caller(manager.caller).post(path, **WHY).status_code == 303
        return append(*entries)

    monkeypatch.setattr(manager.ledger, "append", later)
    answer = manager.post(path, reason="Other.")
    assert answer.status_code == 422
    assert "Somebody has decided about this case" in answer.text
    assert [row[-1] for row in overrides(manager)] == [WHY["reason"]]


def test_what_is_graded_is_not_taken_out(manager: Visitor, plan: str) -> None:
    """Else a grade that somebody dislikes could be made to look as if it were not there."""
    row = {"case_id": "d", "reviewed_at": "2026-03-20T09:00:00", "reviewer": "r9", "grade": "bad"}
    headers = {"Idempotency-Key": "g"}
    answer = manager.ask("POST", "/v1/reviews", json={"reviews": [row]}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "graded in this plan already" in manager.get("/case/override", id="d", plan=plan).text
    answer = manager.post(f"/case/override?id=d&plan={plan}", **WHY)
    assert answer.status_code == 422
    assert overrides(manager) == []


def test_no_link_to_what_is_for_who_plans_for_all(manager: Visitor) -> None:
    """Of a plan of several units the manager of one has no way to depart from its draw."""
    plan = drawn(manager, capacity="4")
    of_unit = manager.as_caller(Caller("U-1", frozenset({Role.MANAGER}), frozenset({"u1"})))
    path = f"/case?id=a&plan={plan}"
    assert "Depart from the draw" in manager.get(path).text
    page = of_unit.get(path)
    assert page.status_code == 200
    assert "Depart from the draw" not in page.text
