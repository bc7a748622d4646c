"""Mandatory reviews: the rules of the office file, each with the dates it is in force."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from cases.office import Rule
from cases.tables import Tables
from features.as_of import cut
from features.conditions import holding


def mandatory(tables: Tables, moments: Any) -> pl.DataFrame:
    """The cases that a rule puts on the list, with the first rule that does.

    `moments` has `case_id, moment`: a rule sees what was recorded by the moment. A
    rule is in force for cases closed from `valid_from` to `valid_until`, both days
    included. Returns `case_id, rule`, sorted by case id.
    """
    known = cut(tables, moments)
    closing = known.cases.select("row", "case_id", "closed_at").collect("polars").to_native()
    found = [_held(rule, closing, holding(known, rule.when)) for rule in tables.office.rules]
    none = pl.DataFrame(schema={"case_id": pl.String, "rule": pl.String})
    return (
        pl.concat([none, *found])
        .unique("case_id", keep="first", maintain_order=True)
        .sort("case_id")
    )


def _held(rule: Rule, closing: pl.DataFrame, holds: nw.LazyFrame[Any]) -> pl.DataFrame:
    rows = holds.collect("polars").to_native().filter("holds").select("row")
    closed_on = pl.col("closed_at").dt.date()
    in_force = closed_on.is_not_null()
    if rule.valid_from:
        in_force &= closed_on >= rule.valid_from
    if rule.valid_until:
        in_force &= closed_on <= rule.valid_until
    cases = closing.join(rows, on="row", how="semi").filter(in_force)
    return cases.select("case_id", rule=pl.lit(rule.code))
