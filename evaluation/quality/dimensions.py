"""In which dimensions cases had a defect, in the last year and in the year before it.

A review can name several dimensions, so shares add up to more than one. Reviews that name none
are left out rather than counted as a defect in no dimension: many offices began to name them
late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.language.texts import Text
from cases.office.model import Office
from cases.tables.values import listed
from evaluation.statistics.known_probability import share_among
from evaluation.statistics.metrics import FEWEST, Figure, wilson
from evaluation.statistics.saying import percent

MOST_SHOWN = 20


@dataclass(frozen=True)
class Dimension:
    """The share of the last year's defective cases with a defect in it, `before` a year earlier.

    `cases` are the reviewed ones of the last year. Withheld where fewer than `FEWEST` reviews
    of a year's defective cases name any dimension.
    """

    code: str
    meaning: Sayable
    cases: int
    share: Figure
    before: Figure


@dataclass(frozen=True)
class Dimensions:
    """The dimensions named in reviews of the last two years, most frequent first.

    Of the last year's `defective` reviewed cases `unnamed` have a review that names none. If
    `surveyed`, these reviews have known inclusion probabilities and shares are weighted; else
    they are of picked cases, and say nothing about others.
    """

    surveyed: bool
    defective: int
    unnamed: int
    found: tuple[Dimension, ...]
    says: Sayable


def dimensions(
    office: Office, reviewed: pl.DataFrame, until: datetime, *, surveyed: bool
) -> Dimensions:
    """How often each dimension was named for cases of the year to `until`.

    `reviewed` has one row per reviewed case: `moment` (that of `risk.at`), `y` (1 for a
    defect), `dimensions` and `inclusion_probability` (of all of them if `surveyed`).
    """
    defective = reviewed.filter(pl.col("y") == 1).with_columns(
        listed(pl.col("dimensions"), office.present_dimensions)
    )
    named = defective.filter(pl.col("dimensions").list.len() > 0)
    this, before = (_year(named, until, ago) for ago in (0, 1))
    meanings = _meanings(office, pl.concat([this, before]))
    ranked = [
        Dimension(
            code,
            meaning,
            this.filter(pl.col("dimensions").list.contains(code)).height,
            _share(this, code, surveyed),
            _share(before, code, surveyed),
        )
        for code, meaning in meanings.items()
    ]
    ranked.sort(key=lambda dimension: -(dimension.share.value or 0.0))
    lately = _year(defective, until, 0).height
    says = _say(ranked, this.height, lately, until, surveyed)
    return Dimensions(surveyed, lately, lately - this.height, tuple(ranked[:MOST_SHOWN]), says)


def _year(cases: pl.DataFrame, until: datetime, ago: int) -> pl.DataFrame:
    """Those of the year to `until`, or so many years earlier."""
    start, end = (pl.lit(until).dt.offset_by(f"-{years}y") for years in (ago + 1, ago))
    return cases.filter(pl.col("moment").is_between(start, end, closed="right"))


def _meanings(office: Office, named: pl.DataFrame) -> dict[str, Text]:
    """The present dimensions, else those named, by code; none where no review names any."""
    codes = named["dimensions"].explode().unique().sort().to_list()
    if not codes:
        return {}
    return office.dimension_names or {code: Text(en=code) for code in codes}


def _share(named: pl.DataFrame, code: str, surveyed: bool) -> Figure:
    if named.height < FEWEST:
        return Figure.withheld(named.height)
    holds = pl.col("dimensions").list.contains(code).cast(pl.Float64)
    counted = named.with_columns(y=holds)
    return share_among(counted) if surveyed else wilson(counted["y"].to_numpy())


def _say(
    found: list[Dimension], named: int, defective: int, until: datetime, surveyed: bool
) -> Sayable:
    if not found:
        return _("In the last two years no review of a defective case names a dimension.")
    if found[0].share.value is None:
        return _(
            "Of {defective:,} reviewed defective cases of the year to {day} the reviews of "
            "{named:,} name a dimension: too few for shares.",
            defective=defective,
            day=until.date(),
            named=named,
        )
    said = (*_say_most_frequent(found, until), *_say_left_out(named, defective))
    if surveyed:
        return sentences(*said)
    return sentences(*said, _("These are picked cases only; nothing is said about other cases."))


def _say_most_frequent(found: list[Dimension], until: datetime) -> Iterator[Sayable]:
    top = found[0]
    yield _(
        "Defective cases of the year to {day} most often had a defect in {dimension}: "
        "{share} of them.",
        day=until.date(),
        dimension=top.meaning,
        share=percent(top.share),
    )
    for second in found[1:2]:
        yield _(
            "The next is {dimension}, {share}.",
            dimension=second.meaning,
            share=percent(second.share),
        )
    yield _("A case can have a defect in several dimensions.")
    if top.before.value is not None:
        yield _(
            "In the year before, {dimension} was at {share}.",
            dimension=top.meaning,
            share=percent(top.before),
        )


def _say_left_out(named: int, defective: int) -> Iterator[Sayable]:
    if named < defective:
        yield _(
            "{unnamed:,} of {defective:,} reviews name no dimension and are left out.",
            unnamed=defective - named,
            defective=defective,
        )
