"""How likely a review is to find a defect in cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cases.errors import BadInput
from cases.language.messages import Sayable, _
from cases.nearest import ManyNames, did_you_mean
from cases.tables.tables import Tables
from models.questions.risk import RiskQuestion
from serving.use_cases.asked.faults import MOST_FAULTS, fault, unlisted
from serving.use_cases.asked.given import GivenCase, check_given, with_given
from serving.use_cases.asked.named import asked, left_out, not_yet
from serving.use_cases.context import Champion, ServiceContext


@dataclass(frozen=True)
class Scores:
    """`case_id, moment, risk, risk_low, risk_high`, and the cases that have no risk, with why."""

    scored: pl.DataFrame
    left_out: Mapping[str, Sayable]


def scores(context: ServiceContext, cases: Sequence[GivenCase]) -> Scores:
    """The risk of `cases`, each at the moment of risk; `BadInput` if they have faults.

    They are laid over the tables of all, so nobody may who may not see all (`Forbidden`).
    """
    context.check_whole()
    check_given(cases, context.office)
    tables, case_ids = with_given(context.tables, cases), [case.case_id for case in cases]
    return _scores(tables, context.model, case_ids, asked(tables, case_ids))


def scores_of_ids(context: ServiceContext, case_ids: Sequence[str]) -> Scores:
    """As `scores`, of cases the office has; `BadInput` for unknown ones and those not asked yet."""
    reached = asked(context.tables, context.known(case_ids))
    there = set(reached["case_id"])
    missing = [(index, name) for index, name in enumerate(case_ids) if name not in there]
    if missing:  # near names are looked for only where they are shown
        names = ManyNames(context.in_scope(context.tables.case_rows)["case_id"])
        faults = [
            fault(f"case_ids[{index}]", *_unscorable(context.tables, names, case_id))
            for index, case_id in missing[:MOST_FAULTS]
        ]
        raise BadInput(faults + unlisted(len(missing) - len(faults)))
    return _scores(context.tables, context.model, case_ids, reached)


def _unscorable(tables: Tables, names: ManyNames, case_id: str) -> tuple[Sayable, Sayable]:
    """What is wrong with asking for the risk of this case, and what to do."""
    if case_id in names.names:
        return not_yet(tables), _("Leave it out until then.")
    problem = _("is not a case of this office.")
    return problem, did_you_mean(
        case_id, names.around(case_id), _("Send the case itself in `cases`.")
    )


def _scores(
    tables: Tables, model: Champion, case_ids: Sequence[str], reached: pl.DataFrame
) -> Scores:
    without = left_out(tables, case_ids, reached)
    scored = reached.filter(~pl.col("case_id").is_in(list(without))) if without else reached
    x = model.few_features(tables, scored, RiskQuestion.code)
    return Scores(model.answer(RiskQuestion.code, x), without)
