"""What the commands take: arguments shared by several of them, and how they are read."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

import typer

Language = Literal["en", "zh"]


def moment(text: str) -> datetime:
    """A date as the last instant of that day; a date and time as it stands, without a zone.

    >>> moment("2026-06-30")
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        problem = f"{text!r} is not a date. Write it as 2026-06-30 or 2026-06-30T17:05:00."
        raise typer.BadParameter(problem)
    return datetime.combine(found, time.max) if len(text) <= len("2026-06-30") else found


OfficeFile = Annotated[Path, typer.Argument(metavar="OFFICE", help="The office file (TOML).")]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Folder its tables are in; by default the office file's own."),
]
AsOf = Annotated[
    datetime,
    typer.Option(
        "--as-of",
        parser=moment,
        metavar="DATE",
        help="Use only what was recorded by then; a date means to the end of that day.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        parser=moment,
        metavar="DATE",
        help="Learn only from what was known by then; by default everything in the tables.",
    ),
]
FinalBy = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=moment,
        metavar="DATE",
        help="Reviews that are final by then; by default all.",
    ),
]
ClosedAfter = Annotated[
    datetime | None,
    typer.Option(
        parser=moment, metavar="DATE", help="Only cases closed later; plan each batch once."
    ),
]
First = Annotated[
    datetime,
    typer.Option(
        "--from",
        parser=moment,
        metavar="DATE",
        help="A day of the first period; the labels of the year before are there to start from.",
    ),
]
Last = Annotated[
    datetime,
    typer.Option("--to", parser=moment, metavar="DATE", help="A day of the last period."),
]
Out = Annotated[Path, typer.Option("--out", help="Where to write the result.")]
SetAside = Annotated[
    Path | None,
    typer.Option(help="Go on without faulty rows, and write them to this new CSV file."),
]
