"""A replay as one HTML file, in the style of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value, round_share
from evaluation.pages import charts
from evaluation.pages.cells import NOTHING, SHARE, Cell, count, share, share_interval
from evaluation.pages.drawing import Chart
from evaluation.pages.names import SPANS
from evaluation.pages.render import page
from evaluation.replay.results import Replay, by_span, facts, missed, totals, unseen
from evaluation.replay.words import COVERED, FOUND, OF_RANDOM, OF_TOP, WAY, notes
from evaluation.statistics.metrics import Figure
from features.families.attributes import BUILT_IN
from policies.spot_check.plan import CHOICES, WAYS

PERIOD = _("Period")
CASES = _("Cases")
REVIEWS = _("Reviews")
TRUE_RATE = _("True rate")


@dataclass(frozen=True)
class PageTable:
    """A table of the page: heads of columns and lines; a line's first cell names it."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Unwatched:
    """What the ways to choose never looked at, by a fact of cases; `worse` got worse meanwhile."""

    fact: Sayable
    missed: PageTable
    worse: PageTable


@dataclass(frozen=True)
class ReplayPage:
    """The page as values that are put into a language where they are shown."""

    office: Sayable
    made_of: Sayable
    notes: tuple[Sayable, ...]
    totals: PageTable
    pictures: tuple[Chart, ...]
    years: PageTable
    periods: PageTable
    unwatched: tuple[Unwatched, ...]


def render_replay(result: Replay, language: Language) -> str:
    """The page in `language`; all text from the office file is escaped."""
    return page("replay.html.jinja", language, replay=compose(result))


def compose(result: Replay) -> ReplayPage:
    """The page on a replay, for all languages at once."""
    years, periods = by_span(result.years), by_span(result.periods)
    return ReplayPage(
        office=result.world.office.office.name,
        made_of=sentences(_made_of(result), _capacity(result)),
        notes=tuple(notes(result)),
        totals=_totals(totals(result)),
        pictures=(charts.defects_found(years), charts.rates_estimated(years)),
        years=_spans(years),
        periods=_spans(periods),
        unwatched=tuple(_unwatched(result, fact) for fact in facts(result.world)),
    )


def _made_of(result: Replay) -> Sayable:
    return _(
        "Cases of {first} to {last}, drawn every {every} after a first year of labels; "
        "models trained again every {retrain}; {seeds} draws of each way that leaves something to "
        "chance.",
        first=result.first,
        last=result.last,
        every=SPANS[result.every],
        retrain=SPANS[result.retrain],
        seeds=result.seeds,
    )


def _capacity(result: Replay) -> Sayable:
    capacity = result.world.capacity
    if capacity is None:
        taken = round_share(result.world.share)
        return _("Reviewed: {share} of the cases of a period.", share=taken)
    return _("Reviewed: {cases:,} cases a period.", cases=capacity)


def _totals(lines: pl.DataFrame) -> PageTable:
    head = (
        WAY,
        REVIEWS,
        FOUND,
        OF_TOP,
        OF_RANDOM,
        COVERED,
        _("Mean width of a year's interval"),
    )
    return PageTable(head, tuple(map(_total, lines.to_dicts())))


def _total(line: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        CHOICES[line["way"]],
        Value(line["reviews"], ".0f"),
        Value(line["found"], ".1f"),
        _or_nothing(line["of_top"], ".2f"),
        _or_nothing(line["of_random"], ".2f"),
        _or_nothing(line["covered"], SHARE),
        _or_nothing(line["width"], SHARE),
    )


def _spans(lines: pl.DataFrame) -> PageTable:
    """The rows of `by_span`."""
    head = (
        PERIOD,
        CASES,
        TRUE_RATE,
        WAY,
        REVIEWS,
        FOUND,
        _("Estimate of the first draw"),
        _("Holds the truth"),
    )
    return PageTable(head, tuple(map(_span, lines.to_dicts())))


def _span(line: dict[str, Any]) -> tuple[Cell, ...]:
    rate = Figure(line["value"], line["low"], line["high"], line["cases"], "too_few")
    return (
        line["span"],
        count(line["cases"]),
        share(line["truth"]),
        CHOICES[line["way"]],
        Value(line["reviews"], ".0f"),
        Value(line["found"], ".1f"),
        share_interval(rate),
        _or_nothing(line["covered"], SHARE),
    )


def _or_nothing(value: float | None, spec: str) -> Cell:
    return NOTHING if value is None else Value(value, spec)


def _unwatched(result: Replay, fact: str) -> Unwatched:
    attribute = result.world.office.attributes.get(fact)
    meaning = attribute.meaning if attribute else BUILT_IN[fact]
    shares = missed(result, fact).pivot("way", index="year", values="missed").to_dicts()
    rows = tuple((line["year"], *(share(line[way]) for way in WAYS)) for line in shares)
    by_way = PageTable((PERIOD, *(CHOICES[way] for way in WAYS)), rows)
    return Unwatched(meaning, by_way, _worse(unseen(result, fact), meaning))


def _worse(groups: pl.DataFrame, fact: Sayable) -> PageTable:
    """The groups that got worse while the top of the list did not look."""
    head = (
        PERIOD,
        fact,
        CASES,
        _("Defects"),
        TRUE_RATE,
        _("Year before"),
        _("Reviewed by this system"),
        _("found"),
    )
    rows = tuple(
        (
            line["year"],
            str(line["group"]),
            count(line["cases"]),
            count(line["defects"]),
            share(line["rate"]),
            share(line["rate_before"]),
            Value(line["reviewed"], ".1f"),
            Value(line["found"], ".1f"),
        )
        for line in groups.to_dicts()
    )
    return PageTable(head, rows)
