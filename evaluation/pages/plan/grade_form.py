"""The form on which the grades of a plan come back: its rows, its columns and the words it takes.

It is filled in as a sheet of a workbook or as CSV, and read back by the same words. Nothing on it
says what was expected of a case or how it was chosen, whether the office reviews blind or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, say
from cases.office.model import Office
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND, Reading
from policies.spot_check.plan import SpotCheckPlan
from policies.spot_check.reading import readings, risk_hidden

GRADES_FILE = "grades.xlsx"
HEADER_ROWS = 1  # above those of the readings
Code = TypeVar("Code", bound=str)

YES, NO = _("yes"), _("no")
READINGS: Mapping[Reading, Sayable] = {
    FIRST: _("first reading"),
    SECOND: _("second reading"),
    CONSOLIDATED: _("consolidated grade"),
}
# The columns by code. Those of the dimensions stand where `DIMENSIONS` is.
DIMENSIONS = "dimensions"
COLUMNS: Mapping[str, Sayable] = {
    "number": _("sheet"),
    "case_id": _("case"),
    "reading": _("reading"),
    "reviewer": _("reviewer"),
    "reviewed_at": _("date"),
    "grade": _("grade"),
    DIMENSIONS: _("dimensions with a defect"),
    "reason": _("remarks"),
    "good": _("what was done well"),
    "hours": _("hours"),
    "risk_shown": _("risk was shown"),
    "plan": _("plan"),
}


@dataclass(frozen=True)
class FormRow:
    """A reading of a case: `number` as on its sheet of paper.

    `dimensions` are the codes of those in which it can have a defect. `closed` is the day from
    which a review is one of this closing, and `probability` that with which the case was drawn;
    neither is on the form.
    """

    number: int
    case_id: str
    reading: Reading
    dimensions: frozenset[str]
    closed: date
    probability: float
    risk_shown: bool


@dataclass(frozen=True)
class GradeForm:
    """The form of a plan in `language`.

    `headings` has those of the columns by code, without those of the `dimensions`, which are by
    the code of the dimension. `grades` and `readings` are the words for each code.
    """

    language: Language
    office: Sayable
    plan_id: str
    headings: Mapping[str, str]
    dimensions: Mapping[str, str]
    grades: Mapping[str, str]
    readings: Mapping[Reading, str]
    rows: tuple[FormRow, ...]

    @property
    def columns(self) -> dict[str, str]:
        """The heading of each column in order; those of dimensions are called `of_dimension`."""
        return dict(self._columns())

    def _columns(self) -> Iterator[tuple[str, str]]:
        for code, heading in self.headings.items():
            if code == DIMENSIONS and self.dimensions:
                yield from ((of_dimension(one), said) for one, said in self.dimensions.items())
            else:
                yield code, heading

    def said(self, text: Sayable) -> str:
        """A text in the language of the form."""
        return say(text, self.language)


def of_dimension(code: str) -> str:
    """What the column of a dimension is called."""
    return f"dimension:{code}"


def grade_form(plan: SpotCheckPlan, office: Office, language: Language) -> GradeForm:
    """The form of all readings of a plan, with the grades and dimensions in force on its day."""
    day, reviews = plan.parameters.as_of.date(), office.reviews
    grades = () if reviews is None else reviews.grades_on(day)
    named = {} if reviews is None else reviews.dimensions_on(day, day)
    headings = _distinct((code, say(name, language)) for code, name in COLUMNS.items())
    said = ((code, say(name, language)) for code, name in named.items())
    return GradeForm(
        language=language,
        office=office.office.name,
        plan_id=plan.plan_id,
        headings=headings,
        dimensions=_distinct(said, headings.values()),
        grades=_distinct((grade.code, say(grade.meaning, language)) for grade in grades),
        readings=_distinct((code, say(name, language)) for code, name in READINGS.items()),
        rows=tuple(_rows(plan, office, day)),
    )


def _rows(plan: SpotCheckPlan, office: Office, day: date) -> Iterator[FormRow]:
    lines: dict[str, dict[str, Any]] = {
        line["case_id"]: line for line in plan.lines.iter_rows(named=True)
    }
    reviews = office.reviews
    for number, case_id, is_second in readings(plan.parameters.seed, plan.lines):
        line = lines[case_id]
        closed = day if line["closed_at"] is None else line["closed_at"].date()
        yield FormRow(
            number,
            case_id,
            SECOND if is_second else FIRST,
            frozenset() if reviews is None else frozenset(reviews.dimensions_on(closed, day)),
            closed,
            line["inclusion_probability"],
            risk_shown=not risk_hidden(office, plan.parameters, case_id),
        )


def _distinct(named: Iterable[tuple[Code, str]], taken: Iterable[str] = ()) -> dict[Code, str]:
    """The words by code; where another has the same one, or it is `taken`, with the code behind."""
    there, words = set(taken), {}
    for code, word in named:
        one = " ".join(word.split())
        while one in there:
            one = f"{one} ({code})"
        there.add(one)
        words[code] = one
    return words
