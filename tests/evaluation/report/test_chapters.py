"""The chapters: that they show the figures they are given, and say what those show."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from cases.language.catalogues import SOURCE, Language, languages
from cases.language.kept import as_json as kept_text
from cases.language.messages import _, say
from cases.language.texts import Text
from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.efforts import EffortYear
from evaluation.backtests.subgroups import fairness as compare_groups
from evaluation.intake.audit import AuditedTrack
from evaluation.intake.figures import intake_figures
from evaluation.pages.cells import NOTHING, interval, share_interval
from evaluation.proxies.check import Proxies, as_kept
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
from evaluation.report.facts import EXPLAINED, Leak, model_versions, stand_ins
from evaluation.report.facts import leaks as kept_leaks
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, calibration_table
from features.build import build
from models.bundle.bundle import Bundle
from models.questions.complexity import ComplexityQuestion
from models.questions.risk import RiskQuestion
from models.reasons.parts import group_of
from models.registry import Event, Version
from tests.factories.pages import rows_of, titled
from tests.factories.small_office import HOSTILE
from training.labels import reviewed_moments

PLACE = "file:///somewhere"
SWAPS = tuple(permutations(("simple", "complex", "person"), 2))


def test_calibration_is_counted_again(summary: ReportSummary, tested: Backtest) -> None:
    """How many groups lie inside, above and below their interval, counted from the raw scores."""
    assert tested.risk is not None
    scores = tested.risk.scores
    bins = calibration_table(*(scores[name].to_numpy() for name in ("y", MODEL, "weight")))
    below = sum(one.mean_probability < (one.rate.low or 0) for one in bins)
    above = sum(one.mean_probability > (one.rate.high or 0) for one in bins)
    inside = len(bins) - below - above
    shown = titled(ranking.chapter(summary, "risk"), "Calibration table")
    says = say(shown.says, "en")
    assert says.startswith(f"In {inside} of {len(bins)} groups")
    assert f"in {above} it is too high, in {below} too low" in says
    assert len(shown.rows) == len(bins)
    assert shown.says == summary.performance["risk"].calibration_says


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
    shown = titled(ranking.chapter(changed, "risk"), "All later cases together")
    assert said in say(shown.says, "en")


def test_best_and_worst_period(summary: ReportSummary) -> None:
    """The sentence names the periods in which the model ranked best and worst."""
    assert summary.risk is not None
    aucs = {
        figures.period: figures.measures[MODEL].auc.value
        for figures in summary.risk.periods
        if figures.measures[MODEL].auc.value is not None
    }
    best, worst = max(aucs, key=aucs.__getitem__), min(aucs, key=aucs.__getitem__)
    says = titled(ranking.chapter(summary, "risk"), "Ranking over time (AUC)").says
    assert re.search(rf"\) in {worst} and .*\) in {best}\.", say(says, "en"))


def test_influences_are_contributions(
    summary: ReportSummary, tables: Tables, bundle: Bundle
) -> None:
    """A group's share is that of its mean absolute contributions, added up column by column."""
    model = bundle.question(RiskQuestion).model
    until = datetime.fromisoformat(bundle.about["trained_until"])
    latest = rows(reviewed_moments(tables, until)).sort("moment", "case_id").tail(EXPLAINED)
    x = rows(build(tables, moments_of(latest), model.names))
    parts = np.abs(model.contributions(x))
    sums: dict[str, float] = {}
    for column, name in enumerate(model.names):
        sums[group_of(name)] = sums.get(group_of(name), 0.0) + parts[:, column].sum()
    shares = sorted((total / sum(sums.values()) for total in sums.values()), reverse=True)
    shown = rows_of(influences.chapter(summary).exhibits[0])
    assert [row[-1] for row in shown] == [f"{share:.1%}" for share in shares[: len(shown)]]


def test_what_scores_are_worth_is_shown(summary: ReportSummary) -> None:
    """Decision curve, kinds, strata and honest lift stand there as they were computed."""
    found = summary.performance["risk"]
    chapter = ranking.chapter(summary, "risk")
    curve = rows_of(titled(chapter, "Is acting on it worth it"))
    points = found.slices[0].decision
    assert [row[0] for row in curve] == [f"{point.threshold:.0%}" for point in points]
    assert [row[2] for row in curve] == [f"{point.everyone:.3f}" for point in points]
    kinds = titled(chapter, "By kind of case")
    assert [row[0] for row in kinds.rows] == ["arrest", "prosecution"]
    strata = titled(chapter, "Cases, or only who reviewed them")
    assert [row[7] for row in strata.rows] == [interval(part.lift_within) for part in found.within]
    honest = titled(chapter, "On drawn reviews, and on picked ones")
    assert honest.says == (found.honest and found.honest.says)


