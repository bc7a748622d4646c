"""Grades that come in, beside those that are there of the same readings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.errors import Fault
from cases.language.messages import Sayable, _
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND
from cases.tables.values import SEPARATORS
from evaluation.pages.plan.grade_form import GradeForm
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.grades.filled import GradedRow
from serving.work.reviewing import Graded, GradedAgain

OTHERWISE = _("is not what this reviewer found there before.")
BY_ANOTHER = _("is another grade than another reviewer gave for this reading.")
BOTH_KEPT = _("Both are kept, and the first counts.")

Found = Mapping[str, Any]  # a row of the review table


@dataclass(frozen=True)
class Compared:
    """A reading that comes in, beside the rows of the review table that are of its case.

    `own` are those of the same reviewer, as far as they can be of this reading; `others` those of
    other reviewers for it. `kept` are the steps that were recorded of it.
    """

    row: GradedRow
    own: Sequence[Found] = ()
    others: Sequence[Found] = ()
    kept: Sequence[Graded] = ()
    made_first: bool = False

    @property
    def is_new(self) -> bool:
        """Whether this reviewer has not graded this reading before."""
        return not self.own

    @property
    def is_known(self) -> bool:
        """Whether this reviewer found the same before."""
        return any(map(self._agrees, self.own))

    @property
    def brings_more(self) -> bool:
        """Whether it says anything that is not recorded yet; remarks by dimension aside."""
        said = [one.model_dump(exclude={"remarks"}) for one in self.kept]
        return self.row.step.model_dump(exclude={"remarks"}) not in said

    @property
    def step(self) -> Graded:
        """What is recorded of it: the grade, or that it came again."""
        if self.is_new or (self.is_known and not self.kept):
            return self.row.step
        return GradedAgain(**self.row.step.model_dump())

    def faults(self, name: str, form: GradeForm) -> Iterator[Fault]:
        """Faults in the file `name` that only what is there shows."""
        if self.made_first:
            problem = _("is a second reading by who made the first.")
            remedy = _("Correct the reviewer or the reading; a second reader is another person.")
            reviewer, heading = self.row.step.reviewer, form.headings["reviewer"]
            yield Fault(name, problem, remedy, self.row.row, heading, reviewer)

    def differences(self, name: str, form: GradeForm) -> Iterator[Fault]:
        """In what it does not agree with what is there; nothing is replaced by it."""
        step, heading = self.row.step, form.headings["grade"]
        problem: Sayable | None = None
        if self.own and not self.is_known:
            problem = OTHERWISE
        elif any(one["grade"] != step.grade for one in self.others):
            problem = BY_ANOTHER
        if problem is not None:
            given = form.grades.get(step.grade, step.grade)
            yield Fault(name, problem, BOTH_KEPT, self.row.row, heading, given, step.case_id)

    def _agrees(self, found: Found) -> bool:
        step, day = self.row.step, self.row.reviewed_at.date()
        named = set(filter(None, re.split(SEPARATORS, found["dimensions"] or "")))
        return (
            found["grade"] == step.grade
            and {one.strip() for one in named} == set(step.dimensions)
            and found["reviewed_at"].date() == day
        )


def compared(context: ServiceContext, rows: Sequence[GradedRow]) -> list[Compared]:
    """Each of these rows beside what is there."""
    ids = {row.step.case_id for row in rows}
    checks = set(context.office.check_words)
    there: dict[str, list[Found]] = defaultdict(list)
    for found in context.tables.of_cases("reviews", ids).iter_rows(named=True):
        if found["kind"] not in checks:
            there[found["case_id"]].append(found)
    first = {row.step.case_id: row.step.reviewer for row in rows if row.step.reading == FIRST}
    work = context.remembered.work.reviewing
    kept = {
        case_id: [
            one.step
            for one in (*work.graded.get(case_id, ()), *work.again.get(case_id, ()))
            if isinstance(one.step, Graded)
        ]
        for case_id in ids
    }
    return [
        _beside(row, there[row.step.case_id], kept[row.step.case_id], first.get(row.step.case_id))
        for row in rows
    ]


def _beside(
    row: GradedRow, there: Sequence[Found], kept: Sequence[Graded], first_here: str | None
) -> Compared:
    step = row.step
    since = [one for one in there if one["reviewed_at"].date() >= row.planned.closed]
    of_kind = [one for one in since if _is_consolidated(one) == (step.reading == CONSOLIDATED)]
    own = [one for one in of_kind if one["reviewer"] == step.reviewer]
    firsts = {one["reviewer"] for one in since if _reading(one) == FIRST} | {first_here} - {None}
    made_first = step.reading == SECOND and firsts == {step.reviewer}
    return Compared(
        row,
        own,
        [one for one in of_kind if one not in own and _reading(one) == step.reading],
        [one for one in kept if (one.plan, one.reading, one.reviewer) == _named(step)],
        made_first,
    )


def _named(step: Graded) -> tuple[str | None, str, str]:
    return step.plan, step.reading, step.reviewer


def _reading(found: Found) -> str:
    return found["reading"] or FIRST


def _is_consolidated(found: Found) -> bool:
    return _reading(found) == CONSOLIDATED
