"""What a share is, and what is said of a number that is not one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cases.language.messages import Message, _

Share = Annotated[float, Field(ge=0, le=1)]


def is_share(number: float, least: float = 0.0) -> bool:
    """Whether it is a share of at least `least`; NaN is none."""
    return least <= number <= 1


def not_a_share(least: float = 0.0) -> Message:
    """What is wrong with a number that is not a share of at least `least`."""
    return _("is not a share between {least:g} and 1.", least=least)
