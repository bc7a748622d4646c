"""Columns of the case table that get their value too late for what they are said to be.

The table holds one value per case, so nobody sees it being filled in. What can be seen is which
cases lack it, and whether open cases have what closed ones have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm

from cases.errors import shorten
from cases.office import INTAKE, Office, Text
from cases.tables import TIME, Tables
from evaluation.leakage_findings import (
    CLOSED,
    FILLED,
    FRESH,
    OPEN,
    OUTCOMES,
    REVIEWED,
    TOLD_APART,
    UNREVIEWED,
    VALUED,
    WITH,
    WITHOUT,
    Finding,
    Severity,
    finding,
)
from evaluation.leakage_power import SEED, Question
from evaluation.leakage_ranking import FALSE_ALARM, Flags, Floats, areas, binned, cross_tried
from evaluation.leakage_ranking import PRIOR_CASES as PRIOR
from features.as_of import closing_moments, known_when
from models.population import rows, satisfying
from policies.draw import tickets

# Lower bounds of the AUC at which two groups of cases are told apart.
LEAST = 0.6  # where one group hardly ever has it: at least a fifth of the other has
NOTABLE = 0.75
CERTAIN = 0.9
HARDLY = 0.01
VALUES = 20  # of a code that are looked at, the commonest
CONTROLS = 5  # cases compared with each case of the rarer group, at most
TELLING = 0.65  # AUC below which there is little that could collapse
DRAWS = 2_000
# Columns beside those of the case table; no name of an office's own holds a colon.
GROUP, STRATUM, AT, TICKET, HALF = "::group", "::stratum", "::at", "::ticket", "::half"


def of_one_outcome(cases: pl.DataFrame, office: Office, question: Question) -> Iterator[Finding]:
    """Attributes filled in, or with a value that stands, in cases of one outcome only.

    `cases` is of `comparable`. Only attributes that the question's model may use are looked at.
    """
    labelled = question.labels.select(
        "case_id", (pl.col("y") == 1).alias(GROUP), pl.col("moment").alias(AT)
    )
    pairs = matched(cases.join(labelled, on="case_id"))
    names = [name for name in office.attributes if f"attribute.{name}" in question.features]
    words = WITH[question.name], WITHOUT[question.name]
    yield from filled_unevenly(pairs, office, names, words)
    yield from valued_unevenly(pairs, office, names, words)


def blank_without_review(cases: pl.DataFrame, tables: Tables) -> Iterator[Finding]:
    """Attributes filled in for reviewed cases only, among cases that the risk model is for."""
    closed = closing_moments(tables, after=None, until=datetime.max)
    asked = rows(satisfying(tables, closed, tables.office.risk.among).select("case_id"))
    reviewed = pl.col("case_id").is_in(tables.review_rows["case_id"].unique().implode())
    closings = pl.col("closed_at").alias(AT)
    pairs = matched(cases.join(asked, on="case_id").with_columns(reviewed.alias(GROUP), closings))
    words = REVIEWED, UNREVIEWED
    yield from filled_unevenly(pairs, tables.office, list(tables.office.attributes), words)


def unlike_when_open(cases: pl.DataFrame, office: Office) -> Iterator[Finding]:
    """Columns said to be known at intake that open cases have otherwise than closed ones."""
    pairs, names = beside_open(cases), at_intake(office)
    unfilled = list(filled_unevenly(pairs, office, names, (OPEN, CLOSED)))
    yield from unfilled
    told = {one.column for one in unfilled}
    group, stratum = pairs[GROUP].to_numpy(), pairs.select(pl.struct(STRATUM, HALF)).to_series()
    scores = cross_tried(pairs.select(names), group, pairs[HALF].to_numpy())
    for name, area in areas(scores, group, stratum, among=len(names)).items():
        if area.low >= NOTABLE and name not in told:
            severity: Severity = "blatant" if area.low >= CERTAIN else "suspicious"
            numbers = {"value": area.value, "low": area.low, "m": area.inside, "n": area.outside}
            yield finding(office, name, severity, TOLD_APART, **numbers, rest=CLOSED)


def worthless_when_fresh(
    cases: pl.DataFrame, office: Office, question: Question
) -> Iterator[Finding]:
    """Columns said to be known at intake whose power is not in the values of open cases.

    How often each value goes with the outcome is learnt from labelled cases. From that and from
    how often a group of cases has each value follows the AUC the column would reach there.
    """
    pairs, names = beside_open(cases), at_intake(office)
    if pairs.is_empty():
        return
    labelled = question.labels.join(cases, on="case_id", maintain_order="left")
    y, open_cases = labelled["y"].to_numpy() == 1, pairs[GROUP].to_numpy()
    both = pl.concat([labelled.select(names), pairs.select(names)])
    every = binned(both, np.arange(both.height) < y.size)
    z = float(norm.isf(FALSE_ALARM / len(names)))
    for name, bins in zip(names, every.T, strict=True):
        place, rate = _rates(bins, y)
        asked = place[y.size :]
        closed = np.bincount(asked[~open_cases], minlength=rate.size)
        fresh = np.bincount(asked[open_cases], minlength=rate.size)
        there = implied_areas(closed + closed / closed.sum(), rate)
        here = implied_areas(fresh + closed / closed.sum(), rate)
        fall = (there - 0.5) / 2 - (here - 0.5)
        if there.mean() >= TELLING and fall.mean() > z * fall.std():
            words = {"outcome": OUTCOMES[question.name]}
            areas_ = {"closed": float(there.mean()), "fresh": float(here.mean())}
            yield finding(office, name, "suspicious", FRESH, **words, **areas_)


def comparable(tables: Tables) -> pl.DataFrame:
    """The case table, dates among the attributes as days since the opening.

    Also a ticket, by which cases are thinned out, and one of two halves, both at random.
    """
    rows_ = tables.case_rows
    dates = [name for name in tables.office.attributes if rows_.schema[name] == TIME]
    since = [(pl.col(name) - pl.col("opened_at")).dt.total_seconds() / 86_400 for name in dates]
    places = tickets(SEED, rows_["case_id"].to_list())
    luck = pl.Series(TICKET, places[:, 0]), pl.Series(HALF, places[:, 1] * 2 < 1)
    return rows_.with_columns(*since, *luck)


def at_intake(office: Office) -> list[str]:
    """The columns said to be known at intake, but for the kind, by which cases are compared."""
    columns = ["unit", "handler", *office.attributes]
    return [name for name in columns if known_when(office, name) == INTAKE]


def beside_open(cases: pl.DataFrame) -> pl.DataFrame:
    """Open cases (the group) and the slowest closed ones of the same kind and opening quarter.

    Slow cases differ from others in what is known at intake, and open ones are the slowest.
    """
    slow = pl.col("opened_at") - pl.col("closed_at")
    is_open = pl.col("closed_at").is_null().alias(GROUP)
    return matched(cases.with_columns(is_open, pl.col("opened_at").alias(AT)), slow)


def matched(cases: pl.DataFrame, first: pl.Expr | None = None) -> pl.DataFrame:
    """Of each stratum (quarter of `AT`, and kind) the cases of both groups, evenly many.

    `CONTROLS` times as many of the commoner group as of the rarer: those for whom `first` is
    smallest, then by ticket.
    """
    stratum = pl.struct(pl.col(AT).dt.truncate("1q"), "kind").rank("dense").alias(STRATUM)
    inside = pl.col(GROUP).sum().over(STRATUM)
    rarer = pl.min_horizontal(inside, pl.len().over(STRATUM) - inside)
    order = pl.struct(pl.lit(0) if first is None else first, TICKET).rank("ordinal")
    return cases.with_columns(stratum).filter(order.over(STRATUM, GROUP) <= CONTROLS * rarer)


def filled_unevenly(
    pairs: pl.DataFrame, office: Office, names: Sequence[str], words: tuple[Text, Text]
) -> Iterator[Finding]:
    """Columns that one group of cases has and the other lacks; `words` name the two."""
    filled = pairs.select(pl.col(names).is_not_null())
    for name, share in held(filled, pairs).items():
        low, hardly = share["low"], share["hardly"]
        if low >= NOTABLE or (hardly and low >= LEAST):
            severity: Severity = "blatant" if hardly or low >= CERTAIN else "suspicious"
            yield finding(office, name, severity, FILLED, **share, group=words[0], rest=words[1])


def valued_unevenly(
    pairs: pl.DataFrame, office: Office, names: Sequence[str], words: tuple[Text, Text]
) -> Iterator[Finding]:
    """Codes and flags of which one value stands in one group and hardly ever in the other."""
    values = [
        (pl.col(name) == value).fill_null(value=False).alias(f"{name}={value}")
        for name in names
        if pairs.schema[name] in (pl.String, pl.Boolean)
        for value in pairs[name].drop_nulls().value_counts(sort=True)[name].head(VALUES)
    ]
    for named, share in held(pairs.select(values), pairs).items():
        name, _, value = named.partition("=")
        if share["hardly"] and share["low"] >= LEAST:
            severity: Severity = "blatant" if known_when(office, name) == INTAKE else "suspicious"
            told = {"code": shorten(value), "group": words[0], "rest": words[1]}
            yield finding(office, name, severity, VALUED, **share, **told)


def held(flags: pl.DataFrame, pairs: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Per column of `flags` the share of either group that has it, and how surely they differ.

    `low` is the lower bound of the AUC, whichever group has it; `hardly` whether one group has
    it at most `HARDLY` times as often as the other.
    """
    if not flags.width:
        return {}
    group = pairs[GROUP].to_numpy()
    numbers = flags.with_columns(pl.all().cast(pl.Float64))
    found = {}
    for name, area in areas(numbers, group, pairs[STRATUM], among=flags.width).items():
        has = flags[name].to_numpy()
        inside, outside = float(has[group].mean()), float(has[~group].mean())
        found[name] = {
            "inside": inside,
            "outside": outside,
            "m": area.inside,
            "n": area.outside,
            "low": max(area.low, 1 - area.high),
            "hardly": min(inside, outside) <= HARDLY * max(inside, outside),
        }
    return found


def implied_areas(counts: Floats, rate: Floats) -> Floats:
    """Draws of the AUC of values of which `counts` were seen, if they go with the outcome so often.

    `rate` is rising. Shares of the values are drawn from the Dirichlet distribution.
    """
    share = np.random.default_rng(0).dirichlet(np.maximum(counts, 1e-9), size=DRAWS)
    positive, negative = share * rate, share * (1 - rate)
    below = np.cumsum(negative, axis=1) - negative / 2
    area: Floats = (positive * below).sum(axis=1) / positive.sum(axis=1) / negative.sum(axis=1)
    return area


def _rates(bins: Floats, y: Flags) -> tuple[NDArray[np.intp], Floats]:
    """Each row's place among the rates of the outcome, and the rates, rising; y of first rows."""
    _, place = np.unique(bins, return_inverse=True)
    seen = np.bincount(place[: y.size], minlength=place.max() + 1)
    found = np.bincount(place[: y.size], weights=y, minlength=place.max() + 1)
    rate, order = np.unique((found + PRIOR * y.mean()) / (seen + PRIOR), return_inverse=True)
    return order[place], rate
