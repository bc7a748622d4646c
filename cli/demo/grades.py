"""What the reviewers of the demo found in the cases of a plan, and how their grades come in.

One of them works at the pages. The others filled in the form that goes with the plan; it lies in
the folder of the demo, and a manager takes it in.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.special import logit

from cases.demo.reviews.drawn import DEFECT_GRADES, GRADES, realise_again
from cases.demo.reviews.of_plan import graded
from cases.language.catalogues import Language
from cases.language.messages import say
from cases.office.reviews import FIRST, SECOND
from cli.demo.calendar import days_before
from cli.demo.people import Desk
from cli.demo.words import DONE_WELL, FOUND, SOMETHING, WHY_ONE_GRADE
from evaluation.pages.plan.grade_form import NO, YES, GradeForm, of_dimension
from serving.access.caller import Caller
from serving.http.pages.reviewing.grade_fields import GradeFields
from serving.kept.grade_form import form_of, read_filled
from serving.memory.graded_forms import imported
from serving.use_cases.reviewing.case_file import case_file
from serving.use_cases.reviewing.progress import progress
from serving.use_cases.reviewing.under_way import UnderWay

DONE = 0.6  # of its readings each reviewer has made this share
LONGEST_AGO, GAP = 46, 2  # days: of the first grades, and until a second reading
FORM = "grades_back.csv"  # in the folder of the demo


def readings_made(plan: UnderWay, given: pl.DataFrame, folder: Path, seed: int) -> pl.DataFrame:
    """The readings of a plan that were made by today, in the reading order.

    `given` are those of all reviewers; `folder` has the truth of the demo. Columns `case_id,
    reading, reviewer, handler, turn, grade, dimensions` (a list) and `ago` in days.
    """
    truth = pl.read_parquet(folder / "truth.parquet").select("case_id", "defect_probability")
    defects = pl.read_parquet(folder / "truth_defects.parquet")
    known = truth.join(defects, on="case_id")
    lines = plan.cases.select("case_id", "turn", "handler", "risk", risk_shown=~pl.col("hidden"))
    asked = given.select("case_id", "reading", "reviewer").join(lines, on="case_id")
    made = _made(asked).join(known, on="case_id", maintain_order="left")
    reviewers = pl.read_parquet(folder / "truth_reviewers.parquet")
    made = made.with_columns(badness=_as_judged(made, np.random.default_rng([seed, 6])))
    is_defect = pl.col("grade").is_in(DEFECT_GRADES)
    named = pl.col("dimensions").str.split(";")
    return made.with_columns(grade=graded(made, reviewers)).with_columns(
        dimensions=pl.when(is_defect).then(named).otherwise(pl.lit([], pl.List(pl.String())))
    )


def _made(asked: pl.DataFrame) -> pl.DataFrame:
    """Which readings were made, and how many days `ago`; of a second one the first was, too."""
    in_order = asked.sort(pl.col("reading") == SECOND, "turn")
    of_reviewer = pl.int_range(pl.len()).over("reading", "reviewer")
    part = of_reviewer / pl.len().over("reading", "reviewer")
    ago = (LONGEST_AGO - part / DONE * (LONGEST_AGO - 1)).floor().cast(pl.Int64)
    first = in_order.with_columns(part=part, ago=ago).filter(pl.col("part") < DONE)
    first = first.filter(reading=FIRST).drop("part")
    later = first.select("case_id", ago=pl.max_horizontal(pl.col("ago") - GAP, 1))
    second = in_order.filter(reading=SECOND).join(later, on="case_id", maintain_order="left")
    return pl.concat([first, second])


def _as_judged(made: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """How bad each reading judges the case: a second one partly as the first did."""
    log_odds, badness = logit(made["defect_probability"].to_numpy()), made["badness"].to_numpy()
    again = realise_again(rng, log_odds, badness)
    return pl.Series(np.where((made["reading"] == SECOND).to_numpy(), again, badness))


def take_in_form(
    desk: Desk, manager: Caller, plan: Path, made: pl.DataFrame, today: datetime, folder: Path
) -> None:
    """The form with these readings, as it came back, and its grades recorded."""
    form = form_of(plan)
    cells = [_cells(form, row, today) for row in made.iter_rows(named=True)]
    columns = list(form.columns.values())
    pl.DataFrame(cells, dict.fromkeys(columns, pl.String())).write_csv(folder / FORM)
    if cells:
        grades = imported(desk.current.context, form, read_filled(folder / FORM), manager.id)
        desk.current.record_all(*grades.entries)


def _cells(form: GradeForm, row: dict[str, Any], today: datetime) -> dict[str, str]:
    """A row of the form, filled in."""
    planned = {(one.case_id, one.reading): one for one in form.rows}
    one, language = planned[row["case_id"], row["reading"]], form.language
    said = {
        "number": str(one.number),
        "case_id": one.case_id,
        "reading": form.readings[one.reading],
        "reviewer": row["reviewer"],
        "reviewed_at": days_before(today, row["ago"]).date().isoformat(),
        "grade": form.grades[row["grade"]],
        "reason": " ".join(_remarks(row, language).values()),
        "good": _praise(row, language),
        "hours": str(_hours(row)),
        "risk_shown": form.said(YES if row["risk_shown"] else NO),
        "plan": form.plan_id,
    }
    boxes = {of_dimension(code): form.said(YES) for code in row["dimensions"]}
    return {form.columns[code]: text for code, text in (said | boxes).items()}


def grade_at_pages(
    desk: Desk, reviewer: Caller, plan: UnderWay, made: pl.DataFrame, today: datetime
) -> None:
    """Grade these cases one after the other on the page."""
    for row in made.iter_rows(named=True):
        at = days_before(today, row["ago"], row["turn"])
        fields = _fields(desk, row, at)
        query = {"id": row["case_id"], "plan": plan.plan_id}
        desk.send("/case/grade", reviewer, at, query, **fields)


def _fields(desk: Desk, row: dict[str, Any], at: datetime) -> dict[str, str]:
    """The form of the page, filled in."""
    context, found = desk.current.context, row["grade"]
    file = case_file(context, row["case_id"])
    if file is None:
        raise TypeError("a case of the plan is in the case table")
    remarks = _remarks(row, desk.language)
    fields = GradeFields.of(context.office, file, at.date())
    given = {one.remark: remarks[one.code] for one in fields.dimensions if one.code in remarks}
    good = _praise(row, desk.language)
    return {"grade": found, "good": good, "hours": str(_hours(row)), **given}


def _remarks(row: dict[str, Any], language: Language) -> dict[str, str]:
    """What is said of each dimension with a defect."""
    return {code: say(FOUND.get(code, SOMETHING), language) for code in row["dimensions"]}


def _praise(row: dict[str, Any], language: Language) -> str:
    """What was done well, in a case with the best grade."""
    if row["grade"] != GRADES[0]:
        return ""
    return say(DONE_WELL[row["turn"] % len(DONE_WELL)], language)


def _hours(row: dict[str, Any]) -> float:
    """How long the review took: longer where more was found."""
    return 0.5 + len(row["dimensions"]) + int(row["turn"]) % 4 / 2


def consolidate(desk: Desk, manager: Caller, plan: UnderWay, today: datetime) -> None:
    """Make one grade of each two that differ, but for the first such case: that one waits."""
    context = desk.current.context
    differ = progress(context, plan).filter(state="differ")
    for number, row in enumerate(differ.slice(1).iter_rows(named=True)):
        first = _first_grade(desk, row["case_id"])
        at = days_before(today, 1, number)
        fields = _fields(desk, row | first, at) | {"reason": say(WHY_ONE_GRADE, desk.language)}
        query = {"id": row["case_id"], "plan": plan.plan_id}
        desk.send("/case/consolidate", manager, at, query, **fields)


def _first_grade(desk: Desk, case_id: str) -> dict[str, Any]:
    """What the first reading found."""
    rows = desk.current.context.tables.of_cases("reviews", [case_id]).sort("reviewed_at")
    found = rows.filter(reading=FIRST).tail(1).row(0, named=True)
    named = (found["dimensions"] or "").split(";")
    return {"grade": found["grade"], "dimensions": list(filter(None, named))}
