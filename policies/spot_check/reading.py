"""How the drawn cases are read: in which order, and of which of them the risk is hidden.

A claim may be looked at after every review and shown as soon as the reviews suffice
(`evaluation.surveys.acceptance`). That holds only if nobody chooses which review comes first: the
order is drawn too, from the plan's seed, and is known to everybody who knows the seed. It has
nothing to do with the ranks of the list, which put the highest risks first.

Of which cases the reviewers see no risk, no reasons and not how they were chosen is drawn from the
same seed, each case by itself, whatever its risk and its place in the order. So grades with the
risk shown and without can be compared (`evaluation.surveys.anchoring`).
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from cases.integrity.canonical import Domain
from cases.office.model import Office
from policies.spot_check.plan import PlanParameters
from policies.tickets import tickets


def reading_order(seed: str, case_ids: pl.Series) -> pl.Series:
    """The cases in the order in which to read them: by the first number of their ticket."""
    order = tickets(Domain.READING_ORDER, seed, case_ids.to_list())[:, 0]
    return case_ids.gather(pl.Series(order).arg_sort())


class PlannedReading(NamedTuple):
    """A case to be read: `number` counts the readings of a plan from 1."""

    number: int
    case_id: str
    is_second: bool


def readings(seed: str, lines: pl.DataFrame) -> list[PlannedReading]:
    """Every reading of a plan with these `lines`: the first ones in reading order, then the second.

    Whatever lists readings, on paper or in a table, numbers them so.
    """
    order = reading_order(seed, lines["case_id"])
    twice = set(lines.filter("second_review")["case_id"])
    first = [(case_id, False) for case_id in order]
    second = [(case_id, True) for case_id in order if case_id in twice]
    return [PlannedReading(number, *one) for number, one in enumerate([*first, *second], start=1)]


def risk_hidden(office: Office, parameters: PlanParameters, case_id: str) -> bool:
    """Whether reviewers see nothing of the risk of this case until the grade is saved.

    In an office that reviews blind by now that is every case, also of plans drawn before.
    """
    is_blind = office.reviews is not None and office.reviews.blind
    return is_blind or bool(drawn_hidden(parameters, pl.Series([case_id]))[0])


def drawn_hidden(parameters: PlanParameters, case_ids: pl.Series) -> pl.Series:
    """Whether the plan's draw hides the risk of each case: with probability `hidden_share`."""
    numbers = tickets(Domain.HIDDEN_RISK, parameters.seed, case_ids.to_list())[:, 0]
    return pl.Series(numbers < parameters.hidden_share, dtype=pl.Boolean)
