"""Shares are numbers from zero to one."""

from __future__ import annotations

import math

import pytest

from cases.errors import is_share, not_a_share


@pytest.mark.parametrize(
    ("number", "least", "valid"),
    [
        (0.0, 0.0, True),
        (1.0, 0.0, True),
        (0.05, 0.1, False),
        (0.1, 0.1, True),
        (5.0, 0.0, False),
        (-0.1, 0.0, False),
        (math.nan, 0.0, False),
        (math.inf, 0.0, False),
    ],
)
def test_shares(number: float, least: float, valid: bool) -> None:
    """Both ends belong to them."""
    assert is_share(number, least) is valid


def test_what_is_wrong_says_the_bounds() -> None:
    """The least share that is allowed stands in the sentence."""
    assert str(not_a_share()) == "is not a share between 0 and 1."
    assert not_a_share(0.1).say("zh").count("0.1") == 1
