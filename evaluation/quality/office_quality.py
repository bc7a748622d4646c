"""The quality of the office, not of the model: what its reviews say about all its cases.

Rates come only from reviews whose inclusion probability is known: each stands for
1 / probability cases, and the rate is the weighted mean (Hájek 1971; Särndal, Swensson and
Wretman 1992, section 5.7). An office that draws plans has the sharper estimate of
`evaluation/quality/estimate.py`, which also knows the cases that were not drawn. Units and kinds
stand in order of name: nothing here is a ranking.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from cases.language.messages import _
from cases.language.texts import Text
from cases.tables.tables import Tables, rows
from evaluation.backtests.backtest import period_name
from evaluation.quality.concentrations import Concentrations, concentrations
from evaluation.quality.dimensions import Dimensions, dimensions
from evaluation.quality.estimate import Group, drawn_together
from evaluation.statistics.known_chance import about
from evaluation.statistics.metrics import FEWEST, Figure
from evaluation.statistics.sample import About
from evaluation.statistics.saying import percent
from features.as_of import closing_moments, final_reviews
from features.conditions import satisfying
from training.labels import first_of_each, representative

STANDS_FOR = 0.5  # share of cases; if reviews stand for fewer, a quarter's rate is withheld


@dataclass(frozen=True)
class Quarter:
    """The rate of the cases closed in one quarter.

    `reviews` of them have a known inclusion probability and stand for the share `stands_for`
    of the `cases` closed (around 1, less where reviews are still to come). The rate is
    withheld below `STANDS_FOR`, and with fewer than `FEWEST` reviews.
    """

    name: str
    cases: int
    reviews: int
    stands_for: float
    rate: Figure


@dataclass(frozen=True)
class DefectRates:
    """The estimated share of defective cases: of all, by quarter of closing, kind and unit.

    `rate` is of those `stands_for` of the `cases` closed that the reviews stand for, and
    withheld if they say less than `FEWEST` reviews of a random sample would.
    Kinds and units are drawn towards the whole and withheld as in `quality/estimate.py`, and
    withheld with fewer than `FEWEST` reviews; quarters are not drawn towards anything.
    """

    cases: int
    reviews: int
    stands_for: int
    rate: Figure
    quarters: tuple[Quarter, ...]
    kinds: tuple[Group, ...]
    units: tuple[Group, ...]


@dataclass(frozen=True)
class Rework:
    """Work done again on the cases closed in one quarter: activities so marked, recorded by now.

    `ratio` is the activity-to-case ratio (案-件比): 1 + `again` / `cases`.
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
    rates_say: Text
    dimensions: Dimensions
    concentrations: Concentrations
    rework: tuple[Rework, ...]
    rework_says: Text


def office_quality(tables: Tables, until: datetime, after: datetime | None = None) -> OfficeQuality:
    """Rates, dimensions, concentrations and rework of the cases closed in (after, until].

    All but rework is of the cases the risk model is for (`risk.among`), by reviews
    final by `until`: of a case's drawn reviews the first that became final.
    """
    closed = closing_moments(tables, after=after, until=until)
    asked = rows(satisfying(tables, closed, tables.office.risk.among).select("case_id", "moment"))
    cases = asked.join(tables.case_rows, on="case_id", maintain_order="left").with_columns(
        quarter=period_name("quarter")
    )
    graded = rows(final_reviews(tables, until)).filter(
        pl.col("grade").is_in(list(tables.office.grade_ranks))
    )
    of_known_chance = graded.filter(pl.col("inclusion_probability").is_not_null())
    rates = _rates(cases, _reviewed(tables, cases, of_known_chance))
    surveyed = rates is not None and rates.rate.value is not None
    spoken = of_known_chance if surveyed else graded
    rework = _rework(tables, until, rows(closed))
    return OfficeQuality(
        rates,
        _say_rates(rates, cases.height, graded.height),
        dimensions(tables.office, _reviewed(tables, asked, spoken), until, surveyed=surveyed),
        concentrations(tables.office, _reviewed(tables, cases, spoken), surveyed=surveyed),
        rework,
        _say_rework(rework),
    )


def _reviewed(tables: Tables, cases: pl.DataFrame, reviews: pl.DataFrame) -> pl.DataFrame:
    """The cases with a review, its own columns, and `y` (1: a defect)."""
    defect = pl.col("grade").is_in(sorted(tables.office.defect_grades))
    first = first_of_each(reviews).select(
        "case_id", "reviewer", "inclusion_probability", "dimensions", y=defect.cast(pl.Float64)
    )
    return cases.join(first, on="case_id").sort("moment", "case_id")


