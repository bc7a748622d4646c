"""The office file: one TOML file that says everything that is particular to an office.

Read with `load_office`; typed, frozen, and refused with every fault listed. The
models below are the reference of what the file may say: each field's
description is also what `docs/office_file.md` prints.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.language.texts import Text

LONGEST_SQL = 10_000  # letters; a far longer one can end the process that parses it

CODE = r"^[^\s\"'`;][^\"'`;]{0,79}$"
NAME = r"^[a-z][a-z0-9_]{0,59}$"
Code = Annotated[str, Field(pattern=CODE)]
Name = Annotated[str, Field(pattern=NAME)]

INTAKE, CLOSING = "intake", "closing"


def _inside(path: str) -> str:
    """The path, if it stays within the data folder."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    outside = not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]
    if outside or not path.isprintable():
        raise ValueError("must be a path within the data folder, such as `2024/cases.csv`")
    return path


FilePath = Annotated[str, Field(max_length=500), AfterValidator(_inside)]


class Model(BaseModel):
    """A frozen part of the office file that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Profile(Model):
    """Who the office is and how it speaks."""

    name: Text = Field(description="the office's name")
    language: Language = Field(default="en", description="the language of lists and reports")


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

    @model_validator(mode="after")
    def _path_or_sql(self) -> Table:
        if (self.path is None) == (self.sql is None):
            raise ValueError("give either `path`, or `files` together with `sql`")
        if self.sql is not None and not self.files:
            raise ValueError("`sql` needs `files` to read from")
        if self.path is not None and self.files:
            raise ValueError("`files` belongs to `sql`; with `path` leave it out")
        if self.date_format is not None and not re.search(r"%(?![zZ:#])", self.date_format):
            raise ValueError("`date_format` needs codes such as %d.%m.%Y")
        if self.date_format is not None and re.search(r"%[:#]?[zZ]", self.date_format):
            raise ValueError("`date_format` takes no zone: dates are read as the wall clock says")
        return self


class TableSet(Model):
    """The office's tables; only the case table is needed."""

    cases: Table = Field(description="one row per case")
    events: Table | None = Field(default=None, description="what happened to each case, and when")
    reviews: Table | None = Field(default=None, description="reviews of closed cases")
    handlers: Table | None = Field(default=None, description="who handles cases")
    recusals: Table | None = Field(
        default=None, description="who may not handle which case, or cases of which party"
    )
    overrides: Table | None = Field(
        default=None, description="where people decided otherwise than was suggested, and why"
    )


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


class Condition(Model):
    """A test of one case, by attribute or by event. A list of conditions means all of them.

    >>> Condition(event="arrested", then="not_prosecuted").event
    'arrested'
    """

    attribute: str | None = Field(
        default=None, description="an attribute, or kind, unit, or days_open (opening to closing)"
    )
    equals: bool | float | str | None = Field(default=None, description="the value it must have")
    one_of: tuple[str, ...] | None = Field(default=None, description="codes it may have")
    at_least: float | None = Field(default=None, description="smallest value, or count of events")
    at_most: float | None = Field(default=None, description="largest value, or count of events")
    event: str | None = Field(default=None, description="an activity that must have happened")
    then: str | None = Field(default=None, description="an activity that must have followed it")

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if (self.attribute is None) == (self.event is None):
            raise ValueError("give either `attribute` or `event`")
        compares = (self.equals, self.one_of, self.at_least, self.at_most)
        if self.attribute is not None:
            if self.then is not None:
                raise ValueError("`then` belongs to `event`")
            if all(part is None for part in compares):
                raise ValueError(
                    "say what the attribute must be: equals, one_of, at_least, at_most"
                )
        elif self.equals is not None or self.one_of is not None:
            raise ValueError("an event takes `then`, `at_least` or `at_most`")
        elif self.then is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("an event with `then` takes no counts")
        return self


Conditions = tuple[Condition, ...]


