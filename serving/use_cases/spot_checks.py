"""What the service does, without HTTP: values in, values out.

Everything an answer needs is in memory before it is asked for (`ServiceContext`); these
functions only compute.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import narwhals as nw
import polars as pl

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.office.model import Office
from cases.tables.tables import Frame, Tables
from cases.tables.values import TIME
from features.as_of import cut, reviewed_by
from features.conditions import holding
from models.calibration.conformal import Cutoffs
from models.reasons.reasons import Reason
from policies.rulebook import mandatory
from policies.spot_check.plan import FRAME, PlanParameters, SpotCheckPlan
from policies.spot_check.planning import draw_plan
from serving.http.merging import with_cases
from serving.http.payloads import CaseIn
from serving.http.requests import REQUEST, check_cases

REASONS_SHOWN = 5
ALREADY_REVIEWED = "has already been reviewed."
OUTSIDE = "is not among the cases whose risk is estimated (`risk.among` in the office file)."


class Model(Protocol):
    """What the service asks of a champion; `models.bundle.bundle.Bundle` says it in full."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it was trained on: `trained_until`, `not_trained` (why, by question) and more."""

    def score(
        self, tables: Tables, as_of: datetime, *, closed_after: datetime | None
    ) -> pl.DataFrame:
        """Every case that could be reviewed at `as_of`: columns of `FRAME` without `rule`.

        Of the cases closed after `closed_after`, if given.
        """

    def features(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """`case_id, moment` and what else `risks` and `reasons` are computed from."""

    def risks(self, x: pl.DataFrame) -> pl.DataFrame:
        """`case_id, moment, risk, risk_low, risk_high`, of what `features` returned."""

    def reasons(
        self, x: pl.DataFrame, language: Language, top: int
    ) -> Mapping[str, Sequence[Reason]]:
        """The `top` reasons of each case of what `features` returned, strongest first."""

    def intake_features(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """`case_id, moment` and what else the answers about new cases are computed from."""

    def complexities(self, x: pl.DataFrame) -> pl.DataFrame:
        """`case_id, moment, complex_probability`, of what `intake_features` returned."""

    def complexity_reasons(
        self, x: pl.DataFrame, language: Language, top: int
    ) -> Mapping[str, Sequence[Reason]]:
        """What speaks for and against complex, of what `intake_features` returned."""

    def cutoffs(self, complex_error: float, simple_error: float) -> Cutoffs:
        """Below which probability a case may be called simple, from which on complex."""

    def efforts(self, x: pl.DataFrame) -> pl.DataFrame:
        """`case_id, moment, effort, effort_low, effort_high`, of what `intake_features` gave."""

    def remaining_effort(self, tables: Tables, as_of: datetime) -> pl.DataFrame:
        """`case_id, handler, remaining_effort` and more of each case open at `as_of`."""


@dataclass(frozen=True)
class ServiceContext:
    """All that requests are answered from: one office's tables and its champion."""

    tables: Tables
    model: Model

    @property
    def office(self) -> Office:
        """The office whose tables these are."""
        return self.tables.office

    @cached_property
    def cutoffs(self) -> Cutoffs:
        """The model's, at the error rates of the office file."""
        allowed = self.office.intake
        return self.model.cutoffs(allowed.complex_error, allowed.simple_error)


@dataclass(frozen=True)
class SpotChecks:
    """A drawn plan, the reasons of its lines, and the cases that could not be drawn."""

    plan: SpotCheckPlan
    reasons: Mapping[str, Sequence[Reason]]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Scores:
    """`case_id, moment, risk, risk_low, risk_high`, and the cases that have no risk."""

    scored: pl.DataFrame
    left_out: Mapping[str, str]


def spot_checks(
    context: ServiceContext, wish: PlanParameters, cases: Sequence[CaseIn] | None = None
) -> SpotChecks:
    """The cases to check: among `cases` if given, else among all the office could check.

    Raises `BadInput` for cases that contradict themselves or the office file.
    """
    if cases is None:
        return _among_all(context, wish)
    check_cases(cases, context.office, closed_by=wish.as_of)
    tables = with_cases(context.tables, cases)
    ids = [case.case_id for case in cases]
    left_out = _outside(tables, ids) | _reviewed(tables, ids, wish.as_of)
    asked = [one for one in ids if one not in left_out]
    x = context.model.features(tables, _closings(tables, asked))
    plan = _plan(tables, _with_facts(context.model.risks(x), tables), wish)
    drawn = x.join(plan.lines, on="case_id", how="semi")
    return SpotChecks(plan, _reasons(context, drawn), left_out)


def scores(context: ServiceContext, cases: Sequence[CaseIn]) -> Scores:
    """The risk of `cases`, each at its closing; raises `BadInput` as `spot_checks` does."""
    check_cases(cases, context.office)
    tables = with_cases(context.tables, cases)
    return _scores(tables, context.model, [case.case_id for case in cases])


def scores_of_ids(context: ServiceContext, case_ids: Sequence[str]) -> Scores:
    """As `scores`, of cases the office has; raises `BadInput` for unknown and open ones."""
    closed = dict(context.tables.case_rows.select("case_id", "closed_at").iter_rows())
    faults = [
        Fault(REQUEST, *_unscorable(one, closed), column=f"case_ids[{place}]")
        for place, one in enumerate(case_ids)
        if closed.get(one) is None
    ]
    if faults:
        raise BadInput(faults)
    return _scores(context.tables, context.model, case_ids)


def _unscorable(case_id: str, closed: Mapping[str, datetime | None]) -> tuple[str, str]:
    """What is wrong with asking for the risk of this case, and what to do."""
    if case_id in closed:
        return "is still open.", "Risk is asked at closing: leave it out until it is closed."
    near = difflib.get_close_matches(case_id, closed, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else "Send the case itself in `cases`."
    return "is no case of this office.", hint


def _closings(tables: Tables, case_ids: Sequence[str]) -> Frame:
    closed = tables.case_rows.filter(pl.col("case_id").is_in(case_ids))
    return nw.from_native(closed.lazy()).select("case_id", moment=nw.col("closed_at"))


def _outside(tables: Tables, ids: Sequence[str]) -> dict[str, str]:
    """Cases that the risk model is not for, with the sentence that says so."""
    known = cut(tables, _closings(tables, ids))
    among = holding(known, tables.office.risk.among).collect("polars").to_native()
    return dict.fromkeys(among.filter(~pl.col("holds"))["case_id"], OUTSIDE)


def _reviewed(tables: Tables, ids: Sequence[str], as_of: datetime) -> dict[str, str]:
    """Cases with a review made by `as_of`, with the sentence that says so."""
    reviewed = reviewed_by(tables, as_of).filter(nw.col("case_id").is_in(ids))
    return dict.fromkeys(reviewed.collect("polars").to_native()["case_id"], ALREADY_REVIEWED)


def _scores(tables: Tables, model: Model, ids: Sequence[str]) -> Scores:
    left_out = _outside(tables, ids)
    asked = [one for one in ids if one not in left_out]
    return Scores(model.risks(model.features(tables, _closings(tables, asked))), left_out)


def _among_all(context: ServiceContext, wish: PlanParameters) -> SpotChecks:
    """A plan over all the office could check; features are built anew for what is drawn."""
    scored = context.model.score(context.tables, wish.as_of, closed_after=wish.closed_after)
    plan = _plan(context.tables, scored, wish)
    drawn = _closings(context.tables, plan.lines["case_id"].to_list())
    return SpotChecks(plan, _reasons(context, context.model.features(context.tables, drawn)), {})


def _with_facts(risks: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Risks with the facts of their cases, as `Model.score` would give them."""
    facts = tables.case_rows.select("case_id", "closed_at", "kind", "unit", "handler")
    scored = risks.drop("moment").join(facts, on="case_id")
    return scored.with_columns(pl.col("kind", "unit", "handler").fill_null(""))


def _plan(tables: Tables, scored: pl.DataFrame, wish: PlanParameters) -> SpotCheckPlan:
    """The plan over scored cases; a rule sees what was recorded by `as_of`, not by closing."""
    moments = scored.select("case_id", moment=pl.lit(wish.as_of, dtype=TIME))
    rules = mandatory(tables, nw.from_native(moments.lazy()))
    frame = scored.join(rules, on="case_id", how="left").select(*FRAME)
    return draw_plan(frame, wish)


def _reasons(context: ServiceContext, x: pl.DataFrame) -> Mapping[str, Sequence[Reason]]:
    return context.model.reasons(x, context.office.language, top=REASONS_SHOWN)
