"""What the commands take: arguments shared by several of them, and how they are read."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

import typer

Language = Literal["en", "zh"]
DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

OfficeFile = Annotated[Path, typer.Argument(metavar="OFFICE", help="The office file (TOML).")]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Folder its tables are in; by default the office file's own."),
]
AsOf = Annotated[
    datetime,
    typer.Option(
        "--as-of",
        formats=DATES,
        help="Use only what was recorded by then; a date means to the end of that day.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=DATES,
        help="Learn only from what was known by then; by default everything in the tables.",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="Where to write the result.")]
SetAside = Annotated[
    Path | None,
    typer.Option(help="Go on without faulty rows, and write them to this CSV file."),
]


def whole_day(moment: datetime) -> datetime:
    """A bare date as the last instant of that day; other moments as they are.

    >>> whole_day(datetime(2026, 6, 30))
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    return datetime.combine(moment, time.max) if moment.time() == time.min else moment
