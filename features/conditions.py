"""Whether the office file's conditions hold for a case, as far as is known at the moment."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import datetime

import narwhals as nw

from cases.numeric import Flags
from cases.office.model import Condition, Conditions, Office
from cases.tables.tables import Frame, Tables, rows
from features.as_of import Known, column_of, cut, risk_moments
from features.feature import days, lasting


def holding(known: Known, conditions: Conditions) -> Frame:
    """`row, case_id, holds`: whether all conditions hold; what is unknown does not hold.

    Without conditions every case holds. An event condition with neither `then` nor a
    count asks for at least one such event.
    """
    days_open = days(lasting(nw.col("opened_at"), nw.col("closed_at")))
    cases = known.cases.with_columns(days_open=days_open)
    on_events = [part for part in conditions if part.event is not None]
    if on_events:
        cases = cases.join(_evidence(known.events, on_events), on="row", how="left")
    tests = [
        _by_attribute(known.office, part)
        if part.event is None
        else _by_events(part, on_events.index(part))
        for part in conditions
    ]
    holds = functools.reduce(operator.and_, (test.fill_null(False) for test in tests), nw.lit(True))
    return cases.select("row", "case_id", holds=holds)


def held(known: Known, conditions: Conditions) -> Flags:
    """Whether all conditions hold (`holding`), in the order of `row`."""
    (flags,) = held_each(known, [conditions])
    return flags


def held_each(known: Known, several: Sequence[Conditions]) -> list[Flags]:
    """As `held`, of several lists of conditions."""
    if known.held_each is not None:
        return known.held_each(several)
    found = (rows(holding(known, each).select("row", "holds")).sort("row") for each in several)
    return [each["holds"].to_numpy() for each in found]


def _by_attribute(office: Office, condition: Condition) -> nw.Expr:
    value = nw.col(column_of(office, condition.attribute or ""))
    parts = []
    if condition.equals is not None:
        parts.append(value == condition.equals)
    if condition.one_of is not None:
        parts.append(value.is_in(condition.one_of))
    if condition.at_least is not None:
        parts.append(value >= condition.at_least)
    if condition.at_most is not None:
        parts.append(value <= condition.at_most)
    known = ~value.is_null()  # pandas compares a missing value and says False or True
    return functools.reduce(operator.and_, parts, known)


def _evidence(events: Frame, conditions: list[Condition]) -> Frame:
    """Per row and condition on events: how many such events, the first, and the last `then`.

    Of the other events nothing is asked, so they are left out first.
    """
    asked = sorted({name for part in conditions for name in (part.event, part.then) if name})
    position = nw.col("sequence").cum_count().over("row", order_by=["at", "sequence"])
    columns = {}
    for i, part in enumerate(conditions):
        is_event = nw.col("activity") == part.event
        columns[f"count_{i}"] = is_event.cast(nw.Int64())
        columns[f"first_{i}"] = nw.when(is_event).then(nw.col("position"))
        columns[f"then_{i}"] = nw.when(nw.col("activity") == part.then).then(nw.col("position"))
    which = range(len(conditions))
    return (
        events.filter(nw.col("activity").is_in(asked))
        .with_columns(position=position)
        .select("row", **columns)
        .group_by("row")
        .agg(
            *(nw.col(f"count_{i}").sum() for i in which),
            *(nw.col(f"first_{i}").min() for i in which),
            *(nw.col(f"then_{i}").max() for i in which),
        )
    )


def _by_events(condition: Condition, i: int) -> nw.Expr:
    if condition.then is not None:
        return nw.col(f"then_{i}") > nw.col(f"first_{i}")
    count = nw.col(f"count_{i}").fill_null(0)
    if condition.at_least is None and condition.at_most is None:
        return count >= 1
    bounds = [count >= condition.at_least] if condition.at_least is not None else []
    bounds += [count <= condition.at_most] if condition.at_most is not None else []
    return functools.reduce(operator.and_, bounds)


def satisfying(tables: Tables, moments: Frame, conditions: Conditions) -> Frame:
    """The rows of `moments` for which all conditions held as far as was known then.

    `row`, `case_id`, `moment` and the columns of the case table as known at the moment.
    """
    return among(cut(tables, moments), conditions)


def reviewable(tables: Tables, *, after: datetime | None, until: datetime) -> Frame:
    """The cases that the risk model is for and that came to its moment in (after, until].

    Columns as of `satisfying`: each as known at that moment (`risk.at`).
    """
    moments = risk_moments(tables, after=after, until=until)
    return satisfying(tables, moments, tables.office.risk.among)


def among(known: Known, conditions: Conditions) -> Frame:
    """The cases of what was known for which all conditions hold; columns of `known.cases`."""
    if not conditions:
        return known.cases
    holds = holding(known, conditions).select("row", "holds")
    return known.cases.join(holds, on="row").filter("holds").drop("holds")