def test_small_kinds_are_withheld(summary: ReportSummary) -> None:
    """A kind with too few cases of an outcome has its rate, and no other figure."""
    found = summary.performance["risk"]
    kind = next(one for one in found.slices if one.by == "kind")
    shown = worth.kinds([dataclasses.replace(kind, calibration=())])
    assert rows_of(shown)[0][3:] == ("withheld: too few",) * 3
    assert (
        say(shown.says, "en") == "None of 1 kinds has enough cases of both outcomes for a figure."
    )


def test_leaks_come_from_the_bundle(summary: ReportSummary, bundle: Bundle) -> None:
    """What training kept of the leak finder is shown; what it did not look for is said."""
    assert kept_leaks(bundle) is None
    assert "Nobody looked for such columns" in say(leaks.chapter(summary).lead, "en")
    why = _("It is filled for {share:.1%} of cases.", share=0.25)
    kept = {"column": "x", "severity": "blatant", "evidence": kept_text(why), "accepted": "known"}
    about = {**bundle.about, "leaks": [kept]}
    found = kept_leaks(dataclasses.replace(bundle, about=about))
    assert found == (Leak("x", "blatant", why, "known"),)
    shown = leaks.chapter(dataclasses.replace(summary, leaks=found)).exhibits[0]
    assert rows_of(shown) == (("x", "blatant", "It is filled for 25.0% of cases.", "known"),)
    assert say(shown.says, "en").startswith("Blatant: x.")
    assert leaks.chapter(dataclasses.replace(summary, leaks=())).exhibits == ()


def test_stand_ins_come_from_the_bundle(summary: ReportSummary, bundle: Bundle) -> None:
    """What training kept of the proxy check stands by the influences, with its warning."""
    assert stand_ins(bundle) is None
    assert len(influences.chapter(summary).exhibits) == 1
    told = Figure(0.9, 0.88, 0.92, 120)
    found = (
        Proxies("handler", 5, told, ("attribute.charge",)),
        Proxies("unit", 0, Figure.of_few(0), given=True),
        Proxies("reviewer", 1, Figure.of_few(9)),
    )
    checked = dataclasses.replace(bundle, about={**bundle.about, "proxies": as_kept(found)})
    shown = dataclasses.replace(summary, stand_ins=stand_ins(checked))
    exhibit = influences.chapter(shown).exhibits[1]
    assert rows_of(exhibit) == (
        ("handler", "5", "90.0% (88.0% to 92.0%)", "charge (`attribute.charge`)"),
        ("unit", "0", "no cases", "itself a feature of the model"),
        ("reviewer", "1", "withheld: too few", NOTHING),
    )
    assert "tell the handler of a case beyond its kind" in say(exhibit.says, "en")
    weak = {**bundle.about, "proxies": as_kept(found[1:])}
    shown = dataclasses.replace(
        summary, stand_ins=stand_ins(dataclasses.replace(bundle, about=weak))
    )
    assert "do not tell persons apart" in say(influences.chapter(shown).exhibits[1].says, "en")


def test_groups_are_shown_with_their_differences(
    summary: ReportSummary, tables: Tables, tested: Backtest, bundle: Bundle
) -> None:
    """Each group the office names has a line; the sentence names sure differences only."""
    office = tables.office.model_copy(update={"fairness": ("suspects", "appealed")})
    until = datetime.fromisoformat(bundle.about["trained_until"])
    found = compare_groups(dataclasses.replace(tables, office=office), tested, until)
    assert found is not None
    chapter = fairness.chapter(dataclasses.replace(summary, fairness=found))
    assert [say(shown.title, "en") for shown in chapter.exhibits] == [HOSTILE, "appealed"]
    for shown, grouping in zip(chapter.exhibits, found.groupings, strict=True):
        lines = [(say(group.name, "en"), f"{group.cases:,}") for group in grouping.groups]
        assert [row[:2] for row in rows_of(shown)] == lines
        sure = sum(difference.beyond_chance for difference in grouping.differences)
        assert say(shown.says, "en").count("is higher for") == sure
    assert "names no groups" in say(fairness.chapter(summary).lead, "en")


