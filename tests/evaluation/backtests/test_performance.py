"""What scores are worth, worked out again from the office's rows one by one."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.performance import (
    Performance,
    complexity_performance,
    honest,
    risk_performance,
)
from tests.factories.raw import Row, cases_by_id, first_reviews

UNTIL = datetime(2024, 12, 31)


@pytest.fixture(scope="module")
def found(tables: Tables, tested: Backtest) -> Performance:
    """What the small office's risk scores are worth."""
    performance = risk_performance(tables, tested, UNTIL)
    assert performance is not None
    return performance


@pytest.fixture(scope="module")
def rows(tables: Tables, tested: Backtest) -> list[Row]:
    """Every scored case with its facts and its review, the riskiest first."""
    assert tested.risk is not None
    cases, reviews = cases_by_id(tables), first_reviews(tables, UNTIL)
    scored = tested.risk.scores.select("case_id", p=MODEL).to_dicts()
    joined = [reviews[row["case_id"]] | cases[row["case_id"]] | row for row in scored]
    return sorted(joined, key=lambda row: -row["p"])


def lift(rows: list[Row], share: float) -> float:
    """Defects among the share ranked first, one part of a case at the edge, over chance."""
    room, listed = share * len(rows), 0.0
    for row in rows:
        listed += min(1.0, max(0.0, room)) * row["y"]
        room -= 1
    return listed / (share * sum(row["y"] for row in rows))


def test_slices_cover_all_cases_once(found: Performance, rows: list[Row]) -> None:
    """All cases come first; the periods and the kinds each hold every case once."""
    sizes = {
        by: sum(s.figures.measures[MODEL].n for s in found.slices if s.by == by)
        for by in ("all", "period", "kind")
    }
    assert set(sizes.values()) == {len(rows)}
    assert [one.name for one in found.slices if one.by == "kind"] == ["arrest", "prosecution"]
    assert found.slices[0].name == ""


def test_kinds_by_hand(found: Performance, rows: list[Row]) -> None:
    """Lift, base rate and ties of each kind equal those counted row by row."""
    for part in found.slices:
        if part.by != "kind":
            continue
        own = [row for row in rows if row["kind"] == part.name]
        measures = part.figures.measures[MODEL]
        assert measures.lift.value == pytest.approx(lift(own, found.share))
        assert measures.base_rate.value == pytest.approx(np.mean([row["y"] for row in own]))
        assert part.ties is not None
        assert part.ties.lift is not None
        assert part.ties.lift.worst <= (measures.lift.value or 0) + 1e-9
        assert part.ties.lift.best >= (measures.lift.value or 0) - 1e-9


def test_calibration_and_decision_by_hand(found: Performance, rows: list[Row]) -> None:
    """Bins hold every case; net benefit at 20 % equals that counted row by row."""
    whole = found.slices[0]
    assert sum(one.rate.n for one in whole.calibration) == len(rows)
    expected = sum(one.mean_probability * one.rate.n for one in whole.calibration)
    assert expected == pytest.approx(sum(row["p"] for row in rows))
    at = next(one for one in whole.decision if one.threshold == 0.2)
    acted = [row["y"] for row in rows if row["p"] >= 0.2]
    benefit = (sum(acted) - (len(acted) - sum(acted)) * 0.25) / len(rows)
    assert at.model.value == pytest.approx(benefit)


def test_honest_lift_by_hand(found: Performance, rows: list[Row]) -> None:
    """All reviews of the small office are drawn with one known chance."""
    assert found.honest is not None
    assert found.honest.targeted is None
    assert found.honest.surveyed is not None
    assert found.honest.surveyed.lift.value == pytest.approx(lift(rows, found.share))
    assert "with a known inclusion probability" in found.honest.says.say("en")


def test_within_units_by_hand(found: Performance, rows: list[Row]) -> None:
    """AUC within units equals pairs counted row by row; there is one reviewer only."""
    right = pairs = 0.0
    for one in rows:
        for other in rows:
            if one["y"] > other["y"] and one["unit"] == other["unit"]:
                pairs += 1
                right += (one["p"] > other["p"]) + (one["p"] == other["p"]) / 2
    by_reviewer, by_unit = found.within
    assert by_unit.auc_within.value == pytest.approx(right / pairs)
    assert by_reviewer.strata == 1
    assert by_reviewer.auc_within.value == pytest.approx(by_reviewer.auc.value)


