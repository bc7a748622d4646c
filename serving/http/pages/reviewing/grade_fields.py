"""The fields of a grade: what is offered, what was sent, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.language.texts import Text
from cases.office.model import Office
from cases.office.reviews import Grade
from cases.tables.specification.reviews import MOST_HOURS
from serving.use_cases.reviewing.case_file import CaseFile, to_check
from serving.use_cases.reviewing.grades.grounds import GIVE_GROUNDS, NO_GROUNDS, lacks_grounds
from serving.work.reviewing import LONGEST_TEXT

SHORTEN = _("Write less.")
GRADE, REASON, GOOD, HOURS = _("Grade"), _("Remarks"), _("Done well"), _("Hours")


class DimensionField(NamedTuple):
    """A dimension with the ids of its box and of its remark."""

    code: str
    name: Text
    box: str
    remark: str


@dataclass(frozen=True)
class GradeFields:
    """What a grade of a case can say on a day."""

    office: Office
    grades: tuple[Grade, ...]
    dimensions: tuple[DimensionField, ...]

    @classmethod
    def of(cls, office: Office, file: CaseFile, day: date) -> GradeFields:
        """Those in force."""
        grades = office.reviews.grades_on(day) if office.reviews else ()
        fields = (
            DimensionField(code, name, f"dimension-{number}", f"remark-{number}")
            for number, (code, name) in enumerate(to_check(office, file, day).items(), 1)
        )
        return cls(office, grades, tuple(fields))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        of_dimensions = (name for one in self.dimensions for name in (one.box, one.remark))
        return ("grade", *of_dimensions, "reason", "good", "hours")

    def filled(self, given: Mapping[str, str]) -> dict[str, str]:
        """What is in each field; nothing where nothing was given."""
        return {name: given.get(name, "") for name in self.names}

    def sent(self, form: Mapping[str, str]) -> dict[str, str]:
        """Of a form the fields of a grade."""
        return {name: form[name] for name in self.names if form.get(name)}


class SentGrade(NamedTuple):
    """A grade as it was sent, whole and right."""

    grade: str
    dimensions: tuple[str, ...]
    remarks: dict[str, str]
    reason: str
    good: str
    hours: float | None


def read_grade(fields: GradeFields, form: Mapping[str, str]) -> SentGrade:
    """What a form says; `BadInput` with every fault, each with the field it is of."""
    faults = list(_faults(fields, form))
    if faults:
        raise BadInput(faults)
    return SentGrade(
        form["grade"],
        tuple(_named(fields, form)),
        {one.code: text for one in fields.dimensions if (text := _remark(form, one))},
        _text(form, "reason"),
        _text(form, "good"),
        _hours(form),
    )


def _faults(fields: GradeFields, form: Mapping[str, str]) -> Iterator[Fault]:
    grade = form.get("grade", "")
    if grade not in {one.code for one in fields.grades}:
        yield Fault(GRADE, _("is not chosen."), _("Choose a grade."), column="grade")
    elif lacks_grounds(fields.office, grade, _named(fields, form), _text(form, "reason")):
        yield Fault(GRADE, NO_GROUNDS, GIVE_GROUNDS, column="grade")
    if _hours(form) is None and _text(form, "hours"):
        problem = _("is not a number of hours from 0 to {most:,}.", most=MOST_HOURS)
        yield Fault(HOURS, problem, _("Write a number such as 1.5."), column="hours")
    yield from _too_long(fields, form)


def _too_long(fields: GradeFields, form: Mapping[str, str]) -> Iterator[Fault]:
    named: dict[str, Sayable] = {one.remark: one.name for one in fields.dimensions}
    for field, name in (named | {"reason": REASON, "good": GOOD}).items():
        if len(_text(form, field)) > LONGEST_TEXT:
            problem = _("is longer than {most:,} letters.", most=LONGEST_TEXT)
            yield Fault(name, problem, SHORTEN, column=field)


def _named(fields: GradeFields, form: Mapping[str, str]) -> list[str]:
    return [one.code for one in fields.dimensions if form.get(one.box) or _remark(form, one)]


def _remark(form: Mapping[str, str], one: DimensionField) -> str:
    return _text(form, one.remark)


def _text(form: Mapping[str, str], field: str) -> str:
    return form.get(field, "").strip()


def _hours(form: Mapping[str, str]) -> float | None:
    """The hours; None where none are given, or no number that they can be."""
    try:
        hours = float(_text(form, "hours").replace(",", "."))
    except ValueError:
        return None
    return hours if 0 <= hours <= MOST_HOURS else None
