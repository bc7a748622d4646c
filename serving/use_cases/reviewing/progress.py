"""How far the reviews of a plan are: who reads each case, what is graded, what is to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND, Reading
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.deciding import Overridden
from serving.work.readings import to_make

READ_AS: Mapping[Reading, Sayable] = {
    FIRST: _("first reading"),
    SECOND: _("second reading"),
    CONSOLIDATED: _("consolidated grade"),
}
STATES: Mapping[str, Sayable] = {
    "first": _("to be graded"),
    "second": _("to be graded a second time"),
    "differ": _("two grades that differ"),
    "done": _("graded"),
    "left_out": _("taken out"),
}
SETTLED = ("done", "left_out")
ADDED = "added"  # how a case was chosen that was not drawn


def since(context: ServiceContext, as_of: datetime) -> pl.DataFrame:
    """The reviews made after a plan's day; a reading that is not named is a first one."""
    reviews = context.tables.review_rows.filter(pl.col("reviewed_at") > as_of)
    return reviews.with_columns(pl.col("reading").fill_null(FIRST)).sort(
        "reviewed_at", maintain_order=True
    )


def cases_of(context: ServiceContext, plan: UnderWay) -> pl.DataFrame:
    """The lines of a plan in scope, in the reading order, then the cases that people added.

    The columns of `UnderWay.cases`, of an added case those that are known; and `left_out`, whether
    somebody took the case out.
    """
    decided = _decided(context, plan)
    out = [case_id for case_id, what in decided.items() if what == "left_out"]
    added = [case_id for case_id, what in decided.items() if plan.line(case_id) is None]
    lines = plan.cases.with_columns(left_out=pl.col("case_id").is_in(out))
    if added:
        lines = pl.concat([lines, _added(context, lines, added)], how="diagonal_relaxed")
    return lines if context.scope is None else context.scope.of(lines)


def _decided(context: ServiceContext, plan: UnderWay) -> dict[str, str]:
    """What people decided other than the draw, by case."""
    overridden = context.remembered.work.deciding.overridden
    return {
        case_id: step.decided
        for (plan_id, case_id), taken in overridden.items()
        if plan_id == plan.plan_id and isinstance(step := taken.step, Overridden)
    }


def _added(context: ServiceContext, lines: pl.DataFrame, case_ids: Sequence[str]) -> pl.DataFrame:
    cases = context.tables.of_cases("cases", case_ids)
    after = pl.int_range(pl.len(), dtype=pl.Int64()) + lines.height + 1
    return cases.select(
        "case_id",
        "kind",
        "unit",
        "handler",
        turn=after,
        rank=after,
        selected_by=pl.lit(ADDED),
        second_review=pl.lit(value=False),
        hidden=pl.lit(value=False),
        left_out=pl.lit(value=False),
    )


def progress(context: ServiceContext, plan: UnderWay) -> pl.DataFrame:
    """The cases of a plan in scope, in the reading order, with how far each is.

    The columns of `cases_of`, `reader_first` and `reader_second` (null: nobody),
    `grade_first`, `grade_second`, `grade_consolidated` (null: not graded yet), `state`, one of
    `STATES`, and `free`, how many readings are to be made that nobody has. Of several grades of one
    reading the first counts.
    """
    lines = cases_of(context, plan)
    reviewing = context.remembered.work.reviewing
    given = reviewing.readings.filter(plan=plan.plan_id)
    had = reviewing.readers.filter(plan=plan.plan_id)
    own = had.select("case_id", "reviewer", own="reading").unique(("case_id", "reviewer"))
    found = since(context, plan.parameters.as_of).join(
        own, on=("case_id", "reviewer"), how="left", maintain_order="left"
    )
    found = found.with_columns(_read_as(pl.col("own")))
    for reading in (FIRST, SECOND):
        reader = pl.col("reviewer").alias(f"reader_{reading}")
        of_one = given.filter(reading=reading).select("case_id", reader)
        lines = _beside(lines, of_one)
    for reading in READ_AS:
        of_one = found.filter(reading=reading).select(
            "case_id", pl.col("grade").alias(f"grade_{reading}")
        )
        lines = _beside(lines, of_one)
    remembered, listed = context.remembered, {plan.plan_id: plan.cases["case_id"]}
    still = to_make(remembered.work, remembered.days, context.tables, listed)
    nobodys = still.filter(pl.col("reviewer").is_null()).group_by("case_id")
    lines = lines.join(nobodys.agg(free=pl.len()), on="case_id", how="left", maintain_order="left")
    return lines.with_columns(pl.col("free").fill_null(0), state=_state(still))


def _read_as(own: pl.Expr) -> pl.Expr:
    """The reading of a review: the `own` one of who has one of the case, whatever it is called."""
    reading = pl.col("reading")
    return pl.when(reading == CONSOLIDATED).then(reading).otherwise(pl.coalesce(own, reading))


def _beside(lines: pl.DataFrame, of_cases: pl.DataFrame) -> pl.DataFrame:
    once = of_cases.unique("case_id", keep="first", maintain_order=True)
    return lines.join(once, on="case_id", how="left", maintain_order="left")


