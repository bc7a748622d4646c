"""Who may take which of the drawn cases, with which probability, and who may not and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cases.language.messages import Sayable
from policies.assignment.obstacles import changes, says
from policies.assignment.result import DrawnAssignment


@dataclass(frozen=True)
class Excluded:
    """Handlers who may not take a case, for one reason, and what would change it."""

    says: Sayable
    changes: Sayable
    handlers: tuple[str, ...]


@dataclass(frozen=True)
class WhoMay:
    """Cases for which all of this is the same: eligible handlers with their probability."""

    case_ids: tuple[str, ...]
    eligible: tuple[tuple[str, float], ...]
    excluded: tuple[Excluded, ...]


def who_may(assignment: DrawnAssignment) -> Iterator[WhoMay]:
    """Who may take which of the drawn cases; cases for which it is the same stand together."""
    chances = assignment.chances.drop_nulls("handler").sort("handler")
    eligible = chances.group_by("case_id").agg("handler", "probability")
    excluded = (
        assignment.excluded.sort("handler")
        .group_by("case_id", "reason", "detail")
        .agg("handler")
        .sort("case_id", "reason", "detail")
        .group_by("case_id")
        .agg("reason", "detail", excluded="handler")
    )
    both = eligible.join(excluded, on="case_id", how="full", coalesce=True).sort("case_id")
    facts = [name for name in both.columns if name != "case_id"]
    together = both.with_columns(key=pl.struct(facts).struct.json_encode())
    for _key, cases in together.group_by("key", maintain_order=True):
        yield _of(cases)


def _of(cases: pl.DataFrame) -> WhoMay:
    first = cases.row(0, named=True)
    obstacles = zip(
        first["reason"] or (), first["detail"] or (), first["excluded"] or (), strict=True
    )
    return WhoMay(
        tuple(cases["case_id"]),
        tuple(zip(first["handler"] or (), first["probability"] or (), strict=True)),
        tuple(
            Excluded(says(code, detail), changes(code, detail), tuple(handlers))
            for code, detail, handlers in obstacles
        ),
    )
