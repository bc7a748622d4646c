"""Grades that come back on a form: compared with what is there, and made ready to be recorded.

The same row again brings nothing new. A row that says something else than before does not replace
it: both are kept, the first counts, and the difference is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from evaluation.pages.plan.grade_form import GradeForm
from ledger.ledger import Entry
from serving.memory.checking import check_mine, coming
from serving.memory.facts import key_hash
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import Remembered, name_of
from serving.use_cases.reviewing.grades.before import compared
from serving.use_cases.reviewing.grades.cells import FilledForm
from serving.use_cases.reviewing.grades.filled import GradedRow, filled_in
from serving.use_cases.reviewing.grades.rows import review_row
from serving.work.step import step_entry

FIELD = re.compile(r"^reviews\[(\d+)\](?:\.(\w+))?$")


@dataclass(frozen=True)
class ImportedGrades:
    """What a form brings: how many grades are new, were there, or are still to be given.

    `differing` names the rows that do not agree with what is there; those of the same reviewer are
    neither new nor known. The `entries` are to be recorded together; `key` is that of the receipt
    of the new rows.
    """

    key: str
    new: int
    known: int
    waiting: int
    differing: Sequence[Fault]
    entries: Sequence[Entry]


def imported(
    context: ServiceContext, form: GradeForm, filled: FilledForm, by: str | None = None
) -> ImportedGrades:
    """What comes in with a form that was filled in; `by` is the id of who sends it.

    `BadInput` with the faults of all rows if there is one: then nothing comes in.
    """
    read = filled_in(filled, form, context.office)
    rows = compared(context, [one for one in read.done if one.step.case_id not in read.unclear])
    faults = [fault for row in rows for fault in row.faults(filled.name, form)]
    new = [one.row for one in rows if one.is_new and not one.made_first]
    key, entries = str(uuid4()), []
    try:
        entries = _facts(context, key, new)
    except BadInput as error:
        faults += _in_form(error.faults, filled.name, form, new)
    if read.faults or faults:
        raise BadInput([*read.faults, *faults])
    office = name_of(context.office)
    entries += (step_entry(office, one.step, by) for one in rows if one.brings_more)
    return ImportedGrades(
        key,
        new=len(new),
        known=sum(row.is_known for row in rows),
        waiting=read.waiting,
        differing=[fault for row in rows for fault in row.differences(filled.name, form)],
        entries=entries,
    )


def _facts(context: ServiceContext, key: str, new: Sequence[GradedRow]) -> list[Entry]:
    """The record of new rows of the review table; `BadInput` with the field of every fault."""
    if not new:
        return []
    rows = [
        review_row(context.office, row.step, row.reviewed_at, row.planned.probability)
        for row in new
    ]
    check_mine(context, "reviews", rows)
    return [coming(context, "reviews", key, rows).entry]


def _in_form(
    faults: Sequence[Fault], name: str, form: GradeForm, rows: Sequence[GradedRow]
) -> Iterator[Fault]:
    """Faults of rows of the review table, at the rows and columns of the form."""
    for fault in faults:
        found = FIELD.match(fault.column or "")
        if found is None:
            yield Fault(name, fault.problem, fault.remedy, case=fault.case)
            continue
        place, column = int(found.group(1)), found.group(2) or "case_id"
        heading = form.headings.get(column, column)
        row = rows[place]
        case = row.step.case_id
        yield Fault(name, fault.problem, fault.remedy, row.row, heading, fault.value, case)


def check_counted(remembered: Remembered, grades: ImportedGrades) -> None:
    """`Refused` if what was recorded at the same moment contradicts the new rows."""
    receipt = remembered.receipts.get(key_hash(grades.key))
    if receipt is not None and not receipt.has_counted:
        raise Refused(
            _(
                "Something that came in at the same moment contradicts some of these grades. Send "
                "the form again to see which."
            )
        )
