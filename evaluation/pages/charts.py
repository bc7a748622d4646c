"""The report's charts as SVG texts with words in a language.

Every chart is a pure function of its figures and the language: the same bytes on every run.
Colours are Okabe and Ito's (2008), which colour-blind readers can distinguish; lines also
differ in their dashes and markers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.figure import Figure as Canvas

from cases.language.catalogues import SOURCE, Language
from cases.language.messages import Sayable, _
from evaluation.backtests.backtest import MODEL, PeriodFigures
from evaluation.backtests.decision import NetBenefit
from evaluation.pages.drawing import FAINT, GREY, STYLE, Chart, Ticks, chart, lines_of
from evaluation.pages.names import ESTIMATORS
from evaluation.statistics.metrics import Bin, Figure, Measures
from policies.spot_check.choices import CHOICES, WAYS

COLOURS = {
    MODEL: "#0072B2",
    "base_rate": GREY,
    "rule_of_thumb": "#E69F00",
    "logistic": "#009E73",
    "plain_lightgbm": "#CC79A7",
}
DASHES = {
    MODEL: "solid",
    "base_rate": "dotted",
    "rule_of_thumb": "dashdot",
    "logistic": "dashed",
    "plain_lightgbm": "dashed",
}
MARKERS = {
    MODEL: "o",
    "base_rate": "",
    "rule_of_thumb": "s",
    "logistic": "^",
    "plain_lightgbm": "D",
}
WAY_COLOURS = dict(zip(WAYS, ("#0072B2", GREY, "#D55E00", "#E69F00"), strict=True))
OBSERVED = "#D55E00"
RATE_COLOURS, RATE_MARKERS = ("#0072B2", "#D55E00", "#009E73"), ("o", "s", "^")
NAME_WIDTH, NAME_LINES = 28, 3  # of a name beside its bar, in Latin letters
LINE_HEIGHT = 0.17  # inches

FOUND = _("Rate found, with 95% interval")
PERIOD = _("Period")


def over_time(
    periods: Sequence[PeriodFigures],
    estimators: Sequence[str],
    figure_of: Callable[[Measures], Figure],
    up: Sayable,
    language: Language,
) -> str:
    """One figure, called `up`, per period and estimator, with the model's interval as a band."""
    x = range(len(periods))
    with chart(language, height=3.6) as (drawing, axes):
        for name in estimators:
            figures = [figure_of(period.measures[name]) for period in periods]
            values, low, high = _values(figures)
            axes.plot(
                x, values,
                color=COLOURS[name], linestyle=DASHES[name], linewidth=2 if name == MODEL else 1.2,
                marker=MARKERS[name], markersize=4, label=drawing.words(ESTIMATORS[name]),
                zorder=3 if name == MODEL else 2,
            )  # fmt: skip
            if name == MODEL:
                label = drawing.words(_("95% interval of the model"))
                _band(axes, x, low, high, label)
        _across_periods(drawing, axes, periods, up)
        axes.yaxis.set_major_formatter(Ticks(language, shares=False))
        drawing.legend()
        return drawing.svg()


def expected_and_observed(periods: Sequence[PeriodFigures], language: Language) -> str:
    """Per period, the rate the model expected (line) and the rate found (points, intervals)."""
    measures = [period.measures[MODEL] for period in periods]
    expected = [_number(m.base_rate.value) + _number(m.bias.value) for m in measures]
    with chart(language) as (drawing, axes):
        label = drawing.words(_("Rate expected by the model"))
        axes.plot(range(len(measures)), expected, color=COLOURS[MODEL], linewidth=2, label=label)
        x = list(range(len(measures)))
        _points(axes, x, [m.base_rate for m in measures], drawing.words(FOUND))
        axes.set_ylim(bottom=0)
        _across_periods(drawing, axes, periods, _("Share of cases with the outcome"))
        axes.yaxis.set_major_formatter(Ticks(language, shares=True))
        drawing.legend()
        return drawing.svg()


