"""The rules of the office file: mandatory reviews, fixed tracks, skills that cases ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from cases.office.model import CLOSING, Rule, Skill, TrackRule
from cases.tables.tables import Tables, rows
from features.as_of import Known
from features.build import known_at
from features.conditions import holding


def mandatory(tables: Tables, moments: Any) -> pl.DataFrame:
    """The cases that a rule puts on the list, with the first rule that does.

    `moments` has `case_id, moment`: a rule sees what was recorded by the moment. A
    rule is in force for cases closed from `valid_from` to `valid_until`, both days included. Where
    risk is asked before the closing, an open case counts by the day of the moment. Returns
    `case_id, rule`, sorted by case id.
    """
    known = known_at(tables, moments)
    at_closing = tables.office.risk.at == CLOSING
    ended = pl.col("closed_at") if at_closing else pl.coalesce("closed_at", "moment")
    under = [_under(rule, known, ended) for rule in tables.office.rules]
    none = pl.DataFrame(schema={"case_id": pl.String, "rule": pl.String})
    return _by_the_first([none, *under])


def settled_tracks(known: Known) -> pl.DataFrame:
    """The new cases whose track a rule settles, by the first rule that does.

    `known` is what was known of them at intake. A rule is in force for cases opened from
    `valid_from` to `valid_until`, both days included. Returns `case_id, rule, track`, sorted
    by case id.
    """
    under = [
        _under(rule, known, pl.col("opened_at")).with_columns(track=pl.lit(rule.track))
        for rule in known.office.intake.rules
    ]
    none = pl.DataFrame(schema={"case_id": pl.String, "rule": pl.String, "track": pl.String})
    return _by_the_first([none, *under])


def asked_skills(known: Known) -> pl.DataFrame:
    """`case_id`, `needs` and `prefers`: the skills each new case asks of its handler.

    Lists of codes, in the order of the office file; `known` as in `settled_tracks`.
    """
    skills = known.office.assignment.skills
    cases: pl.DataFrame = known.cases.select("row", "case_id").collect("polars").to_native()
    for index, skill in enumerate(skills):
        holds = holding(known, skill.when).collect("polars").to_native().select("row", "holds")
        cases = cases.join(holds.rename({"holds": f"{index}"}), on="row")
    return cases.select(
        "case_id",
        needs=_codes(skills, required=True),
        prefers=_codes(skills, required=False),
    ).sort("case_id")


def _codes(skills: Sequence[Skill], *, required: bool) -> pl.Expr:
    """The codes of the skills whose column, called by their index, holds."""
    codes = [
        pl.when(f"{index}").then(pl.lit(skill.code))
        for index, skill in enumerate(skills)
        if skill.required == required
    ]
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(codes).list.drop_nulls() if codes else empty


def _by_the_first(under: list[pl.DataFrame]) -> pl.DataFrame:
    """Each case once, with the row of the first of these frames that has it, by case id."""
    every = pl.concat(under).unique("case_id", keep="first", maintain_order=True)
    return every.sort("case_id")


def _under(rule: Rule | TrackRule, known: Known, moment: pl.Expr) -> pl.DataFrame:
    """`case_id, rule` of the cases under the rule, in force on the day of `moment`."""
    held = rows(holding(known, rule.when)).filter("holds")["row"]
    cases = rows(known.cases.select("row", "case_id", "moment", "opened_at", "closed_at"))
    cases = cases.filter(pl.col("row").is_in(held.implode()))
    day = moment.dt.date()
    in_force = day.is_not_null()
    if rule.valid_from:
        in_force &= day >= rule.valid_from
    if rule.valid_until:
        in_force &= day <= rule.valid_until
    return cases.filter(in_force).select("case_id", rule=pl.lit(rule.code))
