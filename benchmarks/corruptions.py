"""Whether a faulty table is ever misread in silence, tried by corrupting good tables at random.

    .venv/bin/python -m benchmarks.corruptions [2000]

Takes a small sound office, whose values are known, corrupts one of its tables in one of many ways
(`corruption_kinds.py`), keeps it in one of the kinds of source that are read, and reads it. Either
the values are those that were meant, or there is a fault or a warning, or it is misread in silence.
Prints how often each came about, and every silent misreading of a fault of form. What changes
the content alone, such as a row left out, no reader can see; the reading report shows the counts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.corruption_kinds import CONTENT, FORM, SHEET, Office, Trial, sound_tables
from benchmarks.corruption_texts import TEXT_ONLY
from cases.errors import BadInput
from cases.office.loading import parse_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from tests.cases.sources.workbooks import xlsx

OFFICE: dict[str, Any] = {
    "office": {"name": {"en": "An office"}},
    "attributes": {
        "amount": {"type": "number", "known": "intake", "meaning": {"en": "amount"}},
        "held": {"type": "flag", "known": "intake", "meaning": {"en": "held"}},
    },
    "activities": {code: {"meaning": {"en": code}} for code in ("accepted", "heard", "decided")},
    "reviews": {
        "grades": [
            {"code": "good", "defect": False, "meaning": {"en": "good"}},
            {"code": "bad", "defect": True, "meaning": {"en": "bad"}},
        ]
    },
}


MARKS = r'["\\\u201cxy]'  # what `quotation marks` puts into a value
OUTCOMES = ("as meant", "refused", "warned of", "silent", "internal error")


def as_csv(office: Office, name: str) -> bytes:
    """A table as the bytes of a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([office.heads[name], *office.rows[name]])
    change = office.bytes_of.get(name, str.encode)
    return change(text.getvalue())