def drawn_and_picked(chance: list[float | None]) -> pl.DataFrame:
    """Forty cases with these inclusion probabilities in turn, and a model that is right."""
    n = 40
    return pl.DataFrame(
        {
            "y": [i % 2 for i in range(n)],
            MODEL: [0.2 + 0.6 * (i % 2) for i in range(n)],
            "inclusion_probability": [chance[i // 20] for i in range(n)],
            "weight": [1 / (chance[i // 20] or 1) for i in range(n)],
        },
        schema_overrides={"inclusion_probability": pl.Float64},
    )


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        ([0.5, None], "with a known inclusion probability"),
        ([None, None], "On targeted reviews only, so with a bias"),
    ],
)
def test_targeted_reviews_are_named(chance: list[float | None], said: str) -> None:
    """Figures of picked cases never stand in for those of drawn ones without being named."""
    found = honest(drawn_and_picked(chance), 0.1)
    assert said in found.says.say("en")
    assert (found.surveyed is None) == (chance == [None, None])
    assert found.targeted is not None
    assert found.says.say("zh")


@pytest.mark.parametrize("every", [1, 3])
def test_key_reviews_alone_give_no_honest_lift(
    tables: Tables, tested: Backtest, every: int
) -> None:
    """Reviews made for certain are a census of the reviewed cases, or of a third nobody drew."""
    own = tables.review_rows.filter(pl.col("case_id").str.slice(1).cast(pl.Int64) % every == 0)
    certain = own.with_columns(inclusion_probability=pl.lit(1.0))
    closed = tables.case_rows.join(tables.review_rows, on="case_id", how="semi")
    key = Tables.of(tables.office, closed, events=tables.event_rows, reviews=certain)
    found = risk_performance(key, tested, UNTIL)
    assert found is not None
    assert found.honest is not None
    assert (found.honest.surveyed is not None) == (every == 1)
    assert found.honest.targeted is None or "with a bias" in found.honest.says.say("en")


def test_honest_weights_are_inverse_probabilities() -> None:
    """A case drawn with half the chance counts twice."""
    cases = drawn_and_picked([1.0, 0.5]).with_columns(y=pl.Series([0, 1] * 10 + [0, 0, 0, 1] * 5))
    found = honest(cases, 0.1).surveyed
    assert found is not None
    assert found.base_rate.value == pytest.approx((10 + 2 * 5) / (20 + 2 * 20))


def test_honest_weights_count_late_outcomes() -> None:
    """Where one outcome becomes known late, the few that are known stand for more."""
    cases = drawn_and_picked([0.5, 0.5]).with_columns(weight=2.0 + 2.0 * pl.col("y"))
    found = honest(cases, 0.1).surveyed
    assert found is not None
    assert found.base_rate.value == pytest.approx(2 / 3)


def test_too_few_to_be_honest() -> None:
    """With too few reviews of either outcome nothing is claimed."""
    found = honest(drawn_and_picked([1.0, 1.0]).head(10), 0.1)
    assert (found.surveyed, found.targeted) == (None, None)
    assert found.says.say("en").startswith("Too few")


def test_small_slices_are_withheld(tables: Tables, tested: Backtest) -> None:
    """A kind with few defects has no curve, and of every estimator its base rate alone."""
    assert tested.risk is not None
    few = pl.Series([1] * 7 + [0] * (tested.risk.scores.height - 7), dtype=pl.Int8)
    scores = tested.risk.scores.with_columns(y=few)
    without = dataclasses.replace(tested, risk=dataclasses.replace(tested.risk, scores=scores))
    found = risk_performance(tables, without, UNTIL)
    assert found is not None
    kind = found.slices[-1]
    assert (kind.ties, kind.calibration, kind.decision) == (None, (), ())
    assert kind.figures.measures.keys() == found.slices[0].figures.measures.keys()
    for measures in kind.figures.measures.values():
        assert measures.lift.absent == measures.auc.absent == "too_few"
        assert measures.base_rate.value is not None
    assert {gain.absent for gain in kind.figures.gains.values()} == {"too_few"}


def test_complexity(tables: Tables, tested: Backtest) -> None:
    """Complexity is known of every case, so nothing is said of reviews or reviewers."""
    found = complexity_performance(tables, tested)
    assert found is not None
    assert found.honest is None
    assert [one.by for one in found.within] == ["unit"]
    assert "complex cases" in found.capacity_says.say("en")


def test_nothing_scored(tables: Tables, tested: Backtest) -> None:
    """Without scores there is nothing to say."""
    nothing = dataclasses.replace(tested, risk=None, complexity=None)
    assert risk_performance(tables, nothing, UNTIL) is None
    assert complexity_performance(tables, nothing) is None
