"""What is found in a summary, in which words, and with which numbers."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from cases.language.messages import _
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.pages.cells import multiple_interval
from evaluation.proxies.check import Proxies
from evaluation.report.facts import ModelVersion, StandIns
from evaluation.report.findings.level import LevelTried
from evaluation.report.findings.order import OrderTried, judged
from evaluation.report.front import front_page
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from models.bundle.bundle import Bundle
from models.registry import Event
from tests.factories.pages import (
    GOOD,
    SINCE,
    by_subject,
    decided,
    with_drift,
    with_honest,
    with_model,
    with_signal,
    with_since,
)


@pytest.mark.parametrize(
    ("figures", "signal", "order", "level", "do"),
    [
        ({}, True, "pays", "level_holds", "choose"),
        ({}, None, "pays", "level_holds", "choose"),
        ({}, False, "cases_or_reviewers", "level_holds", "twice"),
        ({"lift": (2.0, 0.9, 3.0)}, True, "does_not_pay", "level_holds", "not_yet"),
        ({"calibration_error": (0.05, 0.02, 0.06)}, True, "pays", "level_holds", "choose"),
        ({"calibration_error": (0.05, 0.04, 0.06)}, True, "pays", "level_off", "order"),
    ],
)  # fmt: skip
def test_findings_follow_from_the_figures(
    summary: ReportSummary,
    figures: dict[str, Any],
    signal: bool | None,
    order: str,
    level: str,
    do: str,
) -> None:
    """Chance within reviewers, a lift that may be 1, or probabilities that are off are said."""
    changed = {name: Figure(*values, 100) for name, values in figures.items()}
    made = with_signal(with_model(summary, **(GOOD | changed)), signal)
    found = by_subject(made)
    assert (found["order"].code, found["level"].code) == (order, level)
    assert do in decided(made)
    assert ("choose" in decided(made)) == (order == "pays")


@pytest.mark.parametrize(
    ("lift", "code", "do"),
    [((2.0, 1.2, 3.0), "pays", "choose"), ((1.1, 0.7, 1.5), "does_not_pay", "not_yet")],
)
def test_drawn_cases_decide_whether_choosing_pays(
    summary: ReportSummary, lift: tuple[float, float, float], code: str, do: str
) -> None:
    """A lift of 3 over all cases, most of them picked, is no praise; that of drawn ones is said."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    made = with_honest(good, lift=Figure(*lift, 90), n=90)
    found = by_subject(made)["order"]
    assert found.code == code
    assert do in decided(made)
    assert str(found.values["lift"]) == f"{lift[0]} ({lift[1]} to {lift[2]})"
    assert "on the 90 of them drawn at random" in str(found.sure)


