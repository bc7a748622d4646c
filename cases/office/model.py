"""The office file: one TOML file that says everything that is particular to an office.

Read with `load_office`; typed, frozen, and refused with every fault listed. The models here
and in the files next to this one are the reference of what the file may say: each field's
description is also what `docs/office_file.md` prints.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from pydantic import Field, PrivateAttr, field_validator

from cases.language.catalogues import Language, languages
from cases.language.messages import Sayable, _, listed
from cases.language.texts import Text
from cases.office.base import (
    CLOSING,
    INTAKE,
    LONGEST_PATH,
    UNANSWERED,
    Code,
    Model,
    Name,
    Word,
    wrong,
)
from cases.office.conditions import Condition, Conditions
from cases.office.intake import Assignment, Complexity, Effort, Intake, Skill, TrackRule
from cases.office.reviews import CHECKS, Grade, Reviewers, ReviewKind, Reviews
from cases.office.risk import AcceptedLeak, Points, Risk
from cases.office.spot_checks import Quota, Rule, SpotChecks
from cases.office.table import Activity, Attribute, Table
from cases.office.work.alerts import Alerts
from cases.office.work.goals import Goals
from cases.office.work.limits import Extension, Limit
from cases.office.work.process import ProcessRule, Role
from cases.office.work.rectification import Rectification
from cases.office.work.running import Running
from cases.office.work.schedules import Notices, Schedule
from cases.tables.cells.zones import is_zone

__all__ = [
    "CLOSING",
    "INTAKE",
    "AcceptedLeak",
    "Activity",
    "Alerts",
    "Assignment",
    "Attribute",
    "Code",
    "Complexity",
    "Condition",
    "Conditions",
    "Effort",
    "Extension",
    "Goals",
    "Grade",
    "Intake",
    "Limit",
    "Links",
    "Model",
    "Name",
    "Notices",
    "Office",
    "Points",
    "ProcessRule",
    "Profile",
    "Quota",
    "Rectification",
    "Reviewers",
    "Reviews",
    "Risk",
    "Role",
    "Rule",
    "Running",
    "Schedule",
    "Skill",
    "SpotChecks",
    "Table",
    "TrackRule",
    "WorkingHours",
]

PLACEHOLDER = "{case_id}"  # in the address of a page of a case
NAMED: dict[str, Sayable] = {INTAKE: _("intake"), CLOSING: _("closing")}


class Profile(Model):
    """Who the office is and how it speaks."""

    name: Text = Field(description="the office's name")
    language: Language = Field(default="en", description="the language of lists and reports")
    demo: bool = Field(
        default=False,
        description="a made-up office: it is served on this machine only, to users that all know",
    )

    time_zone: str | None = Field(
        default=None,
        description="where its clocks are, such as Asia/Shanghai: times given with an offset are "
        "put on them; needed where the tables have several offsets",
    )
    blank: tuple[Word, ...] = Field(
        default=(), description='words that stand for a blank cell, such as "\u65e0" or "NULL"'
    )

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, zone: str | None) -> str | None:
        if zone is not None and not is_zone(zone):
            raise wrong(_("is not a time zone such as Asia/Shanghai."))
        return zone

    @field_validator("language")
    @classmethod
    def _has_texts(cls, language: Language) -> Language:
        if language not in languages():
            there_are = listed(languages())
            raise wrong(
                _("is not a language of this program; there are: {codes}.", codes=there_are)
            )
        return language


class WorkingHours(Model):
    """When the office works; events outside count as off-hours."""

    first_hour: int = Field(default=8, ge=0, le=23, description="first working hour")
    last_hour: int = Field(default=18, ge=1, le=24, description="hour at which work ends")
    days: tuple[int, ...] = Field(default=(1, 2, 3, 4, 5), description="working days, Monday is 1")


class Links(Model):
    """Where the office's other systems show what stands here."""

    case: str | None = Field(
        default=None,
        max_length=LONGEST_PATH,
        description="page of a case in the office's case system, such as "
        "`https://cases.example/show?id={case_id}`; what lists cases links to it",
    )

    @field_validator("case")
    @classmethod
    def _is_address_of_a_case(cls, address: str | None) -> str | None:
        if address is not None and not _is_address(address):
            raise wrong(
                _(
                    "must be an address that begins with http:// or https:// and has {placeholder} "
                    "once, after the name of the server.",
                    placeholder=PLACEHOLDER,
                )
            )
        return address

    def of_case(self, case_id: str) -> str | None:
        """The address of the page of a case; None where the office has none.

        >>> Links(case="https://cases.example/{case_id}").of_case("2026/7 a")
        'https://cases.example/2026%2F7%20a'
        """
        if self.case is None:
            return None
        return self.case.replace(PLACEHOLDER, quote(case_id, safe=""))


def _is_address(address: str) -> bool:
    """Whether it is one of the web that a case id can be put into, and only behind its server."""
    before, *behind = address.split(PLACEHOLDER)
    plain = all(letter.isascii() and letter.isprintable() for letter in address) and not (
        set(before + "".join(behind)) & set("{}<>\"'`\\ ")
    )
    try:
        server = urlsplit(before)
    except ValueError:
        return False
    # The name of the server has ended where a path, a query or a fragment begins.
    ended = bool(server.path or server.query or "?" in before or "#" in before)
    named = server.scheme in ("http", "https") and server.hostname and "@" not in server.netloc
    return plain and bool(named) and ended and len(behind) == 1