class Limit(Model):
    """A time limit the office works under."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="what it limits")
    days: float = Field(gt=0, description="the limit in days")
    start: str = Field(default="opened", description="an activity, or opened")
    end: str = Field(default="closed", description="an activity, or closed")
    kinds: tuple[str, ...] = Field(
        default=(), description="kinds of case it holds for; all if empty"
    )


class Grade(Model):
    """A grade a review can give, or could once."""

    code: Code = Field(description="as it stands in the review table")
    meaning: Text = Field(description="what it is called")
    defect: bool = Field(description="whether a case so graded counts as defective")
    valid_from: date | None = Field(default=None, description="first day of review it is in force")
    valid_until: date | None = Field(default=None, description="last day of review it is in force")
    maps_to: Code | None = Field(
        default=None, description="of an old grade, the present one that it counts as"
    )


class Reviews(Model):
    """How reviews are graded and when a grade is final."""

    grades: tuple[Grade, ...] = Field(
        min_length=2, description="every grade that occurs, best first"
    )
    maturity_days: float = Field(
        default=0, ge=0, description="days after the review until its grade is final"
    )
    dimensions: dict[Code, Text] = Field(
        default_factory=dict,
        description="in what a case can be found wanting; any name may occur if empty",
    )


class Complexity(Model):
    """What makes a closed case complex."""

    meaning: Text = Field(description="what complex means here")
    any_of: Conditions = Field(min_length=1, description="a case is complex if any of these holds")
    among: Conditions = Field(default=(), description="the cases this is asked of; all if empty")


class Points(Model):
    """One line of the office's rule of thumb."""

    points: float = Field(description="points a case gets")
    when: Conditions = Field(min_length=1, description="when it gets them")


class Risk(Model):
    """What the risk model may use, and which closed cases it is for."""

    among: Conditions = Field(
        default=(), description="closed cases that can be reviewed; all if empty"
    )
    use_handler: bool = Field(
        default=False, description="let a handler's identity and past be risk features (see report)"
    )
    similar_by: tuple[str, ...] = Field(
        default=(), description="code attributes by which earlier cases count as similar"
    )
    increasing: tuple[str, ...] = Field(
        default=(), description="features with which risk may only rise"
    )
    decreasing: tuple[str, ...] = Field(
        default=(), description="features with which risk may only fall"
    )
    rule_of_thumb: tuple[Points, ...] = Field(
        default=(), description="how the office would rank cases by hand; a baseline"
    )


class Rule(Model):
    """A mandatory review."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="why such a case is always reviewed")
    when: Conditions = Field(min_length=1, description="the cases it holds for: all must be true")
    valid_from: date | None = Field(default=None, description="first closing day it is in force")
    valid_until: date | None = Field(default=None, description="last closing day it is in force")
    counts: bool = Field(default=True, description="whether its reviews count against capacity")


class Quota(Model):
    """How many cases of one handler, or of one unit, are drawn besides mandatory ones."""

    at_least: int = Field(default=0, ge=0, description="fewest cases, as far as there are any")
    share: float = Field(default=0, ge=0, le=1, description="smallest share of the cases")
    at_most: int | None = Field(default=None, ge=0, description="most cases, if there is a limit")

    @model_validator(mode="after")
    def _least_within_most(self) -> Quota:
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("`at_least` is more than `at_most`")
        return self


class SpotChecks(Model):
    """How many cases can be reviewed, and how they are drawn."""

    capacity_share: float = Field(
        default=0.05, gt=0, le=1, description="share of closed cases that can be reviewed"
    )
    search_share: float = Field(
        default=0.9, ge=0, le=1, description="from 0, know the rate best, to 1, find the most"
    )
    margin: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="instead: half the width of the 95 % interval wanted of the defect rate",
    )
    per_handler: Quota = Field(default=Quota(), description="quota of each handler's cases")
    per_unit: Quota = Field(default=Quota(), description="quota of each unit's cases")
    second_share: float = Field(
        default=0, ge=0, le=1, description="share of the drawn cases that a second reviewer reads"
    )


class Skill(Model):
    """A skill that some new cases ask of their handler."""

    code: Code = Field(description="as it stands under `skills` in the handler table")
    meaning: Text = Field(description="what it is")
    when: Conditions = Field(min_length=1, description="the cases that ask for it: all must hold")
    required: bool = Field(
        default=True, description="whether nobody without it may take the case, or only better not"
    )


class TrackRule(Model):
    """A rule that settles the track of a new case before any estimate."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="why such a case is always on that track")
    when: Conditions = Field(min_length=1, description="the cases it holds for: all must be true")
    track: Literal["simple", "complex"] = Field(default="complex", description="the track")
    valid_from: date | None = Field(default=None, description="first opening day it is in force")
    valid_until: date | None = Field(default=None, description="last opening day it is in force")


