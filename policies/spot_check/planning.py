"""Which cases to check: rules first, then one draw that both searches and surveys.

Every case has a known inclusion probability, the higher the riskier it is (`design.py`), and
the draw keeps it exactly (`draw.py`); so the list finds defects, and the reviews that come back
measure the quality of all cases without bias (`evaluation.surveys.estimate`).
"""

from __future__ import annotations

import bisect
import hashlib
import math
from dataclasses import replace

import numpy as np
import polars as pl

from cases.errors import Refused
from cases.integrity.canonical import Domain
from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats, Z
from policies.spot_check.checks import check
from policies.spot_check.design import LEAST_FLOOR, Design, without_quotas
from policies.spot_check.draw import draw
from policies.spot_check.hidden_group import most_hidden, reach
from policies.spot_check.plan import (
    FAILED_CHECK,
    Choice,
    Outlook,
    PlanParameters,
    SpotCheckPlan,
    columns_of,
    margin_of,
)
from policies.spot_check.quotas import quotas_of, with_cells
from policies.tickets import FORMAT, OLD, tickets, tickets_of


def draw_plan(
    frame: pl.DataFrame, parameters: PlanParameters, draw_format: int = FORMAT
) -> SpotCheckPlan:
    """Draw the cases to check from `frame` (columns of `FRAME`, one row per case).

    Where the draw is split by the office's own check, `frame` has the column `failed_check` too;
    where cases are not asked about at their closing, `moment`.
    Mandatory cases are always drawn; what they leave of the capacity is drawn among the
    others, with the tickets of `draw_format`. `BadInput` for parameters out of bounds or a
    case that stands twice in the frame; `Refused` for quotas or a margin that cannot be kept.
    """
    check(frame, parameters)
    by_rule, others = candidates(frame, parameters)
    free, notes = free_capacity(by_rule, parameters)
    size = min(free, others.height)
    design = design_of(others, size, parameters)
    pi = probabilities(design, parameters, frame.height)
    case_ids = others["case_id"].to_list()
    ticket = tickets_of(draw_format, Domain.PLAN_DRAW, parameters.seed, case_ids)
    drawn = draw(pi, design.cell, design.quotas.unit_of_cell, ticket, design.quotas.part_of_unit)
    everyone = pl.concat(
        [
            by_rule.with_columns(inclusion_probability=1.0, drawn=True),
            others.drop("part", "place", "cell").with_columns(
                inclusion_probability=pl.Series(pi), drawn=pl.Series(drawn)
            ),
        ]
    )
    return SpotCheckPlan(
        parameters,
        everyone.drop("drawn").sort("case_id"),
        _lines(everyone.filter("drawn"), parameters, draw_format),
        outlook_of(design, pi, by_rule, frame.height),
        notes,
        draw_format,
    )


