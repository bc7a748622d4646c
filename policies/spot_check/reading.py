"""In which order the cases drawn at random are read where a claim is to be shown.

A claim may be looked at after every review and shown as soon as the reviews suffice
(`evaluation.surveys.acceptance`). That holds only if nobody chooses which review comes first: the
order is drawn too, from the plan's seed, and is known to everybody who knows the seed. It has
nothing to do with the ranks of the list, which put the highest risks first.
"""

from __future__ import annotations

import polars as pl

from cases.integrity.canonical import Domain
from policies.tickets import tickets


def reading_order(seed: str, case_ids: pl.Series) -> pl.Series:
    """The cases in the order in which to read them: by the first number of their ticket."""
    order = tickets(Domain.READING_ORDER, seed, case_ids.to_list())[:, 0]
    return case_ids.gather(pl.Series(order).arg_sort())
