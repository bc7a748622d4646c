"""A plan of a few cases with what its pages show of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from cases.language.messages import _
from evaluation.pages.plan.drawn_cases import PlanShown
from evaluation.pages.plan.sheets import CaseFiles, with_sheets
from models.reasons.reasons import Reason
from policies.spot_check.plan import PlanParameters
from serving.kept.case_files import case_files
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import spot_checks
from tests.factories.fakes import RULES, context
from tests.factories.office import office

AS_OF = datetime(2026, 2, 15)
FOR, AGAINST = "many suspects – raises", "a short case – lowers"


def reasons(count: int = 4) -> list[Reason]:
    """So many that raise a risk, and two that lower it."""
    raising = [Reason("f", 1.0, 0.05 * n, _("{n}: " + FOR, n=n)) for n in range(count)]
    return [*raising, *(Reason("f", -1.0, 0.95, _(AGAINST)) for _again in range(2))]


def shown_plan(
    of: ServiceContext | None = None,
    given: Mapping[str, Sequence[Reason]] | None = None,
    **parameters: Any,
) -> tuple[PlanShown, CaseFiles]:
    """The four closed cases of the test office, or some of them, drawn; d by rule."""
    of = context() if of is None else of
    asked = {"as_of": AS_OF, "capacity": 4, "seed": "s"} | parameters
    result = spot_checks(of, PlanParameters.of(of.office, **asked))
    said = {case: reasons() for case in result.plan.lines["case_id"]} if given is None else given
    shown = PlanShown(result.plan, of.office, said, result.risks_by, of.tables.shown)
    ids = with_sheets(result.plan.parameters.seed, result.plan.lines["case_id"])
    return shown, case_files(of.tables, ids, AS_OF)


def renamed(of: ServiceContext, **texts: str) -> ServiceContext:
    """The same office with a text in columns of every case, after the first letters of its id."""
    tables = of.tables
    ids = {case: texts.get("case_id", "") + case for case in tables.case_rows["case_id"]}
    columns = {name: text for name, text in texts.items() if name != "case_id"}
    cases = tables.case_rows.with_columns(**{n: _lit(t) for n, t in columns.items()})
    cases = cases.with_columns(cases["case_id"].replace(ids))
    events = tables.event_rows.with_columns(tables.event_rows["case_id"].replace(ids))
    if "charge" in texts:
        events = events.with_columns(activity=_lit(texts["charge"]))
    return replace(of, tables=tables.with_rows(cases=cases, events=events))


def described(**changes: Any) -> ServiceContext:
    """The test office with parts of its file replaced."""
    of = context()
    return replace(of, tables=replace(of.tables, office=office(**{"rules": RULES} | changes)))


def _lit(text: str) -> Any:
    return pl.lit(text, dtype=pl.String)
