"""Pairs of facts: planted ones are found, and chance alone finds none."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from evaluation.quality.concentrations import (
    LEAST_EXPECTED,
    MOST_SHOWN,
    Concentrations,
    concentrations,
)
from evaluation.quality.interactions import DRAWS
from evaluation.statistics.saying import TARGETED_ONLY
from tests.factories.office import office


def reviewed(
    seed: int, *, pair: float = 0.0, main: float = 0.0, severity: float = 0.0, n: int = 800
) -> pl.DataFrame:
    """Cases with four facts; fraud with many suspects goes wrong more often by `pair`.

    Fraud and many suspects each do by `main`, whatever the other. The first reviewer, who reads
    all cases of theft, finds more by `severity`.
    """
    rng = np.random.default_rng(seed)
    charge = rng.choice(["theft", "fraud", "assault"], n)
    suspects = rng.integers(1, 5, n).astype(float)
    planted = (charge == "fraud") & (suspects > 3)
    reviewer = np.where(charge == "theft", "r1", "r2")
    alone = main * ((charge == "fraud").astype(float) + (suspects > 3))
    chance = 0.15 + pair * planted + alone + severity * (reviewer == "r1")
    closed = datetime(2024, 1, 1)
    return pl.DataFrame(
        {
            "opened_at": [closed - timedelta(days=int(d)) for d in rng.integers(1, 90, n)],
            "closed_at": [closed] * n,
            "kind": rng.choice(["x", "y"], n),
            "charge": charge,
            "suspects": suspects,
            "appealed": rng.random(n) < 0.3,
            "reviewer": reviewer,
            "inclusion_probability": 0.5,
            "y": (rng.random(n) < chance).astype(float),
        }
    )


def search(cases: pl.DataFrame) -> Concentrations:
    """The pairs found."""
    return concentrations(office(), cases, surveyed=True)


def test_a_planted_pair_is_found() -> None:
    """Fraud with many suspects, three times as bad, is the clearest pair, with its figures."""
    cases = reviewed(1, pair=0.5)
    found = search(cases)
    first = found.found[0]
    assert {first.first.level.say("en"), first.second.level.say("en")} == {"fraud", "4"}
    own = cases.filter(pl.col("charge") == "fraud", pl.col("suspects") > 3)
    assert (first.cases, first.defects) == (own.height, int(own["y"].sum()))
    assert first.rate.value == pytest.approx(own["y"].mean())
    fraud = cases.filter(pl.col("charge") == "fraud")["y"].mean()
    by_level = {one.level.say("en"): one.rate for one in (first.first, first.second)}
    assert by_level["fraud"] == pytest.approx(fraud)
    assert first.p == pytest.approx(1 / (1 + DRAWS))
    assert found.held >= len(found.found)
    assert "fraud" in found.says.say("en")
    assert "fraud" in found.says.say("zh")


def test_expected_is_what_the_facts_by_themselves_foresee() -> None:
    """More than what the reviewers find elsewhere, as both facts look bad, and less than found."""
    cases = reviewed(1, pair=0.5)
    first = search(cases).found[0]
    rate = dict(cases.group_by("reviewer").agg(pl.col("y").mean()).iter_rows())
    own = cases.filter(pl.col("charge") == "fraud", pl.col("suspects") > 3)
    by_reviewer = sum(rate[name] for name in own["reviewer"])
    assert LEAST_EXPECTED <= by_reviewer < first.expected < first.defects


def test_rates_are_weighted_where_reviews_were_drawn() -> None:
    """Each review counts for 1 / probability cases, in the pair and with either fact alone."""
    cases = reviewed(1, pair=0.5)
    half_as_likely = pl.when(pl.col("y") == 1).then(0.25).otherwise(0.5)
    first = search(cases.with_columns(inclusion_probability=half_as_likely)).found[0]
    assert first.rate.value == pytest.approx(2 * first.defects / (first.cases + first.defects))


def test_chance_alone_seldom_finds_a_pair() -> None:
    """Of 60 offices without any concentration at most 5 % and chance's due show a pair."""
    hits = sum(bool(search(reviewed(seed, n=300)).found) for seed in range(60))
    assert hits <= 6  # 5 % is 3, two standard deviations are 3.4


def test_facts_that_only_act_by_themselves_are_no_pair() -> None:
    """Where two facts act, each by itself, at most 5 % of 60 offices and chance's due show one."""
    hits = sum(bool(search(reviewed(seed, main=0.25, n=400)).found) for seed in range(60))
    assert hits <= 6  # 5 % is 3, two standard deviations are 3.4


def test_a_severe_reviewer_is_no_finding() -> None:
    """Thefts that only look worse because their one reviewer is severe are not named."""
    hits = sum(bool(search(reviewed(seed, severity=0.4, n=300)).found) for seed in range(40))
    assert hits <= 5  # 5 % is 2, two standard deviations are 2.8


def test_pairs_that_are_one_fact_twice_are_not_looked_at() -> None:
    """A fact that another implies makes no pair with it."""
    cases = reviewed(1, pair=0.5)
    doubled = cases.with_columns(kind=pl.when(pl.col("charge") == "fraud").then(pl.lit("f")))
    for one in search(doubled).found:
        assert {one.first.level.say("en"), one.second.level.say("en")} != {"f", "fraud"}


def test_few_and_distinct_pairs_are_shown() -> None:
    """However many hold more, at most ten stand in the table."""
    cases = reviewed(2, n=2000).with_columns(
        y=pl.when(pl.col("suspects") > 3, "appealed").then(1.0).otherwise("y")
    )
    found = search(cases)
    assert 0 < len(found.found) <= MOST_SHOWN
    assert found.found[0].rate.value == 1


@pytest.mark.parametrize("n", [0, 1, 15])
def test_too_few_cases(n: int) -> None:
    """With few cases nothing is looked at, and the sentence says so."""
    found = concentrations(office(), reviewed(1).head(n), surveyed=False)
    assert (found.cases, found.looked_at, found.found) == (n, 0, ())
    assert found.says.say("en").startswith("Too few reviewed cases")
    assert found.says.say("zh").startswith("评查的案件太少")


def test_pairs_among_picked_cases_are_called_biased() -> None:
    """The sentence says so where reviews were picked, whether or not a pair is found."""
    for pair in (0.0, 0.5):
        found = concentrations(office(), reviewed(1, pair=pair), surveyed=False)
        assert bool(found.found) == bool(pair)
        assert found.says.say("en").endswith(str(TARGETED_ONLY))
        assert found.says.say("zh").endswith("有偏差。")
