"""What is asked of running cases, next to the limits they are under."""

from __future__ import annotations

from pydantic import Field

from cases.office.base import Model


class Running(Model):
    """What is asked of running cases."""

    estimate: bool = Field(
        default=False,
        description="estimate how long running cases still take even where no limits are stated",
    )
