"""Tests of `evaluation/leaks/special.py`."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.language.messages import say
from evaluation.leaks.special import filled_in, special_values

DATES = [datetime(1900, 1, 1), datetime(1970, 1, 1), datetime(2020, 5, 3), datetime(2024, 12, 30)]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["UNKNOWN", "theft", " n/a ", None, "无"], ["UNKNOWN", " n/a ", "无"]),
        (["Nathan", "none of these", "0"], []),
        ([0.0, 12.5, 9_999.0], ["0", "9999"]),
        ([-1.0, 3.0, 7.0], ["-1", "0"]),
        (DATES, ["1900-01-01", "1970-01-01"]),
        ([True, False, None], []),
    ],
)
def test_special_values_by_type(values: list[object], found: list[str]) -> None:
    """Words for nothing known, zero, fillers at either end, dates that no case has by chance."""
    column = pl.Series(values).cast(pl.Datetime("us")) if values is DATES else pl.Series(values)
    special = {say(word, "en"): cases.to_list() for word, cases in special_values(column)}
    assert special.pop("blank") == column.is_null().to_list()
    assert set(special) == set(found)
    assert all(len(cases) == len(values) and None not in cases for cases in special.values())


def test_a_word_for_blank_is_not_filled_in() -> None:
    """UNKNOWN is as blank as a blank; zero is a number."""
    cases = pl.DataFrame({"code": ["UNKNOWN", None, "a"], "number": [0.0, None, 1.0]})
    filled = cases.select(filled_in("code"), filled_in("number"))
    assert filled["code"].to_list() == [False, False, True]
    assert filled["number"].to_list() == [True, False, True]
