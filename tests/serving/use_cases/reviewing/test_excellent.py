"""Work found excellent: by the grade that counts, or in a reviewer's own words, once settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.access.caller import Scope
from serving.access.rules import Action, Role
from serving.use_cases.reviewing.excellent import best_grades, excellent
from tests.factories.office import office as an_office
from tests.serving.use_cases.reviewing.office import (
    GRADED,
    MANAGER,
    Office,
    office_under_review,
    reviewer,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """With a plan under way."""
    return office_under_review(tmp_path)


def _listed(office: Office) -> dict[str, tuple[str, list[str] | None]]:
    found = excellent(office.context, MANAGER, [office.plan])
    return {row["case_id"]: (row["grade"], row["good"]) for row in found.to_dicts()}


def test_the_best_grade_or_a_word_of_praise(office: Office) -> None:
    """A good grade without a word is neither, and blanks are no word."""
    once = office.plan.cases.filter(~office.plan.cases["second_review"])["case_id"]
    office.graded(once[0], "best")
    office.graded(once[1], "good", good=" a clear file ")
    office.graded(once[2], "good", good="  ")
    assert _listed(office) == {once[0]: ("best", None), once[1]: ("good", ["a clear file"])}


def test_not_while_a_second_reader_does_not_know_of_it(office: Office) -> None:
    """Nor while two grades differ; then by the one that counts."""
    twice = office.twice()
    office.graded(twice, "best", good="perfect")
    assert _listed(office) == {}
    office.graded(twice, "good", "second")
    assert _listed(office) == {}
    office.consolidated(twice, "best")
    assert _listed(office) == {twice: ("best", ["perfect"])}


def test_not_while_it_is_read_for_a_plan_that_cannot_be_read(office: Office) -> None:
    """The ledger knows who reads a case, whatever became of the plan's folder."""
    twice = office.twice()
    office.graded(twice, "best", good="perfect")
    assert excellent(office.context, MANAGER, []).is_empty()


def test_nobody_sees_praise_of_other_units(office: Office) -> None:
    """A case of another unit is as if not there."""
    once = office.plan.cases.filter(~office.plan.cases["second_review"]).row(0, named=True)
    office.graded(once["case_id"], "best")
    other = {"u1", "u2"} - {once["unit"]}
    mine = office.context.within(Scope(frozenset(other)))
    assert excellent(mine, MANAGER, [office.plan]).is_empty()


def test_a_clerk_sees_no_grade_and_a_handler_those_of_their_own_cases(office: Office) -> None:
    """Whatever both may see of the case itself."""
    once = office.plan.cases.filter(~office.plan.cases["second_review"]).row(0, named=True)
    office.graded(once["case_id"], "best")

    def seen(person: str, *roles: Role) -> list[str]:
        caller = reviewer(person, *roles)
        mine = office.context.within(caller.scope(Action.SEE_CASE))
        return excellent(mine, caller, [office.plan])["case_id"].to_list()

    assert seen("c1", Role.CLERK) == []
    assert seen(once["handler"], Role.HANDLER) == [once["case_id"]]
    assert seen("h0", Role.HANDLER, Role.CLERK) == []
    assert seen("a1", Role.AUDITOR) == [once["case_id"]]


def test_the_only_good_grade_is_no_praise() -> None:
    """Where a case is either defective or not, most are not."""
    assert best_grades(an_office()) == []
    assert best_grades(an_office(reviews=GRADED)) == ["best"]
