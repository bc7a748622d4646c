"""Reviewing: which plans are under way, who reads which case of them, and what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

import polars as pl
from pydantic import Field

from cases.language.messages import Sayable, _
from cases.office.reviews import Reading
from serving.work.step import Step, Taken

LONGEST_TEXT = 4_000  # letters
READINGS: dict[str, pl.DataType] = {
    "plan": pl.String(),
    "case_id": pl.String(),
    "reading": pl.String(),
    "reviewer": pl.String(),
    "probability": pl.Float64(),  # null: designated
    "record": pl.Int64(),
}


class Assigned(Step):
    """One case of a plan for one reviewer, drawn with this probability (None: designated)."""

    code: ClassVar[str] = "assigned"
    says: ClassVar[Sayable] = _("a case was given to a reviewer")
    case_id: str
    reading: Reading
    reviewer: str
    probability: float | None = None


class Begun(Step):
    """A plan under way: its folder's manifest, and who reads what.

    `seed` is what the reviewers were drawn with, `draw` identifies that draw. `twice` are the cases
    that are to be read twice, whether or not somebody could be drawn for that.
    """

    code: ClassVar[str] = "begun"
    says: ClassVar[Sayable] = _("the reviews of a plan began")
    manifest: str
    seed: str
    draw: str
    readings: tuple[Assigned, ...]
    twice: tuple[str, ...] = ()


class Graded(Step):
    """What a reviewer found in a case, besides the row of the review table.

    `remarks` are by dimension.
    """

    code: ClassVar[str] = "graded"
    says: ClassVar[Sayable] = _("a case was graded")
    case_id: str
    reading: Reading
    reviewer: str
    grade: str
    dimensions: tuple[str, ...] = ()
    hours: float | None = None
    remarks: dict[str, str] = Field(default_factory=dict)
    reason: str = Field(default="", max_length=LONGEST_TEXT)
    good: str = Field(default="", max_length=LONGEST_TEXT)
    risk_shown: bool | None = None


class GradedAgain(Graded):
    """A reading that came again from its reviewer and said otherwise, or more; the first counts."""

    code: ClassVar[str] = "graded again"
    says: ClassVar[Sayable] = _("a grade came again, with other content; the first counts")


@dataclass(frozen=True)
class Reviewing:
    """How reviewing stands: plans under way by id, and by case who reads it and what was found.

    A case can be in several plans; steps are in the order in which they were taken. A reading is
    of who it was given to first, and of two grades by one reviewer of one reading the first counts;
    what came `again` is kept beside it.
    """

    steps: ClassVar[tuple[type[Step], ...]] = (Begun, Assigned, Graded, GradedAgain)

    plans: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))
    assigned: Mapping[str, tuple[Taken, ...]] = field(default_factory=lambda: MappingProxyType({}))
    graded: Mapping[str, tuple[Taken, ...]] = field(default_factory=lambda: MappingProxyType({}))
    again: Mapping[str, tuple[Taken, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, taken: Sequence[Taken]) -> Reviewing:
        """How it stands after these steps."""
        if not taken:
            return self
        plans, assigned = dict(self.plans), dict(self.assigned)
        graded, again = dict(self.graded), dict(self.again)
        for one in taken:
            step = one.step
            if isinstance(step, Begun) and step.plan is not None and step.plan not in plans:
                plans[step.plan] = one
                for reading in step.readings:
                    of_plan = reading.model_copy(update={"plan": step.plan})
                    _add(assigned, Taken(of_plan, one.record, one.at, one.by), "reading")
            elif isinstance(step, Assigned):
                _add(assigned, one, "reading")
            elif isinstance(step, GradedAgain):
                again[step.case_id] = (*again.get(step.case_id, ()), one)
            elif isinstance(step, Graded):
                _add(graded, one, "reading", "reviewer")
        return Reviewing(plans, assigned, graded, again)

    @cached_property
    def readings(self) -> pl.DataFrame:
        """Every reading that was given to somebody: the columns of `READINGS`."""
        rows = [
            (step.plan, step.case_id, step.reading, step.reviewer, step.probability, one.record)
            for several in self.assigned.values()
            for one in several
            if isinstance(step := one.step, Assigned)
        ]
        return pl.DataFrame(rows, schema=READINGS, orient="row")

    def reader(self, plan: str, case_id: str, reading: Reading) -> str | None:
        """Who has a reading; None if nobody has."""
        found = _first(self.assigned.get(case_id, ()), plan=plan, reading=reading)
        return found.step.reviewer if found and isinstance(found.step, Assigned) else None


def _add(of_cases: dict[str, tuple[Taken, ...]], one: Taken, *same: str) -> None:
    """Add a step to those of its case, unless one that agrees in `plan` and `same` is there."""
    step: Any = one.step
    there = of_cases.get(step.case_id, ())
    if _first(there, **{name: getattr(step, name) for name in ("plan", *same)}) is None:
        of_cases[step.case_id] = (*there, one)


def _first(several: Sequence[Taken], **wanted: object) -> Taken | None:
    agree = (
        one
        for one in several
        if all(getattr(one.step, name) == value for name, value in wanted.items())
    )
    return next(agree, None)
