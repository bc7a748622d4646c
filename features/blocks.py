"""Events in blocks of whole cases, so that what is computed of a block fits into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

MOST_EVENTS, MOST_CASES = 500_000, 50_000  # of a block, on average


def in_blocks(case_ids: pl.Series, events: pl.DataFrame) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Where each block of `case_ids` begins and ends, and the events of its cases.

    `case_ids` are sorted and may repeat; one block holds all of a case, and there is one at least.
    The events have the number of their case too, `case`.
    """
    ranks = case_ids.rle_id().alias("rank")
    cases = int(ranks[-1]) + 1 if len(ranks) else 1
    of_case = pl.DataFrame([case_ids.alias("case_id"), ranks]).unique()
    of_event = events.select("case_id").join(
        of_case, on="case_id", how="left", maintain_order="left"
    )["rank"]
    asked = len(of_event) - of_event.null_count()
    count = max(1, -(-asked // MOST_EVENTS), -(-cases // MOST_CASES))
    block = _block(of_event.fill_null(cases), count, cases)  # beyond the last: not asked for
    order = np.argsort(block, kind="stable").astype(np.uint32)
    ends = np.cumsum(np.bincount(block, minlength=count))[:count]
    bounds = np.searchsorted(_block(ranks, count, cases), np.arange(count + 1))
    for number in range(count):
        places = order[ends[number - 1] if number else 0 : ends[number]]
        of_block = events[places].with_columns(of_event[places].alias("case"))
        yield int(bounds[number]), int(bounds[number + 1]), of_block


def _block(ranks: pl.Series, count: int, cases: int) -> np.ndarray:
    """The block of each case by its rank, as small numbers, which sort fast."""
    return (ranks.cast(pl.Int64) * count // cases).cast(pl.Int16).to_numpy()


def sorted_by(events: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Events in the order of whole numbers and times; quick where they nearly are so already."""
    keys = [events[name].to_physical().to_numpy() for name in reversed(names)]
    return events[np.lexsort(keys).astype(np.uint32)]
