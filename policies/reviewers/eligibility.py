"""Who may review which case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from cases.numeric import Flags
from cases.tables import tables
from policies.assignment.eligibility import ABSENCE, Eligibility, common_obstacles, units
from policies.reviewers.words import TO_REVIEWERS

CASES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "kind": pl.String(),
    "unit": pl.String(),  # null or empty: none
    "handled_by": pl.List(pl.String()),  # all who worked on it
    "second_review": pl.Boolean(),  # whether another reviewer reads it, too
}
REVIEWERS: dict[str, pl.DataType] = tables.REVIEWERS | {
    **dict.fromkeys(ABSENCE, pl.Date()),
    "open_cases": pl.Int64(),  # that they have to review
}


def eligibility(
    cases: pl.DataFrame,
    people: pl.DataFrame,
    recusals: pl.DataFrame,
    day: date,
    *,
    other_unit: bool,
    first: Mapping[str, str] | None = None,
) -> Eligibility:
    """Who of `people` may review which of `cases` on `day`.

    The frames have the columns of `policies.assignment.eligibility`, `cases` also `handled_by`.
    With `other_unit` nobody may review a case of their own unit. Nobody who is the `first` reader
    of a case, by case id, may be the second.
    """
    wanted, theirs = units(cases, people)
    own = {
        "handled": _named(cases, cases["handled_by"].to_list(), people),
        "first_reader": _named(
            cases, [[(first or {}).get(case)] for case in cases["case_id"]], people
        ),
        "same_unit": (wanted != "") & (wanted == theirs) & other_unit,
    }
    common = common_obstacles(cases, people, recusals, day)
    return Eligibility.of(TO_REVIEWERS, cases, people, common | own)


def _named(cases: pl.DataFrame, named: list[list[str | None]], people: pl.DataFrame) -> Flags:
    """Where a case names a person, shape (cases, people)."""
    number = {name: place for place, name in enumerate(people["handler"])}
    marks = np.zeros((cases.height, people.height), bool)
    for place, names in enumerate(named):
        marks[place, [number[name] for name in names or () if name in number]] = True
    return marks
