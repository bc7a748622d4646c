"""Tables as they lie there, before any office file says what they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic_core import PydanticCustomError
from sqlalchemy import make_url
from sqlalchemy.exc import NoSuchModuleError

from cases.draft.draft import Raw
from cases.draft.words import free_name
from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.office.base import is_inside
from cases.office.table import PASSWORD_ENV, refuse_password
from cases.progress import Progress
from cases.sources import database, source_of
from cases.sources.base import Database, Layout, Reading, Unreadable
from cases.sources.edges import TitleAbove
from cases.sources.workbook import SeveralSheets

LONGEST = 40  # letters of a table's name


def read_files(files: Sequence[Path], folder: Path, progress: Progress) -> list[Raw]:
    """The tables in files of a folder, of a workbook each sheet that can be read.

    `BadInput` with what is wrong with each file of which nothing can be read.
    """
    raws: list[Raw] = []
    faults: list[Fault] = []
    for path in files:
        if path.is_dir():
            problem = _("is a folder.")
            remedy = _("Name the tables in it, each of them, such as {example}.", example="*.csv")
            faults.append(Fault(path.name, problem, remedy))
            continue
        within = absolute(path).relative_to(folder).as_posix()
        if not is_inside(within):
            problem = _("has a name that an office file cannot give.")
            remedy = _("Rename it, or its folder: without line breaks and colons, and shorter.")
            faults.append(Fault(path.name, problem, remedy))
            continue
        try:
            for name, reading in _readings(path, progress):
                short = _short(name, {raw.name for raw in raws})
                raws.append(Raw(short, reading.frame, within, reading.layout))
        except Unreadable as error:
            faults.append(error.at(path.name))
    if faults:
        raise BadInput(faults)
    return raws


def absolute(path: str | Path) -> Path:
    """The path from the root, without `..`; a link stays the link that it is."""
    return Path(os.path.abspath(path))  # noqa: PTH100  `resolve` follows links


def read_database(tables: Sequence[str], url: str, folder: Path, progress: Progress) -> list[Raw]:
    """These tables of a database, whole; a SQLite file lies in `folder`.

    `BadInput` if the URL is none or holds a password, and with what is wrong with each table.
    """
    _check_url(url)
    raws: list[Raw] = []
    faults: list[Fault] = []
    for table in tables:
        sql = f"SELECT * FROM {_quoted(table, url)}"  # noqa: S608  quoted
        asked = Database(url, PASSWORD_ENV, sql)
        try:
            reading = database.read(asked, folder, progress, table)
        except Unreadable as error:
            faults.append(error.at(table))
            continue
        short = _short(table.rpartition(".")[2], {raw.name for raw in raws})
        raws.append(Raw(short, reading.frame, database=url, sql=sql))
    if faults:
        raise BadInput(faults)
    return raws


def _check_url(url: str) -> None:
    try:
        refuse_password(url)
        make_url(url).get_dialect()
    except (NoSuchModuleError, ImportError):
        driver = make_url(url).drivername
        problem = _("needs the driver {driver}, which is not installed.", driver=driver)
        remedy = _("Install it beside the program.")
        raise BadInput([Fault("triage draft, --database", problem, remedy)]) from None
    except PydanticCustomError as error:
        remedy = _("Give it as postgresql+psycopg://user@host/name, without a password.")
        problem = (error.context or {})["problem"]
        raise BadInput([Fault("triage draft, --database", problem, remedy)]) from None


def _quoted(table: str, url: str) -> str:
    """The name of a table, of a schema perhaps, as the database writes it."""
    quote = make_url(url).get_dialect()().identifier_preparer.quote
    return ".".join(map(quote, table.split(".")))


def _readings(path: Path, progress: Progress) -> Iterator[tuple[str, Reading]]:
    """Every table in a file, with what it is called."""
    try:
        yield path.name, _read(path, Layout(), progress)
    except SeveralSheets as error:
        yield from _sheets(path, error, progress)


def _sheets(
    path: Path, several: SeveralSheets, progress: Progress
) -> Iterator[tuple[str, Reading]]:
    """Every sheet that can be read; the first fault if none can."""
    refused = []
    for sheet in several.sheets:
        try:
            yield sheet, _read(path, Layout(sheet=sheet), progress)
        except Unreadable as error:
            refused.append(error)
    if len(refused) == len(several.sheets):
        raise refused[0]


def _read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """A table, below the title that stands above it."""
    source = source_of(path)
    try:
        return source.read(path, layout, progress)
    except TitleAbove as error:
        return source.read(path, replace(layout, header_row=error.header_row), progress)


def _short(name: str, used: set[str]) -> str:
    """A name for a table, of small letters, another one than those `used`.

    >>> _short("Cases 2024.csv", set()), _short("\u6848.csv", {"table"})
    ('cases_2024', 'table_2')
    """
    letters = re.sub(r"[^a-z0-9]+", "_", name.partition(".")[0].lower()).strip("_")[:LONGEST]
    short = letters if re.match("[a-z]", letters) else f"table_{letters}".rstrip("_")
    return free_name(short, used)
