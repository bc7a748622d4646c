"""The words on a form, as the codes that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from cases.language.messages import say
from cases.office.model import Office
from cases.office.reviews import FIRST, Reading
from cases.spreadsheet import harmless
from cases.tables.cells.column import FALSE, TRUE
from cases.tables.cells.text import fold
from cases.tables.values import SEPARATORS
from evaluation.pages.plan.grade_form import (
    DIMENSIONS,
    NO,
    YES,
    Code,
    FormRow,
    GradeForm,
    of_dimension,
)
from serving.use_cases.reviewing.grades.cells import RowCells


class Words:
    """What the words on a form of a plan mean to an office, whose scale may be newer."""

    def __init__(self, form: GradeForm, office: Office) -> None:
        self.form, self.office = form, office
        self.rows = {(row.case_id, row.reading): row for row in form.rows}
        ids = pl.Series([row.case_id for row in form.rows], dtype=pl.String)
        self._cases = {**dict(zip(harmless(ids), ids, strict=True)), **{one: one for one in ids}}
        self._readings = _by_word(form.readings.items())
        self._grades = _by_word(
            (grade.code, word)
            for grade in (office.reviews.grades if office.reviews else ())
            for word in (say(grade.meaning, form.language), form.grades.get(grade.code))
            if word is not None
        )
        self._flags = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
        self._flags |= {_plain(form.said(YES)): True, _plain(form.said(NO)): False}

    def case_of(self, row: RowCells) -> str | None:
        """The case of a row, if the plan drew it."""
        said = row.texts["case_id"]
        return None if said is None else self._cases.get(said, self._cases.get(fold(said)))

    def reading_of(self, row: RowCells) -> Reading | None:
        """Which reading a row is of."""
        return next(iter(_meant(self._readings, row.texts["reading"])), None)

    def planned(self, row: RowCells) -> FormRow | None:
        """The first reading of the case of a row, as the plan has it."""
        return self.rows.get((self.case_of(row) or "", FIRST))

    def grade_of(self, row: RowCells) -> str | None:
        """The code of the grade: of several of that name the one in force on the day."""
        codes, day = _meant(self._grades, row.texts["grade"]), row.values["reviewed_at"]
        in_force = self._in_force(day.date()) if day is not None else ()
        return next((code for code in codes if code in in_force), next(iter(codes), None))

    def _in_force(self, day: date) -> list[str]:
        reviews = self.office.reviews
        return [] if reviews is None else [grade.code for grade in reviews.grades_on(day)]

    def flag(self, text: str | None) -> bool | None:
        """What yes or no says; None for anything else."""
        return None if text is None else self._flags.get(_plain(text))

    def dimensions_of(self, row: RowCells) -> tuple[str, ...]:
        """The codes of the dimensions with a defect."""
        form = self.form
        if not form.dimensions:
            parts = re.split(SEPARATORS, row.values[DIMENSIONS] or "")
            return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
        return tuple(code for code in form.dimensions if self.flag(row.texts[of_dimension(code)]))


def _by_word(named: Iterable[tuple[Code, str]]) -> dict[str, list[Code]]:
    """The codes by what they are called, and by themselves."""
    codes: dict[str, list[Code]] = {}
    for code, word in named:
        for said in dict.fromkeys((_plain(word), _plain(code))):
            if code not in codes.setdefault(said, []):
                codes[said].append(code)
    return codes


def _meant(codes: Mapping[str, list[Code]], text: str | None) -> list[Code]:
    return [] if text is None else codes.get(_plain(text), [])


def _plain(text: str) -> str:
    """A word as words are compared: blanks and capitals do not count."""
    return " ".join(fold(text).casefold().split())
