"""Which cases a model is asked about."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from cases.office.model import Conditions
from cases.tables.tables import Frame, Tables
from features.as_of import cut
from features.conditions import holding


def satisfying(tables: Tables, moments: Frame, conditions: Conditions) -> Frame:
    """The rows of `moments` for which all conditions held as far as was known then.

    `row`, `case_id`, `moment` and the columns of the case table as known at the moment.
    """
    known = cut(tables, moments)
    if not conditions:
        return known.cases
    rows = holding(known, conditions).select("row", "holds")
    return known.cases.join(rows, on="row").filter("holds").drop("holds")


def rows(frame: Frame) -> pl.DataFrame:
    """The frame computed, as a Polars frame."""
    computed: pl.DataFrame = frame.collect("polars").to_native()
    return computed


def moments_of(cases: pl.DataFrame) -> Frame:
    """`case_id, moment` of a computed frame, as the frame that features are asked for."""
    frame: Frame = nw.from_native(cases.select("case_id", "moment").lazy())
    return frame
