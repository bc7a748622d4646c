"""In what defective cases were found wanting, in the last year and in the year before it.

A review can name several dimensions, so shares add up to more than one. Reviews that name none
are left out rather than counted as wanting in nothing: many offices began to name them late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Office
from cases.tables.values import listed
from evaluation.statistics.known_chance import share_among
from evaluation.statistics.metrics import FEWEST, Figure, wilson
from evaluation.statistics.saying import percent

MOST_SHOWN = 20


@dataclass(frozen=True)
class Dimension:
    """The share of the last year's defective cases found wanting in it, `before` a year earlier.

    `cases` are the reviewed ones of the last year. Withheld where fewer than `FEWEST` reviews
    of a year's defective cases name any dimension.
    """

    code: str
    meaning: Text
    cases: int
    share: Figure
    before: Figure


@dataclass(frozen=True)
class Dimensions:
    """The dimensions named in reviews of the last two years, most frequent first.

    Of the last year's `defective` reviewed cases `unnamed` have a review that names none. If
    `surveyed`, these reviews were drawn by known chances and shares are weighted; else they
    are of picked cases, and say nothing about others.
    """

    surveyed: bool
    defective: int
    unnamed: int
    found: tuple[Dimension, ...]
    says: Text


def dimensions(
    office: Office, reviewed: pl.DataFrame, until: datetime, *, surveyed: bool
) -> Dimensions:
    """How often each dimension was named for cases closed in the year to `until`.

    `reviewed` has one row per reviewed case closed by then: `moment` (of closing), `y` (1 for a
    defect), `dimensions` and `inclusion_probability` (of all of them if `surveyed`).
    """
    defective = reviewed.filter(pl.col("y") == 1).with_columns(listed(pl.col("dimensions")))
    named = defective.filter(pl.col("dimensions").list.len() > 0)
    this, before = (_year(named, until, ago) for ago in (0, 1))
    meanings = _meanings(office, pl.concat([this, before]))
    found = [
        Dimension(
            code,
            meaning,
            this.filter(pl.col("dimensions").list.contains(code)).height,
            _share(this, code, surveyed),
            _share(before, code, surveyed),
        )
        for code, meaning in meanings.items()
    ]
    found.sort(key=lambda one: -(one.share.value or 0.0))
    closed = _year(defective, until, 0).height
    says = _say(found, this.height, closed, until, surveyed)
    return Dimensions(surveyed, closed, closed - this.height, tuple(found[:MOST_SHOWN]), says)


def _year(cases: pl.DataFrame, until: datetime, ago: int) -> pl.DataFrame:
    """Those closed in the year to `until`, or so many years earlier."""
    start, end = (pl.lit(until).dt.offset_by(f"-{years}y") for years in (ago + 1, ago))
    return cases.filter(pl.col("moment").is_between(start, end, closed="right"))


def _meanings(office: Office, named: pl.DataFrame) -> dict[str, Text]:
    """The declared dimensions, else those named, by code; none where no review names any."""
    declared = office.reviews.dimensions if office.reviews else {}
    codes = named["dimensions"].explode().unique().sort().to_list()
    return (declared if codes else {}) or {code: Text(en=code) for code in codes}


def _share(named: pl.DataFrame, code: str, surveyed: bool) -> Figure:
    if named.height < FEWEST:
        return Figure.withheld(named.height)
    holds = pl.col("dimensions").list.contains(code).cast(pl.Float64)
    counted = named.with_columns(y=holds)
    return share_among(counted) if surveyed else wilson(counted["y"].to_numpy())


def _say(
    found: list[Dimension], named: int, defective: int, until: datetime, surveyed: bool
) -> Text:
    if not found:
        return _("In the last two years no review of a defective case names a dimension.")
    day, top = until.date(), found[0]
    if top.share.value is None:
        return Text(
            en=f"Of {defective:,} reviewed defective cases closed in the year to {day} the reviews "
            f"of {named:,} name a dimension: too few for shares.",
            zh=f"截至 {day} 的一年内办结并经评查的 {defective:,} 件问题案件中，"
            f"{named:,} 件注明了问题维度，数量过少，不列比例。",
        )
    en = (
        f"Defective cases closed in the year to {day} were most often found wanting in "
        f"{top.meaning.say('en')}: {percent(top.share, 'en')} of them"
    )
    zh = (
        f"截至 {day} 的一年内办结的问题案件，最常见的问题维度是{top.meaning.say('zh')}，"
        f"占 {percent(top.share, 'zh')}"
    )
    for second in found[1:2]:
        en += f"; next comes {second.meaning.say('en')}, {percent(second.share, 'en')}"
        zh += f"；其次是{second.meaning.say('zh')}，占 {percent(second.share, 'zh')}"
    en += ". A case can be wanting in several."
    zh += "。一件案件可涉及多个维度。"
    if top.before.value is not None:
        en += f" In the year before, {top.meaning.say('en')} was at {percent(top.before, 'en')}."
        zh += f"上一年{top.meaning.say('zh')}占 {percent(top.before, 'zh')}。"
    if named < defective:
        en += f" {defective - named:,} of {defective:,} reviews name none and are left out."
        zh += f"{defective:,} 次评查中有 {defective - named:,} 次未注明，未计入。"
    if not surveyed:
        en += " Among picked cases only: it says nothing about the others."
        zh += "仅基于挑选的案件，不能代表其他案件。"
    return Text(en=en, zh=zh)
