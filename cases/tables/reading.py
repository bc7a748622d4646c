"""From the files an office file names to checked tables, or every fault in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.office.model import Office, Table
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Unreadable
from cases.tables import checks
from cases.tables.input_table import InputTable, make_input_table
from cases.tables.setting_aside import set_rows_aside
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables

CHECKING = _("checking")
TABLES = TypeAdapter(dict[str, Table | None])


def read_tables(
    office: Office,
    data: Path,
    *,
    set_aside: Path | None = None,
    language: Language | None = None,
    progress: Progress = silent,
) -> Tables:
    """The tables of `office` in the folder `data`, typed and checked.

    Raises `BadInput` with every fault of every table. With `set_aside`, rows at fault
    and the rows that depend on them are written to that CSV instead and left out, with what
    is wrong in `language`, by default the office's; faults that are not of a row, such as a
    missing file, still raise.

    >>> read_tables(office, Path("data")).case_rows.height  # doctest: +SKIP
    20000
    """
    files, unread = _read_files(office, data, progress)
    tables, unmade = _make_tables(office, files)
    progress(CHECKING, 0.0)
    checks.check_tables(office, tables)
    progress(CHECKING, 1.0)
    in_tables = [fault for table in tables.values() for fault in table.faults]
    lasting = unread + unmade + [fault for fault in in_tables if fault.row is None]
    if lasting or (in_tables and set_aside is None):
        raise BadInput(unread + unmade + in_tables)
    if set_aside is not None:
        set_rows_aside(tables, set_aside, language or office.language)
    return Tables.of(office, **_finished(office, tables), data_hash=_hash(office, data))


def _tables(office: Office) -> dict[str, Table]:
    """The tables the office has, in the order of their specifications."""
    return {name: office.tables[name] for name in SPECIFICATIONS if name in office.tables}


def paths_of(office: Office) -> list[str]:
    """Every file the office's tables are read from, once, within its data folder."""
    return sorted({path for table in _tables(office).values() for path in table.paths})


def _read_files(
    office: Office, data: Path, progress: Progress
) -> tuple[dict[str, pl.DataFrame], list[Fault]]:
    """The frames of the files that can be read, by path, and a fault for each other file."""
    files: dict[str, pl.DataFrame] = {}
    faults = []
    for path in paths_of(office):
        try:
            files[path] = source_of(Path(path)).read(data / path, progress)
        except Unreadable as error:
            faults.append(Fault(path, error.problem, error.remedy, row=error.row))
    return files, faults


def _make_tables(
    office: Office, files: dict[str, pl.DataFrame]
) -> tuple[dict[str, InputTable], list[Fault]]:
    """The tables all of whose files were read, and a fault for each query that failed."""
    made: dict[str, InputTable] = {}
    faults = []
    for name, table in _tables(office).items():
        if not set(table.paths) <= set(files):
            continue
        try:
            made[name] = make_input_table(SPECIFICATIONS[name], office, table, files)
        except Unreadable as error:
            where, column = _("the office file"), f"tables.{name}.sql"
            faults.append(Fault(where, error.problem, error.remedy, column=column))
    return made, faults


def _finished(office: Office, tables: dict[str, InputTable]) -> dict[str, pl.DataFrame]:
    """The checked rows of each table, made into what the rest of the program computes from."""
    finished: dict[str, pl.DataFrame] = {}
    for name, table in tables.items():
        columns = [column.name for column in table.spec.columns_in_file(office)]
        finished[name] = table.spec.finish(table.frame.select(columns), finished, office)
    return finished


def _hash(office: Office, data: Path) -> str:
    """SHA-256 over what the office file says of its tables and the bytes of their files."""
    declared = {name: office.tables.get(name) for name in SPECIFICATIONS}
    total = hashlib.sha256(TABLES.dump_json(declared))
    for path in paths_of(office):
        with (data / path).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
