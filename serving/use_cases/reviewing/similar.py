"""Similar past cases with what their reviews found: for a reviewer, after grading or beforehand.

They are of the same kind, their reviews were final on the plan's day, and of these the nearest
on the facts that the reasons name, by the distance of Gower (1971, "A general coefficient of
similarity and some of its properties", Biometrics 27): a number differs by its share of the range,
a code by 0 or 1; the mean over the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.tables.tables import rows
from cases.tables.values import listed
from features.as_of import final_reviews
from features.build import few_built
from features.catalogue import catalogue
from features.grades import counting
from features.online.features import FeatureRows
from models.reasons.reasons import Reason
from serving.use_cases.asked.named import asked
from serving.use_cases.context import ServiceContext

MOST_COMPARED = 400  # past cases of the kind, those whose reviews are the newest
MOST_SHOWN = 5


@dataclass(frozen=True)
class PastCase:
    """A past case: `differs` from 0, the same in every fact, to 1; its grade and dimensions."""

    case_id: str
    closed_at: datetime | None
    grade: str
    dimensions: tuple[str, ...]
    differs: float


def similar(
    context: ServiceContext,
    case_id: str,
    reasons: Sequence[Reason],
    as_of: datetime,
    facts: Sequence[str] = (),
) -> list[PastCase]:
    """At most `MOST_SHOWN` past cases in scope, the nearest first; none where no fact is named.

    `facts` are the features that reasons of any case of the plan name: to compute the same ones
    for every case is much quicker than others each time.
    """
    known = catalogue(context.office)
    names = [name for name in dict.fromkeys(one.feature for one in reasons) if name in known]
    past = _reviewed(context, case_id, as_of)
    if not names or past.is_empty():
        return []
    moments = asked(context.tables, [case_id, *past["case_id"]])
    computed = sorted({*names, *(name for name in facts if name in known)})
    x = few_built(context.tables, moments, computed)
    distances = _distances(x, case_id, names)
    nearest = sorted(
        (row for row in past.iter_rows(named=True) if row["case_id"] in distances),
        key=lambda row: (distances[row["case_id"]], row["turn"]),
    )
    return [_past_case(row, distances[row["case_id"]]) for row in nearest[:MOST_SHOWN]]


def _reviewed(context: ServiceContext, case_id: str, as_of: datetime) -> pl.DataFrame:
    """Other cases in scope of its kind with a review known by then; the newest reviews first."""
    past = context.kept(("past reviews", as_of), lambda: _past(context, as_of))
    own = context.tables.of_cases("cases", [case_id])
    kind = own["kind"].item() if own.height else None
    same_kind = pl.col("kind").eq_missing(pl.lit(kind, pl.String()))
    others = context.in_scope(past.filter(same_kind, pl.col("case_id") != case_id))
    return others.head(MOST_COMPARED).with_row_index("turn")


def _past(context: ServiceContext, as_of: datetime) -> pl.DataFrame:
    """The grade that counts of every case whose review was final by then, the newest first."""
    known = counting(rows(final_reviews(context.tables, as_of)))
    cases = context.tables.case_rows.select("case_id", "kind", "unit", "handler", "closed_at")
    named = listed(pl.col("dimensions"))
    found = known.select("case_id", "known_at", "grade", named).join(cases, on="case_id")
    return found.sort("known_at", "case_id", descending=[True, False])


def _distances(x: FeatureRows, case_id: str, names: Sequence[str]) -> dict[str, float]:
    """By case id, how far each case is from this one on average over these facts."""
    ids = x["case_id"].to_list()
    if case_id not in ids:
        return {}
    own = ids.index(case_id)
    apart = np.mean([_apart(x[name], own) for name in names], axis=0)
    return {one: float(far) for one, far in zip(ids, apart, strict=True) if one != case_id}


def _apart(values: pl.Series, own: int) -> Floats:
    """How far each value is from the one at `own`; 1 where one of the two is not known."""
    here = values[own]
    if here is None:
        return np.asarray(values.is_not_null().cast(pl.Float64))
    if values.dtype == pl.String:
        return np.asarray((values != here).fill_null(value=True).cast(pl.Float64))
    spread = float(values.max()) - float(values.min())  # type: ignore[arg-type]
    far = (values - here).abs() / (spread or 1.0)
    return np.asarray(far.fill_null(1.0))


def _past_case(row: Mapping[str, Any], differs: float) -> PastCase:
    dimensions = tuple(row["dimensions"] or ())
    return PastCase(row["case_id"], row["closed_at"], row["grade"], dimensions, differs)
