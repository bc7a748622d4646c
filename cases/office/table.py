"""Where an office's tables are, and what its own columns and events mean."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.base import FilePath, Model, Name, wrong

LONGEST_SQL = 10_000  # letters; a far longer one can end the process that parses it


class Table(Model):
    """Where a table is and which of its columns mean what."""

    path: FilePath | None = Field(default=None, description="the file, within the data folder")
    files: dict[Name, FilePath] = Field(
        default_factory=dict, description="files that `sql` reads, by the name it uses for each"
    )
    sql: str | None = Field(
        default=None,
        max_length=LONGEST_SQL,
        description="a SELECT over `files` (text columns) that yields the table",
    )
    columns: dict[Name, str] = Field(
        default_factory=dict, description="our column name = the file's column name"
    )
    date_format: str | None = Field(
        default=None, description="strptime format of its dates, if they are not ISO 8601"
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """The files it is read from."""
        return tuple(path for path in (self.path, *self.files.values()) if path is not None)

    @model_validator(mode="after")
    def _path_or_sql(self) -> Table:
        if (self.path is None) == (self.sql is None):
            raise wrong(_("give either `path`, or `files` together with `sql`."))
        if self.sql is not None and not self.files:
            raise wrong(_("`sql` needs `files` to read from."))
        if self.path is not None and self.files:
            raise wrong(_("`files` belongs to `sql`; with `path` leave it out."))
        return self

    @model_validator(mode="after")
    def _dates_without_zone(self) -> Table:
        if self.date_format is None:
            return self
        if not re.search(r"%(?![zZ:#])", self.date_format):
            raise wrong(_("`date_format` needs codes such as %d.%m.%Y."))
        if re.search(r"%[:#]?[zZ]", self.date_format):
            raise wrong(_("`date_format` takes no zone: dates are read as the wall clock says."))
        return self


class Attribute(Model):
    """A column of the case table that is the office's own."""

    type: Literal["number", "flag", "code", "date"] = Field(description="what its values are")
    meaning: Text = Field(description="what it says about a case")
    known: str = Field(description="when it is known: intake, closing, or the name of an activity")


class Activity(Model):
    """A kind of event."""

    meaning: Text = Field(description="what happened")
    family: Name | None = Field(default=None, description="a group of activities counted together")
    rework: bool = Field(default=False, description="whether it means work was done again")
