"""The events of a case in order, and everything aggregated over them in one pass.

An element of an `OfEvents` quantity may use the columns of the event table, `moment`,
`previous_at`, `previous_actor` and `previous_activity` (null for the first event), and
`bits` (the rarity of the step from the previous event) if it says `of_path`.
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from cases.office.model import Office
from cases.tables.tables import Frame, Tables
from features.feature import OfEvents
from features.steps import month_of, steps_before

PREVIOUS = ("at", "actor", "activity")  # what is known of the event before


def in_order(events: Frame) -> Frame:
    """Events with the one before it in the same row, by `at`, then `sequence`."""
    return events.with_columns(
        nw.col(column).shift(1).over("row", order_by=["at", "sequence"]).alias(f"previous_{column}")
        for column in PREVIOUS
    )


def with_rarity(tables: Tables, events: Frame) -> Frame:
    """Events in order, with `bits`: the `rarity` of the step from the event before it."""
    steps = steps_before(tables, events).with_columns(bits=rarity(tables.office))
    key = ["previous_activity", "activity", "month"]
    month = month_of(nw.col("moment"))
    return events.with_columns(month=month).join(steps.select(*key, "bits"), on=key, how="left")


def rarity(office: Office) -> nw.Expr:
    """Bits of a step that `followed` so often, when the activity before it was `left` so often.

    The share of the steps that left the earlier activity and led to this one, with one
    step of each declared activity added so that a new step is rare, not impossible.
    """
    share = (nw.col("followed") + 1) / (nw.col("left") + max(len(office.activities), 1))
    return -share.log(2)


def counting(part: OfEvents) -> nw.Expr:
    """The element of the events that count; null for the others."""
    if part.activities is None:
        return part.element
    return nw.when(nw.col("activity").is_in(part.activities)).then(part.element)


def aggregate(events: Frame, quantities: Sequence[OfEvents]) -> Frame:
    """`row` and one column per quantity, for the rows that have events."""
    columns: dict[str, list[str]] = {}
    for part in quantities:
        columns.setdefault(part.how, []).append(part.column)
    distinct = columns.pop("distinct", [])
    # Engines differ in whether null is a value of its own; here it never is.
    missing = {
        f"{part.column}__null": counting(part).is_null().cast(nw.Int64())
        for part in quantities
        if part.column in distinct
    }
    totals = [getattr(nw.col(*names), how)() for how, names in columns.items()]
    totals += [nw.col(*distinct).n_unique(), nw.col(*missing).max()] if distinct else []
    present = [
        (nw.col(name).cast(nw.Int64()) - nw.col(null)).alias(name)
        for name, null in zip(distinct, missing, strict=True)
    ]
    elements = {part.column: counting(part) for part in quantities}
    return (
        events.select("row", **elements, **missing)
        .group_by("row")
        .agg(*totals)
        .select("row", *(name for names in columns.values() for name in names), *present)
    )
