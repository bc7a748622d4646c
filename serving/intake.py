"""New cases: which track each belongs to, how much work it will be, and who is to handle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import narwhals as nw
import polars as pl

from cases.office import Text
from cases.tables import Tables, case_columns
from models.reasons import Reason
from policies.assignment import Assignment, AssignmentParameters, assign
from policies.routing import route
from policies.rulebook import asked_skills, settled_tracks
from serving.use_cases import Desk

REASONS_SHOWN = 3
EACH_ONE = 1.0  # effort of every case where nobody can estimate it
NO_EFFORT = Text(
    en="Effort is not estimated: every case counts alike.", zh="未估计工作量：各案件同等计算。"
)
NO_HANDLERS = Text(
    en="The office has no handler table, so nobody is suggested.",
    zh="没有承办人表，因此不建议承办人。",
)


@dataclass(frozen=True)
class Intake:
    """What is suggested for new cases.

    `cases` has for each, in the order given, `case_id, opened_at, kind, unit, track, rule,
    why_en, why_zh, complex_probability, effort, effort_low, effort_high`; estimates are null
    where there is no model. `assignment` is None without a handler table.
    """

    cases: pl.DataFrame
    reasons: Mapping[str, Sequence[Reason]]
    assignment: Assignment | None
    notes: tuple[Text, ...]


def intake(desk: Desk, new: pl.DataFrame, as_of: datetime | None, seed: str | None) -> Intake:
    """Suggestions for the cases of `new` (`cases.new_cases.read_new_cases`), all together.

    Loads and absences are those of `as_of`, by default of the last opening.
    """