def _state(still: pl.DataFrame) -> pl.Expr:
    """`still` are the readings of the plan that are to be made."""
    waits = {
        reading: pl.col("case_id").is_in(still.filter(reading=reading)["case_id"].implode())
        for reading in (FIRST, SECOND)
    }
    return (
        pl.when("left_out")
        .then(pl.lit("left_out"))
        .when(pl.col("grade_consolidated").is_not_null())
        .then(pl.lit("done"))
        .when(waits[FIRST])
        .then(pl.lit("first"))
        .when(waits[SECOND])
        .then(pl.lit("second"))
        .when(pl.col("grade_first") != pl.col("grade_second"))
        .then(pl.lit("differ"))
        .otherwise(pl.lit("done"))
    )


@dataclass(frozen=True)
class CaseProgress:
    """How far the readings of one case of a plan are.

    `readers` is who has each reading, `wanted` which are to be made or were, `graded` what was
    graded since the plan's day: rows of the review table, in order. `left_out`: somebody took the
    case out.
    """

    plan: UnderWay
    line: Mapping[str, Any]
    readers: Mapping[Reading, str]
    wanted: Sequence[Reading]
    graded: pl.DataFrame
    left_out: bool = False

    @classmethod
    def of(cls, context: ServiceContext, plan: UnderWay, case_id: str) -> CaseProgress | None:
        """That of a case; None if it was neither drawn nor added."""
        decided = context.remembered.work.deciding.overridden.get((plan.plan_id, case_id))
        line = plan.line(case_id)
        if line is None and decided is not None:
            line = next(cases_of(context, plan).filter(case_id=case_id).iter_rows(named=True), None)
        if line is None:
            return None
        left_out = decided is not None and line["selected_by"] != ADDED
        reviewing = context.remembered.work.reviewing
        found = {
            reading: reviewing.reader(plan.plan_id, case_id, reading) for reading in (FIRST, SECOND)
        }
        readers = {reading: person for reading, person in found.items() if person is not None}
        own = reviewing.own(plan.plan_id, case_id)
        twice = line["second_review"] or SECOND in own.values()
        wanted = [
            reading
            for reading in ((FIRST, SECOND) if twice else (FIRST,))
            if (plan.plan_id, case_id, reading) not in reviewing.waived
        ]
        of_reviewer = pl.col("reviewer").replace_strict(own, default=None, return_dtype=pl.String())
        graded = graded_since(context, plan.parameters.as_of, case_id)
        read_as = graded.with_columns(_read_as(of_reviewer))
        return cls(plan, line, readers, wanted, read_as, left_out)

    @cached_property
    def state(self) -> str:
        """One of `STATES`."""
        first, second = self.grade(FIRST), self.grade(SECOND)
        if self.left_out:
            return "left_out"
        if self.open_readings:
            return self.open_readings[0]
        if first is None or second is None or self.grade(CONSOLIDATED) is not None:
            return "done"
        return "done" if first["grade"] == second["grade"] else "differ"

    @property
    def probability(self) -> float | None:
        """The inclusion probability of the case; None if it was not drawn."""
        return None if self.is_added else float(self.line["inclusion_probability"])

    @property
    def is_added(self) -> bool:
        """Whether somebody added the case, which was not drawn."""
        return bool(self.line["selected_by"] == ADDED)

    @property
    def open_readings(self) -> tuple[Reading, ...]:
        """The readings that are still to be graded, as `to_make` says it."""
        if self.left_out or self.grade(CONSOLIDATED) is not None:
            return ()
        return tuple(reading for reading in self.wanted if self.grade(reading) is None)

    @property
    def free_readings(self) -> tuple[Reading, ...]:
        """Those of them that nobody has."""
        return tuple(reading for reading in self.open_readings if reading not in self.readers)

    def grade(self, reading: Reading) -> Mapping[str, Any] | None:
        """The first grade of a reading, a row of the review table; None if there is none yet."""
        rows = self.graded.filter(reading=reading)
        return rows.row(0, named=True) if rows.height else None

    def waits_for(self, person: str | None) -> Reading | None:
        """The reading that this person still has to grade; None if there is none."""
        if self.left_out or person is None or person in self.graded["reviewer"].to_list():
            return None
        mine = (reading for reading, reader in self.readers.items() if reader == person)
        return next(mine, None)

    def has_graded(self, person: str | None) -> bool:
        """Whether this person has graded the case."""
        return person is not None and person in self.graded["reviewer"].to_list()


def graded_since(context: ServiceContext, as_of: datetime, case_id: str) -> pl.DataFrame:
    """The rows of the review table of one case since a plan's day, in order."""
    rows = context.tables.of_cases("reviews", [case_id])
    checks = context.office.check_words
    independent = rows.filter(~pl.col("kind").is_in(checks).fill_null(value=False))
    made = independent.filter(pl.col("reviewed_at") > as_of)
    return made.with_columns(pl.col("reading").fill_null(FIRST)).sort(
        "reviewed_at", maintain_order=True
    )
