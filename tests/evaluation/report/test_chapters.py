"""The chapters: that they show the figures they are given, and say what those show."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from itertools import permutations
from typing import get_args

import numpy as np
import polars as pl
import pytest

from cases.language.catalogues import Language
from cases.language.texts import Text
from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.subgroups import fairness as compare_groups
from evaluation.intake.figures import intake_figures
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.quality.overrides import Change, Overrides
from evaluation.quality.uptake import PlanUptake, Selection, Uptake
from evaluation.report.chapters import (
    fairness,
    influences,
    intake,
    leaks,
    people,
    quality,
    ranking,
    versions,
    worth,
)
from evaluation.report.export import as_json
from evaluation.report.facts import EXPLAINED, Leak, model_versions
from evaluation.report.facts import leaks as kept_leaks
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, calibration_table
from features.build import build
from models.bundle.bundle import Bundle
from models.questions.complexity import Complexity
from models.questions.risk import Risk
from models.reasons.reasons import group_of
from models.registry import Event, Version
from tests.factories.small_office import HOSTILE
from training.labels import reviewed_moments

EN = Voice("en")
PLACE = "file:///somewhere"
SWAPS = tuple(permutations(("simple", "complex", "person"), 2))


def titled(chapter: Chapter, key: str) -> Exhibit:
    """The exhibit of a chapter whose title is the phrase `key`."""
    return next(one for one in chapter.exhibits if one.title == EN.say(key))


def test_calibration_is_counted_again(summary: ReportSummary, tested: Backtest) -> None:
    """How many groups lie inside, above and below their interval, counted from the raw scores."""
    assert tested.risk is not None
    scores = tested.risk.scores
    bins = calibration_table(*(scores[name].to_numpy() for name in ("y", MODEL, "weight")))
    below = sum(one.mean_probability < (one.rate.low or 0) for one in bins)
    above = sum(one.mean_probability > (one.rate.high or 0) for one in bins)
    inside = len(bins) - below - above
    shown = titled(ranking.chapter(summary, "risk", EN), "calibration_table")
    assert shown.says.startswith(f"In {inside} of {len(bins)} groups")
    assert f"in {above} it is too high, in {below} too low" in shown.says
    assert len(shown.rows) == len(bins)
    assert shown.says == summary.performance["risk"].calibration_says.en


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (Figure(0.02, 0.01, 0.03, 50), "It leads"),
        (Figure(-0.02, -0.05, 0.01, 50), "within chance"),
        (Figure(-0.02, -0.03, -0.01, 50), "ranks better"),
    ],
)
def test_the_lead_is_called_what_it_is(summary: ReportSummary, gain: Figure, said: str) -> None:
    """Ahead, within chance or behind: each has its own sentence."""
    assert summary.risk is not None
    pooled = summary.risk.pooled
    pooled = dataclasses.replace(pooled, gains=dict.fromkeys(pooled.gains, gain))
    changed = dataclasses.replace(summary, risk=dataclasses.replace(summary.risk, pooled=pooled))
    assert said in titled(ranking.chapter(changed, "risk", EN), "pooled").says


def test_best_and_worst_period(summary: ReportSummary) -> None:
    """The sentence names the periods in which the model ranked best and worst."""
    assert summary.risk is not None
    told = {
        one.period: one.measures[MODEL].auc.value
        for one in summary.risk.periods
        if one.measures[MODEL].auc.value is not None
    }
    best, worst = max(told, key=told.__getitem__), min(told, key=told.__getitem__)
    says = titled(ranking.chapter(summary, "risk", EN), "auc_title").says
    assert f"{told[worst]:.3f} ({worst}) and {told[best]:.3f} ({best})" in says


def test_influences_are_contributions(
    summary: ReportSummary, tables: Tables, bundle: Bundle
) -> None:
    """A group's share is that of its mean absolute contributions, added up column by column."""
    model = bundle.question(Risk).model
    until = datetime.fromisoformat(bundle.about["trained_until"])
    latest = rows(reviewed_moments(tables, until)).sort("moment", "case_id").tail(EXPLAINED)
    x = rows(build(tables, moments_of(latest), model.names))
    parts = np.abs(model.trees_.contributions(x))
    sums: dict[str, float] = {}
    for place, name in enumerate(model.names):
        sums[group_of(name)] = sums.get(group_of(name), 0.0) + parts[:, place].sum()
    shares = sorted((one / sum(sums.values()) for one in sums.values()), reverse=True)
    shown = influences.chapter(summary, EN).exhibits[0]
    assert [row[-1] for row in shown.rows] == [
        f"{100 * one:.1f} %" for one in shares[: len(shown.rows)]
    ]


