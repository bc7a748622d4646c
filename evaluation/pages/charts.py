"""The report's charts as SVG texts: figures and dates only, words belong to the page.

Every chart is a pure function of its summary: the same bytes on every run. Letters are
drawn as paths, so that no font can be missing. Colours are Okabe and Ito's (2008), which
colour-blind readers tell apart; lines also differ in their dashes and markers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
import polars as pl
from matplotlib.figure import Figure as Canvas

from evaluation.backtests.backtest import MODEL, PeriodFigures
from evaluation.backtests.decision import NetBenefit
from evaluation.statistics.metrics import Bin, Figure, Measures

COLOURS = {
    MODEL: "#0072B2",
    "base_rate": "#777777",
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
WAY_COLOURS = {
    "ours": "#0072B2",
    "random": "#777777",
    "greedy": "#D55E00",
    "top_plus_random": "#E69F00",
}
OBSERVED = "#D55E00"
STYLE = {"svg.hashsalt": "plumbline", "svg.fonttype": "path", "font.size": 9}
MOST_LABELS = 8


def over_time(
    periods: Sequence[PeriodFigures],
    estimators: Sequence[str],
    figure_of: Callable[[Measures], Figure],
) -> str:
    """One figure per period and estimator, with the model's interval as a band."""
    places = range(len(periods))
    with _chart() as (canvas, axes):
        for name in reversed(estimators):
            found = [figure_of(period.measures[name]) for period in periods]
            width = 2.0 if name == MODEL else 1.2
            axes.plot(
                places, [_number(figure.value) for figure in found],
                color=COLOURS[name], linestyle=DASHES[name], linewidth=width,
                marker=MARKERS[name], markersize=4,
            )  # fmt: skip
            if name == MODEL:
                low, high = ([_number(getattr(f, end)) for f in found] for end in ("low", "high"))
                axes.fill_between(places, low, high, color=COLOURS[name], alpha=0.15, linewidth=0)
        _name_periods(axes, periods)
        return _svg(canvas)


def expected_and_observed(periods: Sequence[PeriodFigures]) -> str:
    """Per period, the rate the model expected (line) and the rate found (points, intervals)."""
    found = [period.measures[MODEL] for period in periods]
    rates = [measures.base_rate for measures in found]
    expected = [_number(m.base_rate.value) + _number(m.bias.value) for m in found]
    with _chart() as (canvas, axes):
        axes.plot(range(len(found)), expected, color=COLOURS[MODEL], linewidth=2)
        _points(axes, list(range(len(found))), rates)
        axes.set_ylim(bottom=0)
        _name_periods(axes, periods)
        return _svg(canvas)


def reliability(bins: Sequence[Bin]) -> str:
    """Mean probability of each bin (across) against the rate found (up); the diagonal is right."""
    with _chart(width=4.2) as (canvas, axes):
        probabilities = [line.mean_probability for line in bins]
        highest = max([*probabilities, *(_number(line.rate.high) for line in bins)], default=1.0)
        axes.plot([0, highest], [0, highest], color="#777777", linewidth=1, linestyle="dotted")
        _points(axes, probabilities, [line.rate for line in bins])
        axes.set_xlim(0, highest * 1.05)
        axes.set_ylim(0, highest * 1.05)
        return _svg(canvas)


def rates_over_time(
    names: Sequence[str], rates: Sequence[Figure], wanted: float | None = None
) -> str:
    """A rate per period, with intervals, and what is `wanted` as a dashed line."""
    with _chart() as (canvas, axes):
        if wanted is not None:
            axes.axhline(wanted, color="#777777", linewidth=1, linestyle="dashed")
        _points(axes, list(range(len(rates))), rates)
        axes.set_ylim(bottom=0)
        _name_places(axes, names)
        return _svg(canvas)


def decision(curve: Sequence[NetBenefit]) -> str:
    """Net benefit (up) by threshold (across): the model, all cases (dashed), none (dotted)."""
    at = [one.threshold for one in curve]
    model = [one.model for one in curve]
    with _chart() as (canvas, axes):
        low, high = ([_number(getattr(f, end)) for f in model] for end in ("low", "high"))
        axes.fill_between(at, low, high, color=COLOURS[MODEL], alpha=0.15, linewidth=0)
        axes.plot(at, [one.everyone for one in curve], color="#777777", linestyle="dashed")
        axes.axhline(0, color="#777777", linestyle="dotted")
        axes.plot(
            at, [_number(f.value) for f in model], color=COLOURS[MODEL], marker="o", markersize=4
        )
        top = max(_number(f.high) for f in model)
        axes.set_ylim(-top / 2, top * 1.1)
        return _svg(canvas)


