"""How reviews are graded, and who makes them."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from pydantic import Field, model_validator

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.base import Code, Model, Share, wrong

# Of a closed case: its handler checks it, another person does, or it is reviewed independently.
ReviewKind = Literal["self_check", "verification", "review"]
CHECKS: tuple[ReviewKind, ...] = ("self_check", "verification")

# Two readers grade a case, neither knowing of the other; from both comes the grade it keeps.
Reading = Literal["first", "second", "consolidated"]
READINGS: tuple[Reading, ...] = get_args(Reading)
FIRST, SECOND, CONSOLIDATED = READINGS


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


class Dimension(Model):
    """A dimension in which a review can find a defect, or could once."""

    meaning: Text = Field(description="what it is called")
    valid_from: date | None = Field(default=None, description="first day of review it is in force")
    valid_until: date | None = Field(default=None, description="last day of review it is in force")
    maps_to: Code | None = Field(
        default=None, description="of an old dimension, the present one that it counts as"
    )


class Reviews(Model):
    """How reviews are graded and when a grade is final."""

    grades: tuple[Grade, ...] = Field(
        min_length=2, description="every grade that occurs, best first"
    )
    maturity_days: float = Field(
        default=0, ge=0, description="days after the review until its grade is final"
    )
    dimensions: dict[Code, Dimension] = Field(
        default_factory=dict,
        description="in what a case can have a defect; any name may occur if empty",
    )
    kinds: dict[Code, ReviewKind] = Field(
        default_factory=dict,
        description="the office's own words for `self_check`, `verification` and `review`; only "
        "the last is learnt from; if empty, every row is a review",
    )
    blind: bool = Field(
        default=False,
        description="whether the reviewers' sheets are without risk, reasons and how the case was "
        "chosen, so that the grade is the reviewer's own",
    )
    hidden_share: Share | None = Field(
        default=None,
        description="instead: the share of the drawn cases, drawn at random, of which a reviewer "
        "sees no risk, no reasons and not how they were chosen before the grade is saved; so it "
        "can be measured how far showing the risk influences grades",
    )
    same_subject: str | None = Field(
        default=None,
        description="a code attribute, kind or unit that says which cases concern the same "
        "subject, such as a licence; blank where unknown. Grades of such cases by several "
        "reviewers help to estimate how severe each is",
    )

    @model_validator(mode="after")
    def _hidden_in_one_way(self) -> Reviews:
        if self.blind and self.hidden_share not in {None, 1.0}:
            raise wrong(_("`blind` hides the risk of every case, `hidden_share` of some."))
        return self

    @property
    def share_hidden(self) -> float:
        """Of the drawn cases, that whose risk a reviewer does not see before the grade is saved."""
        return 1.0 if self.blind else self.hidden_share or 0.0

    def grades_on(self, day: date) -> tuple[Grade, ...]:
        """The grades that a review made on `day` can give, best first."""
        return tuple(grade for grade in self.grades if _in_force(grade, day))

    def dimensions_on(self, closing: date, day: date) -> dict[Code, Text]:
        """What a review made on `day` looks for in a case closed on `closing`, by code.

        The dimensions in force on both days; one that was in force at the closing alone stands
        as the one it counts as now.
        """
        declared = self.dimensions
        then = {
            dimension.maps_to or code
            for code, dimension in declared.items()
            if _in_force(dimension, closing)
        }
        return {
            code: dimension.meaning
            for code, dimension in declared.items()
            if code in then and not dimension.maps_to and _in_force(dimension, day)
        }


class Reviewers(Model):
    """How the drawn cases of a plan are given to reviewers."""

    other_unit: bool = Field(
        default=False, description="whether nobody reviews a case of their own unit"
    )
    floor: Share = Field(
        default=0.1,
        description="every eligible reviewer's least probability, as a share of an even draw's",
    )


def _in_force(declared: Grade | Dimension, day: date) -> bool:
    return (declared.valid_from or day) <= day <= (declared.valid_until or day)