def test_a_gain_that_is_mostly_who_reviews_is_said(summary: ReportSummary) -> None:
    """Where reviewers make most of the gain, the lift among cases of one reviewer is said too."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    within = tuple(
        dataclasses.replace(
            one, lift=Figure(2.4, 2.0, 2.8, 500), lift_within=Figure(1.35, 1.1, 1.6, 500)
        )
        for one in good.performance["risk"].within
    )
    risk = dataclasses.replace(good.performance["risk"], within=within)
    found = by_subject(dataclasses.replace(good, performance={"risk": risk}))["order"]
    assert found.code == "pays_in_part"
    assert "75% of what it gains is who reviews" in str(found.what)
    assert "1.4 (1.1 to 1.6) times among cases of the same reviewer" in str(found.what)


@pytest.mark.parametrize(
    ("rate", "alarm", "code"),
    [(0.05, False, "level_off"), (0.07, False, "level_holds"), (0.07, True, "level_off_now")],
)
def test_rates_are_near_to_the_base_rate_and_undrifted(
    summary: ReportSummary, rate: float, alarm: bool, code: str
) -> None:
    """An error of two points is read against the base rate; a recent alarm outdoes it."""
    near = {"calibration_error": Figure(0.02, 0.018, 0.03, 100)}
    base = {"base_rate": Figure(rate, 0.04, 0.08, 100)}
    good = with_signal(with_model(summary, **(GOOD | near | base)), signal=True)
    assert by_subject(with_drift(good, alarm=alarm))["level"].code == code


@pytest.mark.parametrize(
    ("figures", "first", "do", "words"),
    [
        ({}, "held", "choose", "its order has held: the 10% ranked highest held 2.0 (1.5 to 2.5)"),
        (
            {"auc": Figure(0.55, 0.49, 0.61, 80)},
            "lost",
            "not_yet",
            "may have ranked no better than chance",
        ),
        ({"bias": Figure(0.1, 0.06, 0.14, 80)}, "held", "order", "its order has held"),
        (
            {"auc": Figure(0.6, 0.55, 0.65, 80)},
            "worse",
            "train",
            "worse than when it was tried: AUC 0.60 (0.55 to 0.65), then 0.70",
        ),
    ],
)
def test_the_front_page_compares_with_what_came_since(
    summary: ReportSummary, figures: dict[str, Figure], first: str, do: str, words: str
) -> None:
    """With enough outcomes since the training they are compared, and decide what to do."""
    made = with_since(summary, **figures)
    found = by_subject(made)
    assert found["since"].code == first
    assert do in decided(made)
    assert words in str(found["since"].what)
    assert (found["order"].code == "paid") == (first == "lost")
    assert (found["level"].code == "level_off_since") == ("bias" in figures)


def test_too_few_outcomes_since_the_training_decide_nothing(summary: ReportSummary) -> None:
    """Figures of a few cases are no finding; the annex says that they are too few."""
    few = dataclasses.replace(SINCE, cases=4, positives=1, whole=None)
    made = dataclasses.replace(with_since(summary), since={"risk": few})
    assert "since" not in by_subject(made)
    html = render(compose(made), "en")
    assert "4 outcomes became known that it had not seen, 1 of them" in html


def test_a_version_that_is_not_in_use_is_said_first(summary: ReportSummary) -> None:
    """The report of a refused version begins with what the gate said of it."""
    refused = Event("2026-07-01T10:00:00Z", "refused", "It ranks reviewers.")
    version = ModelVersion("3", date(2026, 7, 1), None, champion=False, events=(refused,))
    made = dataclasses.replace(summary, reported=version)
    line, *_ = front_page(made)
    assert line.code == "not_in_use"
    assert str(line.says) == "Version 3 of the model is not in use: It ranks reviewers."
    assert decided(made)[0] == "keep"
    assert not {"choose", "order"} & set(decided(made))
    champion = dataclasses.replace(version, champion=True)
    assert "standing" not in by_subject(dataclasses.replace(summary, reported=champion))


def test_proof_of_the_reviewer_trap_is_told(summary: ReportSummary) -> None:
    """Where reviewers alone are told apart, both lifts are those of the same cases."""
    trapped = with_signal(with_model(summary, **GOOD), signal=False, alone=True)
    found = by_subject(trapped)["order"]
    assert found.code == "reviewers_alone"
    assert decided(trapped)[:2] == ["not_yet", "twice"]
    over = trapped.performance["risk"].within[0].lift
    assert found.values["over"] == multiple_interval(over)


SAME, BETTER = Figure(-0.05, -0.2, 0.1, 100), Figure(-0.02, -0.03, -0.01, 100)


@pytest.mark.parametrize(
    ("gains", "code"),
    [
        ({}, "ahead"),
        ({"logistic": SAME}, "as_good"),
        ({"logistic": BETTER}, "behind"),
        ({"logistic": BETTER, "rule_of_thumb": SAME}, "behind"),
    ],
)
def test_a_plain_model_as_good_is_said(
    summary: ReportSummary, gains: dict[str, Figure], code: str
) -> None:
    """The report names a way that may be as good, before it one that surely is better."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    assert good.risk is not None
    pooled = dataclasses.replace(good.risk.pooled, gains=good.risk.pooled.gains | gains)
    made = dataclasses.replace(good, risk=dataclasses.replace(good.risk, pooled=pooled))
    found = by_subject(made)["simpler"]
    assert found.code == code
    assert ("Logistic regression" in found.what.say("en")) or not gains
    assert ("simpler" in decided(made)) == (code == "behind") == ("choose" not in decided(made))


