"""The quality of the office, not of the model: what its reviews say about all its cases.

Rates come only from reviews whose inclusion probability is known: each stands for
1 / probability cases, and the rate is the weighted mean (Hájek 1971; Särndal, Swensson and
Wretman 1992, section 5.7). An office that draws plans has the sharper estimate of
`evaluation/surveys/estimate.py`, which also knows the cases that were not drawn. Units and kinds
stand in order of name: nothing here is a ranking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.tables.tables import Tables, rows
from evaluation.quality.concentrations import Concentrations, concentrations
from evaluation.quality.dimensions import Dimensions, dimensions
from evaluation.quality.last_year import LastYear, last_year
from evaluation.statistics.hidden_group import PartFigure
from evaluation.statistics.known_probability import sample_total
from evaluation.statistics.metrics import FEWEST, Figure
from evaluation.statistics.periods import period_name
from evaluation.statistics.sample import SampleTotal
from evaluation.statistics.saying import percent
from evaluation.surveys.estimate import GroupRate, drawn_together
from features.as_of import closing_moments, final_reviews
from features.conditions import reviewable
from features.grades import counting
from training.labels import representative

STANDS_FOR = 0.5  # share of cases; if reviews stand for fewer, a quarter's rate is withheld


@dataclass(frozen=True)
class QuarterRate:
    """The rate of the cases of one quarter.

    `reviews` of them have a known inclusion probability and stand for the share `stands_for`
    of the `cases` (around 1, less where reviews are still to come). The rate is
    withheld below `STANDS_FOR`, and with fewer than `FEWEST` reviews.
    """

    name: str
    cases: int
    reviews: int
    stands_for: float
    rate: Figure


@dataclass(frozen=True)
class DefectRates:
    """The estimated share of defective cases: of all, by quarter, kind and unit.

    `rate` is of those `stands_for` of the `cases` that the reviews stand for, and
    withheld if they say less than `FEWEST` reviews of a random sample would.
    Kinds and units are drawn towards the whole and withheld as in `surveys/estimate.py`, and
    withheld with fewer than `FEWEST` reviews; quarters are not drawn towards anything.
    """

    cases: int
    reviews: int
    stands_for: int
    rate: Figure
    quarters: tuple[QuarterRate, ...]
    kinds: tuple[GroupRate, ...]
    units: tuple[GroupRate, ...]

    @property
    def supported(self) -> tuple[QuarterRate, ...]:
        """The quarters with a rate that have at least half as many cases as the median quarter.

        A sentence names one of these: a quarter of a dozen cases is no news of the office.
        """
        least = median(quarter.cases for quarter in self.quarters) / 2 if self.quarters else 0
        rated = (quarter for quarter in self.quarters if quarter.rate.value is not None)
        return tuple(quarter for quarter in rated if quarter.cases >= least)


@dataclass(frozen=True)
class Rework:
    """Work done again on the cases closed in one quarter: activities so marked, recorded by now.

    `ratio` is the ratio of activities to cases: 1 + `again` / `cases`.
    """

    quarter: str
    cases: int
    again: int
    ratio: float


@dataclass(frozen=True)
class OfficeQuality:
    """What the tables say about the office. `rates` is None where nothing can be estimated,
    `rework` empty where the office file marks no activity as rework; the texts say so."""

    rates: DefectRates | None
    rates_say: Sayable
    last_year: LastYear
    dimensions: Dimensions
    concentrations: Concentrations
    rework: tuple[Rework, ...]
    rework_says: Sayable


def office_quality(tables: Tables, until: datetime, after: datetime | None = None) -> OfficeQuality:
    """Rates, dimensions and concentrations of the `judged_cases` of (after, until], and rework.

    Rework is that of the cases closed then, all else rests on reviews final by `until`: of a
    case's drawn reviews the first that became final.
    """
    judged = judged_cases(tables, until, after)
    cases = judged.join(tables.case_rows, on="case_id", maintain_order="left").with_columns(
        quarter=period_name("quarter")
    )
    graded = graded_reviews(tables, until)
    drawn = of_known_probability(graded)
    rates = _rates(cases, reviewed(tables, cases, drawn))
    surveyed = rates is not None and rates.rate.value is not None
    spoken = drawn if surveyed else graded
    rework = _rework(tables, until, rows(closing_moments(tables, after=after, until=until)))
    return OfficeQuality(
        rates,
        _say_rates(rates, cases.height, graded.height),
        last_year(tables, graded, None if rates is None else rates.rate, until),
        dimensions(tables.office, reviewed(tables, judged, spoken), until, surveyed=surveyed),
        concentrations(tables.office, reviewed(tables, cases, spoken), surveyed=surveyed),
        rework,
        _say_rework(rework),
    )


def judged_cases(tables: Tables, until: datetime, after: datetime | None = None) -> pl.DataFrame:
    """`case_id, moment` of the cases of (after, until] that the risk model is for."""
    return rows(reviewable(tables, after=after, until=until).select("case_id", "moment"))


def graded_reviews(tables: Tables, until: datetime) -> pl.DataFrame:
    """The reviews with a grade that is final by `until`."""
    known = pl.col("grade").is_in(list(tables.office.grade_ranks))
    return rows(final_reviews(tables, until)).filter(known)


def of_known_probability(reviews: pl.DataFrame) -> pl.DataFrame:
    """Those that speak for other cases too."""
    return reviews.filter(pl.col("inclusion_probability").is_not_null())


def reviewed(tables: Tables, cases: pl.DataFrame, reviews: pl.DataFrame) -> pl.DataFrame:
    """The cases with a review, its own columns, and `y` (1: a defect)."""
    defect = pl.col("grade").is_in(sorted(tables.office.defect_grades))
    counted = counting(reviews).select(
        "case_id",
        "reviewed_at",
        "reviewer",
        "inclusion_probability",
        "dimensions",
        y=defect.cast(pl.Float64),
    )
    return cases.join(counted, on="case_id").sort("moment", "case_id")


def _rates(cases: pl.DataFrame, drawn: pl.DataFrame) -> DefectRates | None:
    """The rates, or None if the reviews of known probability cannot speak for all cases."""
    if not representative(drawn["inclusion_probability"], cases.height):
        return None
    whole = _of(cases.height, drawn)
    return DefectRates(
        cases=cases.height,
        reviews=drawn.height,
        stands_for=min(cases.height, whole.cases + whole.missing),
        rate=whole.figure() if whole.effective >= FEWEST else Figure.withheld(drawn.height),
        quarters=tuple(
            _quarter(str(name), part.height, drawn.filter(quarter=name))
            for (name,), part in cases.sort("quarter").group_by("quarter", maintain_order=True)
        ),
        kinds=_groups(cases, drawn, "kind", whole),
        units=_groups(cases, drawn, "unit", whole),
    )


def _of(cases: int, drawn: pl.DataFrame) -> SampleTotal:
    """What reviews say about some `cases`; if all were made for certain, the others are missing.

    No random draw speaks for those: their reviews have not come back, or none was planned.
    """
    total = sample_total(drawn)
    missing = cases - total.certain if total.certain == total.returned else 0
    return replace(total, missing=missing)


def _groups(
    cases: pl.DataFrame, drawn: pl.DataFrame, column: str, whole: SampleTotal
) -> tuple[GroupRate, ...]:
    named = drawn.with_columns(pl.col(column).fill_null("")).sort(column, maintain_order=True)
    parts = named.group_by(column, maintain_order=True)
    sizes = Counter(cases[column].fill_null(""))
    totals = {str(name): _of(sizes[name], part) for (name,), part in parts}
    own = {name: PartFigure(total, total.figure()) for name, total in totals.items()}
    groups = drawn_together(own, whole)
    return tuple(
        group if group.returned >= FEWEST else replace(group, rate=Figure.withheld(group.returned))
        for group in groups
    )


def _quarter(name: str, cases: int, drawn: pl.DataFrame) -> QuarterRate:
    stands_for = float((1 / drawn["inclusion_probability"]).sum()) / cases
    enough = drawn.height >= FEWEST and stands_for >= STANDS_FOR
    rate = _of(cases, drawn).figure() if enough else Figure.withheld(drawn.height)
    return QuarterRate(name, cases, drawn.height, stands_for, rate)


def _rework(tables: Tables, until: datetime, closed: pl.DataFrame) -> tuple[Rework, ...]:
    """By quarter of closing, how often work was done again on the cases closed in it."""
    again = [code for code, activity in tables.office.activities.items() if activity.rework]
    if not again:
        return ()
    events = tables.event_rows.filter(
        pl.col("activity").is_in(again), pl.col("recorded_at") <= until
    )
    counted = closed.join(events.group_by("case_id").len("again"), on="case_id", how="left")
    quarters = counted.group_by(period_name("quarter").alias("quarter")).agg(
        cases=pl.len(), again=pl.col("again").fill_null(0).sum()
    )
    return tuple(
        Rework(name, cases, done, 1 + done / cases)
        for name, cases, done in quarters.sort("quarter").iter_rows()
    )


def _say_rates(rates: DefectRates | None, cases: int, reviews: int) -> Sayable:
    if not reviews:
        return _("No rate is estimated: there are no final reviews.")
    if rates is None:
        return _(
            "No rate is estimated for the {cases:,} cases: none of the {reviews:,} reviews "
            "was drawn at random with a known inclusion probability. Picked and mandatory reviews "
            "say what was wrong in those cases, and nothing about the others.",
            cases=cases,
            reviews=reviews,
        )
    if rates.rate.value is None:
        return _(
            "No rate is given for the {cases:,} cases: the {reviews:,} reviews of known "
            "inclusion probability say less than {fewest} of a random sample would.",
            cases=cases,
            reviews=rates.reviews,
            fewest=FEWEST,
        )
    rate = _(
        "Of the {stands_for:,} cases that the {reviews:,} reviews of known inclusion "
        "probability stand for, an estimated {rate} are defective.",
        stands_for=rates.stands_for,
        reviews=rates.reviews,
        rate=percent(rates.rate),
    )
    return sentences(rate, *_say_how_far(rates, cases), *_say_latest(rates))


def _say_how_far(rates: DefectRates, cases: int) -> Iterator[Sayable]:
    if rates.stands_for < STANDS_FOR * cases:
        yield _("They do not stand for most of the {cases:,} cases.", cases=cases)


def _say_latest(rates: DefectRates) -> Iterator[Sayable]:
    """The latest quarter with a rate and cases enough, if another one has that too."""
    known = rates.supported
    if known[1:]:
        yield _(
            "In {quarter}, the latest quarter with enough cases, it is {rate}.",
            quarter=known[-1].name,
            rate=percent(known[-1].rate),
        )


def _say_rework(rework: tuple[Rework, ...]) -> Sayable:
    if not rework:
        return _("The office file marks no activity as rework.")
    last = rework[-1]
    return _(
        "Cases closed in {quarter} took {ratio:.2f} activities each, counting the case itself and "
        "rework ({again:,} times on {cases:,} cases). This describes the work; it is no target.",
        quarter=last.quarter,
        ratio=last.ratio,
        again=last.again,
        cases=last.cases,
    )
