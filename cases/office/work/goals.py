"""What the office wants to reach."""

from __future__ import annotations

from pydantic import Field

from cases.office.base import Model


class Goals(Model):
    """What the office wants to reach; pages show each beside what is known of it."""

    most_defective: float | None = Field(
        default=None, ge=0, lt=1, description="largest share of defective cases, such as 0.05"
    )
    rectified_within_days: int | None = Field(
        default=None,
        ge=1,
        le=366,
        description="days after the review within which every defect is to be rectified",
    )
