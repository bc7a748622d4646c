"""Which sentences stand on the front page, and with which numbers."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from cases.language.catalogues import languages
from cases.language.messages import _
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.since import Since
from evaluation.drift.calibration import Calibration
from evaluation.pages.cells import multiple_interval
from evaluation.report.facts import ModelVersion, StandIns
from evaluation.report.headlines import headlines, judged
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, measure
from models.bundle.bundle import Bundle
from models.registry import Event


def codes(summary: ReportSummary) -> list[str]:
    """The codes of the front page."""
    return [note.code for note in headlines(summary)]


def with_model(summary: ReportSummary, **figures: Figure) -> ReportSummary:
    """The summary with other figures of the risk model, over all and on drawn cases."""
    assert summary.risk is not None
    pooled = summary.risk.pooled
    measures = pooled.measures | {MODEL: dataclasses.replace(pooled.measures[MODEL], **figures)}
    gains = dict.fromkeys(pooled.gains, Figure(0.1, 0.05, 0.15, 100))
    changed = dataclasses.replace(pooled, measures=measures, gains=gains)
    risk = dataclasses.replace(summary.risk, pooled=changed)
    return with_honest(dataclasses.replace(summary, risk=risk), **figures)


def with_honest(summary: ReportSummary, **figures: Any) -> ReportSummary:
    """The summary with other figures of the cases drawn at random."""
    risk = summary.performance["risk"]
    assert risk.honest is not None
    assert risk.honest.surveyed is not None
    surveyed = dataclasses.replace(risk.honest.surveyed, **figures)
    honest = dataclasses.replace(risk.honest, surveyed=surveyed)
    performance = summary.performance | {"risk": dataclasses.replace(risk, honest=honest)}
    return dataclasses.replace(summary, performance=performance)


def with_drift(summary: ReportSummary, *, alarm: bool) -> ReportSummary:
    """The summary of a model whose probabilities were, or were not, too high of late."""
    assert summary.changes is not None
    off = Calibration(20, 41, Figure(0.49, 0.3, 0.8, 500), alarm)
    drift = dataclasses.replace(summary.changes.drift, calibration=off)
    return dataclasses.replace(summary, changes=dataclasses.replace(summary.changes, drift=drift))


def test_stand_ins_for_persons_are_on_the_front_page(summary: ReportSummary) -> None:
    """If the features tell persons apart, one more sentence says so, before how sure it is."""
    warned = dataclasses.replace(summary, stand_ins=StandIns((), (), _("Look at them.")))
    before, after = codes(summary), codes(warned)
    assert [*before[:-2], "found_stand_ins", *before[-2:]] == after


def with_signal(
    summary: ReportSummary, signal: bool | None, *, alone: bool = False
) -> ReportSummary:
    """The summary of a model that tells cases of one reviewer apart, or not, or nobody knows.

    `alone`: it surely tells reviewers apart alone.
    """
    risk = summary.performance["risk"]
    within = tuple(
        dataclasses.replace(
            one, signal=signal, strata_alone=alone, lift_within=Figure(1.1, 0.8, 1.4, 50)
        )
        for one in risk.within
    )
    changed = dataclasses.replace(risk, within=within)
    return dataclasses.replace(summary, performance={"risk": changed})


GOOD = {
    "lift": Figure(3.0, 2.0, 4.0, 100),
    "calibration_error": Figure(0.01, 0.0, 0.02, 100),
}


def test_three_to_five_sentences(summary: ReportSummary) -> None:
    """What was found, how sure, what to do: each at least once, in this order, in all languages."""
    found = headlines(summary)
    assert 3 <= len(found) <= 5
    about = [note.code.split("_")[0] for note in found]
    assert about == sorted(about, key=["found", "sure", "do"].index)
    assert set(about) == {"found", "sure", "do"}
    for language in languages():
        assert all(note.says.say(language) for note in found)


@pytest.mark.parametrize(
    ("figures", "signal", "worth", "wrong", "do"),
    [
        ({}, True, "found_worth_risk", "found_calibrated", "do_use"),
        ({}, None, "found_worth_risk", "found_calibrated", "do_use"),
        ({}, False, "found_unsure_signal", "found_calibrated", "do_tell"),
        ({"lift": (2.0, 0.9, 3.0)}, True, "found_no_worth_risk", "found_calibrated", "do_random"),
        ({"calibration_error": (0.05, 0.02, 0.06)}, True, "found_worth_risk", "found_calibrated",
         "do_use"),
        ({"calibration_error": (0.05, 0.04, 0.06)}, True, "found_worth_risk", "found_off",
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


@pytest.mark.parametrize(
    ("lift", "worth", "do"),
    [((2.0, 1.2, 3.0), "found_worth_risk", "do_use"),
     ((1.1, 0.7, 1.5), "found_no_worth_risk", "do_random")],
)  # fmt: skip
def test_drawn_cases_decide_whether_choosing_pays(
    summary: ReportSummary, lift: tuple[float, float, float], worth: str, do: str
) -> None:
    """A lift of 3 over all cases, most of them picked, is no praise; that of drawn ones is told."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    note, *_, sure, last = headlines(with_honest(good, lift=Figure(*lift, 90), n=90))
    assert (note.code, sure.code, last.code) == (worth, "sure_surveyed", do)
    assert str(note.values["lift"]) == f"{lift[0]} ({lift[1]} to {lift[2]})"
    assert sure.values["drawn"] == 90


