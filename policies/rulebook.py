"""The rules of the office file: mandatory reviews, fixed tracks, skills that cases ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags
from cases.office.model import CLOSING, Rule, TrackRule
from cases.tables.tables import Tables, rows
from features.as_of import Known
from features.build import known_at
from features.conditions import held


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
    return _by_the_first(tables.office.rules, known, ended).select("case_id", "rule")


def settled_tracks(known: Known) -> pl.DataFrame:
    """The new cases whose track a rule settles, by the first rule that does.

    `known` is what was known of them at intake. A rule is in force for cases opened from
    `valid_from` to `valid_until`, both days included. Returns `case_id, rule, track`, sorted
    by case id.
    """
    rules = known.office.intake.rules
    settled = _by_the_first(rules, known, pl.col("opened_at"))
    tracks = [rules[number].track for number in settled["number"]]
    return settled.select("case_id", "rule", track=pl.Series(tracks, dtype=pl.String))


def asked_skills(known: Known) -> pl.DataFrame:
    """`case_id`, `needs` and `prefers`: the skills each new case asks of its handler.

    Lists of codes, in the order of the office file; `known` as in `settled_tracks`.
    """
    skills = known.office.assignment.skills
    cases = _cases(known)
    asks = np.zeros((len(skills), cases.height), bool)
    for number, skill in enumerate(skills):
        asks[number] = held(known, skill.when)

    def codes(*, required: bool) -> pl.Series:
        wanted = [skill.code if skill.required == required else None for skill in skills]
        asked = [
            [code for code, holds in zip(wanted, of_case, strict=True) if code and holds]
            for of_case in asks.T.tolist()
        ]
        return pl.Series(asked, dtype=pl.List(pl.String))

    asked = cases.select("case_id", needs=codes(required=True), prefers=codes(required=False))
    return asked.sort("case_id")


def _by_the_first(rules: Sequence[Rule | TrackRule], known: Known, moment: pl.Expr) -> pl.DataFrame:
    """The cases under a rule that was in force on the day of `moment`, each by the first of them.

    `case_id, number, rule` (its code), sorted by case id.
    """
    cases = _cases(known)
    days = cases.select(moment.dt.date()).to_series().to_numpy()
    first = np.full(cases.height, len(rules))
    for number, rule in reversed([*enumerate(rules)]):
        first[_in_force(rule, days) & held(known, rule.when)] = number
    of_case: dict[str, int] = {}
    for case_id, number in zip(cases["case_id"], first.tolist(), strict=True):
        if number < of_case.get(case_id, len(rules)):
            of_case[case_id] = number
    case_ids = sorted(of_case)
    numbers = [of_case[case_id] for case_id in case_ids]
    return pl.DataFrame(
        {"case_id": case_ids, "number": numbers, "rule": [rules[one].code for one in numbers]},
        {"case_id": pl.String(), "number": pl.Int64(), "rule": pl.String()},
    )


def _in_force(rule: Rule | TrackRule, days: NDArray[np.datetime64]) -> Flags:
    """On which of the days it is in force; on none that is not known (NaT)."""
    in_force: Flags = ~np.isnat(days)
    if rule.valid_from:
        in_force &= days >= np.datetime64(rule.valid_from)
    if rule.valid_until:
        in_force &= days <= np.datetime64(rule.valid_until)
    return in_force


def _cases(known: Known) -> pl.DataFrame:
    """When each case was opened, closed and asked about, in the order of `row`."""
    columns = ("row", "case_id", "moment", "opened_at", "closed_at")
    return rows(known.cases.select(*columns)).sort("row")