def test_what_scores_are_worth_is_shown(summary: ReportSummary) -> None:
    """Decision curve, kinds, strata and honest lift stand there as they were computed."""
    found = summary.performance["risk"]
    chapter = ranking.chapter(summary, "risk", EN)
    curve = titled(chapter, "decision_title")
    assert [row[0] for row in curve.rows] == [
        f"{100 * one.threshold:.0f} %" for one in found.slices[0].decision
    ]
    assert [row[2] for row in curve.rows] == [
        f"{one.everyone:.3f}" for one in found.slices[0].decision
    ]
    kinds = titled(chapter, "kinds_title")
    assert [row[0] for row in kinds.rows] == ["arrest", "prosecution"]
    strata = titled(chapter, "within_title")
    assert [row[7] for row in strata.rows] == [EN.figure(one.lift_within) for one in found.within]
    assert titled(chapter, "honest_title").says == (found.honest and found.honest.says.en)


def test_small_kinds_are_withheld(summary: ReportSummary) -> None:
    """A kind with too few cases of an outcome has its rate, and no other figure."""
    found = summary.performance["risk"]
    kind = next(one for one in found.slices if one.by == "kind")
    shown = worth.kinds([dataclasses.replace(kind, calibration=())], EN)
    assert shown.rows[0][3:] == ("withheld: too few",) * 3
    assert shown.says == "None of 1 kinds has enough cases of both outcomes for a figure."


def test_leaks_come_from_the_bundle(summary: ReportSummary, bundle: Bundle) -> None:
    """What training kept of the leak finder is shown; what it did not look for is owned up to."""
    assert kept_leaks(bundle) is None
    assert leaks.chapter(summary, EN).lead == EN.say("leaks_untold")
    told = {"column": "x", "severity": "blatant", "evidence": {"en": "why"}, "accepted": "known"}
    about = bundle.about | {"leaks": [told]}
    found = kept_leaks(dataclasses.replace(bundle, about=about))
    assert found == (Leak("x", "blatant", Text(en="why"), "known"),)
    chapter = leaks.chapter(dataclasses.replace(summary, leaks=found), EN)
    assert chapter.exhibits[0].rows == (("x", "blatant", "why", "known"),)
    assert chapter.exhibits[0].says.startswith("Blatant: x.")
    assert leaks.chapter(dataclasses.replace(summary, leaks=()), EN).exhibits == ()


def test_groups_are_shown_with_their_differences(
    summary: ReportSummary, tables: Tables, tested: Backtest, bundle: Bundle
) -> None:
    """Each group the office names has a numbered line; the sentence tells sure differences only."""
    office = tables.office.model_copy(update={"fairness": ("suspects", "appealed")})
    until = datetime.fromisoformat(bundle.about["trained_until"])
    found = compare_groups(dataclasses.replace(tables, office=office), tested, until)
    assert found is not None
    chapter = fairness.chapter(dataclasses.replace(summary, fairness=found), EN)
    assert [one.title for one in chapter.exhibits] == [HOSTILE, "appealed"]
    for shown, grouping in zip(chapter.exhibits, found.groupings, strict=True):
        assert [row[2] for row in shown.rows] == [f"{one.cases:,}" for one in grouping.groups]
        sure = sum(one.told for one in grouping.differences)
        assert shown.says.count("is higher for") == sure
    assert fairness.chapter(summary, EN).lead == EN.say("no_groups")


