"""Readings of cases that are still to be made: the one rule for every list, count and notice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import polars as pl

from cases.office.reviews import CONSOLIDATED, FIRST, SECOND, Reading
from cases.tables.tables import Tables
from cases.tables.values import TIME
from serving.work.deciding import Deciding, Overridden
from serving.work.reviewing import Begun, Reviewing
from serving.work.work import Work

READINGS: dict[str, pl.DataType] = {
    "plan": pl.String(),
    "case_id": pl.String(),
    "reading": pl.String(),
    "reviewer": pl.String(),
}
KEY = ("plan", "case_id", "reading")


def open_readings(work: Work, days: Mapping[str, datetime], tables: Tables) -> pl.DataFrame:
    """The readings that were given to somebody and are still to be made (columns of `READINGS`).

    Who was given one first has it; one that was given back has no reviewer until somebody takes it.
    It is made by a review since the plan's day (`days`; of a plan that is not there every review
    counts), however that came: one by who has or had it, one of this reading by somebody who had no
    other reading of the case, or a consolidated grade. Of a case that was taken out of the plan
    nothing is to be read, and no reading that was waived.
    """
    return _open(work.reviewing.readings.select(*READINGS), work, days, tables)


def to_make(
    work: Work,
    days: Mapping[str, datetime],
    tables: Tables,
    listed: Mapping[str, Iterable[str]],
) -> pl.DataFrame:
    """As `open_readings`, of the plans that `listed` has with their cases.

    Those that nobody ever had are there too, without a reviewer, and those of cases that people
    added.
    """
    given = work.reviewing.readings.select(*READINGS).filter(pl.col("plan").is_in([*listed]))
    rows: list[tuple[str | None, str, Reading]] = [
        (plan, case_id, FIRST) for plan, ids in listed.items() for case_id in ids
    ]
    added = _decided(work.deciding, "listed")
    rows += [(plan, case_id, FIRST) for plan, case_id in added if plan in listed]
    rows += [
        (plan, case_id, SECOND)
        for plan, begun in work.reviewing.plans.items()
        if plan in listed and isinstance(begun.step, Begun)
        for case_id in begun.step.twice
    ]
    asked = pl.DataFrame(rows, {name: READINGS[name] for name in KEY}, orient="row")
    nobodys = asked.unique(maintain_order=True).join(given, on=KEY, how="anti")
    return _open(pl.concat([given, nobodys], how="diagonal"), work, days, tables)


def unread_elsewhere(
    work: Work,
    days: Mapping[str, datetime],
    tables: Tables,
    plans: Collection[str],
    case_id: str | None = None,
) -> pl.DataFrame:
    """The open readings, of one case or of all, for plans that are not among `plans`.

    As one whose folder is damaged, or not among the newest: the ledger knows who reads what.
    """
    readings = work.reviewing.readings.select(*READINGS)
    readings = readings.filter(~pl.col("plan").is_in(sorted(plans)))
    if case_id is not None:
        readings = readings.filter(case_id=case_id)
    return _open(readings, work, days, tables) if readings.height else readings


def _open(
    readings: pl.DataFrame, work: Work, days: Mapping[str, datetime], tables: Tables
) -> pl.DataFrame:
    left_out = _decided(work.deciding, "left_out")
    out = pl.DataFrame(left_out, {name: READINGS[name] for name in KEY[:2]}, orient="row")
    still = readings.join(out, on=KEY[:2], how="anti", nulls_equal=True, maintain_order="left")
    waived = [*work.reviewing.waived]
    without = pl.DataFrame(waived, {name: READINGS[name] for name in KEY}, orient="row")
    still = still.join(without, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    made = _made(still, work.reviewing, days, tables)
    return still.join(made, on=KEY, how="anti", nulls_equal=True, maintain_order="left")


def _made(
    readings: pl.DataFrame, reviewing: Reviewing, days: Mapping[str, datetime], tables: Tables
) -> pl.DataFrame:
    """Of these readings those that are made (`KEY`)."""
    reviews = tables.of_cases("reviews", readings["case_id"])
    is_check = pl.col("kind").is_in(tables.office.check_words).fill_null(value=False)
    found = reviews.filter(~is_check).select(
        "case_id", "reviewed_at", by="reviewer", of=pl.col("reading").fill_null(FIRST)
    )
    day = pl.DataFrame([*days.items()], {"plan": pl.String(), "day": TIME}, orient="row")
    both = readings.join(found, on="case_id").join(day, on="plan", how="left")
    is_since = (pl.col("reviewed_at") > pl.col("day")).fill_null(value=True)
    own = reviewing.readers.select("plan", "case_id", by="reviewer", own="reading")
    read = both.join(own, on=("plan", "case_id", "by"), how="left", nulls_equal=True)
    makes = pl.coalesce("own", "of") == pl.col("reading")
    return read.filter(is_since & (makes | (pl.col("of") == CONSOLIDATED))).select(*KEY)


def _decided(deciding: Deciding, what: str) -> list[tuple[str | None, str]]:
    """The plans and cases of which somebody decided this."""
    return [
        key
        for key, taken in deciding.overridden.items()
        if isinstance(taken.step, Overridden) and taken.step.decided == what
    ]
