"""Whether a kept plan is the one its frame, parameters and seed give: for those who distrust us."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from cases.errors import PlumblineError, Refused
from cases.language.messages import Sayable, _
from cases.spreadsheet import harmless
from policies.seeds import is_committed
from policies.spot_check.plan import PlanParameters, SpotCheckPlan, frame_hash
from policies.spot_check.planning import draw_plan
from policies.tickets import FORMATS, OLD
from policies.verified import OTHER_SEED, Verified

SAME = 1e-6  # relative; another processor may round differently
LISTED = ("case_id", "selected_by", "second_review", "rule")


@dataclass(frozen=True)
class Kept:
    """What was kept of a plan: what `describe` gave, the frame, and the list as people got it.

    `lines` holds the columns of `LISTED` as text, ids made harmless for spreadsheets.
    """

    manifest: Mapping[str, Any]
    frame: pl.DataFrame
    lines: pl.DataFrame

    @property
    def format(self) -> Any:
        """The format of the draw (`policies.tickets`); the first one was not written down."""
        return self.manifest.get("format", OLD)

    @property
    def parameters(self) -> PlanParameters:
        """What was requested; `Refused` if the manifest does not hold that."""
        try:
            return PlanParameters.model_validate(self.manifest["parameters"])
        except (ValidationError, KeyError, TypeError, ValueError):
            raise Refused(_("`plan.json` does not hold the parameters of a plan.")) from None

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the cases drawn, in any order."""
        return self._ids(self.lines)

    @property
    def read_twice(self) -> tuple[str, ...]:
        """The ids of the cases drawn for a second reading, in any order."""
        return self._ids(self.lines.filter(pl.col("second_review") == "true"))

    def _ids(self, lines: pl.DataFrame) -> tuple[str, ...]:
        names = self.frame["case_id"]
        return tuple(names.filter(harmless(names).is_in(list(set(lines["case_id"])))))


def verify(kept: Kept, published: str | None = None) -> Verified:
    """Draw the plan again and compare; the sentence says where it first differs.

    `published` is the commitment to the seed, if one was published before the draw.
    """
    difference = _difference(kept, published)
    return Verified(True, matching(kept)) if difference is None else Verified.but(difference)


def matching(kept: Kept) -> Sayable:
    """The sentence that says that the plan is drawn again as it was kept."""
    return _(
        "It matches: the same {drawn:,} of {cases:,} cases are drawn again, in the same order, "
        "with the same probabilities.",
        drawn=kept.lines.height,
        cases=kept.frame.height,
    )


def draw_again(kept: Kept) -> SpotCheckPlan:
    """The plan that a kept one's frame and parameters give; `Refused` if they give none."""
    parameters = kept.parameters
    if kept.format not in FORMATS:
        raise Refused(_("it was drawn in a format that this program does not know."))
    if frame_hash(kept.frame) != kept.manifest.get("frame_hash"):
        raise Refused(
            _("`frame.parquet` is not the frame that `plan.json` was made from (`frame_hash`).")
        )
    try:
        return draw_plan(kept.frame, parameters, kept.format)
    except PlumblineError as error:
        raise Refused(_("no plan can be drawn from it. {error}", error=error)) from None


def _difference(kept: Kept, published: str | None) -> Sayable | None:
    try:
        if not is_committed(kept.parameters.seed, published):
            return OTHER_SEED
        again = draw_again(kept)
    except Refused as error:
        return error
    return (
        next(_other_probability(kept.frame, again.frame), None)
        or _other_line(kept.lines, listed(again.lines))
        or next(_other_descriptions(kept, again), None)
    )


def differences(kept: Kept, again: SpotCheckPlan) -> list[Sayable]:
    """In what the numbers and the description of a kept plan are not those drawn again."""
    return [*_other_probability(kept.frame, again.frame), *_other_descriptions(kept, again)]


def _other_probability(kept_frame: pl.DataFrame, again: pl.DataFrame) -> Iterator[Sayable]:
    """The first case that the frame gives another inclusion probability than the draw."""
    both = kept_frame.join(again, on="case_id", suffix="_again").sort("case_id")
    stated, drawn = pl.col("inclusion_probability"), pl.col("inclusion_probability_again")
    same = ((stated - drawn).abs() <= SAME * drawn).fill_null(value=False)
    for line in both.filter(~same).head(1).iter_rows(named=True):
        yield _(
            "`frame.parquet` gives case {case} the probability {stated}, the draw {drawn:.9g}.",
            case=line["case_id"],
            stated=line["inclusion_probability"],
            drawn=line["inclusion_probability_again"],
        )


def _other_line(kept_lines: pl.DataFrame, redrawn: pl.DataFrame) -> Sayable | None:
    """The first line of the list that is not as drawn."""
    pairs = zip(kept_lines.iter_rows(named=True), redrawn.iter_rows(named=True), strict=False)
    for rank, (line, drawn) in enumerate(pairs, start=1):
        for name in LISTED:
            if (line[name] or "") != (drawn[name] or ""):
                return _(
                    "`plan.csv` has {column} {listed} at rank {rank}, the draw {drawn}.",
                    column=name,
                    listed=line[name],
                    rank=rank,
                    drawn=drawn[name],
                )
    if kept_lines.height != redrawn.height:
        return _(
            "`plan.csv` has {listed:,} cases, the draw {drawn:,}.",
            listed=kept_lines.height,
            drawn=redrawn.height,
        )
    return None


def _other_descriptions(kept: Kept, again: SpotCheckPlan) -> Iterator[Sayable]:
    """The entries of the manifest that are not as drawn."""
    manifest = {"format": kept.format, **kept.manifest}
    for name, value in again.describe().items():
        stated = manifest.get(name)
        # More may have been noted than the draw knows.
        same = _includes(stated, value) if name == "notes" else _is_same(stated, value)
        if not same:
            yield _("`plan.json` has another {name} than the draw.", name=name)


def listed(lines: pl.DataFrame) -> pl.DataFrame:
    """What of a plan's lines is compared, as text."""
    texts = lines.select(pl.col(LISTED).cast(pl.String))
    return texts.with_columns(harmless(texts["case_id"]))


def _includes(stated: Any, notes: list[str]) -> bool:
    return isinstance(stated, list) and all(note in stated for note in notes)


def _is_same(stated: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(stated, dict) and all(
            _is_same(stated.get(name), part) for name, part in value.items()
        )
    if isinstance(value, float):
        return isinstance(stated, int | float) and math.isclose(stated, value, rel_tol=SAME)
    return bool(stated == value)
