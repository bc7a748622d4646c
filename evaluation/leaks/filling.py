"""Columns of the case table that one group of cases has and the other lacks.

A word that stands for a blank, such as UNKNOWN, counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import _
from cases.office.model import Office
from cases.tables.tables import Tables, rows
from evaluation.leaks.areas import areas
from evaluation.leaks.findings import (
    BY_REVIEW,
    ComparedGroups,
    Finding,
    Severity,
    finding,
)
from evaluation.leaks.pairs import GROUP, STRATUM, matched
from evaluation.leaks.special import filled_in
from features.conditions import reviewable

# Lower bounds of the AUC at which two groups of cases are distinguished.
LEAST = 0.6  # where one group hardly ever has it: at least a fifth of the other has
NOTABLE = 0.75
CERTAIN = 0.9
MOMENT = "::moment"  # no name of an office's own holds a colon
HARDLY = 0.01  # times as often as the other group


def blank_without_review(cases: pl.DataFrame, tables: Tables) -> Iterator[Finding]:
    """Attributes filled in for reviewed cases only, among cases that the risk model is for."""
    every = reviewable(tables, after=None, until=datetime.max).select("case_id", "moment")
    judged = rows(every).rename({"moment": MOMENT})
    reviewed = pl.col("case_id").is_in(tables.review_rows["case_id"].unique().implode())
    judged_cases = cases.join(judged, on="case_id").with_columns(reviewed.alias(GROUP))
    pairs = matched(judged_cases, pl.col(MOMENT).dt.truncate("1q"))
    yield from filled_unevenly(pairs, tables.office, list(tables.office.attributes), BY_REVIEW)


def filled_unevenly(
    pairs: pl.DataFrame, office: Office, names: Sequence[str], compared: ComparedGroups
) -> Iterator[Finding]:
    """Columns that one group of cases has and the other lacks."""
    filled = pairs.select(filled_in(name) for name in names)
    for name, share in held(filled, pairs).items():
        if share.low >= NOTABLE or (share.hardly and share.low >= LEAST):
            sure = share.hardly or share.low >= CERTAIN
            severity: Severity = "blatant" if sure else "suspicious"
            evidence = _(
                "It is filled in for {inside:.1%} of {m:,} {group} and for {outside:.1%} of "
                "{n:,} {rest}.",
                inside=share.inside,
                m=share.m,
                group=compared.group,
                outside=share.outside,
                n=share.n,
                rest=compared.rest,
            )
            yield finding(office, name, severity, evidence)


@dataclass(frozen=True)
class Held:
    """The share of m cases inside the group and of n others that have something.

    `low` is the lower bound of the AUC by which having it distinguishes the two, in either
    direction.
    """

    inside: float
    outside: float
    m: int
    n: int
    low: float

    @property
    def hardly(self) -> bool:
        """Whether either of the two hardly ever has it."""
        return min(self.inside, self.outside) <= HARDLY * max(self.inside, self.outside)


def held(flags: pl.DataFrame, pairs: pl.DataFrame) -> dict[str, Held]:
    """Per column of `flags` how often either group of `pairs` has it; nothing without columns."""
    if not flags.width:
        return {}
    group = pairs[GROUP].to_numpy()
    numbers = flags.with_columns(pl.all().cast(pl.Float64))
    found = {}
    for name, area in areas(numbers, group, pairs[STRATUM], among=2 * flags.width).items():
        has = flags[name].to_numpy()
        shares = float(has[group].mean()), float(has[~group].mean())
        low = max(area.low, 1 - area.high)
        found[name] = Held(*shares, area.inside, area.outside, low)
    return found