def _frame(office: Office, name: str) -> pl.DataFrame:
    rows = [[cell or None for cell in row] for row in office.rows[name]]
    schema = dict.fromkeys(office.heads[name], pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def keep_csv(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """As CSV."""
    (folder / f"{name}.csv").write_bytes(as_csv(office, name))
    return {"path": f"{name}.csv"}


def keep_packed(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """As CSV, packed."""
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress(as_csv(office, name)))
    return {"path": f"{name}.csv.gz"}


def keep_queried(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """As CSV, behind a query."""
    (folder / f"{name}.csv").write_bytes(as_csv(office, name))
    return {"files": {"t": f"{name}.csv"}, "sql": "SELECT * FROM t"}


def keep_parquet(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """As Parquet, every column text."""
    _frame(office, name).write_parquet(folder / f"{name}.parquet")
    return {"path": f"{name}.parquet"}


def keep_workbook(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """As a workbook, every cell text."""
    rows = [[cell or None for cell in row] for row in office.rows[name]]
    (folder / f"{name}.xlsx").write_bytes(xlsx({"Sheet1": [office.heads[name], *rows]}))
    return {"path": f"{name}.xlsx"}


def keep_database(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """In a database."""
    file = folder / f"{name}.db"
    heads, marks = ",".join(office.heads[name]), ",".join("?" * len(office.heads[name]))
    rows = [[cell or None for cell in row] for row in office.rows[name]]
    with sqlite3.connect(file) as connection:
        connection.execute(f"CREATE TABLE t ({heads})")
        connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)  # noqa: S608  our own names
    connection.close()
    return {"database": f"sqlite:///{file.name}", "sql": "SELECT * FROM t"}


Keep = Callable[[Office, str, Path], dict[str, Any]]
TEXTS: dict[str, Keep] = {"csv": keep_csv, "csv.gz": keep_packed, "query": keep_queried}
SOURCES = TEXTS | {"parquet": keep_parquet, "xlsx": keep_workbook, "database": keep_database}


Values = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Tried:
    """One corruption of a table in a source, and what came of it."""

    kind: str
    source: str
    table: str
    outcome: str
    said: str = ""


def values_of(tables: Tables) -> Values:
    """The values of every table; its rows sorted, as a database keeps no order."""
    return {
        name: sorted(tables.rows(name).drop("sequence", strict=False).rows(), key=str)
        for name in SHEET
    }


def read(office: Office, source: str, changed: str, folder: Path) -> Tables:
    """The office with the changed table in `source` and the others as CSV."""
    keeps = {name: SOURCES[source] if name == changed else keep_csv for name in SHEET}
    where = {name: keep(office, name, folder) for name, keep in keeps.items()}
    return read_tables(parse_office(OFFICE | {"tables": where}, "office.toml"), folder)


@cache
def read_sound() -> Tables:
    """The office without a fault."""
    with tempfile.TemporaryDirectory() as folder:
        return read(Office(sound_tables()), "csv", "cases", Path(folder))


def try_one(number: int) -> Tried:
    """Corrupt one table, by chance; the same number gives the same."""
    rng = random.Random(number)  # noqa: S311  no secret
    kind, corrupt = rng.choice(list((FORM | CONTENT).items()))
    name = rng.choice(list(SHEET))
    source = rng.choice(list(TEXTS if kind in TEXT_ONLY else SOURCES))
    meant, office = read_sound(), Office(sound_tables())
    corrupt(Trial(office, name, rng))
    with tempfile.TemporaryDirectory() as folder:
        try:
            tables = read(office, source, name, Path(folder))
        except BadInput as error:
            return Tried(kind, source, name, "refused", str(error.faults[0]))
        except Exception as error:  # noqa: BLE001  what must not happen is counted
            return Tried(kind, source, name, "internal error", f"{number}: {error!r}")
    return Tried(kind, source, name, *_outcome(kind, number, meant, tables))


def _outcome(kind: str, number: int, meant: Tables, tables: Tables) -> tuple[str, str]:
    """Whether what was read is what was meant, and if not, whether that is told."""
    wanted, got = values_of(meant), values_of(tables)
    if kind == "quotation marks":
        wanted, got = _without_marks(wanted), _without_marks(got)
    if wanted == got:
        return "as meant", ""
    before, after = meant.report, tables.report
    if before and after and len(after.warnings) > len(before.warnings):
        return "warned of", str(after.warnings[0])
    differ = next(
        (name, *pair)
        for name in SHEET
        for pair in zip([*wanted[name], None], [*got[name], None], strict=False)
        if pair[0] != pair[1]
    )
    return "silent", f"{number}: {differ}"


def _without_marks(values: Values) -> Values:
    return {
        name: [
            tuple(re.sub(MARKS, "", x) or None if isinstance(x, str) else x for x in row)
            for row in rows
        ]
        for name, rows in values.items()
    }


def main() -> None:
    """Corrupt, read, count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first corruption")
    asked = parser.parse_args()
    tried = [try_one(number) for number in range(asked.first, asked.first + asked.count)]
    for sort, kinds in (("form", FORM), ("content", CONTENT)):
        print(f"\nFaults of {sort}, by kind: {', '.join(OUTCOMES)}")
        for kind in kinds:
            found = Counter(one.outcome for one in tried if one.kind == kind)
            print(f"  {kind:30}", *(f"{found[outcome]:6}" for outcome in OUTCOMES))
        found = Counter(one.outcome for one in tried if one.kind in kinds)
        print(f"  {'all':30}", *(f"{found[outcome]:6}" for outcome in OUTCOMES))
    print("\nBy source")
    for source in SOURCES:
        found = Counter(one.outcome for one in tried if one.source == source)
        print(f"  {source:30}", *(f"{found[outcome]:6}" for outcome in OUTCOMES))
    for one in tried:
        if one.outcome == "internal error" or (one.outcome == "silent" and one.kind in FORM):
            print(one.kind, one.source, one.table, one.outcome, one.said)


if __name__ == "__main__":
    main()
