"""What the office wants of every draw, as numbers per handler and unit that can all be met."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from cases.errors import Refused
from cases.language.messages import Message, Sayable, _, sentences
from cases.office.model import Quota
from policies.spot_check.design import CLOSE, Quotas
from policies.spot_check.plan import PlanParameters

LEAST, MOST = pl.col("least"), pl.col("most")
FIRST = 1e9  # more than any number of cases: a cell's first seat comes before any second one


def with_cells(cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with `cell`: the number of their part, unit and handler, in that order.

    The parts are what the office's own check passed and failed (`failed_check`), if the draw is
    split by it, else all cases are one; `place` numbers part and unit.
    """
    failed = pl.col("failed_check") if "failed_check" in cases.columns else pl.lit(value=False)
    parted = cases.with_columns(part=failed.cast(pl.Int64))
    return parted.with_columns(
        place=pl.struct("part", "unit").rank("dense").cast(pl.Int64) - 1,
        cell=pl.struct("part", "unit", "handler").rank("dense").cast(pl.Int64) - 1,
    )


def quotas_of(cases: pl.DataFrame, size: int, parameters: PlanParameters) -> Quotas:
    """The quotas of a draw of `size` among `cases` (`unit, handler` and those of `with_cells`).

    A handler with cases in several places (units, and parts of them) has a cell in each, and the
    handler's quota is shared out among them: one for each cell, then in proportion to the cases
    (by D'Hondt's divisors, so that no cell's least exceeds its most). A unit's quota is shared
    out among its parts in the same way. Where there are fewer cases than a quota asks for, all
    are drawn. Cases whose handler or unit is not known have no quota.
    `Refused` if the quotas contradict each other; the sentences say which and by how much.
    """
    if parameters.failed_check_share is None and not parameters.has_quotas:
        return _none(cases, size)
    handlers = _limits(cases, "handler", parameters.per_handler)
    units = _limits(cases, "unit", parameters.per_unit)
    cells = _shared_out(cases, "cell", "handler", handlers)
    places = _shared_out(cases, "place", "unit", units)
    sizes = part_sizes(cases, size, parameters.failed_check_share)
    problems = [
        *_contradicting(handlers, "per_handler", parameters.per_handler),
        *_contradicting(units, "per_unit", parameters.per_unit),
        *_without_a_seat(cells, "per_handler", parameters.per_handler),
        *_without_a_seat(places, "per_unit", parameters.per_unit),
    ] or _beyond(cells, places, sizes, parameters.floor)
    if problems:
        raise Refused(sentences(*problems))
    return Quotas(
        size,
        cell_least=cells["least"].cast(pl.Float64).to_numpy(),
        cell_most=cells["most"].cast(pl.Float64).to_numpy(),
        unit_least=places["least"].cast(pl.Float64).to_numpy(),
        unit_most=places["most"].cast(pl.Float64).to_numpy(),
        unit_of_cell=cells["place"].to_numpy(),
        part_sizes=sizes,
        part_of_unit=places["part"].to_numpy(),
    )


def _none(cases: pl.DataFrame, size: int) -> Quotas:
    """What is wanted without any quota, which can always be met: no more than there are."""
    cell, place = (cases[name].to_numpy() for name in ("cell", "place"))
    in_cell, in_place = (np.bincount(of).astype(np.float64) for of in (cell, place))
    unit_of_cell = np.zeros(len(in_cell), np.int64)
    unit_of_cell[cell] = place
    nothing = np.zeros_like(in_cell), np.zeros_like(in_place)
    return Quotas(size, nothing[0], in_cell, nothing[1], in_place, unit_of_cell)


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


def _shared_out(cases: pl.DataFrame, among: str, group: str, limits: pl.DataFrame) -> pl.DataFrame:
    """`place, part, cases, least, most` per cell or place (`among`): the seats it wins.

    They are shared out among those of its `group`, a handler or a unit with these `limits`.
    """
    # D'Hondt: the k-th case of a cell is worth cases / k; the handler's seats go to the highest.
    turn = pl.int_range(1, pl.len() + 1).over(among)
    seats = (
        cases.sort(among)
        .with_columns(strength=pl.len().over(among) / turn + FIRST * (turn == 1))
        .with_columns(seat=pl.col("strength").rank("ordinal", descending=True).over(group))
        .join(limits, on=group)
    )
    won = {name: (pl.col("seat") <= pl.col(name)).sum() for name in ("least", "most")}
    keys = dict.fromkeys([among, "place", "part"])
    return seats.group_by(*keys).agg(cases=pl.len(), **won).sort(among)


