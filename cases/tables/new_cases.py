"""The cases that have just come in: read from a file, and whether they fit the office.

A file of new cases is like the case table, with what is known at intake and no more, the
codes of the parties (`parties`, separated by `;`), and where a chief has named the handler,
whom and why (`designated_handler`, `designation_reason`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.office.model import Office, Table
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Unreadable
from cases.tables import checks
from cases.tables.sheets import ROW, Sheet, make_sheet, schema_of
from cases.tables.tables import Tables
from cases.tables.values import listed

SHEET = "new_cases"


@dataclass(frozen=True)
class Odd:
    """What is wrong with the case at `place` (0 is the first), in `column`."""

    place: int
    column: str
    problem: str
    remedy: str


def read_new_cases(tables: Tables, path: Path, progress: Progress = silent) -> pl.DataFrame:
    """The new cases in the file at `path`; columns as `schema_of("new_cases", office)` gives.

    Its columns are called as in the office's case table. `BadInput` with every fault of the
    file, and of its cases beside what the office has.
    """
    office = tables.office
    table = _table(office, path)
    try:
        raw = source_of(path).read(path, progress)
    except Unreadable as error:
        raise BadInput([Fault(path.name, error.problem, error.remedy, row=error.row)]) from None
    sheet = make_sheet(SHEET, office, table, {path.name: raw})
    sheet.faults += checks.faults_of(sheet, checks.rules_of(SHEET, office), sheet.frame)
    sheet.faults += _lacking(tables, sheet, path.name)
    new = sheet.frame.select(list(schema_of(SHEET, office)))
    rows = sheet.frame[ROW].to_list()
    for odd in odd_cases(tables, new):
        value = new[odd.column][odd.place]
        column = sheet.names[odd.column]
        at = Fault(path.name, odd.problem, odd.remedy, rows[odd.place], column, value)
        sheet.faults.append(at)
    if sheet.frame.is_empty() and not sheet.faults:
        sheet.faults.append(Fault(path.name, "has no cases.", "Give at least one."))
    if sheet.faults:
        raise BadInput(sheet.faults)
    return new


def _table(office: Office, path: Path) -> Table:
    """How to read the file: with the column names and the date format of the case table."""
    cases = office.tables.cases
    known = schema_of(SHEET, office)
    columns = {ours: theirs for ours, theirs in cases.columns.items() if ours in known}
    if cases.path is None:
        columns = {}  # a query has named them already
    return Table.model_construct(
        path=path.name, files={}, sql=None, columns=columns, date_format=cases.date_format
    )


def _lacking(tables: Tables, sheet: Sheet, where: str) -> Iterator[Fault]:
    """Columns without which it would be decided otherwise, where the office has such facts."""
    asked = {
        "kind": (tables.case_rows["kind"], "cases of this office have kinds."),
        "unit": (tables.case_rows["unit"], "cases of this office have units."),
        "parties": (tables.recusal_rows["party"], "handlers are recused from parties."),
    }
    for column, (known, why) in asked.items():
        if known.count() and sheet.names[column] not in sheet.raw.columns:
            remedy = f"Add it, blank where it is not known: {why}"
            problem = "is a column this table does not have."
            yield Fault(where, problem, remedy, column=sheet.names[column])


def odd_cases(tables: Tables, new: pl.DataFrame) -> Iterator[Odd]:
    """Everything about `new` that contradicts itself or what the office has."""
    yield from _taken(tables, new)
    handlers = tables.handler_rows
    kinds = handlers.select(listed(pl.col("kinds"))).to_series().explode().drop_nulls()
    known = {
        "kind": {*tables.case_rows["kind"].drop_nulls(), *kinds},
        "unit": {*tables.case_rows["unit"].drop_nulls(), *handlers["unit"].drop_nulls()},
        "designated_handler": set(handlers["handler"]),
    }
    problems = {
        "kind": "is a kind of case that this office has never had.",
        "unit": "is a unit that this office does not have.",
        "designated_handler": "is not a handler of the handler table.",
    }
    for column, names in known.items():
        for place, value in enumerate(new[column]):
            if value is not None and value not in names:
                yield Odd(place, column, problems[column], _nearest(value, names))
    for place, (handler, reason) in enumerate(
        new.select("designated_handler", "designation_reason").iter_rows()
    ):
        if handler is not None and reason is None:
            remedy = "Say why the case does not go by lot, or leave the handler out."
            yield Odd(place, "designation_reason", "is blank for a designated handler.", remedy)
        if handler is None and reason is not None:
            remedy = "Name the handler, or leave the reason out."
            yield Odd(place, "designation_reason", "names a reason and no handler.", remedy)


def _taken(tables: Tables, new: pl.DataFrame) -> Iterator[Odd]:
    """Cases given twice, closed, or in somebody's hands already."""
    own = tables.case_rows.filter(pl.col("case_id").is_in(new["case_id"].implode()))
    known = {
        case_id: (closed_at, handler)
        for case_id, closed_at, handler in own.select("case_id", "closed_at", "handler").iter_rows()
    }
    seen = set()
    for place, case_id in enumerate(new["case_id"]):
        closed_at, handler = known.get(case_id, (None, None))
        if case_id in seen:
            yield Odd(place, "case_id", "stands more than once.", "Give every case once.")
        elif closed_at is not None:
            yield Odd(place, "case_id", "is a case that has been closed.", "Leave it out.")
        elif handler is not None:
            problem = "is a case that somebody handles already."
            yield Odd(place, "case_id", problem, "Leave it out: it is no new case.")
        if case_id is not None:
            seen.add(case_id)


def _nearest(value: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(value, sorted(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else "Correct it, or leave it blank."
