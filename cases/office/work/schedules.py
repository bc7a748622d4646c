"""What the office has done by itself at set times, and what people are reminded of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from cases.language.catalogues import Language, languages
from cases.language.messages import _, listed
from cases.office.base import Model, Name, Share, wrong

Task = Literal["read", "train", "plan", "watch", "report", "remind"]
Length = Literal["day", "week", "month", "quarter", "year"]
MOST_DAYS: dict[Length, int] = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
OF_PLANS = ("capacity", "share", "search_share", "margin")


class Schedule(Model):
    """Work that `triage run-due` does when it is due: at an hour of a day of each period."""

    code: Name = Field(description="its short name")
    what: Task = Field(
        description="`read` new data and check it, `train` a model and promote it if it passes the "
        "gate, draw a `plan` of the cases closed since the last one and begin its reviews, `watch` "
        "running cases and notify the desks, write a `report`, or `remind` people of what is due"
    )
    every: Length = Field(description="how often")
    day: int = Field(
        default=1,
        ge=1,
        le=max(MOST_DAYS.values()),
        description="day of the week (Monday is 1), month, quarter or year; in a shorter one its "
        "last day",
    )
    hour: int = Field(default=6, ge=0, le=23, description="hour of that day, on the office's clock")
    capacity: int | None = Field(
        default=None, ge=1, description="of a plan: how many cases can be reviewed"
    )
    share: Share | None = Field(
        default=None,
        description="of a plan, instead: share of its cases that can be reviewed; without either "
        "`spot_checks.capacity_share`",
    )
    search_share: Share | None = Field(
        default=None, description="of a plan: instead of `spot_checks.search_share`"
    )
    margin: float | None = Field(
        default=None, gt=0, lt=1, description="of a plan: instead of `spot_checks.margin`"
    )
    languages: tuple[Language, ...] = Field(
        default=(), description="of a report: its languages; all there are if empty"
    )

    @field_validator("languages")
    @classmethod
    def _have_texts(cls, spoken: tuple[Language, ...]) -> tuple[Language, ...]:
        if not {*spoken} <= {*languages()}:
            there_are = listed(languages())
            raise wrong(
                _("is not a language of this program; there are: {codes}.", codes=there_are)
            )
        return spoken

    @model_validator(mode="after")
    def _day_is_in_the_period(self) -> Schedule:
        most = MOST_DAYS[self.every]
        if self.day > most:
            raise wrong(
                _(
                    "`day` is {day}, but no such period has more than {most}.",
                    day=self.day,
                    most=most,
                )
            )
        return self

    @model_validator(mode="after")
    def _keys_are_of_the_task(self) -> Schedule:
        given = [name for name in OF_PLANS if getattr(self, name) is not None]
        if given and self.what != "plan":
            raise wrong(_("`{key}` is only for a plan.", key=given[0]))
        if self.languages and self.what != "report":
            raise wrong(_("`{key}` is only for a report.", key="languages"))
        if self.capacity is not None and self.share is not None:
            raise wrong(_("`capacity` and `share` set the same thing."))
        if self.search_share is not None and self.margin is not None:
            raise wrong(_("`search_share` and `margin` set the same thing."))
        return self


class Notices(Model):
    """By when reviews are to be done, and when people are reminded of them."""

    review_days: int = Field(
        default=30,
        ge=1,
        le=366,
        description="days from the beginning of a plan's reviews to their end",
    )
    remind_days: int = Field(
        default=7, ge=0, le=366, description="days before that end, people are reminded of them"
    )
