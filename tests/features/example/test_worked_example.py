"""Every feature against a value worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from features.catalogue import catalogue
from tests.features.example.worked_example import computed, example, expected


@cache
def values() -> dict[str, dict[str, Any]]:
    """All features of the example, computed once."""
    return computed()


@pytest.mark.parametrize("name", expected())
def test_value_is_the_one_worked_out_by_hand(name: str) -> None:
    """Each feature has its value for a closed case and for one without events."""
    code = catalogue(example().office)[name].type == "code"
    for case, cell in expected()[name].items():
        value = values()[name][case]
        if cell == "-":
            assert value is None
        else:
            assert value == (cell if code else pytest.approx(float(Fraction(cell)), abs=5e-7))


def test_every_feature_has_a_line() -> None:
    """A feature without a hand-checked value fails here."""
    assert set(expected()) == set(catalogue(example().office))
