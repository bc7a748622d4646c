"""How new cases are routed and given to handlers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from cases.language.messages import Sayable, _
from cases.language.texts import Text
from cases.office.base import Code, Model, Name
from cases.office.conditions import Conditions


class Complexity(Model):
    """What makes a closed case complex."""

    meaning: Text = Field(description="what complex means here")
    any_of: Conditions = Field(min_length=1, description="a case is complex if any of these holds")
    among: Conditions = Field(default=(), description="the cases it is about; all if empty")


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
    audit_share: float = Field(
        default=0,
        ge=0,
        le=1,
        description="share of the cases called simple or complex that a person decides all the "
        "same, drawn at random: they show how often the estimate errs",
    )
    rules: tuple[TrackRule, ...] = Field(default=(), description="kinds of case with a fixed track")


class Effort(Model):
    """What counts as the effort that a case takes."""

    attribute: str | None = Field(
        default=None,
        description="a number known at closing; else the days from opening to closing count",
    )
    meaning: Text | None = Field(
        default=None, description="what it says; days from opening to closing if left out"
    )
    unit: Text | None = Field(default=None, description="its unit; days if left out")

    @property
    def measured(self) -> Sayable:
        """What it says, in words."""
        return self.meaning or _("days from opening to closing")

    @property
    def measured_in(self) -> Sayable:
        """Its unit, in words."""
        return self.unit or _("days")


class Skill(Model):
    """A skill that some new cases ask of their handler."""

    code: Code = Field(description="as it stands under `skills` in the handler table")
    meaning: Text = Field(description="what it is")
    when: Conditions = Field(min_length=1, description="the cases that ask for it: all must hold")
    required: bool = Field(
        default=True, description="whether nobody without it may take the case, or only better not"
    )


class Assignment(Model):
    """How new cases are given to handlers."""

    floor: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="every eligible handler's least probability, as a share of an even draw's",
    )
    skills: tuple[Skill, ...] = Field(default=(), description="skills that cases ask for")
