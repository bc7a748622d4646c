"""What the commands take: the arguments that several of them share, and how each is read.

Typer keeps help as plain strings. They are given to it in English, and `cli.help` finds the
words of another language by them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from cases.errors import BadInput, Fault, is_share, not_a_share
from cases.language.catalogues import Language, languages
from cases.language.messages import Message, Sayable, _, listed
from cases.tables.cells.moments import Every, moment_until

DATE, FILE, FOLDER = _("DATE"), _("FILE"), _("FOLDER")
NUMBER, TEXT, CODE = _("NUMBER"), _("TEXT"), _("CODE")
OFFICE = _("OFFICE")


class BadValue(typer.BadParameter):
    """A value of the command line that cannot be read: what is wrong with it, what to do."""

    def __init__(self, value: str, problem: Sayable, remedy: Sayable) -> None:
        super().__init__(f"{value!r} {problem} {remedy}")
        self.value = value
        self.problem = problem
        self.remedy = remedy


def option(name: str, metavar: Message, explained: Message, **more: Any) -> Any:
    """An option with help in every language."""
    return typer.Option(name, metavar=str(metavar), help=str(explained), **more)


def argument(metavar: Message, explained: Message, **more: Any) -> Any:
    """An argument with help in every language."""
    return typer.Argument(metavar=str(metavar), help=str(explained), **more)


def language(text: str) -> Language:
    """The code of a language that texts can be put into."""
    if text not in languages():
        known = listed(languages())
        remedy = _("These languages are there: {languages}.", languages=known)
        raise BadValue(text, _("is not a language that texts can be put into."), remedy)
    return text


def moment(text: str) -> datetime:
    """A date as the last instant of that day; a date and time as it stands, without a zone.

    >>> moment("2026-06-30")
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    try:
        return moment_until(text)
    except ValueError:
        remedy = _("Write it as 2026-06-30 or 2026-06-30T17:05:00.")
        raise BadValue(text, _("is not a date."), remedy) from None


def whole(text: str | int) -> int:
    """A whole number.

    >>> whole("20")
    20
    """
    try:
        return int(text)
    except ValueError:
        remedy = _("Write it with digits only, for example 100.")
        raise BadValue(str(text), _("is not a whole number."), remedy) from None


def positive(text: str | int) -> int:
    """A whole number of at least one."""
    number = whole(text)
    if number < 1:
        raise BadValue(str(text), _("is too small."), _("Give at least 1."))
    return number


def real(text: str | float) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        remedy = _("Write it with a point, for example 0.02.")
        raise BadValue(str(text), _("is not a number."), remedy) from None


def share(text: str | float) -> float:
    """A share."""
    number = real(text)
    if not is_share(number):
        remedy = _("Write 5% as 0.05.")
        raise BadValue(str(text), not_a_share(), remedy)
    return number


def period(text: str) -> str:
    """The length of a period."""
    return _choice(text, get_args(Every))


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        remedy = _("Give one of these: {choices}.", choices=listed(choices))
        raise BadValue(text, _("is not a choice here."), remedy)
    return text


def dated(name: str, explained: Message) -> Any:
    """An option that takes a date."""
    return option(name, DATE, explained, parser=moment)


def counted(name: str, explained: Message, read: Callable[[str], int] = whole) -> Any:
    """An option that takes a whole number."""
    return option(name, NUMBER, explained, parser=read)


def lasting(name: str, explained: Message) -> Any:
    """An option that takes the length of a period."""
    return option(name, Message("|".join(get_args(Every))), explained, parser=period)


def check_knob(command: str, search_share: float | None, margin: float | None) -> None:
    """`BadInput` if both options that set the same thing are given."""
    if search_share is not None and margin is not None:
        problem = _("`--search-share` and `--margin` set the same thing.")
        raise BadInput([Fault(command, problem, _("Give one of them."))])


SpokenIn = Annotated[
    Language | None,
    option(
        "--language",
        CODE,
        _(
            "Language of what is shown and written, for example en or zh; by default the office "
            "file's, and where no office is known the system's."
        ),
        parser=language,
    ),
]
OfficeFile = Annotated[Path, argument(OFFICE, _("The office file (TOML)."))]
DataFolder = Annotated[
    Path | None,
    option("--data", FOLDER, _("Folder its tables are in; by default the office file's own.")),
]
TO_DAY = _("Use only what was recorded by then; a date means to the end of that day.")
AsOf = Annotated[datetime, dated("--as-of", TO_DAY)]
CAPACITY = _("How many cases can be reviewed.")
Capacity = Annotated[int, counted("--capacity", CAPACITY)]
SearchShare = Annotated[
    float | None,
    option(
        "--search-share",
        NUMBER,
        _("From 0, know the rate best, to 1, find the most defects."),
        parser=real,
    ),
]
Margin = Annotated[
    float | None,
    option(
        "--margin",
        NUMBER,
        _("Instead: wanted half-width of the rate's 95 % interval, as 0.02."),
        parser=real,
    ),
]
Until = Annotated[
    datetime | None,
    dated(
        "--until",
        _("Learn only from what was known by then; by default everything in the tables."),
    ),
]
FinalBy = Annotated[
    datetime | None, dated("--as-of", _("Reviews that are final by then; by default all."))
]
OnDay = Annotated[
    datetime | None,
    dated("--as-of", _("Whose loads and absences count; by default those of the last opening.")),
]
ClosedAfter = Annotated[
    datetime | None,
    dated(
        "--closed-after",
        _(
            "Only cases closed later; plan each batch once. Where the office file says `risk.at`, "
            "cases that came to that moment later."
        ),
    ),
]
First = Annotated[
    datetime,
    dated(
        "--from",
        _("A day of the first period; the labels of the year before are there to start from."),
    ),
]
Last = Annotated[datetime, dated("--to", _("A day of the last period."))]
Out = Annotated[Path, option("--out", FILE, _("Where to write the result."))]
SetAside = Annotated[
    Path | None,
    option(
        "--set-aside", FILE, _("Go on without faulty rows, and write them to this new CSV file.")
    ),
]
Seed = Annotated[
    str | None,
    option("--seed", TEXT, _("Seed of the draw; by default one nobody can foresee.")),
]
