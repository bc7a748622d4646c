"""From the files an office file names to checked tables, or every fault in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.office.model import Office, Table
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Unreadable
from cases.tables import checks
from cases.tables.setting_aside import set_rows_aside
from cases.tables.sheets import Sheet, make_sheet, schema_of
from cases.tables.tables import Tables
from cases.tables.values import whole_days


def read_tables(
    office: Office, data: Path, *, set_aside: Path | None = None, progress: Progress = silent
) -> Tables:
    """The tables of `office` in the folder `data`, typed and checked.

    Raises `BadInput` with every fault of every table. With `set_aside`, rows at fault
    and the rows that depend on them are written to that CSV instead and left out;
    faults that are not of a row, such as a missing file, still raise.

    >>> read_tables(office, Path("data")).case_rows.height  # doctest: +SKIP
    20000
    """
    files, unread = _read_files(office, data, progress)
    sheets, unmade = _make_sheets(office, files)
    progress("checking", 0.0)
    checks.check(office, sheets)
    progress("checking", 1.0)
    in_rows = [fault for sheet in sheets.values() for fault in sheet.faults]
    lasting = unread + unmade + [fault for fault in in_rows if fault.row is None]
    if lasting or (in_rows and set_aside is None):
        raise BadInput(unread + unmade + in_rows)
    if set_aside is not None:
        set_rows_aside(sheets, set_aside)
    frames = {
        name: sheet.frame.select(list(schema_of(name, office))) for name, sheet in sheets.items()
    }
    return Tables.of(office, **_whole_days(frames), data_hash=_hash(office, data))


def _tables(office: Office) -> dict[str, Table]:
    tables = {name: getattr(office.tables, name) for name in type(office.tables).model_fields}
    return {name: table for name, table in tables.items() if table is not None}


def paths_of(office: Office) -> list[str]:
    """Every file the office's tables are read from, once, within its data folder."""
    tables = _tables(office).values()
    paths = {path for table in tables for path in (table.path, *table.files.values())}
    return sorted(path for path in paths if path is not None)


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


def _make_sheets(
    office: Office, files: dict[str, pl.DataFrame]
) -> tuple[dict[str, Sheet], list[Fault]]:
    """The tables all of whose files were read, and a fault for each query that failed."""
    sheets: dict[str, Sheet] = {}
    faults = []
    for name, table in _tables(office).items():
        if not {path for path in (table.path, *table.files.values()) if path} <= set(files):
            continue
        try:
            sheets[name] = make_sheet(name, office, table, files)
        except Unreadable as error:
            faults.append(
                Fault("the office file", error.problem, error.remedy, column=f"tables.{name}.sql")
            )
    return sheets, faults


def _whole_days(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames with closings, records and reviews that lack a time at the end of their day.

    So nothing is known before it can have been, and all of a day can be known at a closing
    that is dated by the day alone. A review never precedes its case's closing. Events are
    numbered.
    """
    closed = pl.col("closed_at")
    cases = frames["cases"].with_columns(whole_days(closed))
    frames = frames | {"cases": cases}
    if "events" in frames:
        frames["events"] = frames["events"].with_columns(
            whole_days(pl.coalesce("recorded_at", "at")).alias("recorded_at"),
            pl.int_range(pl.len(), dtype=pl.Int64).alias("sequence"),
        )
    if "reviews" in frames:
        frames["reviews"] = (
            frames["reviews"]
            .join(cases.select("case_id", closed), on="case_id", how="left", maintain_order="left")
            .with_columns(
                pl.max_horizontal(whole_days(pl.col("reviewed_at")), closed).alias("reviewed_at")
            )
            .drop("closed_at")
        )
    return frames


def _hash(office: Office, data: Path) -> str:
    """SHA-256 over what the office file says of its tables and the bytes of their files."""
    total = hashlib.sha256(office.tables.model_dump_json().encode())
    for path in paths_of(office):
        with (data / path).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
