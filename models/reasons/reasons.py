"""Why a case is estimated as risky: exact contributions, grouped, in sentences with its facts.

A reviewer wants to know what to look at, so only what raises the risk is a reason, and
each names a fact of the case that can be opened and checked. What lowers the risk, what is
as usual, and what is the same for every case of the day, is counted in the sum and not
shown. A case that is no riskier than the average has no reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.language.messages import Sayable
from cases.numeric import Floats
from features.feature import Feature
from models.estimators.linear import Linear
from models.estimators.scorer import Scorer
from models.reasons.wording import Value, Wording

LARGEST_GAP = 1e-6  # log-odds; more means the contributions are not those of this score
# Features of these families are about other cases; those about the same cases are one reason.
OF_OTHERS = frozenset({"history", "workload"})


@dataclass(frozen=True)
class Reason:
    """A group of features that raises the risk of one case.

    `feature` is the one of the group that raises it most, and the one the sentence is
    about; `contribution` is the whole group's, in log-odds.
    """

    feature: str
    contribution: float
    sentence: Sayable


def explain(
    scorer: Scorer, x: pl.DataFrame, wording: Wording, top: int
) -> list[tuple[Reason, ...]]:
    """At most `top` reasons per row of `x`, the strongest first.

    `ArithmeticError` if contributions and base do not sum to the row's raw score.
    """
    names = scorer.columns.names
    contributions = scorer.contributions(x)
    check_sum(contributions, scorer.raw(x))
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        groups.setdefault(group_of(name), []).append(position)
    cases = x.select(names).iter_rows(named=True)
    return [
        _reasons(row, case, list(groups.values()), wording)[:top]
        for row, case in zip(contributions, cases, strict=True)
    ]


def explain_linear(
    linear: Linear, x: pl.DataFrame, wording: Wording, top: int
) -> list[tuple[Reason, ...]]:
    """At most `top` reasons per row of `x` for its probability of being complex, either way.

    Contributions are against the average case the model was fitted on; the strongest first.
    Here what lowers it is a reason too: it makes the case simple. A fact that is as usual
    is none. `ArithmeticError` as in `explain`.
    """
    contributions = linear.contributions(x)
    check_sum(contributions, linear.raw(x))
    cases = x.select(linear.columns.names).iter_rows(named=True)
    return [
        _either_way(row, case, wording)[:top]
        for row, case in zip(contributions, cases, strict=True)
    ]


def check_sum(contributions: Floats, raw: Floats) -> None:
    """`ArithmeticError` unless each row of contributions sums to its raw score."""
    gap = np.abs(contributions.sum(axis=1) - raw).max(initial=0.0)
    if not gap <= LARGEST_GAP:
        raise ArithmeticError(f"contributions miss the score by {gap:.2g} log-odds")


def group_of(name: str) -> str:
    """The group a feature belongs to, by its name.

    >>> group_of("history.kind_defect_rate_365"), group_of("process.count.returned")
    ('history.kind', 'process.count.returned')
    """
    family, member = name.split(".", 1)
    return f"{family}.{member.partition('_')[0]}" if family in OF_OTHERS else name


def is_about_the_day(name: str) -> bool:
    """Whether a feature is about the moment or the whole office, not about the case.

    >>> is_about_the_day("calendar.weekday"), is_about_the_day("process.days_open")
    (True, False)
    """
    return name.startswith(("calendar.", "history.office_"))


def usual_values(
    x: pl.DataFrame, features: Mapping[str, Feature], names: Sequence[str]
) -> dict[str, Value]:
    """What is usual among the rows of `x`: the median, of codes and flags the commonest value.

    None where most rows have no value.
    """
    return {name: _usual(x[name], features[name]) for name in names}


def _reasons(
    row: Floats, case: Mapping[str, Value], groups: Sequence[Sequence[int]], wording: Wording
) -> tuple[Reason, ...]:
    names = list(case)
    reasons: list[Reason] = []
    if row[: len(names)].sum() <= 0:
        return ()
    for group in groups:
        total = float(sum(row[position] for position in group))
        name = names[max(group, key=lambda position: row[position])]
        if total <= 0 or is_about_the_day(name) or wording.is_usual(name, case[name]):
            continue
        reasons.append(Reason(name, total, wording.sentence(name, case[name])))
    return tuple(sorted(reasons, key=lambda reason: -reason.contribution))


def _either_way(row: Floats, case: Mapping[str, Value], wording: Wording) -> tuple[Reason, ...]:
    reasons = [
        Reason(name, float(part), wording.speaking_for(name, value, complicated=bool(part > 0)))
        for part, (name, value) in zip(row[:-1], case.items(), strict=True)
        if part and not wording.is_usual(name, value)
    ]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution)))


def _usual(column: pl.Series, feature: Feature) -> Value:
    if column.null_count() * 2 > len(column):
        return None
    if feature.unit in ("code", "flag"):
        commonest = column.drop_nulls().mode().sort().first()
        return commonest if isinstance(commonest, float | str) else None
    median = column.median()
    return float(median) if isinstance(median, int | float) else None
