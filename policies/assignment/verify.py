"""Whether a kept assignment is the one its probabilities and its seed give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import ValidationError

from cases.language.messages import Sayable, _
from policies.assignment.draw import draw_handlers
from policies.assignment.result import AssignmentParameters, chances_hash
from policies.assignment.rounding import UNIT
from policies.seeds import is_committed
from policies.tickets import FORMAT, FORMATS
from policies.verified import OTHER_SEED, Verified


def verify_assignment(
    manifest: Mapping[str, Any],
    chances: pl.DataFrame,
    lines: pl.DataFrame,
    published: str | None = None,
) -> Verified:
    """Draw again from the published probabilities and compare; the sentence says what differs.

    `manifest` is what `DrawnAssignment.describe` gave, `chances` and `lines` have its columns;
    `published` is the commitment to the seed, if one was published before the draw.
    """
    difference = _difference(manifest, chances, lines, published)
    if difference is not None:
        return Verified.but(difference)
    sentence = _(
        "It matches: each of the {drawn:,} cases drawn goes to the same handler again, with the "
        "same probability.",
        drawn=chances["case_id"].n_unique(),
    )
    return Verified(True, sentence)


def _difference(
    manifest: Mapping[str, Any],
    chances: pl.DataFrame,
    lines: pl.DataFrame,
    published: str | None,
) -> Sayable | None:
    try:
        parameters = AssignmentParameters.model_validate(manifest["parameters"])
    except (ValidationError, KeyError, TypeError):
        return _("it does not hold the parameters of an assignment.")
    draw_format = manifest.get("format")
    if draw_format not in FORMATS:
        kept = str(draw_format)
        return _(
            "it was drawn in format {kept}; this program draws in {ours}.", kept=kept, ours=FORMAT
        )
    if not is_committed(parameters.seed, published):
        return OTHER_SEED
    if chances_hash(chances) != manifest.get("chances_hash"):
        return _("the probabilities are not the ones it was drawn from (`chances_hash`).")
    if not _is_one_draw(chances):
        return _(
            "the probabilities are not those of a draw: they do not add up to one in every group."
        )
    return _first_difference(chances, lines, draw_handlers(chances, parameters.seed, draw_format))


def _is_one_draw(chances: pl.DataFrame) -> bool:
    """Whether every case is in one group and has its group's probabilities, which sum to one."""
    probability = pl.col("probability")
    cases = chances.group_by("case_id").agg(
        fine=(pl.col("group").n_unique() == 1)
        & (pl.col("handler").is_duplicated().any().not_())
        & probability.is_between(0, 1).all()
        & ((probability * UNIT).round().sum() == UNIT)
    )
    size = pl.col("case_id").n_unique().over("group")
    same = (
        chances.with_columns(size=size)
        .group_by("group", "handler")
        .agg(fine=(pl.len() == pl.col("size").first()) & (probability.n_unique() == 1))
    )
    return bool(cases["fine"].all() and same["fine"].all())


def _first_difference(
    chances: pl.DataFrame, lines: pl.DataFrame, drawn: Mapping[str, str | None]
) -> Sayable | None:
    """Where the lines first differ from which handler was drawn, with which probability."""
    for case in lines.filter(pl.col("case_id").is_duplicated())["case_id"].sort().head(1):
        return _("case {case} stands more than once.", case=case)
    kept = lines.filter(pl.col("case_id").is_in(list(drawn)) | (pl.col("how") == "drawn"))
    columns = ("case_id", "handler", "probability")
    stated = {case: (handler, p) for case, handler, p in kept.select(columns).iter_rows()}
    published = {(case, handler): p for case, handler, p in chances.select(columns).iter_rows()}
    for case in sorted(drawn.keys() | stated.keys()):
        if case not in drawn:
            return _("case {case} is said to be drawn but has no probabilities.", case=case)
        handler, probability = stated.get(case, (None, None))
        if case not in stated or handler != drawn[case]:
            return _(
                "case {case} is given to {stated}, the draw gives it to {drawn}.",
                case=case,
                stated=handler or _("nobody"),
                drawn=drawn[case] or _("nobody"),
            )
        if handler is not None and probability != published[case, handler]:
            return _(
                "case {case} is said to have had a probability of {probability}.",
                case=case,
                probability=probability,
            )
    return None