def test_the_office_s_rates_are_shown(summary: ReportSummary) -> None:
    """Every quarter has a line, in order of time, and a rate or why there is none."""
    rates = summary.quality.rates
    assert rates is not None
    chapter = quality.chapter(summary)
    shown = titled(chapter, "Over time")
    assert [row[0] for row in shown.rows] == [quarter.name for quarter in rates.quarters]
    assert [row[4] for row in shown.rows] == [share_interval(line.rate) for line in rates.quarters]
    assert chapter.lead == summary.quality.rates_say


def test_dimensions_of_defects_are_shown(summary: ReportSummary) -> None:
    """Every dimension has a line with its share, drawn also where a year is withheld."""
    found = summary.quality.dimensions
    shown = titled(quality.chapter(summary), "In which dimensions cases had defects")
    assert shown.says == found.says
    assert [row[0] for row in rows_of(shown)] == ["evidence", "facts"]
    assert [row[2] for row in shown.rows] == [share_interval(line.share) for line in found.found]
    assert {row[3] for row in rows_of(shown)} == {"withheld: too few"}
    assert shown.picture is not None
    groups = [say(line.group, "en") for line in shown.picture.lines if line.group is not None]
    assert groups == ["evidence", "facts"]
    kept = json.loads(as_json(summary))["quality"]["dimensions"]["found"][0]
    assert list(kept) == ["code", "meaning", "cases", "share", "before"]


def test_without_dimensions_nothing_is_shown_of_them(summary: ReportSummary) -> None:
    """An office whose reviews name none has no such table."""
    none = dataclasses.replace(summary.quality.dimensions, found=())
    without = dataclasses.replace(summary.quality, dimensions=none)
    chapter = quality.chapter(dataclasses.replace(summary, quality=without))
    titles = [say(shown.title, "en") for shown in chapter.exhibits]
    assert "In which dimensions cases had defects" not in titles
    assert "Over time" in titles


def test_routing_is_counted_again(summary: ReportSummary, tables: Tables, bundle: Bundle) -> None:
    """Cases by year and the share of errors of all years come from the outcomes kept."""
    found = intake_figures(tables.office, bundle, None)
    *years, whole = found.routed
    kept = bundle.question(ComplexityQuestion).outcomes.rows
    by_year = kept.group_by(year=pl.col("moment").dt.year()).len().sort("year").rows()
    assert [(one.year, one.cases) for one in years] == by_year
    assert (whole.year, whole.cases) == (0, kept.height)
    chapter = intake.chapter(dataclasses.replace(summary, intake=found))
    assert len(chapter.exhibits) == 1
    assert rows_of(chapter.exhibits[0])[-1][:2] == ("all years", f"{kept.height:,}")


def test_audited_tracks_are_shown(summary: ReportSummary, tables: Tables, bundle: Bundle) -> None:
    """A line for the cases called simple and one for those called complex; the first is said."""
    audits = (
        AuditedTrack("simple", 900, 30, Figure(0.05, 0.01, 0.2, 20)),
        AuditedTrack("complex", 100, 3, Figure.of_few(0)),
    )
    found = intake_figures(tables.office, bundle, None, audits)
    chapter = intake.chapter(dataclasses.replace(summary, intake=found))
    exhibit = chapter.exhibits[1]
    assert "5% (1% to 20%)" in say(exhibit.says, "en")
    assert [row[:4] for row in rows_of(exhibit)] == [
        ("simple", "900", "30", "20"),
        ("complex", "100", "3", "0"),
    ]


@pytest.mark.parametrize(("low", "code"), [(0.04, "In no year"), (0.06, "More complex cases than")])
def test_a_year_of_too_many_errors_is_named(
    summary: ReportSummary, tables: Tables, bundle: Bundle, low: float, code: str
) -> None:
    """A year whose interval lies above the error allowed is named as beyond chance.

    Other years may exceed it too, by so little that it may be chance.
    """
    found = intake_figures(tables.office, bundle, None)
    year = dataclasses.replace(found.routed[0], year=2024, complex_error=Figure(0.1, low, 0.2, 50))
    held = dataclasses.replace(found, routed=(year, found.routed[-1]))
    chapter = intake.chapter(dataclasses.replace(summary, intake=held))
    says = say(chapter.exhibits[0].says, "en")
    assert says.startswith(code)
    assert "beyond chance" in says