class Intake(Model):
    """How new cases are routed: simple, complex, or a person decides."""

    complex_error: float = Field(
        default=0.05, gt=0, lt=1, description="of truly complex cases, most to be called simple"
    )
    simple_error: float = Field(
        default=0.2, gt=0, lt=1, description="of truly simple cases, most to be called complex"
    )
    rules: tuple[TrackRule, ...] = Field(default=(), description="kinds of case with a fixed track")


class Effort(Model):
    """What counts as the effort that a case takes."""

    attribute: str | None = Field(
        default=None,
        description="a number known at closing; else the days from opening to closing count",
    )
    meaning: Text = Field(
        default=_("days from opening to closing"),
        description="what it says",
    )
    unit: Text = Field(default=_("days"), description="its unit")


class Assignment(Model):
    """How new cases are given to handlers."""

    floor: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="every eligible handler's least chance, as a share of an even lottery's",
    )
    skills: tuple[Skill, ...] = Field(default=(), description="skills that cases ask for")


class WorkingHours(Model):
    """When the office works; events outside count as off-hours."""

    first_hour: int = Field(default=8, ge=0, le=23, description="first working hour")
    last_hour: int = Field(default=18, ge=1, le=24, description="hour at which work ends")
    days: tuple[int, ...] = Field(default=(1, 2, 3, 4, 5), description="working days, Monday is 1")


class AcceptedLeak(Model):
    """A column that the leak finder doubts and the office stands by."""

    column: str = Field(description="an attribute, or a feature as the finding calls it")
    reason: str = Field(min_length=1, description="why its values are known when it says they are")


class Office(Model):
    """Everything an office file says."""

    office: Profile = Field(description="who the office is")
    tables: TableSet = Field(description="where its tables are")
    attributes: dict[Name, Attribute] = Field(
        default_factory=dict, description="the office's own columns of the case table"
    )
    activities: dict[Code, Activity] = Field(
        default_factory=dict, description="what can happen to a case; any name may occur if empty"
    )
    handler_known: str = Field(
        default=CLOSING,
        description="when a case's handler is known: intake, closing or an activity",
    )
    limits: tuple[Limit, ...] = Field(default=(), description="time limits it works under")
    reviews: Reviews | None = Field(default=None, description="how reviews are graded")
    complexity: Complexity | None = Field(default=None, description="what makes a case complex")
    risk: Risk = Field(default=Risk(), description="what the risk model is for and may use")
    rules: tuple[Rule, ...] = Field(default=(), description="mandatory reviews")
    spot_checks: SpotChecks = Field(
        default=SpotChecks(), description="how many cases can be reviewed"
    )
    intake: Intake = Field(default=Intake(), description="how new cases are routed")
    effort: Effort = Field(default=Effort(), description="what the effort of a case is")
    assignment: Assignment = Field(
        default=Assignment(), description="how new cases are given to handlers"
    )
    working_hours: WorkingHours = Field(default=WorkingHours(), description="when the office works")
    fairness: tuple[str, ...] = Field(
        default=(),
        description="attributes whose groups the report compares; never the handlers",
    )
    accepted_leaks: tuple[AcceptedLeak, ...] = Field(
        default=(), description="findings of the leak finder that do not stop training"
    )

    @property
    def language(self) -> Language:
        """The language of lists and reports."""
        return self.office.language

    @property
    def moments(self) -> tuple[str, ...]:
        """Everything that can make a fact known: intake, closing, each activity."""
        return (INTAKE, CLOSING, *self.activities)

    @property
    def intake_facts(self) -> tuple[str, ...]:
        """What a condition on a new case may ask about."""
        own = (name for name, told in self.attributes.items() if told.known == INTAKE)
        return ("kind", "unit", *own)

    @property
    def defect_grades(self) -> frozenset[str]:
        """Codes of the grades that count as a defect."""
        grades = self.reviews.grades if self.reviews else ()
        return frozenset(grade.code for grade in grades if grade.defect)

    @property
    def present_grades(self) -> dict[str, str]:
        """The code of every grade, and of the present grade that it is or counts as."""
        grades = self.reviews.grades if self.reviews else ()
        return {grade.code: grade.maps_to or grade.code for grade in grades}

    @property
    def grade_places(self) -> dict[str, int]:
        """The code of every grade, and its place among the present ones: 0 is the best."""
        present = [code for code, counts_as in self.present_grades.items() if code == counts_as]
        return {code: present.index(counts_as) for code, counts_as in self.present_grades.items()}
