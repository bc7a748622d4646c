"""What an assignment is: who gets which case, with which probability, who may not and why.

Frozen results; nothing here decides. An assignment can be drawn again from its probabilities
and its seed alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import polars as pl
from pydantic import Field

from cases.language.messages import Sayable
from cases.office.base import Share
from cases.office.model import Model
from policies.assignment.eligibility import Eligibility
from policies.seeds import LONGEST_SEED, commitment
from policies.tickets import FORMAT

How = Literal["drawn", "designated", "unassigned"]

CHANCES: dict[str, pl.DataType] = {
    "group": pl.Int64(),  # cases of one group have the same probabilities and share its numbers
    "case_id": pl.String(),
    "handler": pl.String(),  # null: that nobody gets the case, where room is short
    "probability": pl.Float64(),  # whole multiples of 1e-9
}
LINES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "handler": pl.String(),  # null where unassigned
    "how": pl.String(),
    "probability": pl.Float64(),  # of this handler; null where designated or nobody is eligible
    "eligible": pl.Int64(),  # handlers who were
}
LOADS: dict[str, pl.DataType] = {
    "handler": pl.String(),
    "capacity": pl.Float64(),
    "before": pl.Float64(),  # expected work left in open cases
    "expected": pl.Float64(),  # after the assignment, on average over the draws
    "after": pl.Float64(),
    "open_before": pl.Int64(),
    "open_after": pl.Int64(),
}


class AssignmentParameters(Model):
    """What was requested; with the input it determines the assignment."""

    as_of: datetime = Field(description="when the cases are assigned")
    seed: str = Field(min_length=1, max_length=LONGEST_SEED, description="what the draw depends on")
    floor: Share = Field(default=0.1, description="share of an even draw that each eligible keeps")


@dataclass(frozen=True)
class DrawnAssignment:
    """A drawn assignment.

    `lines` one row per case (columns of `LINES`) and `why` the reason of each, by case id;
    `chances` one row per drawn case and eligible handler (`CHANCES`), `loads` one row per handler
    (`LOADS`), `undecided` who may take the cases that are drawn. `notes` are sentences about what
    had to give way.
    """

    parameters: AssignmentParameters
    lines: pl.DataFrame
    why: Mapping[str, Sayable]
    chances: pl.DataFrame
    undecided: Eligibility
    loads: pl.DataFrame
    input_hash: str
    notes: tuple[Sayable, ...] = ()

    @cached_property
    def excluded(self) -> pl.DataFrame:
        """One row per drawn case and handler who may not take it.

        `case_id, handler, reason, detail`; `obstacles.says` puts the last two in words.
        """
        return self.undecided.excluded()

    @cached_property
    def counts(self) -> dict[How, int]:
        """How many cases were drawn, designated, left unassigned."""
        counts = Counter(self.lines["how"])
        return {how: counts[how] for how in ("drawn", "designated", "unassigned")}

    @property
    def designated_share(self) -> float:
        """Of the cases that were given to somebody; 0 if none was."""
        given = self.counts["drawn"] + self.counts["designated"]
        return self.counts["designated"] / given if given else 0.0

    @cached_property
    def assignment_id(self) -> str:
        """A short name that two equal assignments share and two different ones do not."""
        text = f"{FORMAT}|{self.input_hash}|{self.parameters.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def describe(self) -> dict[str, Any]:
        """Everything needed to draw again but for the probabilities, as plain values for JSON."""
        return {
            "format": FORMAT,
            "assignment_id": self.assignment_id,
            "parameters": self.parameters.model_dump(mode="json"),
            "seed_commitment": commitment(self.parameters.seed),
            "input_hash": self.input_hash,
            "chances_hash": chances_hash(self.chances),
            "counts": self.counts,
            "designated_share": self.designated_share,
            "notes": [str(note) for note in self.notes],
        }


def chances_hash(chances: pl.DataFrame) -> str:
    """SHA-256 (hex) of the probabilities as CSV text, sorted by case and handler."""
    ordered = chances.select(*CHANCES).sort("case_id", "handler")
    return hashlib.sha256(ordered.write_csv(float_precision=9).encode()).hexdigest()
