"""A plan whose reviews have begun, with what pages ask of it again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from cases.office.model import Office
from evaluation.pages.plan.drawn_cases import PlanShown
from policies.spot_check.plan import PlanParameters
from policies.spot_check.reading import drawn_hidden, reading_order


@dataclass(frozen=True)
class UnderWay:
    """A plan under way as its folder holds it; it began `at` (UTC), by the record `record`."""

    shown: PlanShown
    record: int
    at: datetime
    plan_id: str

    @property
    def parameters(self) -> PlanParameters:
        """What the plan was asked for."""
        return self.shown.plan.parameters

    @cached_property
    def cases(self) -> pl.DataFrame:
        """The lines of the plan in the reading order, with `turn` and `hidden`.

        `turn` is the place in that order from 1; of which cases the plan's draw hides the risk from
        their readers, says `hidden`.
        """
        lines = self.shown.lines
        order = reading_order(self.parameters.seed, lines["case_id"])
        turns = pl.DataFrame({"case_id": order}).with_row_index("turn", offset=1)
        turns = turns.with_columns(drawn_hidden(self.parameters, order).alias("hidden"))
        return turns.join(lines, on="case_id", how="left", maintain_order="left")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {case_id: place for place, case_id in enumerate(self.cases["case_id"])}

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The features that the reasons of its cases name."""
        several = self.shown.reasons.values()
        return tuple(sorted({reason.feature for reasons in several for reason in reasons}))

    def line(self, case_id: str) -> dict[str, Any] | None:
        """The line of a case with its `turn`; None for a case that was not drawn."""
        place = self._places.get(case_id)
        return None if place is None else self.cases.row(place, named=True)

    def hides(self, office: Office, case_id: str) -> bool:
        """Whether readers of a case see its risk, and how it was chosen, after grading only."""
        line = self.line(case_id)
        return line is not None and (_is_blind(office) or bool(line["hidden"]))

    def hidden(self, office: Office) -> pl.Series:
        """The cases of which that is so."""
        return self.cases.filter(pl.col("hidden") | _is_blind(office))["case_id"]


def _is_blind(office: Office) -> bool:
    """Whether the office reviews blind by now, also what was drawn before."""
    return office.reviews is not None and office.reviews.blind