@pytest.mark.parametrize(("width", "better"), [(68.5, False), (60.0, True)])
def test_an_interval_no_narrower_than_one_for_all_is_no_better(
    summary: ReportSummary, tables: Tables, bundle: Bundle, width: float, *, better: bool
) -> None:
    """Where half of the intervals are wider than one for all cases, the sentence says so."""
    held = Figure(0.8, 0.7, 0.9, 200)
    year = EffortYear(0, 200, held, width, held, 67.0, 1.0, Figure(0.5, 0.4, 0.6, 200))
    found = dataclasses.replace(intake_figures(tables.office, bundle, None), forecasts=(year,))
    chapter = intake.chapter(dataclasses.replace(summary, intake=found))
    says = say(chapter.exhibits[-1].says, "en")
    assert ("no better than one interval for all" in says) != better


def test_verdicts_are_shown(summary: ReportSummary) -> None:
    """Every version has a line per verdict; one without any says so."""
    event = Event("2026-01-02T03:04:05Z", "refused", "too weak")
    one = Version("office", "1", ("champion",), 0, PLACE, "run", "2025-12-31T00:00:00")
    two = dataclasses.replace(one, number="2", aliases=(), events=(event,))
    listed = model_versions((two, one))
    chapter = versions.chapter(dataclasses.replace(summary, versions=listed))
    assert rows_of(chapter.exhibits[0]) == (
        ("2", "1 January 1970", "31 December 2025", "refused", "2 January 2026", "too weak"),
        ("1", "1 January 1970", "31 December 2025", "none recorded", "–", "–"),
    )
    says = say(chapter.exhibits[0].says, "en")
    assert says == "Version 1 is champion; versions kept: 2, refused: 1."
    assert PLACE not in as_json(dataclasses.replace(summary, versions=listed))


def test_plans_are_shown(summary: ReportSummary) -> None:
    """What was asked for and what came back, by plan and by why a case was on the list."""
    half, none = Figure(0.5, 0.2, 0.8, 4), Figure(0.0, 0.0, 0.5, 2)
    by = (Selection("search", 4, half), Selection("lottery", 2, none))
    gap = Figure(None, None, None, 2, "too_few")
    plan = PlanUptake(
        "id", datetime(2026, 6, 30), 6, 2, 1, 3, 1, 0, by, gap, Text(en="Half came.", zh="一半。")
    )
    found = Uptake((plan,), summary.reviewers.agreement, Text(en="-"))
    chapter = people.chapter(dataclasses.replace(summary, uptake=found))
    plans, ways = chapter.exhibits
    assert rows_of(plans) == (("30 June 2026", "6", "2", "1", "3", "0 / 1", "withheld: too few"),)
    assert say(plans.says, "en") == "Half came."
    assert [row[1:] for row in rows_of(ways)] == [
        ("search", "4", "50% (20% to 80%)"),
        ("random draw", "2", "0% (0% to 50%)"),
    ]
    assert "these: random draw, 0%" in say(ways.says, "en")
    waiting = dataclasses.replace(plan, by=(Selection("lottery", 2, none),))
    nothing = dataclasses.replace(found, plans=(waiting,))
    chapter = people.chapter(dataclasses.replace(summary, uptake=nothing))
    assert say(chapter.exhibits[1].says, "en") == "No review has come back yet."


@pytest.mark.parametrize("language", languages())
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
    chapter = people.chapter(dataclasses.replace(summary, overrides=found))
    assert "No plan was given to this report" in say(chapter.lead, "en")
    shown = chapter.exhibits[0]
    assert say(shown.says, language) == found.says.say(language)
    rows = rows_of(shown, language)
    half = Figure(0.5, 0.4, 0.6, 30)
    assert rows[0][3:] == ("40", "30", share_interval(half).say(language))
    assert rows[len(SWAPS)][1:] == ("–", "–", "1,200", "0", "–")
    assert rows[-2][4:] == ("3", share_interval(few).say(language))
    if language == "en":
        assert rows[-1] == ("spot check", "on the list", "left out", "2", "0", "–")


@pytest.mark.parametrize("language", languages())
def test_chapters_speak_every_language(summary: ReportSummary, language: Language) -> None:
    """No chapter lacks a sentence in any language."""
    for part in (fairness, influences, intake, leaks, people, quality, versions):
        lead = part.chapter(summary).lead
        assert say(lead, language)
        assert (say(lead, language) == say(lead, SOURCE)) == (language == SOURCE)
