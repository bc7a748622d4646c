"""Forms of grades as people send them back, of the four closed cases of the test office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine
import xlsxwriter

from evaluation.pages.plan.grade_form import FormRow, GradeForm, grade_form, of_dimension
from policies.spot_check.plan import PlanParameters
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.grades.cells import FilledForm
from serving.use_cases.spot_checks import spot_checks
from tests.factories.fakes import RULES, context
from tests.factories.office import office

AS_OF = datetime(2026, 2, 15)
REVIEWS = {
    "grades": [
        {"code": "best", "defect": False, "meaning": {"en": "excellent", "zh": "优质"}},
        {"code": "good", "defect": False, "meaning": {"en": "good", "zh": "合格"}},
        {"code": "flaw", "defect": True, "meaning": {"en": "bad", "zh": "瑕疵"}}
        | {"valid_until": "2026-02-28", "maps_to": "bad"},
        {"code": "bad", "defect": True, "meaning": {"en": "bad", "zh": "不合格"}}
        | {"valid_from": "2026-03-01"},
    ],
    "dimensions": {
        "facts": {"meaning": {"en": "the facts", "zh": "事实"}},
        "effect": {"meaning": {"en": "effect", "zh": "效果"}, "valid_from": "2026-02-03"},
    },
    "kinds": {"self": "self_check", "random": "review"},
}
DONE = {"reviewer": "r7", "reviewed_at": "2026-03-02", "grade": "good"}

Rows = list[list[Any]]
Cells = dict[str, str | None]


def an_office(**changes: Any) -> ServiceContext:
    """The test office with these grades and dimensions, or others."""
    of = context()
    described = office(**{"rules": RULES, "reviews": REVIEWS} | changes)
    return replace(of, tables=replace(of.tables, office=described))


def a_form(of: ServiceContext, language: str = "en", **parameters: Any) -> GradeForm:
    """The form of all four closed cases, two of which are read twice."""
    asked = {"as_of": AS_OF, "capacity": 4, "seed": "s", "second_share": 0.5} | parameters
    plan = spot_checks(of, PlanParameters.of(of.office, **asked)).plan
    return grade_form(plan, of.office, language)


def row_of(form: GradeForm, case_id: str, reading: str = "first") -> FormRow:
    """A reading on the form."""
    return next(one for one in form.rows if (one.case_id, one.reading) == (case_id, reading))


def cells_of(form: GradeForm, row: FormRow, **filled: str | None) -> Cells:
    """The cells of a row by the codes of the columns, with what was filled in."""
    prefilled = {
        "number": str(row.number),
        "case_id": row.case_id,
        "reading": form.readings[row.reading],
        "risk_shown": "yes" if row.risk_shown else "no",
        "plan": form.plan_id,
    }
    dimensions = {of_dimension(code): filled.pop(code, None) for code in form.dimensions}
    return {**dict.fromkeys(form.columns), **prefilled, **dimensions, **filled}


def came_back(form: GradeForm, *rows: Cells) -> FilledForm:
    """A file with these rows alone; the first of them is row 2."""
    schema = dict.fromkeys(form.columns.values(), pl.String)
    cells = [[row[code] for code in form.columns] for row in rows]
    numbers = pl.int_range(2, len(rows) + 2, dtype=pl.Int64, eager=True)
    return FilledForm("grades.xlsx", pl.DataFrame(cells, schema, orient="row"), numbers)


def done(form: GradeForm, case_id: str, reading: str = "first", **filled: str | None) -> Cells:
    """The row of a reading that is done."""
    row = replace(row_of(form, case_id), reading=reading)
    return cells_of(form, row, **DONE | filled)


def sheets_of(path: Path) -> dict[str, Rows]:
    """Every cell of a workbook, by sheet."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    """A workbook with these cells, as a spreadsheet program would save it."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, datetime | date):
                        sheet.write_datetime(at, place, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(at, place, cell)
                    else:
                        sheet.write(at, place, cell)


def fill_in(path: Path, target: Path, fill: Callable[[dict[str, Any], int], None]) -> Path:
    """The form at `path`, each of whose rows `fill` changes (by heading; numbered from 0)."""
    sheets = sheets_of(path)
    name = list(sheets)[-1]
    heads, *rows = sheets[name]
    changed = [dict(zip(heads, cells, strict=True)) for cells in rows]
    for number, row in enumerate(changed):
        fill(row, number)
    filled = [[row[head] for head in heads] for row in changed]
    write_sheets(target, {**sheets, name: [heads, *filled]})
    return target
