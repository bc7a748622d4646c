"""Which closed cases to check: rules first, then one draw that both searches and surveys.

Every case has a known chance, the higher the riskier it is (`design.py`), and the draw
keeps it exactly (`draw.py`); so the list finds defects, and the reviews that come back
measure the quality of all cases without bias (`evaluation.quality.estimate`).
"""

from __future__ import annotations

import bisect
import hashlib
import math

import numpy as np
import polars as pl

from cases.errors import BadInput, Fault, Refused
from cases.language.texts import Text
from cases.numeric import Floats, Z
from policies.spot_check.design import Design, without_quotas
from policies.spot_check.draw import draw, tickets
from policies.spot_check.plan import (
    FRAME,
    LEAST_MARGIN,
    LONGEST_SEED,
    Choice,
    Outlook,
    PlanParameters,
    SpotCheckPlan,
    margin_of,
)
from policies.spot_check.quotas import quotas_of, with_cells


def draw_plan(frame: pl.DataFrame, wish: PlanParameters) -> SpotCheckPlan:
    """Draw the cases to check from `frame` (columns of `FRAME`, one row per case).

    Mandatory cases are always drawn; what they leave of the capacity is drawn among the
    others. `BadInput` for a wish that makes no sense or a case that stands twice in the
    frame; `Refused` for wishes that contradict each other.
    """
    _check(frame, wish)
    cases = frame.select(*FRAME)
    by_rule = cases.filter(pl.col("rule").is_not_null())
    others = with_cells(cases.filter(pl.col("rule").is_null()).sort("unit", "handler", "case_id"))
    free, notes = _free_capacity(by_rule, wish)
    size = min(free, others.height)

    design = _design(others, size, wish)
    pi = _probabilities(design, wish, frame.height) if size else np.zeros(others.height)
    drawn = draw(
        pi,
        design.cell,
        design.quotas.unit_of_cell,
        tickets(wish.seed, others["case_id"].to_list()),
    )
    chances = pl.concat(
        [
            by_rule.with_columns(inclusion_probability=1.0, drawn=True),
            others.drop("cell").with_columns(
                inclusion_probability=pl.Series(pi), drawn=pl.Series(drawn)
            ),
        ]
    )
    outlook = _outlook(design, pi, by_rule, frame.height)
    everyone = chances.drop("drawn").sort("case_id")
    return SpotCheckPlan(wish, everyone, _lines(chances.filter("drawn"), wish), outlook, notes)


def _design(others: pl.DataFrame, size: int, wish: PlanParameters) -> Design:
    quotas = quotas_of(others, size, wish)
    return Design.of(others["risk"].to_numpy(), others["cell"].to_numpy(), quotas)


def _probabilities(design: Design, wish: PlanParameters, frame_cases: int) -> Floats:
    """The inclusion probabilities of the cases that chance decides about."""
    if design.quotas.size == len(design.risk):
        return np.ones(len(design.risk))
    if wish.margin is None:
        return design.at_search_share(wish.search_share)
    best = margin_of(design.least_variance(), frame_cases)
    if best > wish.margin:
        takes = _reviews_for(wish.margin, design, frame_cases)
        enough = takes <= design.quotas.size
        raise Refused(
            f"A margin of {wish.margin:.2%} cannot be had with {design.quotas.size:,} reviews "
            f"beside mandatory ones: the best is {best:.2%}. "
            + ("The quotas stand in the way." if enough else f"It takes about {takes:,} reviews.")
        )
    return design.at_variance((wish.margin * frame_cases / Z) ** 2)


def _reviews_for(margin: float, design: Design, frame_cases: int) -> int:
    """The fewest reviews that buy `margin`, whatever the quotas."""

    def enough(size: int) -> bool:
        return margin_of(without_quotas(design.risk, size).least_variance(), frame_cases) <= margin

    sizes = range(design.quotas.size, len(design.risk))
    return sizes.start + bisect.bisect_left(sizes, True, key=enough)


