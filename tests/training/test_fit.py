"""Fitting on tables of features and labels."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from cases.errors import Refused
from cases.tables.tables import Tables
from features.as_of import intake_moments
from models.bundle.bundle import Bundle
from models.calibration.conformal import Outcomes
from models.estimators.forecast import LEAST_TAIL
from models.questions.effort import EffortModel
from tests.factories.small_office import small_office, without_reviews
from training.fit import (
    calibrated,
    effort_lacks,
    fit_baselines,
    fit_risk,
    fit_start,
    intake_table,
    quarter_forecasts,
    risk_table,
    routing_outcomes,
    start_table,
    work_at,
)
from training.labels import complexity_outcomes, effort_labels, reviewed_moments, risk_labels
from training.run import train

UNTIL = datetime(2024, 7, 1)
RULE = {
    "rule_of_thumb": [
        {"points": 2, "when": [{"attribute": "suspects", "at_least": 4}]},
        {"points": 1, "when": [{"event": "returned"}]},
    ]
}


def test_points_add_up() -> None:
    """A case gets the points of every line that holds for it, and more points are more risk."""
    tables = small_office(100, risk=RULE)
    x = start_table(tables, UNTIL)
    start = fit_start(x, risk_labels(tables, UNTIL), tables.office)
    returned = tables.event_rows.filter(activity="returned")["case_id"].to_list()
    suspects = dict(zip(*tables.case_rows.select("case_id", "suspects"), strict=True))
    points = [2 * (suspects[case] >= 4) + (case in returned) for case in x["case_id"]]
    assert x.height == 100
    by_points = dict(sorted(zip(points, start.predict(x), strict=True)))
    assert list(by_points) == [0, 1, 2, 3]
    assert sorted(by_points.values()) == list(by_points.values())
    assert len({float(risk) for risk in start.predict(x)}) == 4


def test_features_once_labels_sliced() -> None:
    """A model fitted on a slice of one table equals one fitted on a table built for it."""
    tables = small_office(700)
    early = datetime(2024, 6, 1)
    whole = risk_table(tables, reviewed_moments(tables, UNTIL))
    short = risk_table(tables, reviewed_moments(tables, early))
    labels = risk_labels(tables, early)
    one, other = (fit_risk(x, labels, tables.office) for x in (whole, short))
    assert (one.predict(short) == other.predict(short)).all()


def test_a_model_on_some_features() -> None:
    """A model asked to read some of the features needs no others."""
    tables = small_office(700)
    x = risk_table(tables, reviewed_moments(tables, UNTIL))
    some = x.select("case_id", "moment", "attribute.suspects")
    model = fit_risk(some, risk_labels(tables, UNTIL), tables.office, ["attribute.suspects"])
    assert model.names == ["attribute.suspects"]
    assert model.predict(some).std() > 0


def test_severity_of_the_labels_moves_the_model() -> None:
    """The model heeds the severity the labels carry: all too severe, so the risk is lower."""
    tables = small_office(700)
    x = risk_table(tables, reviewed_moments(tables, UNTIL))
    labels = risk_labels(tables, UNTIL)
    assert (labels["severity"] == 0).all()  # one reviewer
    severe = labels.with_columns(severity=pl.lit(0.5))
    one, other = (fit_risk(x, part, tables.office).predict(x) for part in (labels, severe))
    assert other.mean() < one.mean() - 0.02


def test_baselines_by_name() -> None:
    """Four baselines give probabilities; an office without a rule of thumb has three."""
    tables = small_office(400, risk=RULE)
    x = risk_table(tables, reviewed_moments(tables, UNTIL))
    baselines = fit_baselines(x, risk_labels(tables, UNTIL), tables.office)
    assert set(baselines) == {"base_rate", "rule_of_thumb", "logistic", "plain_lightgbm"}
    bare = small_office(400)
    without = fit_baselines(x, risk_labels(bare, UNTIL), bare.office)
    assert set(without) == {"base_rate", "logistic", "plain_lightgbm"}
    for baseline in baselines.values():
        assert 0 <= baseline.predict(x).min() <= baseline.predict(x).max() <= 1


def test_too_few_outcomes() -> None:
    """Where nothing can be fitted there is a start of risk, and each lack is named."""
    bundle = train(small_office(600), datetime(2024, 2, 1))
    assert list(bundle.questions) == ["risk"]
    assert bundle.start is not None
    assert "reviewed cases with a defect" in str(bundle.start.because)
    assert "closed cases that proved complex" in str(bundle.not_trained["complexity"])


def test_each_model_is_fitted_if_it_can_be() -> None:
    """A model whose outcomes are too few is left out, and the bundle says what is missing."""
    tables = small_office(600)
    fewer = Tables.of(
        tables.office,
        tables.case_rows,
        events=tables.event_rows,
        reviews=tables.review_rows.head(60),
    )
    only_complexity = train(fewer, UNTIL)
    assert only_complexity.judged == "complexity"
    assert only_complexity.start is not None
    assert "reviewed cases" in str(only_complexity.start.because)
    only_risk = train(tables, datetime(2024, 4, 25))
    assert (only_risk.judged, only_risk.start) == ("risk", None)
    assert "complexity" not in only_risk
    assert "that proved complex" in str(only_risk.not_trained["complexity"])


def test_office_without_reviews(tmp_path: Path) -> None:
    """An office that describes no reviews has equal risks and its complexity model, and loads."""
    bundle = train(without_reviews(), UNTIL)
    assert bundle.start is not None
    assert (bundle.start.kind, bundle.start.reviewed) == ("equal", 0)
    assert str(bundle.start.because) == "the office file describes no reviews."
    bundle.save(tmp_path)
    again = Bundle.load(tmp_path, bundle.office)
    opened = intake_moments(without_reviews(), after=datetime(2024, 5, 20), until=UNTIL)
    for question in ("complexity", "risk"):
        one, other = (
            trained.predict(question, without_reviews(), opened) for trained in (bundle, again)
        )
        assert one.equals(other)
    assert other["risk"].to_list() == pytest.approx([0.1] * other.height)
    assert again.about == bundle.about
    assert again.not_trained == bundle.not_trained


def test_nothing_to_learn_from() -> None:
    """Without reviews, complexity and efforts enough there are still equal risks to plan by."""
    bundle = train(without_reviews(90, complexity=None), UNTIL)
    assert list(bundle.questions) == ["risk"]
    assert set(bundle.not_trained) == {"complexity", "effort"}


def test_a_start_is_of_the_rule_it_was_made_of(tmp_path: Path) -> None:
    """It saves and loads; under another rule of thumb it is refused, and to train again helps."""
    tables = small_office(60, risk=RULE)
    bundle = train(tables, UNTIL)
    bundle.save(tmp_path)
    moments = reviewed_moments(tables, UNTIL)
    again = Bundle.load(tmp_path, tables.office)
    assert again.predict("risk", tables, moments).equals(bundle.predict("risk", tables, moments))
    other = {"rule_of_thumb": [RULE["rule_of_thumb"][0] | {"points": 3}]}
    with pytest.raises(Refused, match="Train again"):
        Bundle.load(tmp_path, small_office(60, risk=other).office)


def test_usual_is_what_is_usual_among_the_models_cases() -> None:
    """Cases the risk model is not for do not count in what a reason calls usual."""
    many = {"attribute": "suspects", "at_least": 4}
    office = small_office(800, risk={"among": [many]}, complexity=None)
    usual = train(office, datetime(2024, 8, 1)).usual["risk"]
    assert usual["attribute.suspects"].value in {4.0, 4.5, 5.0}


def test_scores_out_of_time_do_not_change_later() -> None:
    """Routing is calibrated on the same scores, and cuts alike, when later outcomes are known."""
    tables, early, late = small_office(1500), datetime(2024, 9, 1), datetime(2025, 1, 1)
    then, now = (_routing(tables, until) for until in (early, late))
    known = now.rows.filter(pl.col("known_at") <= early)
    assert then.rows.height > 100
    assert Outcomes.of(known, early).rows.equals(then.rows)
    assert Outcomes.of(now.rows, early).cutoffs(0.05, 0.2) == then.cutoffs(0.05, 0.2)


def _routing(tables: Tables, until: datetime) -> Outcomes:
    x = intake_table(tables, intake_moments(tables, after=None, until=until))
    return routing_outcomes(x, complexity_outcomes(tables, until), tables.office, until)


def test_an_effort_model_does_not_change_later() -> None:
    """Fitted on what was known by a day it is the same when later cases are known."""
    tables, early, late = small_office(1500), datetime(2024, 9, 1), datetime(2025, 1, 1)
    models = []
    for until in (early, late):
        x = intake_table(tables, intake_moments(tables, after=None, until=until))
        cases = effort_labels(tables, until).join(
            x, on=["case_id", "moment"], maintain_order="left"
        )
        model = EffortModel.of(tables.office).fit(work_at(cases, early))
        quarters = quarter_forecasts(cases, lambda: EffortModel.of(tables.office), until, 12)
        models.append(calibrated(model, quarters, early))
    assert models[0].as_json() == models[1].as_json()
    assert models[0].text() == models[1].text()
    assert models[0].tail_ > LEAST_TAIL


@pytest.mark.parametrize(
    ("count", "until", "what"),
    [
        (90, datetime(2025, 1, 1), "90 closed cases with a known effort"),
        (600, datetime(2024, 4, 2), "0 cases that came in after 31 March 2024"),
        (600, datetime(2025, 1, 1), None),
    ],
)
def test_what_an_effort_model_lacks(count: int, until: datetime, what: str | None) -> None:
    """Too few closed cases, or too few later than the first model, are said with what to do."""
    lacks = effort_lacks(effort_labels(small_office(count), until))
    assert lacks is None if what is None else str(lacks).startswith(what)
