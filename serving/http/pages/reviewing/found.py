"""What reviewers found in a case, in words: only the grades that the reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cases.language.messages import Sayable
from cases.language.messages import listed as listed_names
from cases.office.model import Office
from cases.office.reviews import CONSOLIDATED, FIRST
from cases.tables.values import listed
from evaluation.pages.plan.drawn_cases import as_shown, clipped
from features.grades import counting
from serving.http.pages.reviewing.opened import OpenedCase
from serving.http.pages.shell.visit import Visit
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.knowing import findings_are_final
from serving.use_cases.reviewing.progress import READ_AS
from serving.work.reviewing import Graded
from serving.work.step import Taken


@dataclass(frozen=True)
class FoundGrade:
    """A grade with what goes with it; `remarks` are those on single dimensions, by their names.

    `reviewer` is None where the reader does not learn who it was, `record` where it has none.
    """

    at: Sayable | str
    reading: str
    read_as: Sayable
    reviewer: str | None
    grade: Sayable | str
    is_defect: bool
    dimensions: Sayable | None
    remarks: tuple[tuple[Sayable | str, str], ...]
    reason: str
    good: str
    hours: float | None
    record: int | None


def found_grades(visit: Visit, opened: OpenedCase) -> list[FoundGrade]:
    """The grades that this reader may know, the newest first.

    All of them; else the one that counts, once it is settled, for who handles the case; else one's
    own, while others are still reading.
    """
    context = visit.context
    rows = _independent(context, opened.case_id)
    if opened.knows.grades:
        kept = rows
    elif _is_own(visit, opened) and findings_are_final(context, opened.case_id, opened.plans):
        kept = counting(rows.with_columns(known_at="reviewed_at")).drop("known_at")
    else:
        kept = rows.filter(pl.col("reviewer").is_in([visit.caller.person or ""]))
    return [
        found_grade(context, row, opened.case_id, names_shown=opened.knows.grades)
        for row in kept.sort("reviewed_at", descending=True).iter_rows(named=True)
    ]


def _is_own(visit: Visit, opened: OpenedCase) -> bool:
    """Whether the reader handles the case."""
    person = visit.caller.person
    return person is not None and opened.file.row["handler"] == person


def _independent(context: ServiceContext, case_id: str) -> pl.DataFrame:
    rows = context.tables.of_cases("reviews", [case_id])
    is_check = pl.col("kind").is_in(context.office.check_words).fill_null(value=False)
    return rows.filter(~is_check).with_columns(
        pl.col("reading").fill_null(FIRST), named=listed(pl.col("dimensions"))
    )


def found_grade(
    context: ServiceContext, row: Mapping[str, Any], case_id: str, *, names_shown: bool
) -> FoundGrade:
    """A row of the review table (`reading` filled in, `named` its dimensions) in words."""
    office = context.office
    taken = _step(context.remembered.work.reviewing.graded.get(case_id, ()), row)
    step = None if taken is None else taken.step
    said = step if isinstance(step, Graded) else None
    return FoundGrade(
        at=as_shown(row["reviewed_at"]),
        reading=row["reading"],
        read_as=READ_AS.get(row["reading"], READ_AS[FIRST]),
        reviewer=row["reviewer"] if names_shown else None,
        grade=grade_name(office, row["grade"]),
        is_defect=row["grade"] in office.defect_grades,
        dimensions=dimension_names(office, row["named"] or ()),
        remarks=tuple(_remarks(office, said)),
        reason="" if said is None else said.reason,
        good="" if said is None else said.good,
        hours=row["hours"],
        record=None if taken is None else taken.record,
    )


def _remarks(office: Office, said: Graded | None) -> Iterator[tuple[Sayable | str, str]]:
    for code, text in () if said is None else said.remarks.items():
        yield dimension_name(office, code), text


def _step(steps: Sequence[Taken], row: Mapping[str, Any]) -> Taken | None:
    """The step that goes with a row; None where the grade came without one."""
    for taken in steps:
        step = taken.step
        assert isinstance(step, Graded)  # noqa: S101  only such steps are kept there
        alike = step.reading == row["reading"] and step.grade == row["grade"]
        if alike and (step.reviewer == row["reviewer"] or step.reading == CONSOLIDATED):
            return taken
    return None


def grade_name(office: Office, code: str) -> Sayable | str:
    """What a grade is called."""
    grades = office.reviews.grades if office.reviews else ()
    return next((grade.meaning for grade in grades if grade.code == code), clipped(code))


def dimension_names(office: Office, codes: Sequence[str]) -> Sayable | None:
    """What several are called; None where there is none."""
    return listed_names([dimension_name(office, code) for code in codes]) if codes else None


def dimension_name(office: Office, code: str) -> Sayable | str:
    """What a dimension is called."""
    dimensions = office.reviews.dimensions if office.reviews else {}
    return dimensions[code].meaning if code in dimensions else clipped(code)
