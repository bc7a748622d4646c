"""A form that came back: what its rows say, and every fault at its row and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from cases.errors import BadInput
from evaluation.pages.plan.grade_form import of_dimension
from serving.use_cases.reviewing.grades.cells import MOST_ROWS, FilledForm
from serving.use_cases.reviewing.grades.filled import FilledIn, filled_in
from serving.work.reviewing import LONGEST_TEXT
from tests.serving.kept.forms import a_form, an_office, came_back, cells_of, done, row_of

OF = an_office()
FORM = a_form(OF)
TWICE = sorted(one.case_id for one in FORM.rows if one.reading == "second")
ONCE = next(one.case_id for one in FORM.rows if one.case_id not in TWICE)


def read(*rows: dict[str, str | None]) -> FilledIn:
    """What these rows say."""
    return filled_in(came_back(FORM, *rows), FORM, OF.office)


def faults(*rows: dict[str, str | None]) -> list[str]:
    """What is wrong with them, in words."""
    return [str(fault) for fault in read(*rows).faults]


def test_a_row_becomes_a_graded_reading() -> None:
    """With the codes for its words, and what was not filled in left blank."""
    filled = done(
        FORM,
        "c",
        grade="Bad ",
        facts="yes",
        reason="dates differ",
        good="clear",
        hours="1.5",
        risk_shown="no",
    )
    (one,) = read(filled).done
    assert (one.row, one.reviewed_at) == (2, datetime(2026, 3, 2))
    assert one.planned == row_of(FORM, "c")
    assert one.step.model_dump() == {
        "plan": FORM.plan_id,
        "case_id": "c",
        "reading": "first",
        "reviewer": "r7",
        "grade": "bad",
        "dimensions": ("facts",),
        "hours": 1.5,
        "remarks": {},
        "reason": "dates differ",
        "good": "clear",
        "risk_shown": False,
    }


def test_the_grade_is_that_of_the_day() -> None:
    """Two grades of one name are told apart by the days on which they are in force."""
    old = done(FORM, "a", grade="bad", facts="yes", reviewed_at="2026-02-20")
    new = done(FORM, "b", grade="bad", facts="yes", reviewed_at="2026-03-01")
    assert [one.step.grade for one in read(old, new).done] == ["flaw", "bad"]


def test_rows_that_wait_are_no_faults() -> None:
    """A reviewer may be named before anything is read; what is read is not waited for."""
    waits = cells_of(FORM, row_of(FORM, "a"), reviewer="r1")
    found = read(waits, done(FORM, "b"))
    assert [one.step.case_id for one in found.done] == ["b"]
    assert found.faults == []
    assert found.waiting == len(FORM.rows) - 1 == 5


@pytest.mark.parametrize(
    ("filled", "column", "said"),
    [
        ({"plan": "0" * 16}, "plan", "is not the plan of this sheet. Write "),
        ({"plan": None}, "plan", "is not the plan of this sheet."),
        ({"case_id": None}, "case", "is blank. Write the id of the case."),
        ({"case_id": "x"}, "case", "is not a case that this plan drew. Leave the row out."),
        ({"case_id": "e"}, "case", "is not a case that this plan drew."),
        ({"reading": None}, "reading", "is blank. Give one of these: first reading,"),
        ({"reading": "third"}, "reading", "is not a reading. Give one of these:"),
        ({"reviewer": None}, "reviewer", "is blank. Fill it in, or empty the row"),
        ({"reviewed_at": None}, "date", "is blank. Fill it in"),
        ({"reviewed_at": "3/2/26"}, "date", "is not a date. Write it as 2026-06-30."),
        ({"grade": None, "hours": "1"}, "grade", "is blank."),
        ({"grade": "fine"}, "grade", "is not a grade of this office. Give one of these:"),
        ({"grade": "bad"}, "grade", "neither a dimension nor a remark says which."),
        ({"grade": "bad", "reason": " \u3000"}, "grade", "neither a dimension nor a remark"),
        ({"hours": "two"}, "hours", "is not a number."),
        ({"risk_shown": "perhaps"}, "risk was shown", "is neither yes nor no."),
        ({"facts": "some"}, "the facts", "is neither yes nor blank."),
        ({"good": "x" * (LONGEST_TEXT + 1)}, "what was done well", "more than 4,000 letters."),
    ],
)
def test_every_fault_is_named(filled: dict[str, Any], column: str, said: str) -> None:
    """With its row, its column and what to do; the row comes in with nothing."""
    row = done(
        FORM, "c", **{k: v for k, v in filled.items() if k not in ("case_id", "reading", "plan")}
    )
    row |= {k: v for k, v in filled.items() if k in ("case_id", "reading", "plan")}
    found = read(done(FORM, "a"), row)
    assert [(fault.row, fault.column) for fault in found.faults] == [(3, column)]
    assert said in str(found.faults[0])
    assert [one.row for one in found.done] == [2]


def test_all_faults_of_a_row_are_named_at_once() -> None:
    """Nobody corrects one to find the next."""
    row = done(FORM, "a", reviewed_at="soon", grade="fine", hours="two", facts="some")
    assert len(faults(row)) == 4


def test_a_dimension_is_in_force_when_a_case_is_closed() -> None:
    """One that began later cannot be what the case lacks."""
    bad = {"grade": "bad", "effect": "yes"}
    assert read(done(FORM, "c", **bad)).done[0].step.dimensions == ("effect",)
    assert "column effect" in faults(done(FORM, "b", **bad))[0]
    assert "was not in force when the case was closed" in faults(done(FORM, "b", **bad))[0]
    assert faults(done(FORM, "b", grade="good", effect="no")) == []


def test_only_readings_that_were_drawn_come_back() -> None:
    """A second reading that somebody chose to make would say nothing of the reviewers."""
    assert faults(*(done(FORM, case_id, "second") for case_id in TWICE)) == []
    assert "did not draw for the case" in faults(done(FORM, ONCE, "second"))[0]


def test_a_consolidated_grade_is_a_row_of_its_own() -> None:
    """People add it below."""
    (one,) = read(done(FORM, TWICE[0], "consolidated")).done
    assert one.step.reading == "consolidated"


def test_a_reading_stands_once() -> None:
    """Both rows are named, for nobody knows which is right."""
    found = read(done(FORM, "a"), done(FORM, "b"), done(FORM, "a", grade="excellent"))
    assert [(fault.row, fault.column) for fault in found.faults] == [(2, "case"), (4, "case")]
    assert found.unclear == {"a"}
    assert [one.step.case_id for one in found.done] == ["b"]


def test_a_form_of_another_plan_is_one_fault() -> None:
    """And not one for each row."""
    rows = [done(FORM, case_id, plan="f" * 16) for case_id in "abcd"]
    with pytest.raises(BadInput, match=f"is a sheet of plan {'f' * 16}, not of {FORM.plan_id}"):
        read(*rows)


def test_a_form_must_have_all_its_columns() -> None:
    """A dimension whose heading was changed would lose its defects in silence."""
    filled = came_back(FORM, done(FORM, "a"))
    without = replace(filled, cells=filled.cells.rename({"the facts": "facts"}))
    with pytest.raises(BadInput, match="column the facts: is a column this table does not have"):
        filled_in(without, FORM, OF.office)


def test_a_form_has_so_many_rows() -> None:
    """Beyond, it is none that was written with a plan."""
    cells = pl.DataFrame({heading: [""] * (MOST_ROWS + 1) for heading in FORM.columns.values()})
    filled = FilledForm("grades.csv", cells, pl.int_range(cells.height, eager=True))
    with pytest.raises(BadInput, match="more than 10,000 rows"):
        filled_in(filled, FORM, OF.office)


def test_a_form_speaks_the_language_of_its_plan() -> None:
    """Its words are read back, and so are the codes of grades and the usual words for yes."""
    form = a_form(OF, "zh")
    row = done(form, "c", grade="瑕疵", facts="是", reviewed_at="2026/2/28")
    (one,) = filled_in(came_back(form, row), form, OF.office).done
    assert (one.step.grade, one.step.dimensions) == ("flaw", ("facts",))


def test_without_dimensions_any_name_may_stand() -> None:
    """Several are separated by semicolons."""
    of = an_office(
        reviews={
            "grades": [
                {"code": "good", "defect": False, "meaning": {"en": "g"}},
                {"code": "bad", "defect": True, "meaning": {"en": "b"}},
            ]
        }
    )
    form = a_form(of)
    row = done(form, "a", grade="b", dimensions="law; facts；law")
    (one,) = filled_in(came_back(form, row), form, of.office).done
    assert one.step.dimensions == ("law", "facts")


def test_words_that_are_equal_are_told_apart_by_their_codes() -> None:
    """No two columns bear one heading."""
    named = {"date": {"meaning": {"en": "date"}}, "day": {"meaning": {"en": "date"}}}
    grades = [
        {"code": "good", "defect": False, "meaning": {"en": "g"}},
        {"code": "bad", "defect": True, "meaning": {"en": "g"}},
    ]
    of = an_office(reviews={"grades": grades, "dimensions": named})
    form = a_form(of)
    assert list(form.dimensions.values()) == ["date (date)", "date (day)"]
    assert list(form.grades.values()) == ["g", "g (bad)"]
    row = done(form, "a", grade="g (bad)", day="yes")
    (one,) = filled_in(came_back(form, row), form, of.office).done
    assert (one.step.grade, one.step.dimensions) == ("bad", ("day",))
    assert of_dimension("day") in form.columns


def test_ids_that_a_spreadsheet_would_run_come_back() -> None:
    """With the apostrophe in front, or without."""
    rows = tuple(replace(one, case_id="=1+1") if one.case_id == "a" else one for one in FORM.rows)
    form = replace(FORM, rows=rows)
    for written in ("=1+1", "'=1+1"):
        row = done(form, "=1+1") | {"case_id": written}
        assert filled_in(came_back(form, row), form, OF.office).done[0].step.case_id == "=1+1"
