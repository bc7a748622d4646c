"""From the files an office file names to checked tables, or every fault in them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.office.model import Office, Table
from cases.office.table import File
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Database, Reading, Unreadable
from cases.tables import checks
from cases.tables.behind import trace_faults
from cases.tables.cells.zones import latest_moment
from cases.tables.input_table import InputTable, make_input_table
from cases.tables.report import ReadingReport
from cases.tables.setting_aside import set_rows_aside
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables

CHECKING = _("checking")
Source = File | Database
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
    tables, unmade = _make_tables(office, files, progress)
    progress(CHECKING, 0.0)
    checks.check_tables(office, tables)
    for name, table in tables.items():
        if office.tables[name].sql:
            behind = office.tables[name].files.values()
            trace_faults(table, {file: files[file] for file in behind})
    progress(CHECKING, 1.0)
    in_tables = [fault for table in tables.values() for fault in table.faults]
    lasting = unread + unmade + [fault for fault in in_tables if fault.row is None]
    if lasting or (in_tables and set_aside is None):
        warnings = [warning for table in tables.values() for warning in table.warnings]
        raise BadInput(unread + unmade + in_tables, warnings)
    if set_aside is not None:
        set_rows_aside(tables, set_aside, language or office.language)
    report = ReadingReport.of(tables.values())
    return Tables.of(
        office,
        **_finished(office, tables),
        data_hash=_hash(office, data, files),
        report=report,
        shown=_shown(office, tables["cases"]),
    )


def _tables(office: Office) -> dict[str, Table]:
    """The tables the office has, in the order of their specifications."""
    return {name: office.tables[name] for name in SPECIFICATIONS if name in office.tables}


def _sources_of(office: Office) -> dict[Source, str]:
    """Everything the office's tables are read from, once, and what faults call it."""
    called: dict[Source, str] = {}
    for name, table in _tables(office).items():
        for source in table.sources:
            query = f"tables.{name}.sql"
            called.setdefault(source, query if isinstance(source, Database) else source.path)
    return dict(sorted(called.items(), key=lambda item: (item[1], repr(item[0]))))


def paths_of(office: Office) -> list[str]:
    """The path of every file the office's tables are read from, once, within its data folder."""
    files = (source for source in _sources_of(office) if isinstance(source, File))
    return list(dict.fromkeys(file.path for file in files))


def _read_files(
    office: Office, data: Path, progress: Progress
) -> tuple[dict[Source, Reading], list[Fault]]:
    """What can be read, and a fault for each other file and database."""
    read: dict[Source, Reading] = {}
    faults = []
    for source, called in _sources_of(office).items():
        try:
            if isinstance(source, Database):
                from cases.sources import database  # noqa: PLC0415  (few offices have one)

                read[source] = database.read(source, data, progress, called)
            else:
                reader = source_of(Path(source.path))
                read[source] = reader.read(data / source.path, source.layout, progress)
        except Unreadable as error:
            faults.append(error.at(called))
    return read, faults


def _make_tables(
    office: Office, files: dict[Source, Reading], progress: Progress
) -> tuple[dict[str, InputTable], list[Fault]]:
    """The tables all of whose files were read, and a fault for each query that failed."""
    latest = latest_moment(office.office.time_zone)
    made: dict[str, InputTable] = {}
    faults = []
    for name, table in _tables(office).items():
        if not set(table.sources) <= set(files):
            continue
        try:
            spec = SPECIFICATIONS[name]
            made[name] = make_input_table(spec, office, table, files, latest, progress)
        except Unreadable as error:
            where, column = _("the office file"), f"tables.{name}.sql"
            faults.append(Fault(where, error.problem, error.remedy, column=column))
    return made, faults


def _finished(office: Office, tables: dict[str, InputTable]) -> dict[str, pl.DataFrame]:
    """The checked rows of each table, made into what the rest of the program computes from."""
    finished: dict[str, pl.DataFrame] = {}
    for name, table in tables.items():
        columns = [column.name for column in table.spec.columns_in_file(office) if column.kept]
        finished[name] = table.spec.finish(table.frame.select(columns), finished, office)
    return finished


def _shown(office: Office, cases: InputTable) -> pl.DataFrame | None:
    """What lists show of each case besides what every office has, as it stands in the file."""
    columns = office.spot_checks.columns
    texts = (cases.texts(name).alias(name) for name in columns)
    return cases.frame.select("case_id", *texts) if columns else None


def _hash(office: Office, data: Path, files: dict[Source, Reading]) -> str:
    """SHA-256 over what the office file says of its tables, and what they were read from.

    That is the bytes of a file, and the rows that a database yielded.
    """
    declared = {name: office.tables.get(name) for name in SPECIFICATIONS}
    total = hashlib.sha256(TABLES.dump_json(declared, exclude_defaults=True))
    read_by = office.office.model_dump(include={"time_zone", "blank"}, exclude_defaults=True)
    if read_by:
        total.update(json.dumps(read_by, sort_keys=True).encode())
    for path in paths_of(office):
        with (data / path).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    for source in _sources_of(office):
        if isinstance(source, Database):
            for piece in files[source].frame.iter_slices():
                total.update(piece.write_ndjson().encode())
    return total.hexdigest()
