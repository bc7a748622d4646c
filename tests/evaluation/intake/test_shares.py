"""Tests of the check of shares: honest draws pass at the stated rate, cheats are found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from cases.errors import BadInput
from evaluation.intake.shares import LEVEL, Shares, check_shares, holm, poisson_binomial, two_sided
from policies.assignment.draw import draw_handlers
from tests.factories.assignments import assigned

CASES = 12
NAMES = "ABCD"


def day(number: int) -> pl.DataFrame:
    """The chances of one day: twelve cases of two kinds, four handlers with some load."""
    batch = "\n".join(f"{number}-{i} | {'kj'[i % 2]}" for i in range(CASES))
    who = "\n".join(f"{name} | {(place + number) % 4}" for place, name in enumerate(NAMES))
    return assigned(f"case_id | kind\n{batch}", f"handler | load\n{who}", floor=0.3).chances


DAYS = [day(number) for number in range(12)]
KINDS = pl.DataFrame(
    [(f"{d}-{i}", "kj"[i % 2]) for d in range(len(DAYS)) for i in range(CASES)],
    schema=["case_id", "kind"],
    orient="row",
)


def lines(chances: pl.DataFrame, seed: str) -> pl.DataFrame:
    """The lines of an honest draw."""
    dealt = draw_handlers(chances, seed)
    pairs = {"case_id": list(dealt), "handler": list(dealt.values())}
    return pl.DataFrame(pairs).with_columns(how=pl.lit("drawn"))


def checked(*changes: pl.Expr, seed: str = "s") -> Shares:
    """The check of all days, with `changes` made to the honest lines."""
    kept = [(one, lines(one, seed).with_columns(*changes)) for one in DAYS]
    return check_shares(kept, KINDS)


def test_honest_draws_are_accused_no_more_often_than_stated() -> None:
    """Of 60 honest offices at most 5 % and the noise of 60 trials are said to differ."""
    accused = sum(not checked(seed=str(seed)).agree for seed in range(60))
    assert accused <= binom.ppf(0.999, 60, LEVEL)


def test_a_handler_who_is_spared_is_found() -> None:
    """Half of one handler's cases moved to a colleague: both numbers differ."""
    spared = (pl.col("handler") == "A") & (pl.col("case_id").str.tail(1).is_in(list("02468")))
    found = checked(pl.when(spared).then(pl.lit("B")).otherwise("handler").alias("handler"))
    assert not found.agree
    assert {"A", "B"} <= set(found.differing["handler"])
    assert "do NOT agree" in found.sentence.say("en")
    assert "不符" in found.sentence.say("zh")


def test_a_kind_that_is_steered_is_found() -> None:
    """Two handlers who trade kinds keep their totals; the check by kind sees it."""
    odd = pl.col("case_id").str.tail(1).is_in(list("13579"))
    trade = (
        pl.when(odd & (pl.col("handler") == "A"))
        .then(pl.lit("B"))
        .when(~odd & (pl.col("handler") == "B"))
        .then(pl.lit("A"))
        .otherwise("handler")
    )
    found = checked(trade.alias("handler"))
    assert set(found.differing["kind"]) <= {"k", "j"}
    assert not found.agree


def test_designated_cases_are_left_out_and_counted() -> None:
    """What no lot decided says nothing about the lot."""
    batch = (
        "case_id | kind | designated_handler | designation_reason\na | k | A | major\nb | k | - | -"
    )
    one = assigned(batch, "handler\nA\nB")
    found = check_shares(
        [(one.chances, one.lines)], pl.DataFrame({"case_id": ["b"], "kind": ["k"]})
    )
    assert (found.cases, found.designated) == (1, 1)
    assert "1 designated left out" in found.sentence.say("en")
    assert check_shares([], KINDS).agree


def test_a_line_that_is_kept_back_is_a_fault() -> None:
    """A case with chances and no line could hide a cheat."""
    with pytest.raises(BadInput, match="lacks a case that has probabilities"):
        check_shares([(DAYS[0], lines(DAYS[0], "s")[1:])], KINDS)


def test_the_law_is_the_binomial_where_chances_are_equal() -> None:
    """The Poisson-binomial law of equal chances, and its two-sided p-value."""
    law = poisson_binomial(np.full(9, 0.3))
    assert law == pytest.approx(binom.pmf(range(10), 9, 0.3))
    assert two_sided(np.full(9, 0.3), 7) == pytest.approx(2 * binom.sf(6, 9, 0.3))
    assert two_sided(np.full(0, 0.3), 0) == 1


@given(st.lists(st.floats(0, 1), max_size=30))
def test_corrected_p_values_keep_their_order(p: list[float]) -> None:
    """Holm's correction never lowers a p-value nor turns two round."""
    values = np.array(p)
    corrected = holm(values)
    assert (corrected >= np.minimum(values, 1)).all()
    assert (np.diff(corrected[np.argsort(values, kind="stable")]) >= 0).all()
