"""Whether predictions are better than the clock alone, on small tables whose answer is plain."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import polars as pl
import pytest

from cases.language.messages import say
from evaluation.backtests.alerts.against_clock import ASKED, against_clock, as_kept, from_kept

FIRST = datetime(2026, 1, 31)


def asked(right: int, wrong: int, *, clock_is_right: bool) -> pl.DataFrame:
    """So many cases that are predicted rightly and wrongly, one more of each that is not.

    The clock has fewest days left in those that are overrun, or in the others.
    """
    rows = []
    for at in range(2 * (right + wrong)):
        is_predicted = at < right + wrong
        overrun = at < right or (not is_predicted and at < 2 * right + wrong)
        left = 5 if overrun == clock_is_right else 20
        moment = FIRST + timedelta(days=30 * (at % 3))
        rows.append((moment, f"c{at}", "limit", 0.9 if is_predicted else 0.1, left, overrun))
    return pl.DataFrame(rows, ASKED, orient="row")


def test_predictions_that_see_what_the_clock_does_not() -> None:
    """All predicted ones are overrun, and the clock has the fewest days left in the others."""
    table = asked(30, 0, clock_is_right=False).with_columns(
        overrun=pl.col("probability") > 0.5,
        left=pl.when(pl.col("probability") > 0.5).then(20).otherwise(5),
    )
    found = against_clock(table, 0.5)
    assert (found.alerts, found.predicted.value, found.clock.value) == (30, 1.0, 0.0)
    assert found.is_better
    assert "withheld" not in say(found.says, "en")


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_predictions_that_say_what_the_clock_says_are_withheld(share: float) -> None:
    """The same limits come first either way."""
    table = asked(round(40 * share), round(40 * (1 - share)), clock_is_right=True).with_columns(
        left=pl.when(pl.col("probability") > 0.5).then(5).otherwise(20)
    )
    found = against_clock(table, 0.5)
    assert found.gain.value == 0.0
    assert not found.is_better
    assert "no better than the clock alone" in say(found.says, "en")


def test_few_alerts_do_not_tell() -> None:
    """Nine of them; and none at all."""
    for count in (9, 0):
        found = against_clock(asked(count, 0, clock_is_right=False), 0.5)
        assert found.gain.value is None
        assert not found.is_better
        assert "too few to tell" in say(found.says, "en")


def test_the_clock_gives_as_many_alerts_at_each_moment() -> None:
    """Two predictions at the first moment, none at the second: the clock gives two, at the first.

    There it has the fewest days left in b and c, of which c was overrun.
    """
    second = FIRST + timedelta(days=30)
    rows = [
        (FIRST, "a", "l", 0.9, 9, True),
        (FIRST, "b", "l", 0.8, 1, False),
        (FIRST, "c", "l", 0.1, 2, True),
        (second, "d", "l", 0.1, 0, False),
    ]
    many = [(at, f"{case}{n}", *rest) for n in range(8) for at, case, *rest in rows]
    table = pl.DataFrame(many, ASKED, orient="row")
    found = against_clock(table, 0.5)
    assert (found.alerts, found.predicted.value, found.clock.value) == (16, 0.5, 0.5)


def test_alerts_of_which_nothing_is_known_are_given_too() -> None:
    """The clock gives one to b, of which nothing is known, and so none to c, which was overrun."""
    rows = [
        (FIRST, "a", "l", 0.9, 9, True),
        (FIRST, "b", "l", 0.1, 1, None),
        (FIRST, "c", "l", 0.1, 2, True),
        (FIRST + timedelta(days=1), "d", "l", 0.9, 1, False),
    ]
    many = [
        (at + timedelta(days=2 * n), f"{case}{n}", *rest)
        for n in range(16)
        for at, case, *rest in rows
    ]
    found = against_clock(pl.DataFrame(many, ASKED, orient="row"), 0.5)
    assert (found.alerts, found.predicted.value) == (32, 0.5)
    assert (found.clock.value, found.clock.n) == (0.0, 16)
    assert found.gain.value == 0.5


def test_moments_of_one_case_say_little() -> None:
    """One case that was rightly predicted at thirty moments is one case."""
    rows = [
        (FIRST + timedelta(days=at), case, "l", p, left, overrun)
        for at in range(30)
        for case, p, left, overrun in (("a", 0.9, 9, True), ("b", 0.1, 1, False))
    ]
    found = against_clock(pl.DataFrame(rows, ASKED, orient="row"), 0.5)
    assert (found.alerts, found.is_better) == (30, False)


@pytest.mark.parametrize("count", [3, 30])
def test_what_was_found_can_be_kept(count: int) -> None:
    """As JSON, with a model."""
    found = against_clock(asked(count, 0, clock_is_right=False), 0.5)
    assert from_kept(json.loads(json.dumps(as_kept(found)))) == found
