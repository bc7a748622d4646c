"""Which cases are reviewed: by rule, and by a draw within the capacity."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.base import Model, Name, Share, wrong
from cases.office.conditions import Conditions

# The columns of a list of spot checks that every office has.
OF_EVERY_LIST = frozenset(
    (
        *("rank", "case_id", "selected_by", "inclusion_probability", "risk", "risk_low"),
        *("risk_high", "why", "rule", "second_review", "failed_check", "closed_at", "kind"),
        *("unit", "handler", *(f"reason_{number}" for number in range(1, 6))),
    )
)
SORTABLE = ("unit", "kind", "handler")  # of these, those that a list can be sorted by


class Rule(Model):
    """A mandatory review."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="why such a case is always reviewed")
    when: Conditions = Field(min_length=1, description="the cases it holds for: all must be true")
    valid_from: date | None = Field(
        default=None,
        description="first day it is in force: of the closing, of an open case the plan's day",
    )
    valid_until: date | None = Field(default=None, description="last day it is in force, likewise")
    counts: bool = Field(default=True, description="whether its reviews count against capacity")


class Quota(Model):
    """How many cases of one handler, or of one unit, are drawn in addition to mandatory ones."""

    at_least: int = Field(default=0, ge=0, description="fewest cases, as far as there are any")
    share: Share = Field(default=0, description="smallest share of the cases")
    at_most: int | None = Field(default=None, ge=0, description="most cases, if there is a limit")

    @model_validator(mode="after")
    def _least_within_most(self) -> Quota:
        if self.at_most is not None and self.at_least > self.at_most:
            raise wrong(_("`at_least` is more than `at_most`."))
        return self


class SpotChecks(Model):
    """How many cases can be reviewed, and how they are drawn."""

    capacity_share: float = Field(
        default=0.05, gt=0, le=1, description="share of the cases that there is capacity to review"
    )
    search_share: Share = Field(
        default=0.9, description="from 0, know the rate best, to 1, find the most"
    )
    margin: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="instead: half the width of the 95% interval wanted of the defect rate",
    )
    floor: float = Field(
        default=0.1,
        ge=0.01,
        le=1,
        description="least inclusion probability, as a share of that of an even random draw",
    )
    per_handler: Quota = Field(default=Quota(), description="quota of each handler's cases")
    per_unit: Quota = Field(default=Quota(), description="quota of each unit's cases")
    failed_check_share: Share | None = Field(
        default=None,
        description="share of the drawn cases, mandatory ones apart, that are among those which "
        "the office's own check failed; the others are among the rest",
    )
    second_share: Share = Field(
        default=0, description="share of the drawn cases that a second reviewer reads"
    )
    columns: tuple[Name, ...] = Field(
        default=(),
        description="columns of the case table that the list shows as they stand, such as an "
        "address; no features",
    )
    list_by: Name | None = Field(
        default=None,
        description="unit, kind, handler or one of `columns`: the list is in its order, and within "
        "it in the order of checking",
    )
