"""What everything is answered from: one office's tables and its champion, held in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

import polars as pl

from cases.language.messages import Sayable
from cases.office.model import Office
from cases.tables.tables import EXTENDED, Tables, rows
from features.as_of import risk_moments
from features.online.features import FeatureRows, FewFeatures
from models.calibration.conformal import Cutoffs
from models.questions.complexity import ComplexityQuestion
from models.questions.question import Question
from models.questions.start import Start
from models.reasons.reasons import Reason
from serving.access.caller import Scope
from serving.access.denials import WHOLE_OFFICE, Forbidden
from serving.use_cases.remembered import Remembered

MOST_KEPT = 8  # frames and features of a row a case at most, and tables of a part of the cases
COMPUTED = {"_kept", "newest", "newest_record", "cutoffs"}  # of tables and champion alone

Asked = TypeVar("Asked", bound=Question)
Kept = TypeVar("Kept")


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

    def few_features(self, tables: Tables, moments: pl.DataFrame, *codes: str) -> FewFeatures:
        """`case_id, moment` and what else these questions are answered from, of a few cases."""

    def answer(self, code: str, x: FeatureRows) -> pl.DataFrame:
        """`case_id, moment` and the answer's columns, of what `few_features` returned."""

    def explain(
        self,
        code: str,
        x: FeatureRows,
        top: int,
        *,
        against: int = 0,
        among: FeatureRows | None = None,
    ) -> Mapping[str, Sequence[Reason]]:
        """The `top` reasons of each case of what `few_features` returned, against those of `among`.

        After them at most `against` that lower an estimate that is explained one way only.
        """

    def question(self, kind: type[Asked]) -> Asked:
        """The fitted question of a class, for what only this question can do."""


@dataclass(frozen=True)
class ServiceContext:
    """All that requests are answered from: one office's tables and its champion.

    `tried` says of models tried since then why they were refused, `version` is the champion's
    number in the registry, `made_from` says of which model and program answers are made, and
    `remembered` what the ledger adds. With a `scope`, `whole` is the
    context that this was narrowed from: features come from all cases, answers are about those
    in scope.
    """

    tables: Tables
    model: Champion
    tried: tuple[Sayable, ...] = ()
    version: str = ""
    made_from: Mapping[str, str] = field(default_factory=dict)
    remembered: Remembered = field(default_factory=Remembered)
    scope: Scope | None = None
    whole: ServiceContext | None = field(default=None, repr=False, compare=False)
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def kept(self, what: Hashable, compute: Callable[[], Kept]) -> Kept:
        """What `compute` gives of this office; of the last `MOST_KEPT` asked for it is kept.

        It is of the whole office, whatever the scope.
        """
        if self.whole is not None:
            return self.whole.kept(what, compute)
        found = self._kept.pop(what, None)
        made: Kept = compute() if found is None else found
        self._kept[what] = made
        for oldest in list(self._kept)[:-MOST_KEPT]:
            self._kept.pop(oldest, None)  # another thread may have been quicker
        return made

    def within(self, scope: Scope | None) -> ServiceContext:
        """The same, to answer about the cases in `scope` only; None for all of them."""
        return self if scope is None else replace(self, scope=scope, whole=self)

    def in_scope(self, cases: pl.DataFrame) -> pl.DataFrame:
        """Of rows of the case table those that are answered about."""
        return cases if self.scope is None else self.scope.of(cases)

    def known(self, case_ids: Sequence[str]) -> Sequence[str]:
        """Of these ids those of cases that are answered about; others are as if not there."""
        if self.scope is None:
            return case_ids
        mine = {*self.in_scope(self.tables.of_cases("cases", case_ids))["case_id"]}
        return [case_id for case_id in case_ids if case_id in mine]

    def narrowed(self) -> Tables:
        """Tables with the rows of the cases that are answered about, and of no others."""
        if self.scope is None:
            return self.tables
        return self.kept(("narrowed", self.scope), self._narrowed)

    def _narrowed(self) -> Tables:
        mine = self.in_scope(self.tables.case_rows).select("case_id")
        parts = {
            name: self.tables.rows(name).join(mine, on="case_id", how="semi", maintain_order="left")
            for name in EXTENDED
        }
        return self.tables.with_rows(**parts)

    def check_whole(self) -> None:
        """`Forbidden` if only some of the cases are answered about."""
        if self.scope is not None:
            raise Forbidden(WHOLE_OFFICE)

    def remembering(self, remembered: Remembered) -> ServiceContext:
        """The same tables and champion, and what was computed of them."""
        made = replace(self, remembered=remembered)
        made.__dict__.update({name: self.__dict__[name] for name in COMPUTED & vars(self).keys()})
        return made

    @property
    def office(self) -> Office:
        """The office whose tables these are."""
        return self.tables.office

    @cached_property
    def newest(self) -> datetime | None:
        """The last moment that a case came up for review at; None if none has."""
        moments = rows(risk_moments(self.narrowed(), after=None, until=datetime.max))
        newest = moments["moment"].max()
        return newest if isinstance(newest, datetime) else None

    @cached_property
    def newest_record(self) -> datetime | None:
        """The last moment that anything of the cases in scope is of; None without such a case."""
        tables = self.narrowed()
        return None if tables.case_rows.is_empty() else tables.latest_record

    @cached_property
    def cutoffs(self) -> Cutoffs:
        """Between simple and complex, at the error rates of the office file; none without model."""
        if ComplexityQuestion.code not in self.model:
            return Cutoffs(None, None)
        allowed = self.office.intake
        complexity = self.model.question(ComplexityQuestion)
        return complexity.cutoffs(allowed.complex_error, allowed.simple_error)
