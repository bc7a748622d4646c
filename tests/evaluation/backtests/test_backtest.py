"""Nothing an estimator is reported may come from the time it is tested on, or later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import Refused
from cases.progress import silent
from cases.tables.cells.moments import Every
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest, BacktestTask, backtest, figures, roll
from tests.factories.small_office import small_office
from training.splits import rolling_origin

START = datetime(2020, 1, 1)
EVER = datetime(2030, 1, 1)


class Constant:
    """Answers the same for every case."""

    def __init__(self, p: float) -> None:
        self.p = p

    def predict(self, x: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The constant, once per row."""
        return np.full(x.height, self.p)


def labelled(days: list[int], delays: list[int]) -> pl.DataFrame:
    """A label per case: its moment in days after `START`, known `delay` days later."""
    moments = [START + timedelta(days=day) for day in days]
    known = [m + timedelta(days=delay) for m, delay in zip(moments, delays, strict=True)]
    return pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(len(days))],
            "moment": moments,
            "known_at": known,
            "y": [i % 2 for i in range(len(days))],
            "weight": [1.0] * len(days),
        },
        schema_overrides={"moment": pl.Datetime("us"), "known_at": pl.Datetime("us")},
    )


@given(
    cases=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200)), min_size=1, max_size=60),
    retrain=st.sampled_from(["month", "quarter", "year"]),
)
def test_no_estimator_sees_a_label_of_its_own_time(
    cases: list[tuple[int, int]], retrain: Every
) -> None:
    """Whatever the delays, every label fitted on was known before the period it answers for."""
    labels = labelled(*map(list, zip(*cases, strict=True)))
    seen: list[datetime | None] = []

    def fit(x: pl.DataFrame, known: pl.DataFrame) -> dict[str, Constant]:
        seen.append(known["known_at"].max())  # type: ignore[arg-type]
        return {MODEL: Constant(0.5)}

    task = BacktestTask(
        labels.select("case_id", "moment"),
        lambda until: labels.filter(pl.col("known_at") <= until),
        fit,
    )
    periods = tuple(rolling_origin(date(2020, 5, 1), date(2022, 3, 1), "month"))
    origins = tuple(rolling_origin(date(2020, 5, 1), date(2022, 3, 1), retrain))
    scores, untrained = roll(task, EVER, periods, origins, silent)

    moment = pl.col("moment")
    asked = labels.filter(moment > periods[0].after, moment <= periods[-1].until)
    assert scores.height + untrained == asked.height
    if scores.height:
        assert scores["case_id"].is_unique().all()
        assert (scores["known_by"] < scores["moment"]).all()
        origins_used = scores["known_by"].unique().sort()
        for latest, known_by in zip(seen, origins_used, strict=True):
            assert latest is None or latest <= known_by


def test_later_labels_change_no_earlier_score() -> None:
    """Turning every grade that becomes known later leaves earlier scores as they were."""
    turned_from = datetime(2024, 6, 1)
    office = small_office(800)
    late = pl.col("reviewed_at") >= turned_from
    turned = (
        pl.when(late)
        .then(pl.col("grade").replace_strict({"good": "bad", "bad": "good"}))
        .otherwise(pl.col("grade"))
    )
    planted = Tables.of(
        office.office,
        office.case_rows,
        events=office.event_rows,
        reviews=office.review_rows.with_columns(grade=turned),
    )
    found = [_risk_scores(one).filter(pl.col("moment") < turned_from) for one in (office, planted)]
    answers = [name for name in found[0].columns if name not in {"y", "weight"}]
    assert found[0].height > 100
    assert found[0].select(answers).equals(found[1].select(answers))
    assert not found[0]["y"].equals(found[1]["y"])  # truths near the edge did change


def _risk_scores(tables: Tables) -> pl.DataFrame:
    result = backtest(
        tables,
        first=date(2024, 5, 1),
        last=date(2024, 6, 30),
        until=EVER,
        every="month",
        retrain="month",
    )
    assert result.risk is not None
    return result.risk.scores


def test_nothing_later_than_until_is_looked_at(tables: Tables) -> None:
    """Whatever became known after `until` changes no figure, and no case closed later is asked."""
    until = datetime(2024, 6, 10)
    known = pl.col("reviewed_at") <= until
    then = Tables.of(
        tables.office,
        tables.case_rows.filter(pl.col("opened_at") <= until).with_columns(
            closed_at=pl.when(pl.col("closed_at") <= until).then(pl.col("closed_at"))
        ),
        events=tables.event_rows.filter(pl.col("recorded_at") <= until),
        reviews=tables.review_rows.filter(known),
    )
    found = [
        backtest(
            one,
            first=date(2024, 5, 1),
            last=date(2024, 12, 31),
            until=until,
            every="month",
            retrain="month",
        )
        for one in (tables, then)
    ]
    whole, short = found
    assert whole.last == short.last == until.date()
    for full, cut in ((whole.risk, short.risk), (whole.complexity, short.complexity)):
        assert full is not None
        assert cut is not None
        assert full.scores.equals(cut.scores)
        assert (full.pooled, full.untrained) == (cut.pooled, cut.untrained)