@pytest.mark.parametrize("withheld", [False, True])
def test_the_office_s_rate_is_of_what_its_reviews_stand_for(
    summary: ReportSummary, withheld: bool
) -> None:
    """The cases counted are those the reviews stand for; a withheld rate is not made a number."""
    rates = summary.quality.rates
    assert rates is not None
    rate = Figure(None, None, None, 3, "too_few") if withheld else rates.rate
    rates = dataclasses.replace(rates, stands_for=1810, rate=rate)
    quality = dataclasses.replace(summary.quality, rates=rates)
    found = by_subject(dataclasses.replace(summary, quality=quality))["quality"]
    if withheld:
        assert found.code == "no_draw"
    else:
        assert found.code == "rate_known"
        assert "of 1,810 cases" in found.what.say("en")


def test_without_later_cases_nothing_is_claimed(summary: ReportSummary) -> None:
    """An untested model gets no praise, only the advice to review more."""
    untested = dataclasses.replace(summary, risk=None, performance={})
    assert by_subject(untested)["order"].code == "untested"
    assert "more" in decided(untested)
    assert not {"choose", "order"} & set(decided(untested))


def test_numbers_are_those_of_the_scores(
    summary: ReportSummary, tables: Tables, tested: Backtest, bundle: Bundle
) -> None:
    """Share, rate, lift and counts of the front page, worked out again from scores and reviews.

    Share, rate and lift are those of the reviews known to be drawn, all with one probability, when
    the model was trained.
    """
    assert tested.risk is not None
    scores = tested.risk.scores.sort(MODEL, descending=True)
    trained_until = datetime.fromisoformat(bundle.about["trained_until"])
    known = tables.review_rows.filter(pl.col("reviewed_at") <= trained_until)
    drawn = scores.join(known, on="case_id", how="semi", maintain_order="left")
    y = drawn["y"].to_numpy()
    rate, room = float(y.mean()), tested.share * y.size
    taken = np.clip(room - np.arange(y.size), 0, 1)  # without ties
    top = float((taken * y).sum() / room)
    found = by_subject(with_signal(summary, signal=True))["order"].evidence
    assert isinstance(found, OrderTried)
    assert found.rate.value == pytest.approx(rate)
    assert found.precision.value == pytest.approx(top)
    assert found.lift.value == pytest.approx(top / rate)
    assert (found.cases, found.positives) == (scores.height, int(scores["y"].sum()))
    assert found.drawn == drawn.height


def test_expected_rates_are_mean_probabilities(summary: ReportSummary, tested: Backtest) -> None:
    """The period that is furthest off is that of the raw scores, with its two rates."""
    assert tested.risk is not None
    by_period = (
        tested.risk.scores.with_columns(period=pl.col("moment").dt.strftime("%Y-%m"))
        .group_by("period")
        .agg(
            found=(pl.col("y") * pl.col("weight")).sum() / pl.col("weight").sum(),
            expected=(pl.col(MODEL) * pl.col("weight")).sum() / pl.col("weight").sum(),
        )
        .with_columns(off=(pl.col("expected") - pl.col("found")).abs())
        .sort("off")
    )
    good = with_signal(with_model(summary, **GOOD), signal=True)
    worst, found = by_period.to_dicts()[-1], by_subject(good)["level"].evidence
    assert isinstance(found, LevelTried)
    assert found.period == worst["period"]
    assert found.expected == pytest.approx(worst["expected"])
    assert found.found == pytest.approx(worst["found"])


def test_complexity_is_judged_where_there_is_no_risk(summary: ReportSummary) -> None:
    """Without a risk model the front page speaks of complexity."""
    card = dataclasses.replace(summary.card, risk=None)
    other = dataclasses.replace(summary, card=card, risk=None, performance={})
    assert judged(other) is summary.complexity
    assert by_subject(other)["order"].code in {"complex_seen", "complex_not_seen"}


def test_stand_ins_for_persons_are_a_finding(summary: ReportSummary) -> None:
    """If the features tell persons apart, the front page says so, and what to decide."""
    told = Proxies("handler", 5, Figure(0.9, 0.88, 0.92, 120), ("attribute.charge",))
    warned = dataclasses.replace(summary, stand_ins=StandIns((told,), (None,), _("Look at them.")))
    assert by_subject(warned)["persons"].code == "stand_ins"
    assert "persons" in decided(warned)
    assert "choose" not in decided(warned)