def groups(panels: Sequence[Sequence[Figure]]) -> str:
    """Shares of numbered groups with intervals, from the top down; a panel (A, B, ...) each."""
    count = len(panels[0])
    height = 0.9 + 0.25 * count
    with _chart(width=9.0, panels=len(panels), height=height) as (canvas, drawn):
        for letter, axes, figures in zip("ABCDEFGH", drawn, panels, strict=False):
            x = [_number(figure.value) for figure in figures]
            low = [value - _number(f.low) for value, f in zip(x, figures, strict=True)]
            high = [_number(f.high) - value for value, f in zip(x, figures, strict=True)]
            axes.errorbar(
                x, range(1, count + 1), xerr=(low, high),
                fmt="o", color=COLOURS[MODEL], markersize=4, elinewidth=1, capsize=2,
            )  # fmt: skip
            axes.set_title(letter, loc="left", fontweight="bold")
            axes.set_yticks(range(1, count + 1))
            axes.set_ylim(count + 0.5, 0.5)
            axes.set_xlim(left=0)
        return _svg(canvas)


@cache
def key(name: str) -> str:
    """A bit of an estimator's line, for the table beside the chart."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(0.5, 0.16))
        axes = canvas.add_axes((0, 0, 1, 1))
        axes.plot(
            [0, 0.5, 1], [0, 0, 0],
            color=COLOURS[name], linestyle=DASHES[name], linewidth=1.6,
            marker=MARKERS[name], markersize=5, markevery=[1],
        )  # fmt: skip
        axes.set_axis_off()
        return _svg(canvas)


def bars(values: Sequence[float]) -> str:
    """Values as bars from the top down, numbered as the lines of their table."""
    places = range(1, len(values) + 1)
    with _chart(height=0.6 + 0.22 * len(values)) as (canvas, axes):
        axes.barh(places, values, height=0.7, color=COLOURS[MODEL])
        axes.set_yticks(places)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        return _svg(canvas)


def replayed(years: pl.DataFrame) -> str:
    """Per year and way to choose, defects found (left), and rates with intervals (right).

    `years` is what `evaluation.replay.results.by_span` returns. Black lines are true rates.
    """
    spans = years["span"].unique(maintain_order=True).to_list()
    with _chart(width=9.0, panels=2) as (canvas, (found, rates)):
        for place, (way, colour) in enumerate(WAY_COLOURS.items()):
            own = years.filter(way=way)
            x = [spans.index(span) + 0.2 * (place - 1.5) for span in own["span"]]
            found.bar(x, own["found"].to_list(), width=0.18, color=colour)
            value, low, high = (own[name].to_numpy() for name in ("value", "low", "high"))
            rates.errorbar(
                x, value, (value - low, high - value),
                fmt="o", color=colour, markersize=4, elinewidth=1.2,
            )  # fmt: skip
        for place, span in enumerate(spans):
            truth = years.filter(span=span)["truth"][0]
            rates.plot([place - 0.4, place + 0.4], [truth, truth], color="black", linewidth=1.2)
        for axes in (found, rates):
            axes.set_xticks(range(len(spans)), spans)
            axes.set_ylim(bottom=0)
        return _svg(canvas)


@contextmanager
def _chart(
    width: float = 7.0, panels: int = 1, height: float = 2.8
) -> Iterator[tuple[Canvas, Any]]:
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(width, height), layout="constrained")
        axes = canvas.subplots(1, panels)
        for each in canvas.axes:
            each.spines[["top", "right"]].set_visible(False)
            each.grid(axis="y", color="#dddddd", linewidth=0.6)
        yield canvas, axes


def _points(axes: Any, x: Sequence[float], figures: Sequence[Figure]) -> None:
    y = [_number(figure.value) for figure in figures]
    low = [value - _number(f.low) for value, f in zip(y, figures, strict=True)]
    high = [_number(f.high) - value for value, f in zip(y, figures, strict=True)]
    axes.errorbar(x, y, (low, high), fmt="o", color=OBSERVED, markersize=4, elinewidth=1, capsize=2)


def _name_periods(axes: Any, periods: Sequence[PeriodFigures]) -> None:
    _name_places(axes, [period.period for period in periods])


def _name_places(axes: Any, names: Sequence[str]) -> None:
    step = -(-len(names) // MOST_LABELS) or 1
    places = list(range(0, len(names), step))
    axes.set_xticks(places, [names[place] for place in places])


def _number(value: float | None) -> float:
    """A gap in the line where there is no value."""
    return float("nan") if value is None else value


def _svg(canvas: Canvas) -> str:
    text = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    canvas.savefig(text, format="svg", metadata=nothing)
    return text.getvalue()
