"""A grade: by whom, what it has to say, drafts, and two that come at once."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from ledger.records import Kind
from serving.access.rules import Role
from serving.use_cases.remembered import name_of
from serving.work.deciding import Overridden
from serving.work.step import step_entry
from tests.serving.http.access.browser import Browser
from tests.serving.use_cases.reviewing.office import MANAGER, Office, office_under_review, reviewer


def _mine(office: Office, person: str = "r1") -> str:
    given = office.context.remembered.work.reviewing.readings
    return str(given.filter(reviewer=person, reading="first")["case_id"][0])


def _others(office: Office) -> str:
    """A case of which r1 has no reading."""
    given = office.context.remembered.work.reviewing.readings
    mine = given.filter(reviewer="r1")["case_id"]
    return str(given.filter(~pl.col("case_id").is_in(mine.implode()))["case_id"][0])


def _browser(office: Office, person: str = "r1") -> Browser:
    return Browser(office.app(reviewer(person)))


def _rows(office: Office, case_id: str) -> list[dict[str, Any]]:
    return office.context.tables.review_rows.filter(case_id=case_id).to_dicts()


def test_a_grade_is_a_row_and_a_step_with_all_that_was_known(office: Office) -> None:
    """With the inclusion probability of the plan, and in one append."""
    case_id = _mine(office)
    answer = _browser(office).send(
        f"/case/grade?id={case_id}",
        **{"grade": "bad", "dimension-1": "yes", "remark-2": "late", "hours": "1.5"},
        good="clear words",
        do="save",
    )
    assert answer.status_code == 303
    assert "said=graded" in answer.headers["location"]
    (row,) = _rows(office, case_id)
    line = office.plan.line(case_id)
    assert line is not None
    assert row["inclusion_probability"] == line["inclusion_probability"]
    assert (row["grade"], row["reviewer"], row["reading"]) == ("bad", "r1", "first")
    assert (row["dimensions"], row["hours"], row["risk_shown"]) == ("facts;procedure", 1.5, True)
    (taken,) = office.context.remembered.work.reviewing.graded[case_id]
    assert taken.step.remarks == {"procedure": "late"}
    assert taken.step.good == "clear words"
    assert [record.kind for record in office.ledger.lines[-2:]] == [Kind.FACTS, Kind.STEP]
    assert all(record.content["by"] == "user of r1" for record in office.ledger.lines[-2:])


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose a grade."),
        ({"grade": "no such"}, "Choose a grade."),
        ({"grade": "bad"}, "neither a dimension nor a remark"),
        ({"grade": "bad", "reason": "   "}, "neither a dimension nor a remark"),
        ({"grade": "good", "hours": "-1"}, "is not a number of hours"),
        ({"grade": "good", "hours": "nan"}, "is not a number of hours"),
        ({"grade": "good", "hours": "1e9"}, "is not a number of hours"),
        ({"grade": "good", "reason": "x" * 4001}, "is longer than 4,000 letters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    office: Office, sent: dict[str, str], says: str
) -> None:
    """The form is shown again with what was written, which is kept as a draft, too."""
    case_id, browser = _mine(office), _browser(office)
    answer = browser.send(f"/case/grade?id={case_id}", **sent, good="as written", do="save")
    assert answer.status_code == 422
    assert says in answer.text
    assert "as written" in answer.text
    assert _rows(office, case_id) == []
    again = browser.get(f"/case/grade?id={case_id}").text
    assert "as written" in again
    assert "What you wrote before is in the form." in again


def test_a_draft_is_kept_for_who_wrote_it_and_gone_once_sent(office: Office) -> None:
    """Shown on the list of work; no record says anything of it."""
    case_id, browser = _mine(office), _browser(office)
    before = len(office.ledger.lines)
    answer = browser.send(f"/case/grade?id={case_id}", reason="half a thought", do="draft")
    assert answer.headers["location"] == "/work?said=draft"
    assert len(office.ledger.lines) == before
    assert ">draft<" in browser.get("/work").text
    assert "half a thought" in browser.get(f"/case/grade?id={case_id}").text
    assert ">draft<" not in _browser(office, "r2").get("/work").text
    browser.send(f"/case/grade?id={case_id}", grade="good", do="save")
    assert ">draft<" not in browser.get("/work").text


def test_of_two_that_come_at_once_the_first_counts(office: Office) -> None:
    """The second is told, and changes nothing: from another tab, as from another worker."""
    case_id, browser = _mine(office), _browser(office)
    browser.send(f"/case/grade?id={case_id}", grade="good", do="save")
    answer = browser.send(
        f"/case/grade?id={case_id}", "/cases", grade="bad", reason="no", do="save"
    )
    assert answer.status_code == 422
    assert "graded already" in answer.text
    assert [row["grade"] for row in _rows(office, case_id)] == ["good"]


def test_nobody_grades_what_is_anothers(office: Office) -> None:
    """The page leads to the case, and a form that is sent all the same changes nothing."""
    case_id, browser = _others(office), _browser(office)
    answer = browser.get(f"/case/grade?id={case_id}")
    assert answer.status_code == 303
    answer = browser.send(f"/case/grade?id={case_id}", "/cases", grade="good", do="save")
    assert answer.status_code == 422
    assert _rows(office, case_id) == []


def test_nobody_grades_what_they_handled(tmp_path: Any) -> None:
    """Even where the draw gave it to them: it is said why."""
    office = office_under_review(tmp_path)
    case_id = _mine(office)
    handler = office.context.tables.of_cases("cases", [case_id])["handler"].item()
    own = reviewer(handler, Role.REVIEWER)
    page = Browser(office.app(own)).get(f"/case?id={case_id}").text
    assert "Grade this case" not in page
    answer = Browser(office.app(own)).send(
        f"/case/grade?id={case_id}", "/cases", grade="good", do="save"
    )
    assert answer.status_code == 422


def test_a_dimension_is_offered_while_it_is_in_force(office: Office) -> None:
    """By the closing day of the case."""
    page = _browser(office).get(f"/case/grade?id={_mine(office)}").text
    assert "facts" in page
    assert "old one" not in page


NOBODY = """
reviewer | unit | kinds | capacity | most_open | absent_from | absent_until
r1       | -    | fraud | 1        | -         | -           | -
r7       | -    | -     | 1        | -         | -           | 2026-03-02
r8       | -    | -     | 1        | -         | -           | 2026-03-02
r9       | -    | fraud | 1        | -         | -           | -
"""


ONE_READER = """
reviewer | unit | kinds | capacity | most_open | absent_from | absent_until
r1       | -    | -     | 1        | -         | -           | -
r7       | -    | -     | 1        | -         | -           | 2026-03-02
r8       | -    | -     | 1        | -         | -           | 2026-03-02
"""


def test_a_case_that_nobody_has_can_be_taken(tmp_path: Any) -> None:
    """Once, and recorded as designated; who comes second is told, who handled it may not."""
    office = office_under_review(tmp_path, reviewers=NOBODY)
    given = office.context.remembered.work.reviewing.readings["case_id"]
    case_id = office.plan.cases.filter(~pl.col("case_id").is_in(given.implode()))["case_id"][0]
    assert "Readings that nobody has" in _browser(office, "r7").get("/work").text
    path = f"/case?id={case_id}"
    for other in ("r9", "nobody of the table"):  # another kind; not in the table
        assert "Take this case" not in _browser(office, other).get(path).text
        assert _browser(office, other).send(path, "/cases").status_code == 422
    assert "Take this case" in _browser(office, "r7").get(path).text
    assert _browser(office, "r7").send(path).status_code == 303
    assert office.reader(case_id) == "r7"
    readings = office.context.remembered.work.reviewing.readings
    assert readings.filter(case_id=case_id)["probability"].to_list() == [None]
    late = _browser(office, "r8").send(path, "/cases")
    assert late.status_code == 422
    assert office.reader(case_id) == "r7"
    answer = _browser(office, "r7").send(f"/case/grade?id={case_id}", grade="good", do="save")
    assert answer.status_code == 303


def test_who_has_seen_the_first_grade_does_not_take_the_second_reading(tmp_path: Any) -> None:
    """A manager sees it; a reviewer does not, and may. Before it is graded a manager may, too."""
    office = office_under_review(tmp_path, reviewers=ONE_READER)
    case_id = office.twice()
    manager = Browser(office.app(reviewer("r7", Role.MANAGER, Role.REVIEWER)))
    path = f"/case?id={case_id}"
    assert "Take this case" in manager.get(path).text
    office.graded(case_id, "bad", reason="seen by the manager")
    page = manager.get(path).text
    assert "seen by the manager" in page
    assert "Take this case" not in page
    assert manager.send(path, "/cases").status_code == 422
    assert "Take this case" in _browser(office, "r8").get(path).text
    assert _browser(office, "r8").send(path).status_code == 303
    assert office.reader(case_id, "second") == "r8"


def test_a_manager_who_took_the_second_reading_first_stays_blind(tmp_path: Any) -> None:
    """So their grade is independent, and comes in."""
    office = office_under_review(tmp_path, reviewers=ONE_READER)
    case_id, path = office.twice(), f"/case?id={office.twice()}"
    manager = Browser(office.app(reviewer("r7", Role.MANAGER, Role.REVIEWER)))
    assert manager.send(path).status_code == 303
    office.graded(case_id, "bad", reason="hidden from the second reader")
    assert "hidden from the second reader" not in manager.get(path).text
    answer = manager.send(f"/case/grade?id={case_id}", grade="good", do="save")
    assert answer.status_code == 303
    assert [row["reading"] for row in _rows(office, case_id)] == ["first", "second"]


def test_a_user_whom_the_tables_do_not_know_is_told_what_to_do(office: Office) -> None:
    """No reading can be theirs."""
    page = Browser(office.app(reviewer(None))).get("/work").text
    assert "Ask who manages the users" in page


def test_one_grade_of_two(office: Office) -> None:
    """Both side by side for a manager; it needs a reason, is the one that counts, and is one."""
    case_id = office.twice()
    for reading, grade in (("first", "good"), ("second", "bad")):
        person = office.reader(case_id, reading)
        _browser(office, person).send(
            f"/case/grade?id={case_id}", grade=grade, reason=f"said {reading}", do="save"
        )
    manager = Browser(office.app(MANAGER))
    assert "Two grades that differ" in manager.get("/work").text
    path = f"/case/consolidate?id={case_id}"
    page = manager.get(path).text
    assert page.index("said first") < page.index("said second")
    assert manager.send(path, grade="bad").status_code == 422
    answer = manager.send(path, grade="bad", reason="the second is right")
    assert answer.status_code == 303
    rows = _rows(office, case_id)
    assert [row["reading"] for row in rows] == ["first", "second", "consolidated"]
    assert "Two grades that differ" not in manager.get("/work").text
    again = manager.send(path, "/cases", grade="good", reason="no")
    assert again.status_code == 422
    assert len(_rows(office, case_id)) == 3


def test_who_gave_one_of_two_grades_does_not_make_one_of_them(office: Office) -> None:
    """Another manager does."""
    case_id = office.twice()
    for reading, grade in (("first", "good"), ("second", "bad")):
        person = office.reader(case_id, reading)
        _browser(office, person).send(
            f"/case/grade?id={case_id}", grade=grade, reason="said", do="save"
        )
    both = Browser(office.app(reviewer(office.reader(case_id), Role.MANAGER)))
    page = both.get(f"/case/consolidate?id={case_id}")
    assert "another manager makes one grade of the two" in page.text


def test_a_manager_adds_a_case_and_a_reviewer_grades_it(tmp_path: Any) -> None:
    """The way to depart from the draw is on the page; what was not drawn has no probability."""
    office = office_under_review(tmp_path, reviewers=NOBODY)
    plan, manager = office.plan.plan_id, Browser(office.app(MANAGER))
    path = f"/case/override?id=a&plan={plan}".replace("&", "&amp;")
    page = manager.get(f"/case?id=a&plan={plan}")
    assert page.status_code == 200
    assert path in page.text
    step = Overridden(plan=plan, case_id="a", decided="listed")
    office.ledger.append(step_entry(name_of(office.context.office), step, "m"))
    assert path not in manager.get(f"/case?id=a&plan={plan}").text
    browser = _browser(office, "r7")
    assert "somebody added it" in browser.get("/case?id=a").text
    assert browser.send("/case?id=a").status_code == 303
    answer = browser.send("/case/grade?id=a", grade="good", do="save")
    assert answer.status_code == 303
    assert _rows(office, "a")[0]["inclusion_probability"] is None


@pytest.mark.parametrize("blind", [True, False])
def test_of_who_sees_whole_plans_it_is_not_known_what_they_saw(
    tmp_path: Any, *, blind: bool
) -> None:
    """Of hidden and shown cases alike, so that neither group is without these readers."""
    office = office_under_review(tmp_path, {"blind": blind})
    case_id = _mine(office)
    both = Browser(office.app(reviewer("r1", Role.MANAGER, Role.REVIEWER)))
    assert both.send(f"/case/grade?id={case_id}", grade="good", do="save").status_code == 303
    assert [row["risk_shown"] for row in _rows(office, case_id)] == [None]


def test_a_case_is_graded_while_drafts_cannot_be_kept(office: Office) -> None:
    """Nobody is told that a grade was not done which is recorded, and faults are still named."""
    case_id = _mine(office)
    (office.home / "work.sqlite").write_bytes(b"no database " * 100)
    browser = _browser(office)
    assert browser.get("/work").status_code == 200
    lacking = browser.send(f"/case/grade?id={case_id}", grade="bad", do="save")
    assert "Name a dimension with a defect" in lacking.text
    answer = browser.send(f"/case/grade?id={case_id}", grade="good", do="save")
    assert "said=graded" in answer.headers["location"]