@pytest.mark.parametrize(
    ("rate", "alarm", "code"),
    [(0.05, False, "found_off"), (0.07, False, "found_calibrated"), (0.07, True, "found_off")],
)
def test_rates_are_near_to_the_base_rate_and_undrifted(
    summary: ReportSummary, rate: float, alarm: bool, code: str
) -> None:
    """An error of two points is read against the base rate; a recent alarm outdoes it."""
    near = {"calibration_error": Figure(0.02, 0.018, 0.03, 100)}
    base = {"base_rate": Figure(rate, 0.04, 0.08, 100)}
    good = with_signal(with_model(summary, **(GOOD | near | base)), signal=True)
    assert codes(with_drift(good, alarm=alarm))[1] == code


SINCE = Since(date(2024, 7, 1), 80, 40, measure([1, 0] * 40, [0.5] * 80), None, None, 0.7)


def with_since(summary: ReportSummary, **figures: Figure) -> ReportSummary:
    """The summary of a model that has done so since it was trained."""
    good = {
        "auc": Figure(0.7, 0.65, 0.75, 80),
        "lift": Figure(2.0, 1.5, 2.5, 80),
        "bias": Figure(0.0, -0.01, 0.01, 80),
        "calibration_error": Figure(0.01, 0.0, 0.02, 80),
    }
    assert SINCE.whole is not None
    measures = dataclasses.replace(SINCE.whole, **(good | figures))
    found = dataclasses.replace(SINCE, whole=measures)
    good_summary = with_signal(with_model(summary, **GOOD), signal=True)
    return dataclasses.replace(good_summary, since={"risk": found})


@pytest.mark.parametrize(
    ("figures", "first", "do", "words"),
    [
        ({}, "found_since", "do_use", "its order has held. Among 80 outcomes"),
        (
            {"auc": Figure(0.55, 0.49, 0.61, 80)},
            "found_since_bad",
            "do_random",
            "may have ranked no better than chance",
        ),
        ({"bias": Figure(0.1, 0.06, 0.14, 80)}, "found_since_bad", "do_order", "are off: 60.0%"),
        (
            {"auc": Figure(0.6, 0.55, 0.65, 80)},
            "found_since_bad",
            "do_order",
            "worse than when it was tried (AUC 0.700)",
        ),
    ],
)
def test_the_front_page_rests_on_what_came_since(
    summary: ReportSummary, figures: dict[str, Figure], first: str, do: str, words: str
) -> None:
    """With enough outcomes since the training they come first, and decide what to do."""
    notes = headlines(with_since(summary, **figures))
    assert (notes[0].code, notes[-1].code) == (first, do)
    assert words in str(notes[0].says)


def test_too_few_outcomes_since_the_training_leave_the_backtest_first(
    summary: ReportSummary,
) -> None:
    """Figures of a few cases decide nothing; the chapter says that they are too few."""
    few = dataclasses.replace(SINCE, cases=4, positives=1, whole=None)
    told = dataclasses.replace(with_since(summary), since={"risk": few})
    assert headlines(told)[0].code == "found_worth_risk"
    html = render(compose(told), "en")
    assert "4 outcomes became known that it had not seen, 1 of them" in html