def test_the_office_s_rates_are_shown(summary: ReportSummary) -> None:
    """Every quarter has a line, in order of time, and a rate or why there is none."""
    rates = summary.quality.rates
    assert rates is not None
    chapter = quality.chapter(summary, EN)
    shown = titled(chapter, "quarters_title")
    assert [row[0] for row in shown.rows] == [one.name for one in rates.quarters]
    assert [row[4] for row in shown.rows] == [EN.share(one.rate) for one in rates.quarters]
    assert chapter.lead == summary.quality.rates_say.en


def test_what_was_found_wanting_is_shown(summary: ReportSummary) -> None:
    """Every dimension has a numbered line with its share, drawn also where a year is withheld."""
    found = summary.quality.dimensions
    shown = titled(quality.chapter(summary, EN), "dimensions_title")
    assert shown.says == found.says.en
    assert [row[:2] for row in shown.rows] == [("1", "evidence"), ("2", "facts")]
    assert [row[3] for row in shown.rows] == [EN.share(one.share) for one in found.found]
    assert {row[4] for row in shown.rows} == {"withheld: too few"}
    assert shown.picture is not None
    assert "<svg" in shown.picture()
    kept = json.loads(as_json(summary))["quality"]["dimensions"]["found"][0]
    assert list(kept) == ["code", "meaning", "cases", "share", "before"]


def test_without_dimensions_nothing_is_shown_of_them(summary: ReportSummary) -> None:
    """An office whose reviews name none has no such table."""
    none = dataclasses.replace(summary.quality.dimensions, found=())
    without = dataclasses.replace(summary.quality, dimensions=none)
    chapter = quality.chapter(dataclasses.replace(summary, quality=without), EN)
    assert EN.say("dimensions_title") not in [one.title for one in chapter.exhibits]


def test_routing_is_counted_again(summary: ReportSummary, tables: Tables, bundle: Bundle) -> None:
    """Cases by year and the share of errors of all years come from the outcomes kept."""
    found = intake_figures(tables.office, bundle, None)
    *years, whole = found.routed
    kept = bundle.question(Complexity).outcomes.rows
    by_year = kept.group_by(year=pl.col("moment").dt.year()).len().sort("year").rows()
    assert [(one.year, one.cases) for one in years] == by_year
    assert (whole.year, whole.cases) == (0, kept.height)
    chapter = intake.chapter(dataclasses.replace(summary, intake=found), EN)
    assert len(chapter.exhibits) == 1
    assert chapter.exhibits[0].rows[-1][:2] == ("all years", f"{kept.height:,}")


@pytest.mark.parametrize(("low", "code"), [(0.04, "In no year"), (0.06, "More complex cases than")])
def test_a_year_of_too_many_errors_is_named(
    summary: ReportSummary, tables: Tables, bundle: Bundle, low: float, code: str
) -> None:
    """A year whose interval lies above the error allowed is told of as beyond chance.

    Other years may exceed it too, by so little that it may be chance.
    """
    found = intake_figures(tables.office, bundle, None)
    year = dataclasses.replace(found.routed[0], year=2024, complex_error=Figure(0.1, low, 0.2, 50))
    held = dataclasses.replace(found, routed=(year, found.routed[-1]))
    chapter = intake.chapter(dataclasses.replace(summary, intake=held), EN)
    assert chapter.exhibits[0].says.startswith(code)
    assert "beyond chance" in chapter.exhibits[0].says


