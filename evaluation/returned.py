"""The reviews that came back after a plan was drawn, as its estimate takes them."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.office import Office
from cases.tables import Tables
from features.as_of import final_reviews
from models.population import rows


def returned(tables: Tables, after: datetime, until: datetime) -> pl.DataFrame:
    """What reviews made after `after` and final by `until` found: `case_id, defect, place`.

    `place` is the grade's place among the present ones, 0 the best. Of several reviews of
    a case the first that became final counts (of those of one moment, the first in the
    table); a second reading checks the reviewer.
    """
    office = tables.office
    reviews = rows(final_reviews(tables, until))
    graded = pl.col("grade").is_in(list(office.grade_places))
    first = (
        reviews.filter(pl.col("reviewed_at") > after, graded)
        .sort("known_at", maintain_order=True)
        .unique("case_id", keep="first", maintain_order=True)
    )
    return first.select(
        "case_id",
        defect=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Float64),
        place=pl.col("grade").replace(office.grade_places).cast(pl.Float64),
    )


def usual_places(office: Office) -> tuple[float, float] | None:
    """The mean places of the present grades that are no defect, and of those that are.

    None where every grade is one or none is.
    """
    good, bad = (
        {
            place
            for code, place in office.grade_places.items()
            if (code in office.defect_grades) is no
        }
        for no in (False, True)
    )
    return (sum(good) / len(good), sum(bad) / len(bad)) if good and bad else None
