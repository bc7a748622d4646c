"""The cases that have just come in: read from a file, and whether they fit the office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from cases.office.model import Office, Table
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Unreadable
from cases.tables import checks
from cases.tables.cells.zones import latest_moment
from cases.tables.input_table import InputTable, make_input_table
from cases.tables.specification.handlers import HANDLER_TABLE
from cases.tables.specification.new_cases import NEW_CASE_TABLE
from cases.tables.specification.parts import ROW
from cases.tables.tables import Tables, new_case_columns
from cases.tables.values import listed

KNOWN_NAMES = "names that new cases may have"  # in `Tables.memo`


@dataclass(frozen=True)
class NewCaseFault:
    """What is wrong with the new case at `index` (0 is the first), in `column`."""

    index: int
    column: str
    problem: Sayable
    remedy: Sayable


def read_new_cases(tables: Tables, path: Path, progress: Progress = silent) -> pl.DataFrame:
    """The new cases in the file at `path`; columns as `new_case_columns` gives.

    Its columns are called as in the office's case table. `BadInput` with every fault of the
    file, and of its cases compared with what the office has.
    """
    office = tables.office
    file = _as_case_table(office, path)
    try:
        reading = source_of(path).read(path, file.layout, progress)
    except Unreadable as error:
        raise BadInput([error.at(path.name)]) from None
    latest = latest_moment(office.office.time_zone)
    table = make_input_table(NEW_CASE_TABLE, office, file, {file.sources[0]: reading}, latest)
    table.faults += checks.faults_of(table, checks.checks_of(table, office), table.frame)
    table.faults += _lacking(tables, table)
    new = table.frame.select(list(new_case_columns(office)))
    table.faults += _in_rows(table, new, new_case_faults(tables, new))
    if new.is_empty() and not table.faults:
        table.faults.append(Fault(path.name, _("has no cases."), _("Give at least one.")))
    if table.faults:
        raise BadInput(table.faults)
    return new


def _as_case_table(office: Office, path: Path) -> Table:
    """How to read the file: with the column names and the date format of the case table."""
    cases = office.tables["cases"]
    known = new_case_columns(office)
    columns = {ours: theirs for ours, theirs in cases.columns.items() if ours in known}
    if cases.path is None:
        columns = {}  # a query has named them already
    return Table.model_construct(
        path=path.name,
        columns=columns,
        date_format=cases.date_format,
        decimal=cases.decimal,
        thousands=cases.thousands,
        blank=cases.blank,
    )


def _lacking(tables: Tables, table: InputTable) -> Iterator[Fault]:
    """Columns without which decisions would differ, where the office has such facts."""
    facts = {
        "kind": (
            tables.case_rows["kind"],
            _("Add it, blank where it is not known: cases of this office have kinds."),
        ),
        "unit": (
            tables.case_rows["unit"],
            _("Add it, blank where it is not known: cases of this office have units."),
        ),
        "parties": (
            tables.recusal_rows["party"],
            _("Add it, blank where it is not known: handlers are recused from parties."),
        ),
    }
    for column, (known, remedy) in facts.items():
        theirs = table.names[column]
        if known.count() and theirs not in table.raw.columns:
            problem = _("is a column this table does not have.")
            yield Fault(table.where, problem, remedy, column=theirs)


def _in_rows(
    table: InputTable, new: pl.DataFrame, faults: Iterator[NewCaseFault]
) -> Iterator[Fault]:
    """The faults with the row, the column and the value of the file."""
    rows = table.frame[ROW]
    for fault in faults:
        value, column = new[fault.column][fault.index], table.names[fault.column]
        row = rows[fault.index]
        yield Fault(table.where, fault.problem, fault.remedy, row, column, value)


def new_case_faults(tables: Tables, new: pl.DataFrame) -> Iterator[NewCaseFault]:
    """Everything about `new` that contradicts itself or what the office has."""
    yield from _taken(tables, new)
    yield from _unknown_names(tables, new)
    yield from _half_designations(new)


def _unknown_names(tables: Tables, new: pl.DataFrame) -> Iterator[NewCaseFault]:
    """Kinds, units and handlers that the office does not have."""
    problems = {
        "kind": _("is a kind of case that this office has never had."),
        "unit": _("is a unit that this office does not have."),
        "designated_handler": HANDLER_TABLE.unknown,
    }
    otherwise = _("Correct it, or leave it blank.")
    for column, names in _known_names(tables).items():
        for index, value in enumerate(new[column]):
            if value is not None and value not in names:
                remedy = did_you_mean(value, names, otherwise)
                yield NewCaseFault(index, column, problems[column], remedy)


def _known_names(tables: Tables) -> Mapping[str, frozenset[str]]:
    """The kinds, units and handlers that the office has, gathered once."""
    if KNOWN_NAMES not in tables.memo:
        handlers = tables.handler_rows
        kinds = handlers.select(listed(pl.col("kinds"))).to_series().explode()
        tables.memo[KNOWN_NAMES] = {
            "kind": _names(tables.case_rows["kind"], kinds),
            "unit": _names(tables.case_rows["unit"], handlers["unit"]),
            "designated_handler": _names(handlers["handler"]),
        }
    known: Mapping[str, frozenset[str]] = tables.memo[KNOWN_NAMES]
    return known


def _names(*columns: pl.Series) -> frozenset[str]:
    return frozenset(name for column in columns for name in column.unique().drop_nulls())


def _half_designations(new: pl.DataFrame) -> Iterator[NewCaseFault]:
    """Designations without a reason, and reasons without a handler."""
    both = zip(new["designated_handler"], new["designation_reason"], strict=True)
    for index, (handler, reason) in enumerate(both):
        if handler is not None and reason is None:
            problem = _("is blank for a designated handler.")
            remedy = _("Say why the case is not drawn at random, or leave the handler out.")
            yield NewCaseFault(index, "designation_reason", problem, remedy)
        if handler is None and reason is not None:
            problem = _("names a reason and no handler.")
            remedy = _("Name the handler, or leave the reason out.")
            yield NewCaseFault(index, "designation_reason", problem, remedy)


def _taken(tables: Tables, new: pl.DataFrame) -> Iterator[NewCaseFault]:
    """Cases given twice, closed, or handled by somebody already."""
    here = tables.of_cases("cases", (case_id for case_id in new["case_id"] if case_id is not None))
    facts = zip(here["closed_at"], here["handler"], strict=True)
    known = dict(zip(here["case_id"], facts, strict=True))
    seen = set()
    for index, case_id in enumerate(new["case_id"]):
        closed_at, handler = known.get(case_id, (None, None))
        if case_id in seen:
            problem, remedy = _("stands more than once."), _("Give every case once.")
            yield NewCaseFault(index, "case_id", problem, remedy)
        elif closed_at is not None:
            problem, remedy = _("is a case that has been closed."), _("Leave it out.")
            yield NewCaseFault(index, "case_id", problem, remedy)
        elif handler is not None:
            problem = _("is a case that somebody handles already.")
            remedy = _("Leave it out: it is not a new case.")
            yield NewCaseFault(index, "case_id", problem, remedy)
        if case_id is not None:
            seen.add(case_id)
