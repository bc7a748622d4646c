"""What becomes of the defects that reviews find."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from cases.office.base import Model, Share

LONGEST = 366  # days


class Rectification(Model):
    """What becomes of the defects that reviews find; without this section none is followed."""

    since: date = Field(description="first day of review whose findings are followed")
    answer_days: int = Field(
        default=10,
        ge=0,
        le=LONGEST,
        description="days after the review in which the handler can answer a finding; not longer "
        "than it takes its grade to become final (`reviews.maturity_days`)",
    )
    days: int = Field(
        default=30,
        ge=1,
        le=LONGEST,
        description="days after the review by which a defect is to be rectified",
    )
    check_share: Share = Field(
        default=0.1,
        description="share of the rectified defects, drawn at random, that another person checks",
    )
    reminder_days: int = Field(
        default=5, ge=0, le=LONGEST, description="how many days before a day is due it is due soon"
    )