def part_sizes(cases: pl.DataFrame, size: int, share: float | None) -> tuple[int, ...]:
    """How many of a draw of `size` are among the cases the own check passed, and failed.

    `share` of them, rounded, are failed ones; where all are drawn, all of both. One part without
    a `share`. `Refused` if there are not so many, or if no review were left for a part.
    """
    if share is None:
        return (size,)
    failed = int(cases["part"].sum())
    passed = cases.height - failed
    if size == cases.height:
        return passed, failed
    least, most = max(size - passed, min(failed, 1)), min(failed, size - min(passed, 1))
    wanted = math.floor(share * size + 0.5)
    if size and not least <= wanted <= most:
        raise Refused(_infeasible(wanted, size, failed, (least, most)))
    return size - wanted, wanted


def _infeasible(wanted: int, size: int, failed: int, bounds: tuple[int, int]) -> Sayable:
    """Why the draw cannot be split so, and what to change."""
    if not failed:
        return _(
            "failed_check_share splits the draw, but no case of the frame has failed the office's "
            "own check. Leave it out."
        )
    least, most = bounds
    problem = _(
        "failed_check_share gives {wanted:,} of the {size:,} reviews that the capacity leaves "
        "after the mandatory ones to cases that failed the office's own check; of these there are "
        "{failed:,}, and both sides need a review.",
        wanted=wanted,
        size=size,
        failed=failed,
    )
    if least > most:
        return sentences(problem, _("Raise the capacity."))
    remedy = _(
        "Set it between {low:.3f} and {high:.3f}, or change the capacity.",
        low=math.ceil(1000 * least / size) / 1000,
        high=math.floor(1000 * most / size) / 1000,
    )
    return sentences(problem, remedy)


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


def _without_a_seat(shared: pl.DataFrame, key: str, quota: Quota) -> list[Message]:
    """A sentence if a handler, or a unit, has cases in more places than cases may be drawn."""
    if not (shared["most"] == 0).any():
        return []
    problem = _(
        "{key} allows at most {at_most} cases of a single one, and there are some with cases in "
        "more units than that, those that failed the own check counted apart: some of their cases "
        "could not be drawn. Raise at_most.",
        key=key,
        at_most=quota.at_most,
    )
    return [problem]


def _beyond(
    cells: pl.DataFrame, places: pl.DataFrame, sizes: Sequence[int], floor: float
) -> list[Sayable]:
    """A sentence if quotas contradict each other or the number of reviews left."""
    inside = cells.group_by("place").agg(LEAST.sum(), MOST.sum())
    both = places.join(inside, on="place", suffix="_inside").select(
        "part",
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
    share = floor * sum(sizes) / max(int(cells["cases"].sum()), 1)
    for number, size in enumerate(sizes):
        part = both.filter(part=number)
        least, most = int(part["least"].sum()), int(part["most"].sum())
        needed = _room_needed(cells.filter(part=number), places, size, share)
        problems = [*_too_many(least, needed, size), *_too_few(most, size)][:1]
        if problems:
            return [_of_part(number, problems[0])] if sizes[1:] else [*problems]
    return []


def _of_part(number: int, problem: Message) -> Sayable:
    """A problem with one side of a draw that is split by the own check."""
    if number:
        side = _("This is about the cases that failed the office's own check (failed_check_share).")
    else:
        side = _("This is about the cases that did not fail the own check (failed_check_share).")
    return sentences(problem, side)


def _room_needed(cells: pl.DataFrame, places: pl.DataFrame, size: int, share: float) -> float:
    """The expected number of cases that quotas and the design's floor take together.

    Cases without a quota need room too: no inclusion probability may fall below the floor,
    `share`, or where that is more than the part has, below its even draw.
    """
    least_pi = min(share, size / max(int(cells["cases"].sum()), 1))
    with_floor = cells.with_columns(least=pl.max_horizontal("least", least_pi * pl.col("cases")))
    summed = with_floor.group_by("place").agg(LEAST.sum())
    room = summed.join(places, on="place", suffix="_of_unit")
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
