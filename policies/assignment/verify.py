"""Whether a kept assignment is the one its chances and its seed give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import ValidationError

from policies.assignment.draw import draw_lots
from policies.assignment.result import FORMAT, AssignmentParameters, chances_hash
from policies.assignment.rounding import UNIT
from policies.spot_check.plan import commitment
from policies.spot_check.verify import Verified


def verify_assignment(
    told: Mapping[str, Any],
    chances: pl.DataFrame,
    lines: pl.DataFrame,
    published: str | None = None,
) -> Verified:
    """Draw again from the published chances and compare; the sentence says what differs first.

    `told` is what `Assignment.describe` told, `chances` and `lines` have its columns;
    `published` is the commitment to the seed, if one was published before the draw.
    """
    difference = _difference(told, chances, lines, published)
    if difference is not None:
        return Verified(False, f"It does NOT match: {difference}")
    drawn = chances["case_id"].n_unique()
    return Verified(
        True,
        f"It matches: each of the {drawn:,} cases drawn goes to the same handler again, "
        "with the same chance.",
    )


def _difference(
    told: Mapping[str, Any], chances: pl.DataFrame, lines: pl.DataFrame, published: str | None
) -> str | None:
    try:
        wish = AssignmentParameters.model_validate(told["parameters"])
    except (ValidationError, KeyError, TypeError):
        return "it does not hold the parameters of an assignment."
    if told.get("format") != FORMAT:
        return f"it was drawn in format {told.get('format')}; this program draws in {FORMAT}."
    if published is not None and commitment(wish.seed) != published.strip().lower():
        return "the seed is not the one whose commitment was published."
    if chances_hash(chances) != told.get("chances_hash"):
        return "the chances are not the ones it was drawn from (chances_hash)."
    if not _is_one_draw(chances):
        return "the chances are not those of a draw: they do not add up to one in every group."
    return _first_difference(chances, lines, draw_lots(chances, wish.seed))


def _is_one_draw(chances: pl.DataFrame) -> bool:
    """Whether every case is in one group, has its group's chances, and they add up to one."""
    probability = pl.col("probability")
    cases = chances.group_by("case_id").agg(
        fine=(pl.col("group").n_unique() == 1)
        & (pl.col("handler").is_duplicated().any().not_())
        & probability.is_between(0, 1).all()
        & ((probability * UNIT).round().sum() == UNIT)
    )
    size = pl.col("case_id").n_unique().over("group")
    alike = (
        chances.with_columns(size=size)
        .group_by("group", "handler")
        .agg(fine=(pl.len() == pl.col("size").first()) & (probability.n_unique() == 1))
    )
    return bool(cases["fine"].all() and alike["fine"].all())


def _first_difference(
    chances: pl.DataFrame, lines: pl.DataFrame, dealt: Mapping[str, str | None]
) -> str | None:
    """Where the lines first differ from who was dealt what, with the chance of that."""
    for case in lines.filter(pl.col("case_id").is_duplicated())["case_id"].sort().head(1):
        return f"case {case} stands more than once."
    kept = lines.filter(pl.col("case_id").is_in(list(dealt)) | (pl.col("how") == "drawn"))
    chance = {
        (case, handler): probability
        for case, handler, probability in chances.select(
            "case_id", "handler", "probability"
        ).iter_rows()
    }
    told = {
        case: (handler, probability)
        for case, handler, probability in kept.select(
            "case_id", "handler", "probability"
        ).iter_rows()
    }
    for case in sorted(dealt.keys() | told.keys()):
        if case not in dealt:
            return f"case {case} is said to be drawn but has no chances."
        handler, probability = told.get(case, (None, None))
        if case not in told or handler != dealt[case]:
            return f"case {case} is given to {handler}, the draw gives it to {dealt[case]}."
        if handler is not None and probability != chance[case, handler]:
            return f"case {case} is said to have had a chance of {probability}."
    return None
