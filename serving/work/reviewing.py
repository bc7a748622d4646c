"""Reviewing: which plans are under way, who reads which case of them, and what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

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
    "reviewer": pl.String(),  # null: it was given back
    "probability": pl.Float64(),  # null: designated
    "record": pl.Int64(),
}
READERS: dict[str, pl.DataType] = {
    name: READINGS[name] for name in ("plan", "case_id", "reviewer", "reading")
}


class Assigned(Step):
    """One case of a plan for one reviewer, drawn with this probability (None: designated)."""

    code: ClassVar[str] = "assigned"
    says: ClassVar[Sayable] = _("a case was given to a reviewer")
    case_id: str
    reading: Reading
    reviewer: str
    probability: float | None = None


class GivenBack(Step):
    """A reading is nobody's again: its reviewer gave it back, or had it taken (the step's `by`).

    The reason can be erased alone (None); that the reading was given back stays.
    """

    code: ClassVar[str] = "given back"
    says: ClassVar[Sayable] = _("a reading was given back")
    apart: ClassVar[tuple[str, ...]] = ("reason",)
    case_id: str
    reading: Reading
    reviewer: str
    reason: str | None = Field(default=None, min_length=1, max_length=LONGEST_TEXT)


class Waived(Step):
    """A reading that nobody has is not made: the other reading of the case is enough."""

    code: ClassVar[str] = "waived"
    says: ClassVar[Sayable] = _("one reading of a case was declared to be enough")
    apart: ClassVar[tuple[str, ...]] = ("reason",)
    case_id: str
    reading: Reading
    reason: str | None = Field(default=None, min_length=1, max_length=LONGEST_TEXT)


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

    A case can be in several plans; steps are in the order in which they were taken, and those that
    did not count are left out. `reading_steps` are what happened to the readings of a case: each is
    an `Assigned`, a `GivenBack` or a `Waived`. A reading is of who it was given to first, until it
    is given back; of two grades by one reviewer of one reading the first counts; what came `again`
    is kept beside it.
    """

    steps: ClassVar[tuple[type[Step], ...]] = (
        Begun,
        Assigned,
        GivenBack,
        Waived,
        Graded,
        GradedAgain,
    )

    plans: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))
    reading_steps: Mapping[str, tuple[Taken, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    graded: Mapping[str, tuple[Taken, ...]] = field(default_factory=lambda: MappingProxyType({}))
    again: Mapping[str, tuple[Taken, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, taken: Sequence[Taken]) -> Reviewing:
        """How it stands after these steps."""
        if not taken:
            return self
        plans, of_readings = dict(self.plans), dict(self.reading_steps)
        graded, again = dict(self.graded), dict(self.again)
        for one in taken:
            step = one.step
            if isinstance(step, Begun) and step.plan is not None and step.plan not in plans:
                plans[step.plan] = one
                for reading in step.readings:
                    of_plan = reading.model_copy(update={"plan": step.plan})
                    drawn = Taken(of_plan, one.record, one.at, one.by)
                    if _last(of_readings.get(reading.case_id, ()), _named(of_plan)) is None:
                        _put(of_readings, reading.case_id, drawn)
            elif isinstance(step, Assigned | GivenBack | Waived):
                before = of_readings.get(step.case_id, ())
                if _counts(step, before, graded.get(step.case_id, ())):
                    _put(of_readings, step.case_id, one)
            elif isinstance(step, GradedAgain):
                _put(again, step.case_id, one)
            elif isinstance(step, Graded) and not _is_there(step, graded.get(step.case_id, ())):
                _put(graded, step.case_id, one)
        return Reviewing(plans, of_readings, graded, again)

    @cached_property
    def readings(self) -> pl.DataFrame:
        """Every reading that was given to somebody, as it is now: the columns of `READINGS`.

        Without those that were waived.
        """
        rows = [
            (step.plan, step.case_id, step.reading, *_holder(step), one.record)
            for several in self.reading_steps.values()
            for one in _now(several)
            if isinstance(step := one.step, Assigned | GivenBack)
        ]
        return pl.DataFrame(rows, schema=READINGS, orient="row")

    @cached_property
    def readers(self) -> pl.DataFrame:
        """Who has or had which reading, also who gave it back: the columns of `READERS`."""
        rows = [
            (step.plan, step.case_id, step.reviewer, step.reading)
            for several in self.reading_steps.values()
            for one in several
            if isinstance(step := one.step, Assigned)
        ]
        return pl.DataFrame(rows, schema=READERS, orient="row")

    @cached_property
    def waived(self) -> frozenset[tuple[str | None, str, Reading]]:
        """The readings (plan, case, reading) that are done without."""
        steps = (one.step for several in self.reading_steps.values() for one in several)
        return frozenset(
            (step.plan, step.case_id, step.reading) for step in steps if isinstance(step, Waived)
        )

    def reader(self, plan: str, case_id: str, reading: Reading) -> str | None:
        """Who has a reading; None if nobody has."""
        last = self.last_step(plan, case_id, reading)
        return last.step.reviewer if last and isinstance(last.step, Assigned) else None

    def last_step(self, plan: str, case_id: str, reading: Reading) -> Taken | None:
        """What last happened to a reading; None if nobody ever had it."""
        return _last(self.reading_steps.get(case_id, ()), (plan, reading))

    def own(self, plan: str | None, case_id: str) -> dict[str, Reading]:
        """Which reading of a case is or was whose, by reviewer."""
        return _own(self.reading_steps.get(case_id, ()), plan)

    def gave_back(self, case_id: str) -> frozenset[str]:
        """Who gave back a reading of a case, in whichever plan, or had it taken."""
        return _gave_back(self.reading_steps.get(case_id, ()))

    def has_counted(self, case_id: str, record: int) -> bool:
        """Whether the step of a record changed who reads a case."""
        return any(one.record == record for one in self.reading_steps.get(case_id, ()))


OfReading = Assigned | GivenBack | Waived


def _counts(step: OfReading, before: Sequence[Taken], grades: Sequence[Taken]) -> bool:
    """Whether a step fits the steps `before` of its case.

    A reading that nobody has can be taken, but not by who gave one of the case back, or has the
    other one; it can be waived, unless the other one was. Who has a reading can give it back, until
    it is graded.
    """
    taken = _last(before, _named(step))
    last = None if taken is None else taken.step
    if isinstance(step, GivenBack):
        is_theirs = isinstance(last, Assigned) and last.reviewer == step.reviewer
        return is_theirs and not _is_graded(step, grades)
    if isinstance(last, Assigned | Waived):
        return False
    if isinstance(step, Assigned):
        return step.reviewer not in _gave_back(before) | _own(before, step.plan).keys()
    is_other = (isinstance(one.step, Waived) and one.step.plan == step.plan for one in before)
    return not any(is_other) and not _is_graded(step, grades)


def _last(several: Sequence[Taken], of: tuple[str | None, Reading]) -> Taken | None:
    """What last happened to a reading of a plan; None if nothing has."""
    return next((one for one in reversed(several) if _key(one) == of), None)


def _now(several: Sequence[Taken]) -> Sequence[Taken]:
    """What last happened to each reading of a case, in the order in which they came up."""
    return [*{_key(one): one for one in several}.values()]


def _key(one: Taken) -> object:
    return _named(one.step) if isinstance(one.step, OfReading) else None


def _named(step: OfReading) -> tuple[str | None, Reading]:
    return step.plan, step.reading


def _holder(step: Assigned | GivenBack) -> tuple[str | None, float | None]:
    """Who has a reading after this, and with which probability it was drawn."""
    return (step.reviewer, step.probability) if isinstance(step, Assigned) else (None, None)


def _own(several: Sequence[Taken], plan: str | None) -> dict[str, Reading]:
    """Which reading of a plan is or was whose."""
    steps = (one.step for one in several)
    return {
        step.reviewer: step.reading
        for step in steps
        if isinstance(step, Assigned) and step.plan == plan
    }


def _gave_back(several: Sequence[Taken]) -> frozenset[str]:
    return frozenset(one.step.reviewer for one in several if isinstance(one.step, GivenBack))


def _is_graded(step: GivenBack | Waived, grades: Sequence[Taken]) -> bool:
    return any(
        isinstance(one.step, Graded) and (one.step.plan, one.step.reading) == _named(step)
        for one in grades
    )


def _is_there(step: Graded, grades: Sequence[Taken]) -> bool:
    """Whether this reviewer graded this reading before."""
    return any(
        isinstance(one.step, Graded)
        and (one.step.plan, one.step.reading, one.step.reviewer)
        == (step.plan, step.reading, step.reviewer)
        for one in grades
    )


def _put(of_cases: dict[str, tuple[Taken, ...]], case_id: str, one: Taken) -> None:
    of_cases[case_id] = (*of_cases.get(case_id, ()), one)