def test_a_version_that_is_not_in_use_is_said_first(summary: ReportSummary) -> None:
    """The report of a refused version begins with what the gate said of it."""
    refused = Event("2026-07-01T10:00:00Z", "refused", "It ranks reviewers.")
    version = ModelVersion("3", date(2026, 7, 1), None, champion=False, events=(refused,))
    note, *_ = headlines(dataclasses.replace(summary, reported=version))
    assert note.code == "found_unused"
    assert str(note.says) == "Version 3 of the model is not in use: It ranks reviewers."
    champion = dataclasses.replace(version, champion=True)
    assert headlines(dataclasses.replace(summary, reported=champion))[0].code != "found_unused"


def test_proof_of_the_reviewer_trap_is_told(summary: ReportSummary) -> None:
    """Where reviewers alone are told apart, both lifts are those of the same cases."""
    trapped = with_signal(with_model(summary, **GOOD), signal=False, alone=True)
    note, *_, last = headlines(trapped)
    assert (note.code, last.code) == ("found_no_signal", "do_second")
    over = trapped.performance["risk"].within[0].lift
    assert note.values["over"] == multiple_interval(over)


SAME, BETTER = Figure(-0.05, -0.2, 0.1, 100), Figure(-0.02, -0.03, -0.01, 100)


@pytest.mark.parametrize(
    ("gains", "code"),
    [
        ({"logistic": SAME}, "found_not_ahead"),
        ({"logistic": BETTER}, "found_behind"),
        ({"logistic": BETTER, "rule": SAME}, "found_behind"),
    ],
)
def test_a_plain_model_as_good_is_told_of(
    summary: ReportSummary, gains: dict[str, Figure], code: str
) -> None:
    """The front page names a way that may be as good, before it one that surely is better."""
    good = with_signal(with_model(summary, **GOOD), signal=True)
    assert good.risk is not None
    pooled = dataclasses.replace(good.risk.pooled, gains=good.risk.pooled.gains | gains)
    same = dataclasses.replace(good, risk=dataclasses.replace(good.risk, pooled=pooled))
    note = headlines(same)[1]
    assert note.code == code
    assert "Logistic regression" in note.says.say("en")


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
    by_code = {note.code: note for note in headlines(dataclasses.replace(summary, quality=quality))}
    if withheld:
        assert "found_no_quality" in by_code
    else:
        assert "Of the 1,810 cases" in by_code["found_quality"].says.say("en")


def test_without_later_cases_nothing_is_claimed(summary: ReportSummary) -> None:
    """An untested model gets no praise, only the advice to review more."""
    untested = dataclasses.replace(summary, risk=None, performance={})
    assert codes(untested)[0] == "found_untested"
    assert codes(untested)[-2:] == ["sure_untested", "do_review"]


def test_the_last_verdict_is_quoted_where_the_model_in_use_was_not_tested(
    summary: ReportSummary,
) -> None:
    """A version that was tested and refused is named, with why; none that was promoted since."""
    start = ModelVersion("1", date(2024, 1, 1), None, True, (Event("2024-01-01", "promoted", "a"),))
    later = ModelVersion("2", date(2024, 2, 1), None, False, (Event("2024-02-01", "refused", "b"),))
    for versions, code in (((later, start), "sure_refused"), ((start,), "sure_untested")):
        untested = dataclasses.replace(summary, risk=None, performance={}, versions=versions)
        sure = headlines(untested)[-2]
        assert sure.code == code
        assert ("version 2, the last one it judged: b" in sure.says.say("en")) == (
            later in versions
        )


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
    values = headlines(with_signal(summary, signal=True))[0].values
    assert str(values["rate"]) == f"{rate:.1%}"
    assert str(values["precision"]) == f"{top:.1%}"
    assert str(values["lift"]).split(" ")[0] == f"{top / rate:.1f}"
    sure = next(note for note in headlines(summary) if note.code.startswith("sure"))
    assert sure.values["cases"] == scores.height
    assert sure.values["positives"] == int(scores["y"].sum())
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
    assert str(values["expected"]) == f"{worst['expected']:.1%}"
    assert str(values["found"]) == f"{worst['found']:.1%}"


def test_complexity_is_judged_where_there_is_no_risk(summary: ReportSummary) -> None:
    """Without a risk model the front page speaks of complexity."""
    card = dataclasses.replace(summary.card, risk=None)
    other = dataclasses.replace(summary, card=card, risk=None, performance={})
    assert judged(other) is summary.complexity
    assert codes(other)[0] in {"found_worth_complexity", "found_no_worth_complexity"}
