"""Who can review what: units, kinds, room and absences of the reviewers, and their recusals."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.clock import END, LAST_DAY
from cases.demo.draws import Draws, col
from cases.demo.intake import KINDS
from cases.demo.people import REVIEWER_CODES

WITHOUT_UNIT = 3  # reviewers of the case-management office, which handles no cases
ONE_KIND_SHARE = 0.2  # of the others
ROOM = 3  # cases to review at once for each that a reviewer can bear
AWAY = 2  # reviewers absent when the tables were taken
LONGEST_ABSENCE = 20  # in days
RECUSED = 10  # from one case each
RECENT_DAYS = 180  # before the tables were taken: the cases they are recused from


def draw_reviewers(rng: np.random.Generator, units: pl.Series) -> pl.DataFrame:
    """reviewers.csv: the reviewers of the review table, most of them of one of `units`."""
    draw = Draws(rng, len(REVIEWER_CODES))
    number = pl.int_range(pl.len())
    of_unit = rng.choice(units.unique().sort().to_numpy(), draw.count)
    kind = rng.choice(np.array(KINDS), draw.count)
    away = number.is_in(rng.choice(draw.count, AWAY, replace=False).tolist())
    first = pl.lit(END.date()) - pl.duration(days=(5 * draw.share()).floor().cast(pl.Int64))
    lasts = (LONGEST_ABSENCE * draw.share()).ceil().cast(pl.Int64)
    capacity = pl.Series(rng.integers(5, 13, draw.count).astype(float))
    has_unit = number >= WITHOUT_UNIT
    return pl.DataFrame({"reviewer": REVIEWER_CODES}).with_columns(
        unit=pl.when(has_unit).then(pl.lit(pl.Series(of_unit, dtype=pl.String))),
        kinds=pl.when(has_unit & draw.happens(ONE_KIND_SHARE)).then(
            pl.lit(pl.Series(kind, dtype=pl.String))
        ),
        capacity=capacity,
        most_open=ROOM * pl.lit(capacity),
        absent_from=pl.when(away).then(first),
        absent_until=pl.when(away).then(first + pl.duration(days=lasts)),
    )


def draw_reviewer_recusals(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """Cases closed not long ago that some reviewers may not review."""
    recent = cases.filter(col("closed").is_between(LAST_DAY - RECENT_DAYS, LAST_DAY, closed="left"))
    count = min(RECUSED, recent.height)
    chosen = rng.choice(recent.height, count, replace=False)
    return pl.DataFrame(
        {
            "handler": rng.choice(REVIEWER_CODES, count).tolist(),
            "case_id": recent["case_id"].gather(chosen),
            "party": pl.Series([None] * count, dtype=pl.String),
        },
        schema_overrides={"handler": pl.String},
    )
