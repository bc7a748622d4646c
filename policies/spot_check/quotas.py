"""What the office wants of every draw, as numbers per handler and unit that can all be met."""

from __future__ import annotations

import polars as pl

from cases.errors import Refused
from cases.office.model import Quota
from policies.spot_check.design import CLOSE, LEAST_CHANCE, Quotas
from policies.spot_check.plan import PlanParameters

LEAST, MOST = pl.col("least"), pl.col("most")
FIRST = 1e9  # more than any number of cases: a cell's first seat comes before any second one


def with_cells(cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with `cell`: the number of their handler and unit, in the order of unit, handler."""
    return cases.with_columns(cell=pl.struct("unit", "handler").rank("dense").cast(pl.Int64) - 1)


def quotas_of(cases: pl.DataFrame, size: int, wish: PlanParameters) -> Quotas:
    """The quotas of a draw of `size` among `cases` (columns `unit, handler, cell`).

    A handler with cases in several units has a cell in each, and the handler's quota is
    shared out among them: one for each cell, then in proportion to the cases (by D'Hondt's
    divisors, so that no cell's least exceeds its most). Where there are fewer cases than a
    quota asks for, all are drawn. Cases whose handler or unit nobody knows have no quota.
    `Refused` if the wishes contradict each other; the sentences say which and by how much.
    """
    handlers = _limits(cases, "handler", wish.per_handler)
    units = _limits(cases, "unit", wish.per_unit)
    cells = _cells(cases, handlers)
    faults = [
        *_at_odds(handlers, "per_handler", wish.per_handler),
        *_at_odds(units, "per_unit", wish.per_unit),
        *_without_a_seat(cells, wish.per_handler),
    ] or _beyond(cells, units, size)
    if faults:
        raise Refused(" ".join(faults))
    return Quotas(
        size,
        cell_least=cells["least"].cast(pl.Float64).to_numpy(),
        cell_most=cells["most"].cast(pl.Float64).to_numpy(),
        unit_least=units["least"].cast(pl.Float64).to_numpy(),
        unit_most=units["most"].cast(pl.Float64).to_numpy(),
        unit_of_cell=cells["unit"].rank("dense").cast(pl.Int64).to_numpy() - 1,
    )


def _limits(cases: pl.DataFrame, who: str, quota: Quota) -> pl.DataFrame:
    """`who, cases, least, most`, sorted by `who`."""
    counted = cases.group_by(who).agg(cases=pl.len().cast(pl.Int64)).sort(who)
    share = (quota.share * pl.col("cases") - 1e-9).ceil().cast(pl.Int64)
    least = pl.min_horizontal("cases", pl.max_horizontal(share, quota.at_least))
    most = pl.col("cases") if quota.at_most is None else pl.min_horizontal("cases", quota.at_most)
    known = pl.col(who) != ""
    return counted.with_columns(
        least=pl.when(known).then(least).otherwise(0),
        most=pl.when(known).then(most).otherwise("cases"),
    )


def _cells(cases: pl.DataFrame, handlers: pl.DataFrame) -> pl.DataFrame:
    """`cell, unit, cases, least, most` per cell: the seats it wins among its handler's cells."""
    turn = pl.int_range(1, pl.len() + 1).over("cell")
    seats = (
        cases.sort("cell")
        .with_columns(strength=pl.len().over("cell") / turn + FIRST * (turn == 1))
        .with_columns(seat=pl.col("strength").rank("ordinal", descending=True).over("handler"))
        .join(handlers, on="handler")
    )
    won = {name: (pl.col("seat") <= pl.col(name)).sum() for name in ("least", "most")}
    return seats.group_by("cell", "unit").agg(cases=pl.len(), **won).sort("cell")


def _at_odds(limits: pl.DataFrame, key: str, quota: Quota) -> list[str]:
    """A sentence if the least and the most of one quota contradict each other."""
    over = limits.filter(LEAST > MOST)
    if over.is_empty():
        return []
    sentence = (
        f"{key} asks for {over['least'].to_list()[0]} cases of one (at least {quota.at_least}, a "
        f"share of {quota.share:g}) and allows at most {quota.at_most}. Raise at_most or ask "
        "for less."
    )
    return [sentence]


def _without_a_seat(cells: pl.DataFrame, quota: Quota) -> list[str]:
    """A sentence if a handler worked in more units than cases may be drawn."""
    if not (cells["most"] == 0).any():
        return []
    sentence = (
        f"per_handler allows at most {quota.at_most} cases of one, and there are handlers with "
        "cases in more units than that: some would have no chance. Raise at_most."
    )
    return [sentence]


def _beyond(cells: pl.DataFrame, units: pl.DataFrame, size: int) -> list[str]:
    """Sentences about quotas that contradict each other or the number of reviews left.

    Cases without a quota need room too: no chance may fall below the design's floor.
    """
    floor = LEAST_CHANCE * size / max(int(cells["cases"].sum()), 1)
    bare = cells.with_columns(least=pl.max_horizontal("least", floor * pl.col("cases")))
    room = bare.group_by("unit").agg(LEAST.sum()).join(units, on="unit", suffix="_own")
    need = room.select(pl.max_horizontal("least", "least_own")).to_series().sum()
    inside = cells.group_by("unit").agg(LEAST.sum(), MOST.sum())
    both = units.join(inside, on="unit", suffix="_inside").select(
        least=pl.max_horizontal("least", "least_inside"),
        most=pl.min_horizontal("most", "most_inside"),
    )
    least, most = int(both["least"].sum()), int(both["most"].sum())
    over = both.filter(LEAST > MOST).select(LEAST - MOST).to_series().to_list()
    if over:
        sentence = (
            f"per_handler and per_unit contradict each other by {over[0]} cases in one unit. "
            "Ask for less of the one or allow more of the other."
        )
    elif least > size:
        sentence = (
            f"The quotas ask for at least {least:,} reviews, {least - size:,} more than the "
            f"{size:,} that the capacity leaves beside mandatory ones. Raise the capacity or "
            "lower the quotas."
        )
    elif need > size * (1 + CLOSE):
        sentence = (
            f"The quotas ask for {least:,} of the {size:,} reviews that the capacity leaves beside "
            "mandatory ones: too few are left for cases without a quota to have a chance. Raise "
            "the capacity or lower the quotas."
        )
    elif most < size:
        sentence = (
            f"The quotas allow at most {most:,} reviews, {size - most:,} fewer than the {size:,} "
            "that the capacity leaves beside mandatory ones. Raise the quotas or lower the "
            "capacity."
        )
    else:
        return []
    return [sentence]
