"""In which dimensions the office's own check catches defects, and in which it misses them.

A check catches a defect when it fails the case, whatever for. Of the defects in one dimension
that reviews found, each stands for 1 / (inclusion probability) cases; the share caught is their
weighted mean (`statistics/known_probability.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cases.language.messages import Sayable
from cases.language.texts import Text
from evaluation.statistics.known_probability import share_among
from evaluation.statistics.metrics import FEWEST, Figure

MOST_SHOWN = 20


@dataclass(frozen=True)
class CaughtIn:
    """The share of the defects in one dimension that a check caught.

    `caught.n` is the number of such defects that reviews found; withheld below `FEWEST`.
    """

    code: str
    meaning: Sayable
    caught: Figure


def caught_by_dimension(
    defects: pl.DataFrame, names: Mapping[str, Sayable]
) -> tuple[CaughtIn, ...]:
    """What a check caught of the defects in each dimension, in the order of `names`.

    `defects` are checked cases in which a review found a defect: `dimensions` (a list of codes),
    `failed` (whether the check had failed the case) and `inclusion_probability`. Without `names`
    the dimensions that occur stand by their codes.
    """
    occurring = defects["dimensions"].explode().drop_nulls().unique().sort().to_list()
    meanings = dict(names) or {code: Text(en=code) for code in occurring}
    parts = {code: _named(defects, code) for code in meanings if code in occurring}
    shown = sorted(parts, key=lambda code: -parts[code].height)[:MOST_SHOWN]
    return tuple(
        CaughtIn(code, meanings[code], _share(part))
        for code, part in parts.items()
        if code in shown
    )


def _named(defects: pl.DataFrame, code: str) -> pl.DataFrame:
    return defects.filter(pl.col("dimensions").list.contains(code))


def _share(part: pl.DataFrame) -> Figure:
    if part.height < FEWEST:
        return Figure.withheld(part.height)
    return share_among(part.with_columns(y=pl.col("failed").cast(pl.Float64)))