def test_verdicts_are_shown(summary: ReportSummary) -> None:
    """Every version has a line per verdict; one without any says so."""
    event = Event("2026-01-02T03:04:05Z", "refused", "too weak")
    one = Version("office", "1", ("champion",), 0, PLACE, "run", "2025-12-31T00:00:00")
    two = dataclasses.replace(one, number="2", aliases=(), events=(event,))
    told = model_versions((two, one))
    chapter = versions.chapter(dataclasses.replace(summary, versions=told), EN)
    assert chapter.exhibits[0].rows == (
        ("2", "1970-01-01", "2025-12-31", "refused", "2026-01-02", "too weak"),
        ("1", "1970-01-01", "2025-12-31", "none recorded", "–", "–"),
    )
    assert chapter.exhibits[0].says == "Version 1 is champion; versions kept: 2, refused: 1."
    assert PLACE not in as_json(dataclasses.replace(summary, versions=told))


def test_plans_are_shown(summary: ReportSummary) -> None:
    """What was asked for and what came back, by plan and by why a case was on the list."""
    half, none = Figure(0.5, 0.2, 0.8, 4), Figure(0.0, 0.0, 0.5, 2)
    by = (Selection("search", 4, half), Selection("lottery", 2, none))
    gap = Figure(None, None, None, 2, "too_few")
    plan = PlanUptake(
        "id", datetime(2026, 6, 30), 6, 2, 1, 3, 1, 0, by, gap, Text(en="Half came.", zh="一半。")
    )
    found = Uptake((plan,), summary.reviewers.agreement, Text(en="-"))
    chapter = people.chapter(dataclasses.replace(summary, uptake=found), EN)
    plans, ways = chapter.exhibits
    assert plans.rows == (("2026-06-30", "6", "2", "1", "3", "0 / 1", "withheld: too few"),)
    assert plans.says == "Half came."
    assert [row[1:] for row in ways.rows] == [
        ("search", "4", "50.0 % (20.0–80.0)"),
        ("lottery", "2", "0.0 % (0.0–50.0)"),
    ]
    assert "lottery: 0.0 %" in ways.says
    waiting = dataclasses.replace(plan, by=(Selection("lottery", 2, none),))
    nothing = dataclasses.replace(found, plans=(waiting,))
    chapter = people.chapter(dataclasses.replace(summary, uptake=nothing), EN)
    assert chapter.exhibits[1].says == "No review has come back yet."


@pytest.mark.parametrize("language", get_args(Language))
def test_overrides_are_shown(summary: ReportSummary, language: Language) -> None:
    """With or without plans, what was changed into what, how often, and what came of it."""
    none, few = Figure(None, None, None, 0, "no_cases"), Figure(None, None, None, 3, "too_few")
    changes = (
        *(Change("track", a, b, 40, Figure(0.5, 0.4, 0.6, 30)) for a, b in SWAPS),
        Change("handler", None, None, 1_200, none),
        Change("spot_check", "left_out", "listed", 3, few),
        Change("spot_check", "listed", "left_out", 2, none),
    )
    found = Overrides(changes, few, none, Text(en="So it was.", zh="如此。"))
    voice = Voice(language)
    chapter = people.chapter(dataclasses.replace(summary, overrides=found), voice)
    assert chapter.lead == voice.say("no_plans")
    assert chapter.exhibits[0].says == found.says.say(language)
    rows = chapter.exhibits[0].rows
    assert rows[0][3:] == ("40", "30", "50.0 % (40.0–60.0)")
    assert rows[len(SWAPS)][1:] == ("–", "–", "1,200", "0", "–")
    assert rows[-2][4:] == ("3", voice.say("absent_too_few"))
    if language == "en":
        assert rows[-1] == ("spot check", "on the list", "left out", "2", "0", "–")


@pytest.mark.parametrize("language", get_args(Language))
def test_chapters_speak_every_language(summary: ReportSummary, language: Language) -> None:
    """No chapter lacks a phrase in either language."""
    voice = Voice(language)
    for part in (fairness, influences, intake, leaks, people, quality, versions):
        assert part.chapter(summary, voice).lead