def reliability(bins: Sequence[Bin], language: Language) -> str:
    """Mean probability of each bin (across) against the rate found (up); the diagonal is right."""
    with chart(language, width=4.6, height=3.8) as (drawing, axes):
        probabilities = [line.mean_probability for line in bins]
        highest = max([*probabilities, *(_number(line.rate.high) for line in bins)], default=1.0)
        label = drawing.words(_("Right probabilities"))
        ends = [0, highest]
        axes.plot(ends, ends, color=GREY, linewidth=1, linestyle="dotted", label=label)
        _points(axes, probabilities, [line.rate for line in bins], drawing.words(FOUND))
        axes.set_xlim(0, highest * 1.05)
        axes.set_ylim(0, highest * 1.05)
        drawing.title(
            axes,
            up=_("Share of cases with the outcome"),
            across=_("Mean probability given by the model"),
        )
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(Ticks(language, shares=True))
        drawing.legend(columns=1)
        return drawing.svg()


def rates_over_time(
    names: Sequence[Sayable | str],
    rates: Sequence[Figure],
    titles: tuple[Sayable, Sayable],
    wanted: tuple[float, Sayable] | None,
    language: Language,
) -> str:
    """A rate per period, with intervals; what is `wanted` (and its name) as a dashed line.

    `titles` are those of the upright and of the horizontal axis.
    """
    up, across = titles
    with chart(language) as (drawing, axes):
        if wanted is not None:
            label = drawing.words(wanted[1])
            axes.axhline(wanted[0], color=GREY, linewidth=1, linestyle="dashed", label=label)
        _points(
            axes, list(range(len(rates))), rates, drawing.words(_("Observed, with 95% interval"))
        )
        axes.set_ylim(bottom=0)
        axes.set_xlim(-0.5, len(rates) - 0.5)
        drawing.name_places(axes, names)
        drawing.title(axes, up=up, across=across)
        axes.yaxis.set_major_formatter(Ticks(language, shares=True))
        drawing.legend()
        return drawing.svg()


def decision(curve: Sequence[NetBenefit], language: Language) -> str:
    """Net benefit (up) by threshold (across): the model, all cases (dashed), none (dotted)."""
    x = [point.threshold for point in curve]
    values, low, high = _values([point.model for point in curve])
    everyone = [point.everyone for point in curve]
    with chart(language) as (drawing, axes):
        _band(axes, x, low, high, drawing.words(_("95% interval of the model")))
        label = drawing.words(_("Checking all cases"))
        axes.plot(x, everyone, color=GREY, linestyle="dashed", label=label)
        axes.axhline(0, color=GREY, linestyle="dotted", label=drawing.words(_("Checking none")))
        label = drawing.words(ESTIMATORS[MODEL])
        axes.plot(x, values, color=COLOURS[MODEL], marker="o", markersize=4, label=label)
        axes.set_ylim(-max(high) / 2, max(high) * 1.1)
        drawing.title(axes, up=_("Net benefit"), across=_("Threshold"))
        axes.xaxis.set_major_formatter(Ticks(language, shares=True))
        axes.yaxis.set_major_formatter(Ticks(language, shares=False))
        drawing.legend(columns=2)
        return drawing.svg()


