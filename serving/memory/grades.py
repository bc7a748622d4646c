"""A grade as records: the row of the review table and the step that says the rest, all or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cases.errors import Refused
from cases.office.reviews import CONSOLIDATED
from ledger.ledger import Entry
from ledger.records import Record
from serving.memory.checking import coming
from serving.memory.facts import key_hash
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.grades.rows import review_row
from serving.use_cases.reviewing.grading import GRADED
from serving.work.reviewing import Graded
from serving.work.step import step_entry

REVIEWS = "reviews"


def grade_entries(
    context: ServiceContext, step: Graded, at: datetime, probability: float | None, by: str
) -> tuple[Entry, Entry]:
    """The two entries of a grade; `BadInput` where a file with its row would be refused."""
    row = review_row(context.office, step, at, probability)
    facts = coming(context, REVIEWS, _key(step), [row]).entry
    signed = replace(facts, content={**facts.content, "by": by})
    return signed, step_entry(name_of(context.office), step, by)


def record_grade(
    now: Callable[[], ServiceContext],
    record: Callable[..., list[Record]],
    step: Graded,
    at: datetime,
    probability: float | None,
    by: str,
) -> None:
    """Record a grade; `Refused` where another grade of this reading was first."""
    context = now()
    if key_hash(_key(step)) in context.remembered.receipts:
        raise Refused(GRADED)
    facts, *_rest = record(*grade_entries(context, step, at, probability, by))
    receipt = now().remembered.receipts.get(key_hash(_key(step)))
    if receipt is None or receipt.record != facts.number or not receipt.has_counted:
        raise Refused(GRADED)


def _key(step: Graded) -> str:
    """By which a grade is known again: one reviewer grades one reading of a plan once.

    The consolidated grade of a plan is one, whoever gives it. It begins with what no key of a
    request or form can have, so that nobody takes the place of a grade with a key of their own.
    """
    who = "" if step.reading == CONSOLIDATED else step.reviewer
    parts = (step.plan or "", step.case_id, step.reading, who)
    return "\ngrade " + " ".join(f"{len(part)}:{part}" for part in parts)
