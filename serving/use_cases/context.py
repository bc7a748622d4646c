"""What everything is answered from: one office's tables and its champion, held in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

import polars as pl

from cases.language.messages import Sayable
from cases.office.model import Office
from cases.tables.tables import Frame, Tables, rows
from features.as_of import risk_moments
from models.calibration.conformal import Cutoffs
from models.questions.complexity import ComplexityQuestion
from models.questions.question import Question
from models.questions.start import Start
from models.reasons.reasons import Reason

MOST_KEPT = 8  # frames, of a row a case at most

Asked = TypeVar("Asked", bound=Question)


class Champion(Protocol):
    """What the service asks of a champion; `models.bundle.bundle.Bundle` says it in full."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it was trained on: `trained_until` and more."""

    @property
    def start(self) -> Start | None:
        """What the office starts by, while no model of risk is in use."""

    def __contains__(self, code: str) -> bool:
        """Whether it answers the question."""

    def features(self, tables: Tables, moments: Frame, *codes: str) -> pl.DataFrame:
        """`case_id, moment` and what else these questions are answered from."""

    def answer(self, code: str, x: pl.DataFrame) -> pl.DataFrame:
        """`case_id, moment` and the answer's columns, of what `features` returned."""

    def explain(
        self,
        code: str,
        x: pl.DataFrame,
        top: int,
        *,
        against: int = 0,
        among: pl.DataFrame | None = None,
    ) -> Mapping[str, Sequence[Reason]]:
        """The `top` reasons of each case of what `features` returned, against those of `among`.

        After them at most `against` that lower an estimate that is explained one way only.
        """

    def question(self, kind: type[Asked]) -> Asked:
        """The fitted question of a class, for what only this question can do."""


@dataclass(frozen=True)
class ServiceContext:
    """All that requests are answered from: one office's tables and its champion.

    `tried` says of models tried since then why they were refused.
    """

    tables: Tables
    model: Champion
    tried: tuple[Sayable, ...] = ()
    _kept: dict[Hashable, pl.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def kept(self, what: Hashable, compute: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What `compute` gives of this office; of the last `MOST_KEPT` asked for it is kept."""
        found = self._kept.pop(what, None)
        self._kept[what] = compute() if found is None else found
        for oldest in list(self._kept)[:-MOST_KEPT]:
            del self._kept[oldest]
        return self._kept[what]

    @property
    def office(self) -> Office:
        """The office whose tables these are."""
        return self.tables.office

    @cached_property
    def newest(self) -> datetime | None:
        """The last moment that a case came up for review at; None if none has."""
        moments = rows(risk_moments(self.tables, after=None, until=datetime.max))
        newest = moments["moment"].max()
        return newest if isinstance(newest, datetime) else None

    @cached_property
    def cutoffs(self) -> Cutoffs:
        """Between simple and complex, at the error rates of the office file; none without model."""
        if ComplexityQuestion.code not in self.model:
            return Cutoffs(None, None)
        allowed = self.office.intake
        complexity = self.model.question(ComplexityQuestion)
        return complexity.cutoffs(allowed.complex_error, allowed.simple_error)