def groups(
    names: Sequence[Sayable],
    rates: Sequence[tuple[Sayable, Sequence[Figure]]],
    across: Sayable,
    language: Language,
) -> str:
    """Rates of named groups with intervals, from the top down, each rate in its own colour."""
    y = np.arange(len(names))
    height = _height(names, language, least=0.12 + 0.2 * len(rates)) + LINE_HEIGHT * len(rates)
    with chart(language, height=height) as (drawing, axes):
        for index, (title, figures) in enumerate(rates):
            x, low, high = _values(figures)
            axes.errorbar(
                x, y + 0.22 * (index - (len(rates) - 1) / 2), xerr=(x - low, high - x),
                fmt=RATE_MARKERS[index], color=RATE_COLOURS[index], markersize=4,
                elinewidth=1, capsize=2, label=drawing.words(title),
            )  # fmt: skip
        for edge in y[1:] - 0.5:
            axes.axhline(edge, color=FAINT, linewidth=0.6)
        axes.grid(axis="y", visible=False)
        axes.set_yticks(y, [drawing.words(name, NAME_WIDTH, NAME_LINES) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(left=0)
        drawing.title(axes, across=across)
        axes.xaxis.set_major_formatter(Ticks(language, shares=True))
        drawing.legend(columns=1)
        return drawing.svg()


@cache
def key(name: str) -> str:
    """A bit of an estimator's line, for the table next to the chart."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(0.5, 0.16))
        axes = canvas.add_axes((0, 0, 1, 1))
        axes.plot(
            [0, 0.5, 1], [0, 0, 0],
            color=COLOURS[name], linestyle=DASHES[name], linewidth=1.6,
            marker=MARKERS[name], markersize=5, markevery=[1],
        )  # fmt: skip
        axes.set_axis_off()
        return Chart(canvas, SOURCE).svg()


def bars(
    names: Sequence[Sayable], values: Sequence[float], across: Sayable, language: Language
) -> str:
    """Shares as bars from the top down, each with its name."""
    y = range(len(values))
    with chart(language, height=_height(names, language)) as (drawing, axes):
        axes.barh(y, values, height=0.7, color=COLOURS[MODEL])
        axes.set_yticks(y, [drawing.words(name, NAME_WIDTH, NAME_LINES) for name in names])
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", color=FAINT, linewidth=0.6)
        axes.margins(y=0.01)
        drawing.title(axes, across=across)
        axes.xaxis.set_major_formatter(Ticks(language, shares=True))
        return drawing.svg()


def replayed(years: pl.DataFrame, language: Language) -> str:
    """Per year and way to choose, defects found (above), and rates with intervals (below).

    `years` is what `evaluation.replay.results.by_span` returns. Black lines are true rates.
    """
    spans = years["span"].unique(maintain_order=True).to_list()
    with chart(language, panels=2, height=6.0) as (drawing, (defects, rates)):
        for position, (way, colour) in enumerate(WAY_COLOURS.items()):
            of_way = years.filter(way=way)
            x = [spans.index(span) + 0.2 * (position - 1.5) for span in of_way["span"]]
            label = drawing.words(CHOICES[way])
            defects.bar(x, of_way["found"].to_list(), width=0.18, color=colour, label=label)
            value, low, high = (of_way[name].to_numpy() for name in ("value", "low", "high"))
            rates.errorbar(
                x, value, (value - low, high - value),
                fmt="o", color=colour, markersize=4, elinewidth=1.2, label=label,
            )  # fmt: skip
        label = drawing.words(_("True rate"))
        for index, span in enumerate(spans):
            truth = [years.filter(span=span)["truth"][0]] * 2
            rates.plot([index - 0.4, index + 0.4], truth, color="black", linewidth=1.2, label=label)
        for axes in (defects, rates):
            drawing.name_places(axes, spans)
            axes.set_ylim(bottom=0)
        drawing.title(defects, up=_("Defects found, mean of the draws"), across=_("Year"))
        up = _("Rate of defects, estimate of the first draw with its 95% interval")
        drawing.title(rates, up=up, across=_("Year"), width=80)
        defects.yaxis.set_major_formatter(Ticks(language, shares=False))
        rates.yaxis.set_major_formatter(Ticks(language, shares=True))
        drawing.legend()
        return drawing.svg()


def _height(names: Sequence[Sayable], language: Language, least: float = 0.24) -> float:
    """Inches that names below each other take, each at `least` so many, with the axis."""
    longest = max(len(lines_of(name, language, NAME_WIDTH, NAME_LINES)) for name in names)
    return 1.0 + len(names) * max(least, LINE_HEIGHT * longest + 0.06)


def _band(axes: Any, x: Sequence[float], low: Any, high: Any, label: str) -> None:
    """The interval of a line."""
    axes.fill_between(x, low, high, color=COLOURS[MODEL], alpha=0.15, linewidth=0, label=label)


def _points(axes: Any, x: Sequence[float], figures: Sequence[Figure], label: str) -> None:
    y, low, high = _values(figures)
    axes.errorbar(
        x, y, (y - low, high - y),
        fmt="o", color=OBSERVED, markersize=4, elinewidth=1, capsize=2, label=label,
    )  # fmt: skip


def _across_periods(
    drawing: Chart, axes: Any, periods: Sequence[PeriodFigures], up: Sayable
) -> None:
    drawing.name_places(axes, [period.period for period in periods])
    drawing.title(axes, up=up, across=PERIOD)


def _values(figures: Sequence[Figure]) -> tuple[Any, Any, Any]:
    """Values and ends of the intervals, shape (n,) each; a gap where there is no value."""
    ends = ("value", "low", "high")
    value, low, high = (
        np.array([_number(getattr(figure, end)) for figure in figures]) for end in ends
    )
    return value, low, high


def _number(value: float | None) -> float:
    """A gap in the line where there is no value."""
    return float("nan") if value is None else value
