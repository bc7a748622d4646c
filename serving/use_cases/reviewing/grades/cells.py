"""The cells of a filled-in form: each as it was written, and as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cases.errors import BadInput, Fault, shorten
from cases.language.messages import _
from cases.office.model import Office
from cases.tables.cells.column import How, read_cells
from cases.tables.specification.parts import NUMBER, TEXT
from cases.tables.values import TIME, texts_of
from evaluation.pages.plan.grade_form import DIMENSIONS, GradeForm, of_dimension

MOST_ROWS = 10_000
KINDS: Mapping[str, pl.DataType] = {"reviewed_at": TIME, "hours": NUMBER}
AS_WRITTEN = ("case_id", "reason", "good")
FILLED_IN = ("reviewed_at", "grade", DIMENSIONS, "reason", "good", "hours")
ANOTHER_SHEET = _("Take the sheet that was written with this plan.")


@dataclass(frozen=True)
class FilledForm:
    """A file as it came back: every cell a text or null, and which row of the file each row is."""

    name: str
    cells: pl.DataFrame
    rows: pl.Series


@dataclass(frozen=True)
class RowCells:
    """The cells of row `row` of the file, by the codes of the columns; blank ones are None.

    A value is None too where the text is none of its kind.
    """

    row: int
    texts: Mapping[str, str | None]
    values: Mapping[str, Any]


def begun_rows(filled: FilledForm, form: GradeForm, office: Office) -> Iterator[RowCells]:
    """The rows in which more is filled in than what was there, and a reviewer.

    `BadInput` where it is not the form of this plan at all: another one's, with columns missing,
    or more than `MOST_ROWS` rows.
    """
    _check_whole(filled, form)
    raw = {code: filled.cells[heading] for code, heading in form.columns.items()}
    texts = {code: texts_of(column) for code, column in raw.items()}
    how = _how(office)
    values = {
        code: texts[code] if code in AS_WRITTEN else _values(column, code, how)
        for code, column in raw.items()
    }
    _check_plan(filled.name, values["plan"], form.plan_id)
    filled_in = {*FILLED_IN, *map(of_dimension, form.dimensions)} & raw.keys()
    for place, row in enumerate(filled.rows):
        said = {code: column[place] for code, column in texts.items()}
        if any(said[code] is not None for code in filled_in):
            yield RowCells(row, said, {code: column[place] for code, column in values.items()})


def _values(column: pl.Series, code: str, how: How) -> pl.Series:
    return read_cells(column, KINDS.get(code, TEXT), how).values


def _how(office: Office) -> How:
    """Cells are read as those of the office's review table, where it has one."""
    table = office.tables.get("reviews")
    blank = {*office.office.blank, *(table.blank if table else ())}
    return How(blank=frozenset(blank), decimal=table.decimal if table else ".")


def _check_whole(filled: FilledForm, form: GradeForm) -> None:
    if filled.cells.height > MOST_ROWS:
        problem = _("has more than {most:,} rows.", most=MOST_ROWS)
        raise BadInput([Fault(filled.name, problem, ANOTHER_SHEET)])
    there = set(filled.cells.columns)
    problem = _("is a column this table does not have.")
    lacking = [heading for heading in form.columns.values() if heading not in there]
    if lacking:
        raise BadInput(Fault(filled.name, problem, ANOTHER_SHEET, column=one) for one in lacking)


def _check_plan(name: str, named: pl.Series, plan_id: str) -> None:
    """`BadInput` if the form names other plans alone; single rows that do are faults of theirs."""
    others = sorted(set(named.drop_nulls()))
    if others and plan_id not in others:
        problem = _(
            "is a sheet of plan {other}, not of {plan}.", other=shorten(others[0]), plan=plan_id
        )
        raise BadInput([Fault(name, problem, _("Name the folder of its plan with `--plan`."))])
