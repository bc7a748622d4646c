"""The rules of the office file: mandatory reviews, fixed tracks, skills that cases ask for."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from cases.office.model import Rule, TrackRule
from cases.tables.tables import Tables
from features.as_of import Known, cut
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
    return _by_the_first([none, *found])


def settled_tracks(known: Known) -> pl.DataFrame:
    """The new cases whose track a rule settles, by the first rule that does.

    `known` is what was known of them at intake. A rule is in force for cases opened from
    `valid_from` to `valid_until`, both days included. Returns `case_id, rule, track`, sorted
    by case id.
    """
    opening = known.cases.select("row", "case_id", "opened_at").collect("polars").to_native()
    none = pl.DataFrame(schema={"case_id": pl.String, "rule": pl.String, "track": pl.String})
    found = [
        _held(rule, opening, holding(known, rule.when)).with_columns(track=pl.lit(rule.track))
        for rule in known.office.intake.rules
    ]
    return _by_the_first([none, *found])


def asked_skills(known: Known) -> pl.DataFrame:
    """`case_id`, `needs` and `prefers`: the skills each new case asks of its handler.

    Lists of codes, in the order of the office file; `known` as in `settled_tracks`.
    """
    asked: pl.DataFrame = known.cases.select("row", "case_id").collect("polars").to_native()
    skills = known.office.assignment.skills
    for place, skill in enumerate(skills):
        holds = holding(known, skill.when).collect("polars").to_native().select("row", "holds")
        asked = asked.join(holds.rename({"holds": f"{place}"}), on="row")

    def of(*, required: bool) -> pl.Expr:
        codes = [
            pl.when(f"{place}").then(pl.lit(skill.code))
            for place, skill in enumerate(skills)
            if skill.required == required
        ]
        empty = pl.lit([], dtype=pl.List(pl.String))
        return pl.concat_list(codes).list.drop_nulls() if codes else empty

    needs, prefers = of(required=True), of(required=False)
    return asked.select("case_id", needs=needs, prefers=prefers).sort("case_id")


def _by_the_first(found: list[pl.DataFrame]) -> pl.DataFrame:
    """Each case once, as the first of these frames that has it says, sorted by case id."""
    every = pl.concat(found).unique("case_id", keep="first", maintain_order=True)
    return every.sort("case_id")


def _held(rule: Rule | TrackRule, days: pl.DataFrame, holds: nw.LazyFrame[Any]) -> pl.DataFrame:
    """`case_id, rule` where it holds and is in force; the last column of `days` says when."""
    rows = holds.collect("polars").to_native().filter("holds").select("row")
    day = pl.col(days.columns[-1]).dt.date()
    in_force = day.is_not_null()
    if rule.valid_from:
        in_force &= day >= rule.valid_from
    if rule.valid_until:
        in_force &= day <= rule.valid_until
    cases = days.join(rows, on="row", how="semi").filter(in_force)
    return cases.select("case_id", rule=pl.lit(rule.code))
