"""How often the estimate errs, by the cases that were drawn to be decided by a person all the same.

The others show it less well: a case that was treated as simple may end as one because of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from cases.tables.tables import Tables
from evaluation.statistics.every_look import rate_at_every_look
from evaluation.statistics.metrics import Figure
from policies.routing import COMPLEX, PERSON, SIMPLE
from training.labels import complexity_outcomes

KEPT = {
    "case_id": pl.String(),
    "track": pl.String(),
    "called": pl.String(),
    "audit_probability": pl.Float64(),
}


@dataclass(frozen=True)
class AuditedTrack:
    """Of the `cases` that the estimate `called` simple or complex, those `drawn` for the audit.

    `wrong` is the share that proved to be the other, of those whose outcome is known; its 95%
    interval holds at every look.
    """

    called: str
    cases: int
    drawn: int
    wrong: Figure


def audited_tracks(tables: Tables, kept: pl.DataFrame, until: datetime) -> tuple[AuditedTrack, ...]:
    """By what the estimate said; `kept` holds the lines of kept intakes (`KEPT`).

    Outcomes are those known by `until`. Empty where no case was to be audited.
    """
    open_to_it = kept.filter(pl.col("audit_probability") > 0).unique("case_id", keep="last")
    outcomes = complexity_outcomes(tables, until).sort("known_at", "case_id")
    found = outcomes.join(open_to_it, on="case_id", maintain_order="left")
    return tuple(
        _track(open_to_it.filter(called=called), found.filter(called=called), called)
        for called in (SIMPLE, COMPLEX)
        if not open_to_it.is_empty()
    )


def _track(cases: pl.DataFrame, found: pl.DataFrame, called: str) -> AuditedTrack:
    drawn, right = found.filter(track=PERSON), int(called == COMPLEX)
    wrong = (drawn["y"] != right).to_numpy().astype(np.float64)
    audited = cases.filter(track=PERSON).height
    return AuditedTrack(called, cases.height, audited, rate_at_every_look(wrong))
