"""Which closed cases to check: rules first, then the highest risks, and a lottery for the rest.

The lottery is what keeps the list honest: every case that neither a rule nor its
risk put on the list has the same, known chance, so what reviewers find there
speaks for all cases nobody suspected.
"""

from __future__ import annotations

import hashlib
import math

import polars as pl

from cases.errors import BadInput, Fault
from cases.office import Office, Text
from policies.plans import FRAME, PlanParameters, SpotCheckPlan


def draw_plan(frame: pl.DataFrame, office: Office, parameters: PlanParameters) -> SpotCheckPlan:
    """Draw the cases to check from `frame` (columns of `FRAME`, one row per case).

    Mandatory cases are always drawn. Of the capacity that is left, the share
    `random_share` (rounded up) is a simple random sample without replacement of the
    cases that are not otherwise on the list; the rest goes to the highest risks,
    equal risks in the order of their ids (so that a
    probability of one is exactly one). Raises `BadInput` for a capacity below one, a
    share outside [0, 1], or a case that stands twice in the frame.
    """
    _check(frame, parameters)
    cases = frame.select(*FRAME).sort("risk", "case_id", descending=[True, False])
    by_rule = cases.filter(pl.col("rule").is_not_null())
    others = cases.filter(pl.col("rule").is_null())

    free, notes = _free_capacity(by_rule, office, parameters.capacity)
    free = min(free, others.height)
    lottery_size = min(free, math.ceil(free * parameters.random_share))
    search, rest = others.head(free - lottery_size), others.slice(free - lottery_size)
    tickets = pl.Series(
        [_ticket(parameters.seed, case) for case in rest["case_id"]], dtype=pl.String
    )
    winners = rest[tickets.arg_sort().head(lottery_size).sort()]
    chance = lottery_size / rest.height if rest.height else 0.0

    certain = [_named(by_rule, "mandatory", 1.0), _named(search, "search", 1.0)]
    drawn = pl.concat([*certain, _named(winners, "lottery", chance)])
    everyone = pl.concat([*certain, _named(rest, "lottery", chance)])
    return SpotCheckPlan(
        parameters,
        frame=everyone.select(*FRAME, "inclusion_probability").sort("case_id"),
        lines=drawn.with_row_index("rank", offset=1),
        notes=notes,
    )


def _named(cases: pl.DataFrame, selected_by: str, probability: float) -> pl.DataFrame:
    return cases.with_columns(
        selected_by=pl.lit(selected_by, pl.String),
        inclusion_probability=pl.lit(probability, pl.Float64),
    )


def _ticket(seed: int, case_id: str) -> str:
    """A case's place in the lottery: anyone can recompute it with SHA-256."""
    return hashlib.sha256(f"{seed}:{case_id}".encode()).hexdigest()


def _free_capacity(
    by_rule: pl.DataFrame, office: Office, capacity: int
) -> tuple[int, tuple[Text, ...]]:
    """What the mandatory cases that count leave of the capacity, and a note if they exceed it."""
    counting = [rule.code for rule in office.rules if rule.counts]
    taken = by_rule.filter(pl.col("rule").is_in(counting)).height
    if taken <= capacity:
        return capacity - taken, ()
    note = Text(
        en=f"{taken} mandatory cases exceed the capacity of {capacity} by {taken - capacity}; "
        "all of them are on the list, and nothing is left for search and lottery.",
        zh=f"必查案件{taken}件，超出容量{capacity}件共{taken - capacity}件；"
        "全部列入清单，检索与抽签没有余量。",
    )
    return 0, (note,)


def _check(frame: pl.DataFrame, wish: PlanParameters) -> None:
    def fault(column: str, value: object, problem: str, remedy: str) -> Fault:
        return Fault("plan", problem, remedy, column=column, value=str(value))

    faults = [
        fault("case_id", case_id, "stands more than once in the frame.", "Give every case once.")
        for case_id in frame.filter(pl.col("case_id").is_duplicated())["case_id"].unique().sort()
    ]
    if wish.capacity < 1:
        faults.append(
            fault("capacity", wish.capacity, "is too small.", "Ask for at least 1 review.")
        )
    if not 0 <= wish.random_share <= 1:
        faults.append(
            fault("random_share", wish.random_share, "is no share.", "Give a number from 0 to 1.")
        )
    if faults:
        raise BadInput(faults)
