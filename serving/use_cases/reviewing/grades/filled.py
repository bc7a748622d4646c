"""What a filled-in form of grades says, row by row, and everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.errors import Fault
from cases.language.messages import Sayable, _, listed
from cases.nearest import did_you_mean
from cases.office.model import Office
from cases.office.reviews import CONSOLIDATED
from evaluation.pages.plan.grade_form import FormRow, GradeForm, of_dimension
from serving.use_cases.reviewing.grades.cells import FilledForm, RowCells, begun_rows
from serving.use_cases.reviewing.grades.grounds import GIVE_GROUNDS, NO_GROUNDS, lacks_grounds
from serving.use_cases.reviewing.grades.words import Words
from serving.work.reviewing import LONGEST_TEXT, Graded

NEEDED = ("reviewer", "reviewed_at", "grade")
FREE_TEXTS = ("reason", "good")
BLANK = _("is blank.")
FILL_IN = _("Fill it in, or empty the row until the case is read.")
ONE_OF = _("Give one of these: {choices}.")
YES_OR_BLANK = _("Write yes, or leave it blank.")

Wrong = tuple[str, Sayable, Sayable]  # the column by its code, what is wrong, what to do


@dataclass(frozen=True)
class GradedRow:
    """A reading that is done, in row `row` of the file; the plan has its case as `planned`."""

    row: int
    step: Graded
    reviewed_at: datetime
    planned: FormRow


@dataclass(frozen=True)
class FilledIn:
    """The readings that are done, what is wrong with others, and how many are still to be done.

    `unclear` are the cases of rows at fault.
    """

    done: Sequence[GradedRow] = ()
    faults: Sequence[Fault] = ()
    unclear: frozenset[str] = frozenset()
    waiting: int = 0


def filled_in(filled: FilledForm, form: GradeForm, office: Office) -> FilledIn:
    """What a form that came back says. `BadInput` where it is not this form (`begun_rows`)."""
    words = Words(form, office)
    rows = list(begun_rows(filled, form, office))
    keys = [(words.case_of(row), words.reading_of(row)) for row in rows]
    given = Counter(keys)
    done: list[GradedRow] = []
    faults: list[Fault] = []
    unclear: set[str] = set()
    for row, key in zip(rows, keys, strict=True):
        wrong = [*_wrong(row, words), *(_twice() if given[key] > 1 and None not in key else ())]
        faults += (_at(row, filled.name, form, *one) for one in wrong)
        if not wrong:
            done.append(_graded(row, words))
        elif key[0] is not None:
            unclear.add(key[0])
    waiting = sum((one.case_id, one.reading) not in given for one in form.rows)
    return FilledIn(done, faults, frozenset(unclear), waiting)


def _at(
    row: RowCells, name: str, form: GradeForm, code: str, problem: Sayable, remedy: Sayable
) -> Fault:
    value = None if code in FREE_TEXTS else row.texts[code]
    return Fault(name, problem, remedy, row.row, form.columns[code], value)


def _wrong(row: RowCells, words: Words) -> Iterator[Wrong]:
    for check in CHECKS:
        yield from check(row, words)


def _wrong_plan(row: RowCells, words: Words) -> Iterator[Wrong]:
    if row.values["plan"] != words.form.plan_id:
        problem = _("is not the plan of this sheet.")
        remedy = _("Write {plan}, or leave out the rows of other plans.", plan=words.form.plan_id)
        yield "plan", problem, remedy


def _wrong_case(row: RowCells, words: Words) -> Iterator[Wrong]:
    if row.texts["case_id"] is None:
        yield "case_id", BLANK, _("Write the id of the case.")
    elif words.case_of(row) is None:
        known = {one.case_id for one in words.form.rows}
        remedy = did_you_mean(row.texts["case_id"], known, _("Leave the row out."))
        yield "case_id", _("is not a case that this plan drew."), remedy


def _wrong_reading(row: RowCells, words: Words) -> Iterator[Wrong]:
    case_id, reading = words.case_of(row), words.reading_of(row)
    choices = ONE_OF.filled(choices=listed(words.form.readings.values()))
    if row.texts["reading"] is None:
        yield "reading", BLANK, choices
    elif reading is None:
        yield "reading", _("is not a reading."), choices
    elif case_id and reading != CONSOLIDATED and (case_id, reading) not in words.rows:
        problem = _("is a reading that this plan did not draw for the case.")
        yield "reading", problem, _("Leave the row out.")


def _lacking(row: RowCells, _words: Words) -> Iterator[Wrong]:
    yield from ((code, BLANK, FILL_IN) for code in NEEDED if row.texts[code] is None)


def _wrong_values(row: RowCells, words: Words) -> Iterator[Wrong]:
    """Texts that are not of the kind of their column, or too long."""
    unread = {code for code, text in row.texts.items() if text is not None}
    unread &= {code for code, value in row.values.items() if value is None}
    if "reviewed_at" in unread:
        yield "reviewed_at", _("is not a date."), _("Write it as 2026-06-30.")
    if "hours" in unread:
        yield "hours", _("is not a number."), _("Write it with a point, for example 1.5.")
    if row.texts["risk_shown"] is not None and words.flag(row.texts["risk_shown"]) is None:
        yield "risk_shown", _("is neither yes nor no."), _("Write yes or no, or leave it blank.")
    problem = _("has more than {most:,} letters.", most=LONGEST_TEXT)
    for code in FREE_TEXTS:
        if len(row.texts[code] or "") > LONGEST_TEXT:
            yield code, problem, _("Shorten it.")


def _wrong_grade(row: RowCells, words: Words) -> Iterator[Wrong]:
    if row.texts["grade"] is None:
        return
    grade = words.grade_of(row)
    if grade is None:
        choices = ONE_OF.filled(choices=listed(words.form.grades.values()))
        yield "grade", _("is not a grade of this office."), choices
    elif lacks_grounds(words.office, grade, words.dimensions_of(row), row.texts["reason"] or ""):
        yield "grade", NO_GROUNDS, GIVE_GROUNDS


def _wrong_dimensions(row: RowCells, words: Words) -> Iterator[Wrong]:
    planned = words.planned(row)
    for code in words.form.dimensions:
        text = row.texts[of_dimension(code)]
        if text is None:
            continue
        if words.flag(text) is None:
            yield of_dimension(code), _("is neither yes nor blank."), YES_OR_BLANK
        elif words.flag(text) and planned is not None and code not in planned.dimensions:
            problem = _("was not in force when the case was closed.")
            yield of_dimension(code), problem, _("Leave it blank, and write a remark.")


def _twice() -> Iterator[Wrong]:
    problem = _("stands more than once, with the same reading.")
    yield "case_id", problem, _("Leave one row for each reading.")


CHECKS: tuple[Callable[[RowCells, Words], Iterator[Wrong]], ...] = (
    _wrong_plan,
    _wrong_case,
    _wrong_reading,
    _lacking,
    _wrong_values,
    _wrong_grade,
    _wrong_dimensions,
)


def _graded(row: RowCells, words: Words) -> GradedRow:
    """A row without faults."""
    planned, reading, grade = words.planned(row), words.reading_of(row), words.grade_of(row)
    if planned is None or reading is None or grade is None:
        raise TypeError("a row without faults has a case, a reading and a grade")
    step = Graded(
        plan=words.form.plan_id,
        case_id=planned.case_id,
        reading=reading,
        reviewer=row.values["reviewer"],
        grade=grade,
        dimensions=words.dimensions_of(row),
        hours=row.values["hours"],
        reason=row.texts["reason"] or "",
        good=row.texts["good"] or "",
        risk_shown=words.flag(row.texts["risk_shown"]),
    )
    return GradedRow(row.row, step, row.values["reviewed_at"], planned)