def test_model_and_every_baseline_answer_the_same_cases(tested: Backtest) -> None:
    """Risk is answered by the model and four baselines, complexity by all but a rule of thumb."""
    assert tested.risk is not None
    assert tested.complexity is not None
    assert tested.risk.estimators == (
        MODEL,
        "base_rate",
        "rule_of_thumb",
        "logistic",
        "plain_lightgbm",
    )
    assert tested.complexity.estimators == (MODEL, "base_rate", "logistic", "plain_lightgbm")
    months = [period.period for period in tested.risk.periods]
    assert months == ["2024-04", "2024-05", "2024-06", "2024-07"]
    for outcome in (tested.risk, tested.complexity):
        assert [year.period for year in outcome.years] == ["2024"]
        counted = sum(period.measures[MODEL].n for period in outcome.periods)
        assert counted == outcome.scores.height == outcome.pooled.measures[MODEL].n
        for name in outcome.estimators:
            assert outcome.scores[name].is_between(0, 1).all()


def test_retrains_as_often_as_asked(tested: Backtest) -> None:
    """Retrained every quarter, four months know what was known by two dates."""
    assert tested.risk is not None
    known = tested.risk.scores["known_by"].unique().sort().to_list()
    assert [(day.month, day.day) for day in known] == [(3, 31), (6, 30)]


def test_too_few_labels_are_counted_not_scored() -> None:
    """Cases before which too little was known are left out and counted."""
    labels = labelled([10, 40, 70], [0, 0, 0])

    def fit(x: pl.DataFrame, known: pl.DataFrame) -> dict[str, Constant]:
        if known.height < 2:
            raise Refused("too few")
        return {MODEL: Constant(0.5), "base_rate": Constant(0.5)}

    task = BacktestTask(
        labels.select("case_id", "moment"),
        lambda until: labels.filter(pl.col("known_at") <= until),
        fit,
    )
    months = tuple(rolling_origin(date(2020, 1, 1), date(2020, 3, 31), "month"))
    scores, untrained = roll(task, EVER, months, months, silent)
    assert (scores["case_id"].to_list(), untrained) == (["c2"], 2)
    outcome = figures(scores, untrained, "month", 0.1)
    assert outcome is not None
    assert outcome.pooled.gains["base_rate"].absent == "one_class"
    assert figures(pl.DataFrame(), 3, "month", 0.1) is None


@pytest.mark.parametrize(
    ("every", "names"),
    [("month", ["2020-01", "2020-05"]), ("quarter", ["2020-Q1", "2020-Q2"]), ("year", ["2020"])],
)
def test_periods_are_named_for_people(every: Every, names: list[str]) -> None:
    """Figures are labelled 2020-01, 2020-Q1 or 2020."""
    facts = labelled([10, 140], [0, 0]).select("case_id", "moment", "y")
    scores = facts.with_columns(weight=1.0, known_by=pl.lit(START), model=0.5)
    outcome = figures(scores, 0, every, 0.1)
    assert outcome is not None
    assert [period.period for period in outcome.periods] == names


def test_without_reviews_there_is_no_risk_to_test(tables: Tables) -> None:
    """An office without reviews or a definition of complex gets neither outcome, and no error."""
    bare = Tables.of(small_office(60, complexity=None).office, small_office(60).case_rows)
    result = backtest(bare, first=date(2024, 1, 1), last=date(2024, 3, 1), until=EVER)
    assert (result.risk, result.complexity) == (None, None)


def test_last_before_first_is_refused(tables: Tables) -> None:
    """A span that ends before it begins is a mistake."""
    with pytest.raises(ValueError, match="before the first"):
        backtest(tables, first=date(2024, 2, 1), last=date(2024, 1, 1), until=EVER)


def test_tells_how_far_it_is() -> None:
    """Progress rises to the end for each question."""
    reported: list[tuple[str, float]] = []
    backtest(
        small_office(500),
        first=date(2024, 4, 1),
        last=date(2024, 4, 30),
        until=EVER,
        every="month",
        retrain="month",
        progress=lambda what, done: reported.append((str(what), done)),
    )
    for what in ("backtest of risk", "backtest of complexity"):
        shares = [done for name, done in reported if name == what]
        assert shares[0] == 0
        assert shares[-1] == 1
        assert all(a <= b for a, b in pairwise(shares))


def test_interrupting_stops_at_once(tables: Tables) -> None:
    """An interrupt is passed on, not swallowed."""

    def interrupt(what: str, done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtest(
            tables,
            first=date(2024, 4, 1),
            last=date(2024, 4, 30),
            until=EVER,
            progress=interrupt,
        )
