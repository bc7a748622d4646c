"""The rules of the office file: mandatory reviews, fixed tracks, skills that cases ask for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags
from cases.office.model import CLOSING, Rule, TrackRule
from features.as_of import Known
from features.conditions import held_each


def mandatory(known: Known) -> pl.DataFrame:
    """The cases that a rule puts on the list, with the first rule that does.

    A rule sees what was `known` of them. It is in force for cases closed from `valid_from` to
    `valid_until`, both days included. Where risk is asked before the closing, an open case counts
    by the day of the moment. Returns `case_id, rule`, sorted by case id.
    """
    at_closing = known.office.risk.at == CLOSING
    ended = pl.col("closed_at") if at_closing else pl.coalesce("closed_at", "moment")
    return _by_the_first(known.office.rules, known, ended)[["case_id", "rule"]]


def settled_tracks(known: Known) -> pl.DataFrame:
    """The new cases whose track a rule settles, by the first rule that does.

    `known` is what was known of them at intake. A rule is in force for cases opened from
    `valid_from` to `valid_until`, both days included. Returns `case_id, rule, track`, sorted
    by case id.
    """
    rules = known.office.intake.rules
    settled = _by_the_first(rules, known, pl.col("opened_at"))
    tracks = [rules[number].track for number in settled["number"].to_list()]
    return settled[["case_id", "rule"]].hstack([pl.Series("track", tracks, pl.String)])


def asked_skills(known: Known) -> pl.DataFrame:
    """`case_id`, `needs` and `prefers`: the skills each new case asks of its handler.

    Lists of codes, in the order of the office file; `known` as in `settled_tracks`.
    """
    skills = known.office.assignment.skills
    cases = known.asked
    asks = np.zeros((cases.height, len(skills)), bool)
    for number, holds in enumerate(held_each(known, [skill.when for skill in skills])):
        asks[:, number] = holds
    # Many cases ask for the same: each list is made once.
    different, alike = np.unique(asks, axis=0, return_inverse=True)

    def codes(*, required: bool) -> pl.Series:
        wanted = [skill.code if skill.required == required else None for skill in skills]
        asked = [
            [code for code, holds in zip(wanted, of_case, strict=True) if code and holds]
            for of_case in different.tolist()
        ]
        return pl.Series(asked, dtype=pl.List(pl.String)).gather(alike.ravel())

    needs, prefers = codes(required=True), codes(required=False)
    return pl.DataFrame([cases["case_id"], needs.alias("needs"), prefers.alias("prefers")])


def _by_the_first(rules: Sequence[Rule | TrackRule], known: Known, moment: pl.Expr) -> pl.DataFrame:
    """The cases under a rule that was in force on the day of `moment`, each by the first of them.

    `case_id, number, rule` (its code), sorted by case id.
    """
    cases = known.asked
    days = cases.select(moment.dt.date()).to_series().to_numpy()
    first = np.full(cases.height, len(rules))
    each = zip(rules, held_each(known, [rule.when for rule in rules]), strict=True)
    for number, (rule, holds) in reversed([*enumerate(each)]):
        first[_in_force(rule, days) & holds] = number
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
