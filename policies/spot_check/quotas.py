"""What the office wants of every draw, as numbers per handler and unit that can all be met."""

from __future__ import annotations

import polars as pl

from cases.errors import Refused
from cases.language.messages import Message, _, sentences
from cases.office.model import Quota
from policies.spot_check.design import CLOSE, Quotas
from policies.spot_check.plan import PlanParameters

LEAST, MOST = pl.col("least"), pl.col("most")
FIRST = 1e9  # more than any number of cases: a cell's first seat comes before any second one


def with_cells(cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with `cell`: the number of their handler and unit, in the order of unit, handler."""
    return cases.with_columns(cell=pl.struct("unit", "handler").rank("dense").cast(pl.Int64) - 1)


def quotas_of(cases: pl.DataFrame, size: int, parameters: PlanParameters) -> Quotas:
    """The quotas of a draw of `size` among `cases` (columns `unit, handler, cell`).

    A handler with cases in several units has a cell in each, and the handler's quota is
    shared out among them: one for each cell, then in proportion to the cases (by D'Hondt's
    divisors, so that no cell's least exceeds its most). Where there are fewer cases than a
    quota asks for, all are drawn. Cases whose handler or unit is not known have no quota.
    `Refused` if the quotas contradict each other; the sentences say which and by how much.
    """
    handlers = _limits(cases, "handler", parameters.per_handler)
    units = _limits(cases, "unit", parameters.per_unit)
    cells = _cells(cases, handlers)
    problems = [
        *_contradicting(handlers, "per_handler", parameters.per_handler),
        *_contradicting(units, "per_unit", parameters.per_unit),
        *_without_a_seat(cells, parameters.per_handler),
    ] or _beyond(cells, units, size, parameters.floor)
    if problems:
        raise Refused(sentences(*problems))
    return Quotas(
        size,
        cell_least=cells["least"].cast(pl.Float64).to_numpy(),
        cell_most=cells["most"].cast(pl.Float64).to_numpy(),
        unit_least=units["least"].cast(pl.Float64).to_numpy(),
        unit_most=units["most"].cast(pl.Float64).to_numpy(),
        unit_of_cell=cells["unit"].rank("dense").cast(pl.Int64).to_numpy() - 1,
    )


def _limits(cases: pl.DataFrame, group: str, quota: Quota) -> pl.DataFrame:
    """`<group>, cases, least, most`, sorted by `group` (`handler` or `unit`)."""
    counted = cases.group_by(group).agg(cases=pl.len().cast(pl.Int64)).sort(group)
    # A share is rounded up; the small number keeps 0.07 of 100 at 7.
    share = (quota.share * pl.col("cases") - 1e-9).ceil().cast(pl.Int64)
    least = pl.min_horizontal("cases", pl.max_horizontal(share, quota.at_least))
    most = pl.col("cases") if quota.at_most is None else pl.min_horizontal("cases", quota.at_most)
    # Cases of an unknown handler or unit are no group that could have a quota.
    known = pl.col(group) != ""
    return counted.with_columns(
        least=pl.when(known).then(least).otherwise(0),
        most=pl.when(known).then(most).otherwise("cases"),
    )


def _cells(cases: pl.DataFrame, handlers: pl.DataFrame) -> pl.DataFrame:
    """`cell, unit, cases, least, most` per cell: the seats it wins among its handler's cells."""
    # D'Hondt: the k-th case of a cell is worth cases / k; the handler's seats go to the highest.
    turn = pl.int_range(1, pl.len() + 1).over("cell")
    seats = (
        cases.sort("cell")
        .with_columns(strength=pl.len().over("cell") / turn + FIRST * (turn == 1))
        .with_columns(seat=pl.col("strength").rank("ordinal", descending=True).over("handler"))
        .join(handlers, on="handler")
    )
    won = {name: (pl.col("seat") <= pl.col(name)).sum() for name in ("least", "most")}
    return seats.group_by("cell", "unit").agg(cases=pl.len(), **won).sort("cell")


def _contradicting(limits: pl.DataFrame, key: str, quota: Quota) -> list[Message]:
    """A sentence if the least and the most of one quota contradict each other."""
    over = limits.filter(LEAST > MOST)
    if over.is_empty():
        return []
    problem = _(
        "{key} asks for {least} cases of a single one (at least {at_least}, a share of "
        "{share:g}) and allows at most {at_most}. Raise at_most or ask for less.",
        key=key,
        least=over["least"].to_list()[0],
        at_least=quota.at_least,
        share=quota.share,
        at_most=quota.at_most,
    )
    return [problem]


def _without_a_seat(cells: pl.DataFrame, quota: Quota) -> list[Message]:
    """A sentence if a handler worked in more units than cases may be drawn."""
    if not (cells["most"] == 0).any():
        return []
    problem = _(
        "per_handler allows at most {at_most} cases of a handler, and there are handlers with "
        "cases in more units than that: some of their cases could not be drawn. Raise at_most.",
        at_most=quota.at_most,
    )
    return [problem]


def _beyond(cells: pl.DataFrame, units: pl.DataFrame, size: int, floor: float) -> list[Message]:
    """A sentence if quotas contradict each other or the number of reviews left."""
    inside = cells.group_by("unit").agg(LEAST.sum(), MOST.sum())
    both = units.join(inside, on="unit", suffix="_inside").select(
        least=pl.max_horizontal("least", "least_inside"),
        most=pl.min_horizontal("most", "most_inside"),
    )
    over = both.filter(LEAST > MOST).select(LEAST - MOST).to_series().to_list()
    if over:
        problem = _(
            "per_handler and per_unit contradict each other by {cases} cases in one unit. "
            "Ask for less of the one or allow more of the other.",
            cases=over[0],
        )
        return [problem]
    least, most = int(both["least"].sum()), int(both["most"].sum())
    needed = _room_needed(cells, units, size, floor)
    return [*_too_many(least, needed, size), *_too_few(most, size)][:1]


def _room_needed(cells: pl.DataFrame, units: pl.DataFrame, size: int, floor: float) -> float:
    """The expected number of cases that quotas and the design's floor take together.

    Cases without a quota need room too: no inclusion probability may fall below the floor.
    """
    share = floor * size / max(int(cells["cases"].sum()), 1)
    with_floor = cells.with_columns(least=pl.max_horizontal("least", share * pl.col("cases")))
    room = with_floor.group_by("unit").agg(LEAST.sum()).join(units, on="unit", suffix="_of_unit")
    return float(room.select(pl.max_horizontal("least", "least_of_unit")).to_series().sum())


def _too_many(least: int, needed: float, size: int) -> list[Message]:
    """A sentence if the quotas ask for more reviews than there are."""
    if least > size:
        problem = _(
            "The quotas ask for at least {least:,} reviews, {more:,} more than the {size:,} that "
            "the capacity leaves after the mandatory ones. Raise the capacity or lower the quotas.",
            least=least,
            more=least - size,
            size=size,
        )
        return [problem]
    if needed > size * (1 + CLOSE):
        problem = _(
            "The quotas ask for {least:,} of the {size:,} reviews that the capacity leaves after "
            "the mandatory ones: too few are left to draw from the cases without a quota. Raise "
            "the capacity or lower the quotas.",
            least=least,
            size=size,
        )
        return [problem]
    return []


def _too_few(most: int, size: int) -> list[Message]:
    """A sentence if the quotas allow fewer reviews than there are."""
    if most >= size:
        return []
    problem = _(
        "The quotas allow at most {most:,} reviews, {fewer:,} fewer than the {size:,} that the "
        "capacity leaves after the mandatory ones. Raise the quotas or lower the capacity.",
        most=most,
        fewer=size - most,
        size=size,
    )
    return [problem]
