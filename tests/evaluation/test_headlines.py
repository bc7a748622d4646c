"""Which sentences stand on the front page, and with which numbers."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest

from cases.office import Language
from cases.tables import Tables
from evaluation.backtest import MODEL, Backtest
from evaluation.headlines import headlines, judged
from evaluation.metrics import Figure
from evaluation.notes import said
from evaluation.render import Voice
from evaluation.report import ReportSummary


def codes(summary: ReportSummary) -> list[str]:
    """The codes of the front page."""
    return [note.code for note in headlines(summary)]


def with_model(summary: ReportSummary, **figures: Figure) -> ReportSummary:
    """The summary with other pooled figures of the risk model."""
    assert summary.risk is not None
    pooled = summary.risk.pooled
    measures = pooled.measures | {MODEL: dataclasses.replace(pooled.measures[MODEL], **figures)}
    gains = dict.fromkeys(pooled.gains, Figure(0.1, 0.05, 0.15, 100))
    changed = dataclasses.replace(pooled, measures=measures, gains=gains)
    return dataclasses.replace(summary, risk=dataclasses.replace(summary.risk, pooled=changed))


def with_signal(summary: ReportSummary, signal: bool | None) -> ReportSummary:
    """The summary of a model that tells cases of one reviewer apart, or not, or nobody knows."""
    risk = summary.performance["risk"]
    within = tuple(
        dataclasses.replace(one, signal=signal, lift_within=Figure(1.1, 0.8, 1.4, 50))
        for one in risk.within
    )
    changed = dataclasses.replace(risk, within=within)
    return dataclasses.replace(summary, performance={"risk": changed})


GOOD = {
    "lift": Figure(3.0, 2.0, 4.0, 100),
    "calibration_error": Figure(0.01, 0.0, 0.02, 100),
}


def test_three_to_five_sentences(summary: ReportSummary) -> None:
    """What was found, how sure, what to do: each at least once, in this order, in both tongues."""
    found = headlines(summary)
    assert 3 <= len(found) <= 5
    about = [note.code.split("_")[0] for note in found]
    assert about == sorted(about, key=["found", "sure", "do"].index)
    assert set(about) == {"found", "sure", "do"}
    for language in get_args(Language):
        assert all(said(note, Voice(language)) for note in found)


@pytest.mark.parametrize(
    ("figures", "signal", "worth", "wrong", "do"),
    [
        ({}, True, "found_worth_risk", "found_calibrated", "do_use"),
        ({}, None, "found_worth_risk", "found_calibrated", "do_use"),
        ({}, False, "found_no_signal", "found_calibrated", "do_second"),
        ({"lift": (2.0, 0.9, 3.0)}, True, "found_no_worth_risk", "found_calibrated", "do_random"),
        ({"calibration_error": (0.05, 0.03, 0.06)}, True, "found_worth_risk", "found_off",
         "do_order"),
    ],
)  # fmt: skip
def test_sentences_follow_from_the_figures(
    summary: ReportSummary,
    figures: dict[str, Any],
    signal: bool | None,
    worth: str,
    wrong: str,
    do: str,
) -> None:
    """Chance within reviewers, a lift that may be 1, or probabilities that are off are told."""
    changed = {name: Figure(*values, 100) for name, values in figures.items()}
    told = codes(with_signal(with_model(summary, **(GOOD | changed)), signal))
    assert (told[0], told[1], told[-1]) == (worth, wrong, do)


def test_a_plain_model_as_good_is_told_of(summary: ReportSummary) -> None:
    """Where the lead over any other way may be nothing, the front page names that way."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    assert good.risk is not None
    gains = good.risk.pooled.gains | {"logistic": Figure(0.01, -0.01, 0.03, 100)}
    pooled = dataclasses.replace(good.risk.pooled, gains=gains)
    same = dataclasses.replace(good, risk=dataclasses.replace(good.risk, pooled=pooled))
    note = headlines(same)[1]
    assert note.code == "found_not_ahead"
    assert "Logistic regression" in said(note, Voice("en"))


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
    told = {n.code: n for n in headlines(dataclasses.replace(summary, quality=quality))}
    if withheld:
        assert "found_no_quality" in told
    else:
        assert "Of the 1,810 closed cases" in said(told["found_quality"], Voice("en"))


def test_without_later_cases_nothing_is_claimed(summary: ReportSummary) -> None:
    """An untested model gets no praise, only the advice to review more."""
    untested = dataclasses.replace(summary, risk=None, performance={})
    assert codes(untested)[0] == "found_untested"
    assert codes(untested)[-2:] == ["sure_untested", "do_review"]


def test_numbers_are_those_of_the_scores(
    summary: ReportSummary, tables: Tables, tested: Backtest
) -> None:
    """Share, rate, lift and counts of the front page, worked out again from scores and reviews."""
    assert tested.risk is not None
    scores = tested.risk.scores.sort(MODEL, descending=True)
    y, weight = scores["y"].to_numpy(), scores["weight"].to_numpy()
    rate = float((y * weight).sum() / weight.sum())
    room = tested.share * weight.sum()
    taken = np.clip(room - (np.cumsum(weight) - weight), 0, weight)  # without ties
    top = float((taken * y).sum() / room)
    values = headlines(with_signal(summary, signal=True))[0].values
    assert values["rate"] == f"{100 * rate:.1f} %"
    assert values["precision"] == f"{100 * top:.1f} %"
    assert values["lift"].split(" ")[0] == f"{top / rate:.1f}"
    sure = next(note for note in headlines(summary) if note.code.startswith("sure"))
    assert sure.values["cases"] == scores.height
    assert sure.values["positives"] == int(y.sum())
    reviews = tables.review_rows
    if "unknown" in sure.values:
        reviewed = reviews["case_id"].n_unique()
        assert sure.values["unknown"] == tables.case_rows.height - reviewed


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
    worst, values = by_period.to_dicts()[-1], headlines(good)[1].values
    assert values["period"] == worst["period"]
    assert values["expected"] == f"{100 * worst['expected']:.1f} %"
    assert values["found"] == f"{100 * worst['found']:.1f} %"


def test_complexity_is_judged_where_there_is_no_risk(summary: ReportSummary) -> None:
    """Without a risk model the front page speaks of complexity."""
    card = dataclasses.replace(summary.card, risk=None)
    other = dataclasses.replace(summary, card=card, risk=None, performance={})
    assert judged(other) is summary.complexity
    assert codes(other)[0] in {"found_worth_complexity", "found_no_worth_complexity"}