def candidates(
    frame: pl.DataFrame, parameters: PlanParameters
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases by rule, and those that the draw decides about, in the order of a design."""
    split = parameters.failed_check_share is not None
    cases = frame.select(name for name in columns_of(frame) if split or name not in FAILED_CHECK)
    others = cases.filter(pl.col("rule").is_null()).sort("unit", "handler", "case_id")
    return cases.filter(pl.col("rule").is_not_null()), with_cells(others)


def floor_cost(plan: SpotCheckPlan) -> float:
    """How many more defects the plan would be expected to find with the lowest floor.

    Of a large frame, by its thinned design.
    """
    others = plan.frame.filter(pl.col("rule").is_null())
    pi = others["inclusion_probability"].to_numpy()
    if plan.parameters.floor <= LEAST_FLOOR or not pi.any():
        return 0.0
    design = design_of(with_cells(others), round(pi.sum()), plan.parameters)
    return cost_of_floor(design, pi, plan.parameters, plan.frame.height)


def cost_of_floor(
    design: Design, pi: Floats, parameters: PlanParameters, frame_cases: int
) -> float:
    """As `floor_cost`, of a design with the inclusion probabilities `pi`."""
    if design.floor <= LEAST_FLOOR or not pi.any():
        return 0.0
    lowest = replace(design, floor=LEAST_FLOOR).thinned()
    most = lowest.expected_defects(probabilities(lowest, parameters, frame_cases))
    return max(0.0, most - design.expected_defects(pi))


def design_of(others: pl.DataFrame, size: int, parameters: PlanParameters) -> Design:
    """The design of drawing `size` of the `others` that `candidates` gave; `Refused` for quotas."""
    quotas = quotas_of(others, size, parameters)
    return Design.of(
        others["risk"].to_numpy(),
        others["cell"].to_numpy(),
        quotas,
        floor=parameters.floor,
        doubt=parameters.doubt,
    )


def probabilities(design: Design, parameters: PlanParameters, frame_cases: int) -> Floats:
    """The inclusion probabilities of the cases that the random draw decides about.

    `Refused` for a margin that cannot be had.
    """
    if design.quotas.size == 0:
        return np.zeros(len(design.risk))
    if design.quotas.size == design.count.sum():
        return np.ones(len(design.risk))
    if parameters.margin is None:
        return design.at_search_share(parameters.search_share)
    best = margin_of(design.least_variance(), frame_cases)
    if best > parameters.margin:
        raise Refused(_beyond_reach(parameters, parameters.margin, best, design, frame_cases))
    return design.at_variance((parameters.margin * frame_cases / Z) ** 2)


def _beyond_reach(
    parameters: PlanParameters, margin: float, best: float, design: Design, frame_cases: int
) -> Sayable:
    """Why `margin` cannot be had, and what it would take."""
    reviews = design.quotas.size
    takes = _reviews_for(margin, design, frame_cases)
    problem = _(
        "A margin of {margin:.2%} cannot be had with {reviews:,} reviews after the mandatory "
        "ones: the best is {best:.2%}.",
        margin=margin,
        reviews=reviews,
        best=best,
    )
    if takes <= reviews and parameters.failed_check_share is not None:
        return sentences(problem, _("The quotas or failed_check_share stand in the way."))
    if takes <= reviews:
        return sentences(problem, _("The quotas stand in the way."))
    return sentences(problem, _("It takes about {reviews:,} reviews.", reviews=takes))


def _reviews_for(margin: float, design: Design, frame_cases: int) -> int:
    """The fewest reviews that buy `margin`, without regard to quotas."""

    risk = np.repeat(design.risk, design.count.astype(np.int64))

    def enough(size: int) -> bool:
        free = without_quotas(risk, size, floor=design.floor, doubt=design.doubt)
        return margin_of(free.least_variance(), frame_cases) <= margin

    sizes = range(design.quotas.size, len(risk))
    return sizes.start + bisect.bisect_left(sizes, True, key=enough)


def outlook_of(
    design: Design, pi: Floats, by_rule: pl.DataFrame, frame_cases: int
) -> tuple[Outlook, ...]:
    """What the plan buys, and next to it a purely random draw and the top of the list."""
    certain, size = float(by_rule["risk"].sum()), design.quotas.size
    mandatory, count = np.ones(by_rule.height), design.count.astype(np.int64)
    if size == 0:
        return (Outlook("plan", certain, None),)

    def of(choice: Choice, probabilities: Floats) -> Outlook:
        variance = design.anticipated_variance(probabilities)
        everyone = np.append(np.repeat(probabilities, count), mandatory)
        return Outlook(
            choice,
            certain + design.expected_defects(probabilities),
            margin_of(variance, frame_cases),
            reach(variance, most_hidden(everyone)) / frame_cases,
        )

    top = np.sort(np.repeat(design.risk, count))[count.sum() - size :]
    return (
        of("plan", pi),
        of("all_random", np.full(len(pi), size / count.sum())),
        Outlook("top_of_the_list", certain + float(top.sum()), None),
    )


def _lines(drawn: pl.DataFrame, parameters: PlanParameters, draw_format: int) -> pl.DataFrame:
    """The drawn cases, the riskiest first (equal risks by case id)."""
    by_rule, certain = pl.col("rule").is_not_null(), pl.col("inclusion_probability") == 1
    how = pl.when(by_rule).then(pl.lit("mandatory")).when(certain).then(pl.lit("search"))
    cases = drawn.drop("drawn").sort("risk", "case_id", descending=[True, False])
    twice = math.ceil(parameters.second_share * cases.height - 1e-9)
    order = _second_tickets(draw_format, parameters.seed, cases["case_id"])
    second = order.rank("ordinal") <= twice
    return cases.select(
        *columns_of(cases),
        "inclusion_probability",
        selected_by=how.otherwise(pl.lit("lottery")),
        second_review=second,
    ).with_row_index("rank", offset=1)


def _second_tickets(draw_format: int, seed: str, case_ids: pl.Series) -> pl.Series:
    """What orders the cases in the draw of those that are read twice."""
    if draw_format == OLD:
        names = [f"{seed}:second:{case_id}" for case_id in case_ids]
        hashes = [hashlib.sha256(name.encode()).hexdigest() for name in names]
        return pl.Series(hashes, dtype=pl.String)
    return pl.Series(tickets(Domain.SECOND_READING, seed, case_ids.to_list())[:, 0])


def free_capacity(
    by_rule: pl.DataFrame, parameters: PlanParameters
) -> tuple[int, tuple[Sayable, ...]]:
    """What the mandatory cases that count leave of the capacity, and a note if nothing is left.

    The English words stay as they are: `verify` compares them with those of kept plans.
    """
    taken = by_rule.filter(~pl.col("rule").is_in(parameters.outside_capacity)).height
    capacity = parameters.capacity
    if taken < capacity or not taken:
        return capacity - taken, ()
    if taken == capacity:
        note = _(
            "{taken} mandatory cases take the whole capacity of {capacity}; all of them are on "
            "the list. No other case had a chance, so the reviews say nothing about the quality "
            "of the rest.",
            taken=taken,
            capacity=capacity,
        )
        return 0, (note,)
    note = _(
        "{taken} mandatory cases take the whole capacity of {capacity} and exceed it by {over}; "
        "all of them are on the list. No other case had a chance, so the reviews say nothing "
        "about the quality of the rest.",
        taken=taken,
        capacity=capacity,
        over=taken - capacity,
    )
    return 0, (note,)
