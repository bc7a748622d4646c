"""Rows that come in after the tables were read: checked as a file is, and laid over the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from cases.errors import Fault
from cases.language.messages import _
from cases.office.model import Office, Table
from cases.sources.base import whole
from cases.tables.cells.column import How, read_cells
from cases.tables.cells.zones import latest_moment
from cases.tables.checks import checks_of, faults_of, faults_of_links
from cases.tables.input_table import InputTable, make_input_table
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.parts import READ, ROW, TEXT, TableSpec
from cases.tables.tables import EXTENDED, Tables

CAME_IN = _("what came in")
COMING = (*EXTENDED, "overrides")  # the tables that rows come into
Records = Mapping[str, pl.DataFrame]  # by table, rows with our columns
Place = tuple[str, int]  # table and row of what comes in


@dataclass(frozen=True)
class Arrived:
    """What came in: the tables with it, or the faults why they cannot have it.

    `at_fault` has the rows that the faults are of, as far as they are of single ones.
    """

    tables: Tables
    faults: list[Fault] = field(default_factory=list)
    at_fault: frozenset[Place] = frozenset()


def arrived(tables: Tables, records: Records) -> Arrived:
    """`tables` with further `cases`, `events`, `reviews` and `overrides`, columns called as ours.

    A row of `cases` is a new case, or changes one that is there: in the columns that are given;
    the others stay. All others are added, after those that are there. Every check
    of a file that looks at single rows is made (`cases.tables.checks`), of all rows of the cases
    concerned. A fault names its field: `events[0].activity`. `TypeError` for any other table.
    """
    if other := records.keys() - set(COMING):
        raise TypeError(f"nothing comes into {sorted(other)}")
    coming = {
        name: _with_read_ids(rows, tables.office)
        for name, rows in records.items()
        if not rows.is_empty()
    }
    ids = {case_id for rows in coming.values() for case_id in _case_ids(rows)}
    there = {name: tables.of_cases(name, ids) for name in COMING}
    for name, rows in coming.items():
        known = there["cases"] if name == "cases" else there["cases"].select("case_id")
        coming[name] = _completed(SPECIFICATIONS[name], rows, known, tables.office)
    if "cases" in coming:
        changed = pl.col("case_id").is_in(coming["cases"]["case_id"].implode())
        there["cases"] = there["cases"].filter(~changed)
    concerned = COMING if "cases" in coming else {"cases", *coming}
    made = {
        name: _joined(SPECIFICATIONS[name], tables.office, there[name], coming.get(name))
        for name in COMING
        if name in concerned
    }
    found = [
        (fault, table, there[name].height)
        for name, table in made.items()
        for fault in _faults(table, made, tables.office, new=name in coming)
    ]
    if found:
        at_fault = frozenset(place for one in found for place in _places(*one, coming))
        return Arrived(tables, [_in_field(*one) for one in found], at_fault)
    now = there | _finished(tables, made)
    now["events"] = _numbered_last(now["events"], there["events"], tables.next_sequence)
    again = _given_again(now["reviews"], there["reviews"].height)
    if again:
        return Arrived(tables, [_again(place) for place in again], frozenset(_reviews(again)))
    new = now.pop("overrides")[there["overrides"].height :]
    overrides = pl.concat([tables.override_rows, new])
    return Arrived(tables.updated(now).with_table("overrides", overrides))


def _with_read_ids(rows: pl.DataFrame, office: Office) -> pl.DataFrame:
    """The rows with the names of their cases as they are read, so that each is found."""
    if "case_id" not in rows.columns:
        return rows
    how = How(blank=frozenset(office.office.blank))
    return rows.with_columns(read_cells(rows["case_id"], TEXT, how).values.alias("case_id"))


def _case_ids(rows: pl.DataFrame) -> Iterable[str]:
    """The cases of the rows, as far as they name any."""
    return rows["case_id"].drop_nulls() if "case_id" in rows.columns else ()


def _completed(
    spec: TableSpec, rows: pl.DataFrame, known: pl.DataFrame, office: Office
) -> pl.DataFrame:
    """The rows with the columns that are not given: as is known of the case, else blank."""
    lacking = [c.name for c in spec.columns_in_file(office) if c.name not in rows.columns]
    if "case_id" not in lacking:
        kept = known.select("case_id", *(name for name in lacking if name in known.columns))
        rows = rows.join(kept, on="case_id", how="left", maintain_order="left")
    blank = (pl.lit(None, pl.String).alias(name) for name in lacking if name not in rows.columns)
    return rows.with_columns(*blank)


def _joined(
    spec: TableSpec, office: Office, there: pl.DataFrame, coming: pl.DataFrame | None
) -> InputTable:
    """The rows that are there, and below them those that come in, as they are read."""
    columns = {column.name: column.type for column in spec.columns_in_file(office)}
    lacking = (pl.lit(None, kind).alias(n) for n, kind in columns.items() if n not in there.columns)
    old = there.with_columns(lacking).select(*columns)
    old = old.with_columns(pl.all().cast(pl.String).name.suffix(READ)).with_row_index(ROW, 2)
    if coming is None:
        names = {name: name for name in columns}
        return InputTable(spec, spec.name, there, old, names, whole(there), How())
    given = Table.model_construct(path=spec.name, columns={name: name for name in coming.columns})
    latest = latest_moment(office.office.time_zone)
    made = make_input_table(spec, office, given, {given.sources[0]: whole(coming)}, latest)
    texts = (made.texts(name) for name in columns)
    new = made.frame.with_columns(pl.col(ROW) + there.height, *texts)
    made.frame = pl.concat([old.cast({ROW: pl.Int64}).select(new.columns), new])
    return made


def _faults(
    table: InputTable, made: Mapping[str, InputTable], office: Office, *, new: bool
) -> Iterator[Fault]:
    """The faults of a table, some of whose rows, or of the rows they name, are new."""
    if new:
        yield from table.faults
        yield from faults_of(table, checks_of(table, office), table.frame)
    yield from faults_of_links(table, made, office)


def _in_field(fault: Fault, table: InputTable, there: int) -> Fault:
    """The fault with the field it is in; of a row that is there already, with its case."""
    name = table.spec.name
    if fault.row is None:
        return Fault(CAME_IN, fault.problem, fault.remedy, column=f"{name}.{fault.column}")
    place = fault.row - 2
    if place >= there:
        at = f"{name}[{place - there}].{fault.column}"
        return Fault(CAME_IN, fault.problem, fault.remedy, column=at, value=fault.value)
    case = table.frame["case_id"][place]
    at = f"{name}.{fault.column}"
    return Fault(CAME_IN, fault.problem, fault.remedy, column=at, value=fault.value, case=case)


def _places(fault: Fault, table: InputTable, there: int, coming: Records) -> Iterator[Place]:
    """The rows that came in which a fault is of; of a row that is there, those of its case."""
    if fault.row is None:
        return
    place = fault.row - 2
    if place >= there:
        yield table.spec.name, place - there
        return
    case_id = table.frame["case_id"][place]
    for name, rows in coming.items():
        yield from ((name, row) for row in (rows["case_id"] == case_id).arg_true())


def _finished(tables: Tables, made: Mapping[str, InputTable]) -> dict[str, pl.DataFrame]:
    """The rows as the program computes from them; those that were there stay as they are."""
    now: dict[str, pl.DataFrame] = {}
    for name, table in made.items():
        kept = [c.name for c in table.spec.columns_in_file(tables.office) if c.kept]
        now[name] = table.spec.finish(table.frame.select(kept), now, tables.office)
    return now


def _numbered_last(events: pl.DataFrame, there: pl.DataFrame, first: int) -> pl.DataFrame:
    """The events with the numbers of those that were there, and those that come in after all."""
    new = range(first, first + events.height - there.height)
    return events.with_columns(pl.Series("sequence", [*there["sequence"], *new], pl.Int64))


def _given_again(reviews: pl.DataFrame, there: int) -> list[int]:
    """Which of those that come in are equal to another, and by a known reviewer."""
    equal = reviews.is_duplicated() & reviews["reviewer"].is_not_null()
    return equal[there:].arg_true().to_list()


def _reviews(places: Iterable[int]) -> Iterator[Place]:
    return (("reviews", place) for place in places)


def _again(place: int) -> Fault:
    problem, remedy = _("is a review that stands more than once."), _("Leave it out.")
    return Fault(CAME_IN, problem, remedy, column=f"reviews[{place}]")
