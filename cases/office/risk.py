"""What the risk model is for and may use."""

from __future__ import annotations

from pydantic import Field

from cases.office.base import CLOSING, Model
from cases.office.conditions import Conditions


class Points(Model):
    """One line of the office's rule of thumb."""

    points: float = Field(description="points a case gets")
    when: Conditions = Field(min_length=1, description="when it gets them")


class Risk(Model):
    """When risk is asked about, what the model may use, and which cases it is for."""

    at: str = Field(
        default=CLOSING,
        description="the moment a case is asked about, from which it can be reviewed: `closing`, "
        "`intake`, or an activity (its first record)",
    )
    among: Conditions = Field(
        default=(),
        description="cases that can be reviewed, by what is known at that moment; all if empty",
    )
    use_handler: bool = Field(
        default=False, description="let a handler's identity and past be risk features (see report)"
    )
    use_calendar: bool = Field(
        default=False,
        description="let the day of the moment (weekday, end of the month) be a risk feature",
    )
    leave_out: tuple[str, ...] = Field(
        default=(),
        description="features, or whole families of them, that the risk model does without",
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
        default=(), description="how the office ranks by hand; its list until a model is better"
    )


class AcceptedLeak(Model):
    """A column that the leak finder doubts and the office stands by."""

    column: str = Field(
        description="an attribute, a date of the case, or a feature as the finding calls it"
    )
    reason: str = Field(min_length=1, description="why its values are known when it says they are")