def _outlook(
    design: Design, pi: Floats, by_rule: pl.DataFrame, frame_cases: int
) -> tuple[Outlook, ...]:
    """What the plan buys beside a purely random draw and the top of the list."""
    certain, size = float(by_rule["risk"].sum()), design.quotas.size
    if size == 0:
        return (Outlook("plan", certain, None),)

    def of(choice: Choice, chances: Floats) -> Outlook:
        margin = margin_of(design.anticipated_variance(chances), frame_cases)
        return Outlook(choice, certain + design.expected_defects(chances), margin)

    top = np.sort(design.risk)[len(design.risk) - size :]
    return (
        of("plan", pi),
        of("all_random", np.full(len(pi), size / len(pi))),
        Outlook("top_of_the_list", certain + float(top.sum()), None),
    )


def _lines(drawn: pl.DataFrame, wish: PlanParameters) -> pl.DataFrame:
    """The drawn cases, the riskiest first (equal risks by case id)."""
    by_rule, certain = pl.col("rule").is_not_null(), pl.col("inclusion_probability") == 1
    how = pl.when(by_rule).then(pl.lit("mandatory")).when(certain).then(pl.lit("search"))
    cases = drawn.drop("drawn").sort("risk", "case_id", descending=[True, False])
    lots = [_second_lot(wish.seed, case) for case in cases["case_id"]]
    twice = math.ceil(wish.second_share * len(lots) - 1e-9)
    second = pl.Series(lots, dtype=pl.String).rank("ordinal") <= twice
    return cases.select(
        *FRAME,
        "inclusion_probability",
        selected_by=how.otherwise(pl.lit("lottery")),
        second_review=second,
    ).with_row_index("rank", offset=1)


def _second_lot(seed: str, case_id: str) -> str:
    """A case's place in the draw of those that are read twice."""
    return hashlib.sha256(f"{seed}:second:{case_id}".encode()).hexdigest()


def _free_capacity(by_rule: pl.DataFrame, wish: PlanParameters) -> tuple[int, tuple[Text, ...]]:
    """What the mandatory cases that count leave of the capacity, and a note if nothing is left."""
    taken = by_rule.filter(~pl.col("rule").is_in(wish.outside_capacity)).height
    if taken < wish.capacity or not taken:
        return wish.capacity - taken, ()
    over = taken - wish.capacity
    beyond = f" and exceed it by {over}" if over else ""
    beyond_zh = f"，超出{over}件" if over else ""
    note = Text(
        en=f"{taken} mandatory cases take the whole capacity of {wish.capacity}{beyond}; all of "
        "them are on the list. No other case had a chance, so the reviews say nothing about "
        "the quality of the rest.",
        zh=f"必查案件{taken}件占满容量{wish.capacity}件{beyond_zh}，全部列入清单。"
        "其他案件没有被抽中的可能，评查结果不能说明其余案件的质量。",
    )
    return 0, (note,)


def _check(frame: pl.DataFrame, wish: PlanParameters) -> None:
    def fault(column: str, value: object, problem: str, remedy: str) -> Fault:
        return Fault("plan", problem, remedy, column=column, value=str(value))

    faults = [
        fault("case_id", case_id, "stands more than once in the frame.", "Give every case once.")
        for case_id in frame.filter(pl.col("case_id").is_duplicated())["case_id"].unique().sort()
    ]
    odd = frame.filter(~pl.col("risk").is_between(0, 1).fill_null(value=False)).head(5)
    faults += [
        fault("risk", risk, f"of case {case} is no probability.", "Score the cases again.")
        for case, risk in odd.select("case_id", "risk").iter_rows()
    ]
    if wish.capacity < 1:
        faults.append(
            fault("capacity", wish.capacity, "is too small.", "Ask for at least 1 review.")
        )
    for name, least, share in (
        ("search_share", 0.0, wish.search_share),
        ("second_share", 0.0, wish.second_share),
        ("margin", LEAST_MARGIN, wish.margin),
    ):
        if share is not None and not least <= share <= 1:
            faults.append(
                fault(name, share, "is no such share.", f"Give a number from {least:g} to 1.")
            )
    if not 0 < len(wish.seed) <= LONGEST_SEED or not wish.seed.isprintable():
        remedy = f"Give 1 to {LONGEST_SEED} letters or digits."
        faults.append(fault("seed", f"{len(wish.seed)} letters", "is no seed.", remedy))
    if faults:
        raise BadInput(faults)
