"""The charts of report and replay: what stands on each line of them.

All of them are lines below each other, by name: a group, a period, a rank. So each figure has
its words beside it, and nothing is told by a colour or has to be looked up in a legend. Points
with intervals after Cleveland (1985, The Elements of Graphing Data, chapter 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.backtests.backtest import MODEL, PeriodFigures
from evaluation.backtests.decision import NetBenefit
from evaluation.pages.cells import Cell, interval, share, share_interval
from evaluation.pages.drawing import Chart, Goal, Line
from evaluation.statistics.metrics import Bin, Figure
from policies.spot_check.plan import CHOICES

FEWEST = 3  # lines with a figure; what one or two say is said by the sentence
LATEST = 12  # periods that are drawn; the table has all of them
PERIOD, YEAR = _("Period"), _("Year")
CHANCE = Goal(0.5, _("chance"))


def _over_time(chart: Chart) -> Chart | None:
    """The latest lines of the chart; nothing where a sentence says as much as their figures."""
    lines = chart.lines[-LATEST:]
    if sum(line.figure.value is not None for line in lines) < FEWEST:
        return None
    if len(lines) == len(chart.lines):
        return chart
    names = _("{period}, the latest {lines}", period=chart.names, lines=len(lines))
    return replace(chart, lines=lines, names=names)


def ranking(periods: Sequence[PeriodFigures], up: Sayable) -> Chart | None:
    """The model's AUC in every period, called `up`."""
    figures = [period.measures[MODEL].auc for period in periods]
    lines = [
        Line(period.period, figure, interval(figure))
        for period, figure in zip(periods, figures, strict=True)
    ]
    return _over_time(Chart(PERIOD, up, tuple(lines), shares=False, goal=CHANCE, lowest=0.5))


def expected_and_found(periods: Sequence[PeriodFigures]) -> Chart | None:
    """Per period, the rate found with its interval, and the rate that the model expected."""
    measures = [(period.period, period.measures[MODEL]) for period in periods]
    lines = [
        _expected(name, one.base_rate, _sum(one.base_rate, one.bias)) for name, one in measures
    ]
    across = _("Share of cases with the outcome, with 95% interval")
    return _over_time(Chart(PERIOD, across, tuple(lines)))


def reliability(bins: Sequence[Bin]) -> Chart:
    """Per group of cases, the rate found with its interval, and the mean risk given to them."""
    names: tuple[Cell, ...] = (
        _("{number}, lowest risk", number=1),
        *map(str, range(2, len(bins))),
        _("{number}, highest risk", number=len(bins)),
    )
    lines = tuple(
        _expected(name, one.rate, one.mean_probability)
        for name, one in zip(names, bins, strict=False)
    )
    across = _("Share of cases with the outcome, with 95% interval")
    return Chart(_("Tenth of the cases, by risk"), across, lines)


def _expected(name: Cell, found: Figure, expected: float | None) -> Line:
    so = None if expected is None else _("expected {share}", share=share(expected))
    return Line(name, found, share_interval(found), expected, so)


def _sum(rate: Figure, bias: Figure) -> float | None:
    return None if rate.value is None or bias.value is None else rate.value + bias.value


def rates(
    heads: tuple[Sayable, Sayable],
    names: Sequence[Cell],
    figures: Sequence[Figure],
    goal: Goal | None = None,
) -> Chart | None:
    """A rate for each name, with intervals; `heads` are those of the names and of the axis."""
    lines = tuple(
        Line(name, figure, share_interval(figure))
        for name, figure in zip(names, figures, strict=True)
    )
    what, across = heads
    return _over_time(Chart(what, across, lines, goal=goal))


def decision(curve: Sequence[NetBenefit], head: Sayable) -> Chart:
    """Net benefit by threshold: of the model, and of the better of checking all and none."""
    lines = tuple(
        Line(
            Value(point.threshold, ".0%"),
            point.model,
            interval(point.model),
            max(point.everyone, 0.0),
            _("without a model {benefit}", benefit=Value(max(point.everyone, 0.0), ".3f")),
        )
        for point in curve
    )
    return Chart(head, _("Net benefit per case, with 95% interval"), lines, shares=False)


def groups(
    heads: tuple[Sayable, Sayable],
    names: Sequence[Cell],
    figures: Sequence[tuple[Sayable, Sequence[Figure]]],
) -> Chart:
    """Several rates of each named group, with intervals; each rate has its name."""
    lines = (
        Line(rate, of_names[at], share_interval(of_names[at]), group=None if below else name)
        for at, name in enumerate(names)
        for below, (rate, of_names) in enumerate(figures)
    )
    return Chart(*heads, tuple(lines))


def bars(heads: tuple[Sayable, Sayable], names: Sequence[Cell], values: Sequence[float]) -> Chart:
    """Shares as bars, each with its name."""
    lines = (
        Line(name, Figure(value, None, None, 0), share(value))
        for name, value in zip(names, values, strict=True)
    )
    return Chart(*heads, tuple(lines), bars=True, counted=False)


def defects_found(years: pl.DataFrame) -> Chart:
    """Per year and way to choose, the defects found.

    `years` is what `evaluation.replay.results.by_span` returns.
    """
    lines = (
        Line(
            CHOICES[line["way"]],
            Figure(line["found"], None, None, 0),
            Value(line["found"], ",.0f"),
            group=line["span"] if line["first"] else None,
        )
        for line in _by_year(years)
    )
    across = _("Defects found, mean of the draws")
    return Chart(YEAR, across, tuple(lines), shares=False, bars=True, counted=False)


def rates_estimated(years: pl.DataFrame) -> Chart:
    """Per year and way to choose, the rate estimated with its interval, and the true rate."""
    lines = (_estimated(line) for line in _by_year(years))
    across = _("Rate of defects, estimate of the first draw with its 95% interval")
    return Chart(YEAR, across, tuple(lines), counted=False)


def _estimated(line: dict[str, Any]) -> Line:
    figure = Figure(line["value"], line["low"], line["high"], line["cases"], "too_few")
    truth = line["truth"]
    return Line(
        CHOICES[line["way"]],
        figure,
        share_interval(figure),
        truth,
        _("true {share}", share=share(truth)),
        line["span"] if line["first"] else None,
    )


def _by_year(years: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of `years`, with the `first` of each year marked."""
    return years.with_columns(first=pl.col("span").is_first_distinct()).to_dicts()
