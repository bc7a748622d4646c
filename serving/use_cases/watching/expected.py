"""What is to be expected of one running case, as far as the model in use says something of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cases.language.messages import Sayable, _, ngettext
from cases.tables.tables import Tables, rows
from features.as_of import open_moments
from features.online.features import FeatureRows
from models.questions.remaining import RemainingQuestion
from models.questions.running_risk import RunningRiskQuestion
from serving.use_cases.context import Champion

ASKED = (RemainingQuestion.code, RunningRiskQuestion.code)
REASONS = 3


def expected(
    model: Champion | None, tables: Tables, case_id: str, as_of: datetime, *, with_risk: bool
) -> list[Sayable]:
    """How long the case still takes, and whether a review will find a defect, with reasons.

    Nothing for a case that is not open then; of the risk only to those who may ask for risks.
    """
    wanted = ASKED if with_risk else ASKED[:1]
    codes = [] if model is None else [code for code in wanted if code in model]
    asked = rows(open_moments(tables, as_of)).filter(case_id=case_id)
    if model is None or not codes or asked.is_empty():
        return []
    x = model.few_features(tables, asked, *codes)
    said = {RemainingQuestion.code: _remaining, RunningRiskQuestion.code: _risk}
    return [sentence for code in codes for sentence in said[code](model, x)]


def _remaining(model: Champion, x: FeatureRows) -> Iterator[Sayable]:
    answer = model.answer(RemainingQuestion.code, x).row(0, named=True)
    low, high = answer["remaining_low"], answer["remaining_high"]
    yield ngettext(
        "Half of such cases are closed within {count:,} day; four in five take {low:,.0f} to "
        "{high:,.0f} days.",
        "Half of such cases are closed within {count:,} days; four in five take {low:,.0f} to "
        "{high:,.0f} days.",
        round(answer["remaining_days"]),
        low=low,
        high=high,
    )


def _risk(model: Champion, x: FeatureRows) -> Iterator[Sayable]:
    answer = model.answer(RunningRiskQuestion.code, x).row(0, named=True)
    low, high = (100 * answer[f"running_risk_{end}"] for end in ("low", "high"))
    yield _(
        "Of 100 such cases a review finds a defect in {low:,.0f} to {high:,.0f}.",
        low=low,
        high=high,
    )
    (reasons,) = model.explain(RunningRiskQuestion.code, x, REASONS).values()
    yield from (reason.sentence for reason in reasons)