class Office(Model):
    """Everything an office file says."""

    office: Profile = Field(description="who the office is")
    tables: dict[str, Table] = Field(
        description="where its tables are, by name; only `cases` is needed"
    )
    attributes: dict[Name, Attribute] = Field(
        default_factory=dict, description="the office's own columns of the case table"
    )
    activities: dict[Code, Activity] = Field(
        default_factory=dict, description="what can happen to a case; any name may occur if empty"
    )
    handler_known: Word = Field(
        default=CLOSING,
        description="when a case's handler is known: intake, closing or an activity",
    )
    limits: tuple[Limit, ...] = Field(default=(), description="time limits it works under")
    process: tuple[ProcessRule, ...] = Field(default=(), description="how a case has to go")
    roles: dict[Name, Role] = Field(
        default_factory=dict, description="who is who among those that act in a case"
    )
    running: Running = Field(default=Running(), description="what is asked of running cases")
    reviews: Reviews | None = Field(default=None, description="how reviews are graded")
    reviewers: Reviewers = Field(
        default=Reviewers(), description="how drawn cases are given to reviewers"
    )
    rectification: Rectification | None = Field(
        default=None, description="what becomes of the defects that reviews find"
    )
    goals: Goals = Field(default=Goals(), description="what the office wants to reach")
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
    schedules: tuple[Schedule, ...] = Field(
        default=(), description="what `triage run-due` does by itself"
    )
    notices: Notices = Field(default=Notices(), description="when people are reminded")
    alerts: Alerts = Field(
        default=Alerts(), description="how many alerts about running cases it can act on"
    )
    links: Links = Field(default=Links(), description="where its other systems show a case")
    working_hours: WorkingHours = Field(default=WorkingHours(), description="when the office works")
    fairness: tuple[str, ...] = Field(
        default=(),
        description="attributes whose groups the report compares; never the handlers",
    )
    accepted_leaks: tuple[AcceptedLeak, ...] = Field(
        default=(), description="findings of the leak finder that stop neither training nor use"
    )

    _unanswered: dict[str, Attribute] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: object, /) -> None:
        """Take out the attributes of which nobody has said when they are known.

        Nothing made from `attributes` can then see one of them.
        """
        waiting = [name for name, fact in self.attributes.items() if fact.known == UNANSWERED]
        self._unanswered |= {name: self.attributes.pop(name) for name in waiting}

    @property
    def unanswered(self) -> dict[str, Attribute]:
        """The attributes that are not used, because it is not said when they are known."""
        return self._unanswered

    @property
    def language(self) -> Language:
        """The language of lists and reports."""
        return self.office.language

    def speaking(self, language: Language) -> Office:
        """The office with its lists and reports in another language."""
        return self.model_copy(
            update={"office": self.office.model_copy(update={"language": language})}
        )

    @property
    def watches(self) -> bool:
        """Whether what will become of running cases is asked."""
        return bool(self.limits) or self.running.estimate

    @property
    def moments(self) -> tuple[str, ...]:
        """Everything that can make a fact known: intake, closing, each activity."""
        return (INTAKE, CLOSING, *self.activities)

    def moment_name(self, moment: str) -> Sayable:
        """What intake, closing or an activity is called."""
        named = self.activities.get(moment)
        return NAMED[moment] if named is None else named.meaning

    @property
    def intake_facts(self) -> tuple[str, ...]:
        """What a condition on a new case may ask about."""
        known = (name for name, fact in self.attributes.items() if fact.known == INTAKE)
        return ("kind", "unit", *known)

    @property
    def facts_before_closing(self) -> tuple[str, ...]:
        """What a condition on a case that is still open may ask about, next to its events."""
        known = (name for name, fact in self.attributes.items() if fact.known != CLOSING)
        return ("kind", "unit", *known)

    def kinds_called(self, kind: ReviewKind) -> tuple[str, ...]:
        """The office's own words for a kind of review."""
        kinds = self.reviews.kinds if self.reviews else {}
        return tuple(word for word, meant in kinds.items() if meant == kind)

    @property
    def check_kinds(self) -> tuple[ReviewKind, ...]:
        """Of the office's own checks, which its review table tells apart from reviews."""
        return tuple(kind for kind in CHECKS if self.kinds_called(kind))

    @property
    def check_words(self) -> tuple[str, ...]:
        """The office's own words for its checks, in the order of `CHECKS`."""
        return tuple(word for kind in CHECKS for word in self.kinds_called(kind))

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
    def present_dimensions(self) -> dict[str, str]:
        """The code of every dimension, and of the present dimension that it is or counts as."""
        dimensions = self.reviews.dimensions if self.reviews else {}
        return {code: dimension.maps_to or code for code, dimension in dimensions.items()}

    @property
    def dimension_names(self) -> dict[str, Text]:
        """What the present dimensions are called, by code; empty if none are declared."""
        dimensions = self.reviews.dimensions if self.reviews else {}
        return {code: one.meaning for code, one in dimensions.items() if not one.maps_to}

    @property
    def grade_ranks(self) -> dict[str, int]:
        """The code of every grade, and its rank among the present ones: 0 is the best."""
        present = [code for code, counts_as in self.present_grades.items() if code == counts_as]
        return {code: present.index(counts_as) for code, counts_as in self.present_grades.items()}
