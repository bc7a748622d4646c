"""What the commands take: arguments shared by several of them, and how they are read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cases.tables.values import moment_until

Language = Literal["en", "zh"]


def moment(text: str) -> datetime:
    """A date as the last instant of that day; a date and time as it stands, without a zone.

    >>> moment("2026-06-30")
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    try:
        return moment_until(text)
    except ValueError:
        problem = f"{text!r} is not a date. Write it as 2026-06-30 or 2026-06-30T17:05:00."
        raise typer.BadParameter(problem) from None


def _date(name: str, explained: str) -> Any:
    """An option that takes a date."""
    return typer.Option(name, parser=moment, metavar="DATE", help=explained)


OfficeFile = Annotated[Path, typer.Argument(metavar="OFFICE", help="The office file (TOML).")]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Folder its tables are in; by default the office file's own."),
]
AsOf = Annotated[
    datetime,
    _date("--as-of", "Use only what was recorded by then; a date means to the end of that day."),
]
Until = Annotated[
    datetime | None,
    _date(
        "--until", "Learn only from what was known by then; by default everything in the tables."
    ),
]
FinalBy = Annotated[
    datetime | None,
    _date("--as-of", "Reviews that are final by then; by default all."),
]
OnDay = Annotated[
    datetime | None,
    _date("--as-of", "Whose loads and absences count; by default those of the last opening."),
]
ClosedAfter = Annotated[
    datetime | None,
    _date("--closed-after", "Only cases closed later; plan each batch once."),
]
First = Annotated[
    datetime,
    _date(
        "--from",
        "A day of the first period; the labels of the year before are there to start from.",
    ),
]
Last = Annotated[
    datetime,
    _date("--to", "A day of the last period."),
]
Out = Annotated[Path, typer.Option("--out", help="Where to write the result.")]
SetAside = Annotated[
    Path | None,
    typer.Option(help="Go on without faulty rows, and write them to this new CSV file."),
]