def _rates(cases: pl.DataFrame, drawn: pl.DataFrame) -> DefectRates | None:
    """The rates, or None if the reviews of known probability cannot speak for all cases."""
    if not representative(drawn["inclusion_probability"], cases.height):
        return None
    whole = _of(cases.height, drawn)
    return DefectRates(
        cases=cases.height,
        reviews=drawn.height,
        stands_for=min(cases.height, whole.cases + whole.missing),
        rate=whole.figure() if whole.effective >= FEWEST else _withheld(drawn.height),
        quarters=tuple(
            _quarter(str(name), part.height, drawn.filter(quarter=name))
            for (name,), part in cases.sort("quarter").group_by("quarter", maintain_order=True)
        ),
        kinds=_groups(cases, drawn, "kind", whole),
        units=_groups(cases, drawn, "unit", whole),
    )


def _of(cases: int, drawn: pl.DataFrame) -> About:
    """What reviews say about some `cases`; if all were made for certain, the others are missing.

    No lottery speaks for those: their reviews have not come back, or nobody asked for one.
    """
    found = about(drawn)
    missing = cases - found.certain if found.certain == found.returned else 0
    return replace(found, missing=missing)


def _groups(
    cases: pl.DataFrame, drawn: pl.DataFrame, column: str, whole: About
) -> tuple[Group, ...]:
    named = drawn.with_columns(pl.col(column).fill_null("")).sort(column, maintain_order=True)
    parts = named.group_by(column, maintain_order=True)
    sizes = Counter(cases[column].fill_null(""))
    groups = drawn_together({str(name): _of(sizes[name], part) for (name,), part in parts}, whole)
    return tuple(
        group if group.returned >= FEWEST else replace(group, rate=_withheld(group.returned))
        for group in groups
    )


def _quarter(name: str, cases: int, drawn: pl.DataFrame) -> Quarter:
    stands_for = float((1 / drawn["inclusion_probability"]).sum()) / cases
    told = drawn.height >= FEWEST and stands_for >= STANDS_FOR
    rate = _of(cases, drawn).figure() if told else _withheld(drawn.height)
    return Quarter(name, cases, drawn.height, stands_for, rate)


def _withheld(reviews: int) -> Figure:
    return Figure(None, None, None, reviews, "too_few")


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


def _say_rates(rates: DefectRates | None, cases: int, reviews: int) -> Text:
    if not reviews:
        return _("No rate is estimated: there are no final reviews.")
    if rates is None:
        return Text(
            en=f"No rate is estimated for the {cases:,} closed cases: none of the {reviews:,} "
            "reviews was drawn by lottery with a known chance. Picked and mandatory reviews "
            "say what was wrong in those cases, and nothing about the others.",
            zh=f"对 {cases:,} 件已结案件不作比率估计：{reviews:,} 次评查中没有以已知概率"
            "随机抽取的。挑选的和必查的评查只说明这些案件的问题，不能代表其他案件。",
        )
    if rates.rate.value is None:
        return Text(
            en=f"No rate is told for the {cases:,} closed cases: the {rates.reviews:,} reviews of "
            f"known chance say less than {FEWEST} of a random sample would.",
            zh=f"对 {cases:,} 件已结案件不给出比率：{rates.reviews:,} 次抽中概率已知的评查"
            f"所含信息不及 {FEWEST} 次简单随机评查。",
        )
    en = (
        f"Of the {rates.stands_for:,} closed cases that the {rates.reviews:,} reviews of known "
        f"chance stand for, an estimated {percent(rates.rate, 'en')} are defective."
    )
    zh = (
        f"{rates.reviews:,} 次抽中概率已知的评查代表 {rates.stands_for:,} 件已结案件，"
        f"估计其中 {percent(rates.rate, 'zh')}存在质量问题。"
    )
    if rates.stands_for < STANDS_FOR * cases:
        en += f" They do not stand for most of the {cases:,} closed cases."
        zh += f"它们不能代表全部 {cases:,} 件已结案件中的大多数。"
    told = [quarter for quarter in rates.quarters if quarter.rate.value is not None]
    if told[1:]:
        last = told[-1]
        en += f" In {last.name}, the latest quarter that can be told, {percent(last.rate, 'en')}."
        zh += f"可判断的最近一个季度 {last.name} 为 {percent(last.rate, 'zh')}。"
    return Text(en=en, zh=zh)


def _say_rework(rework: tuple[Rework, ...]) -> Text:
    if not rework:
        return _("The office file marks no activity as work done again.")
    last = rework[-1]
    return Text(
        en=f"Cases closed in {last.quarter} took {last.ratio:.2f} activities each, counting the "
        f"case itself and work done again ({last.again:,} times on {last.cases:,} cases). This "
        "describes the work; it is no target.",
        zh=f"{last.quarter} 结案的案件案-件比为 1:{last.ratio:.2f}"
        f"（{last.cases:,} 件案件，重复工作 {last.again:,} 次）。仅作描述，不是考核目标。",
    )
