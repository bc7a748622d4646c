"""Where an office's tables are, and what its own columns and events mean."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, replace
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.base import FilePath, Model, Name, Word, wrong
from cases.sources.base import Database, Layout
from cases.tables.cells.dates import EXCEL, says_a_day

LONGEST_SQL = 10_000  # letters; a far longer one can end the process that parses it
LONGEST_SHEET = 100  # letters of a sheet's name
LAST_HEADER_ROW = 1_000
PASSWORD_ENV = "TRIAGE_DATABASE_PASSWORD"  # noqa: S105  where it stands, by default

PASSWORD = re.compile(r"(pwd|passw(or)?d)\s*=", re.IGNORECASE)  # of a driver
Encoding = Literal["utf-8", "utf-16", "gb18030", "gbk", "big5", "windows-1252"]
EnvironmentName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,79}$")]


def refuse_password(url: str) -> None:
    """`PydanticCustomError` of `wrong` unless it is a database's URL without a password."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415  (few offices have a database)
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the second for a port that is no number
        raise wrong(_("`database` is not the URL of a database.")) from None
    if parsed.password is not None or PASSWORD.search(unquote(url)):
        raise wrong(
            _("`database` holds a password. Put it into the environment; see `password_env`.")
        )


def _date_format(code: str) -> str:
    """The format, if it says a whole day and no zone."""
    if code != EXCEL and "%" not in code:
        raise wrong(_("`date_format` needs codes such as %d.%m.%Y."))
    if re.search(r"%[:#]?[zZ]", code):
        raise wrong(_("`date_format` takes no zone: give the office's `time_zone` for that."))
    if not says_a_day(code):
        raise wrong(_("`date_format` needs a year, a month and a day, such as %d.%m.%Y."))
    return code


def _as_list(value: object) -> object:
    """A single one as a list of one."""
    return (value,) if isinstance(value, str) else value


DateFormat = Annotated[str, AfterValidator(_date_format)]
DateFormatList = Annotated[tuple[DateFormat, ...], BeforeValidator(_as_list)]
DateFormats = DateFormatList | dict[Name, DateFormatList]


class FileLayout(Model):
    """How a file is laid out; what is left out is found in the file."""

    encoding: Encoding | None = Field(
        default=None, description="of a CSV: how its letters are written; found if left out"
    )
    separator: Literal[",", ";", "tab"] | None = Field(
        default=None, description="of a CSV: what stands between its cells; found if left out"
    )
    sheet: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_SHEET,
        description="of a workbook: the sheet; needed where several could be meant",
    )
    header_row: int | None = Field(
        default=None,
        ge=1,
        le=LAST_HEADER_ROW,
        description="the row that names the columns, if others stand above it",
    )
    decimal: Literal[".", ","] = Field(
        default=".", description="what stands before the decimals of its numbers"
    )
    largest_gib: float | None = Field(
        default=None,
        gt=0,
        le=64,
        description="most that it may hold unpacked, in GiB; 2 if left out",
    )

    @property
    def layout(self) -> Layout:
        """The same for the source that reads the file."""
        names = (key.name for key in fields(Layout))
        return Layout(**{name: getattr(self, name) for name in names})


class File(FileLayout):
    """A file that a query reads; its path alone may stand for it."""

    path: FilePath = Field(description="the file, within the data folder")


def _as_file(value: object) -> object:
    """A path alone as the file it names."""
    return {"path": value} if isinstance(value, str) else value


class Table(FileLayout):
    """Where a table is and which of its columns mean what."""

    path: FilePath | None = Field(default=None, description="the file, within the data folder")
    files: dict[Name, Annotated[File, BeforeValidator(_as_file)]] = Field(
        default_factory=dict, description="files that `sql` reads, by the name it uses for each"
    )
    database: str | None = Field(
        default=None,
        description="the database that `sql` reads, as a SQLAlchemy URL without a password",
    )
    password_env: EnvironmentName = Field(
        default=PASSWORD_ENV,
        description="environment variable that holds the password of the database",
    )
    sql: str | None = Field(
        default=None,
        max_length=LONGEST_SQL,
        description="a SELECT over `files` (text columns) or the `database` that yields the table",
    )
    columns: dict[Name, str] = Field(
        default_factory=dict, description="our column name = the file's column name"
    )
    date_format: DateFormats | None = Field(
        default=None,
        description="format of its dates, or several, or by column: those our column names have; "
        "codes as %d.%m.%Y, or `excel` for the day numbers of a spreadsheet",
    )
    thousands: Literal[",", "."] | None = Field(
        default=None,
        description="what stands between the thousands of its numbers, three digits after each",
    )
    blank: tuple[Word, ...] = Field(
        default=(), description="words that stand for a blank cell, next to those of `[office]`"
    )

    @property
    def sources(self) -> tuple[File | Database, ...]:
        """The files, or the database, that it is read from."""
        if self.path is not None:
            # Its keys are checked as the table's own.
            return (File.model_construct(path=self.path, **asdict(self.layout)),)
        if self.database is not None:
            return (Database(self.database, self.password_env, self.sql or "", self.decimal),)
        return tuple(self.files.values())

    @model_validator(mode="after")
    def _path_or_sql(self) -> Table:
        if (self.path is None) == (self.sql is None):
            raise wrong(_("give either `path`, or `sql` together with `files` or `database`."))
        if self.path is not None and (self.files or self.database):
            raise wrong(_("`files` and `database` belong to `sql`; with `path` leave them out."))
        if self.sql is not None and bool(self.files) == (self.database is not None):
            raise wrong(_("`sql` needs either `files` or a `database` to read from."))
        if self.sql is not None and replace(self.layout, decimal=".") != Layout():
            raise wrong(
                _("give how a file is laid out with the file, next to its path in `files`.")
            )
        return self

    @model_validator(mode="after")
    def _two_marks(self) -> Table:
        if self.thousands == self.decimal:
            raise wrong(_("`thousands` and `decimal` are the same mark; give another `decimal`."))
        return self

    @model_validator(mode="after")
    def _database_without_password(self) -> Table:
        """A check of the key itself would show its value, and with it a password."""
        if self.database is not None:
            refuse_password(self.database)
        return self

    def date_formats(self, column: str) -> tuple[str, ...]:
        """The formats of the dates in one of our columns; none: any that has one meaning."""
        if isinstance(self.date_format, dict):
            return self.date_format.get(column, ())
        return self.date_format or ()


class Attribute(Model):
    """A column of the case table that is the office's own."""

    type: Literal["number", "flag", "code", "date"] = Field(description="what its values are")
    meaning: Text = Field(description="what it says about a case")
    known: Word = Field(
        description="when it is known: intake, closing, or the name of an activity; `?` until "
        "somebody says so, and it is no feature and no fact of any other kind until then"
    )


class Activity(Model):
    """A kind of event."""

    meaning: Text = Field(description="what happened")
    family: Name | None = Field(default=None, description="a group of activities counted together")
    rework: bool = Field(default=False, description="whether it means work was done again")
