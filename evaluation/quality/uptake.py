"""What people did with the plans: reviews that have not come back, and whether readers agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Z
from cases.spreadsheet import harmless
from cases.tables.tables import Tables, rows
from evaluation.quality.reviewers import Agreement
from evaluation.statistics.metrics import FEWEST, Figure, wilson
from evaluation.statistics.saying import number, percent
from evaluation.surveys.returned import answers, returned
from policies.spot_check.plan import PlanParameters, SelectedBy
from policies.spot_check.verify import Kept

STATES = (("final", True), ("made", False))  # came back; missing
ORDER: tuple[SelectedBy, ...] = ("mandatory", "search", "lottery")


@dataclass(frozen=True)
class Selection:
    """Of the cases selected in one way, how many were `asked` for and which share came back."""

    selected_by: SelectedBy
    asked: int
    returned: Figure


@dataclass(frozen=True)
class PlanUptake:
    """What became of one plan.

    Of the `asked` cases `returned` have a final review that answers the plan, `contestable`
    one that is not final yet, and `missing` none. `second_read` of the `second_asked` were
    read by two reviewers. `risk_gap` is the mean risk of the missing less that of the others
    (Welch's interval): if it is not 0 the reviews that came back are no random part.
    """

    plan_id: str
    as_of: datetime
    asked: int
    returned: int
    contestable: int
    missing: int
    second_asked: int
    second_read: int
    by: tuple[Selection, ...]
    risk_gap: Figure
    says: Sayable


@dataclass(frozen=True)
class Uptake:
    """What people did with the plans, in order of time, and how far reviewers agree."""

    plans: tuple[PlanUptake, ...]
    agreement: Agreement
    agreement_says: Sayable


def uptake(tables: Tables, plans: Sequence[Kept], agreement: Agreement, until: datetime) -> Uptake:
    """What became of `plans` by `until`; `agreement` is that of the office's reviewers.

    Each plan must have been verified (`policies.spot_check.verify`).
    """
    plan_uptakes = (plan_uptake(tables, kept, until) for kept in plans)
    in_order = sorted(plan_uptakes, key=lambda plan: plan.as_of)
    return Uptake(tuple(in_order), agreement, _say_agreement(agreement))


def plan_uptake(tables: Tables, kept: Kept, until: datetime) -> PlanUptake:
    """What became of one verified plan by `until`."""
    parameters = PlanParameters.model_validate(kept.manifest["parameters"])
    lines = _lines(tables, kept, until)
    came, missing = (lines.filter(pl.col(name) == held).height for name, held in STATES)
    second, gap = lines.filter("twice"), _risk_gap(lines)
    return PlanUptake(
        plan_id=str(kept.manifest["plan_id"]),
        as_of=parameters.as_of,
        asked=lines.height,
        returned=came,
        contestable=lines.height - came - missing,
        missing=missing,
        second_asked=second.height,
        second_read=second.filter(pl.col("readers") > 1).height,
        by=tuple(_selections(lines)),
        risk_gap=gap,
        says=_say_plan(lines.height, came, missing, gap, parameters.as_of, until),
    )


def _lines(tables: Tables, kept: Kept, until: datetime) -> pl.DataFrame:
    """The drawn cases with `selected_by`, `risk`, whether a review was `made` and is `final`,
    how many `readers` there were, and whether two were asked for (`twice`)."""
    made = rows(tables.readings).filter(pl.col("reviewed_at") <= until)
    readings = answers(made, kept.frame)
    readers = readings.group_by("case_id").agg(readers=pl.col("reviewer").n_unique())
    final = returned(tables, kept.frame, until)["case_id"]
    return (
        kept.frame.with_columns(listed_as=harmless(kept.frame["case_id"]))
        .join(kept.lines, left_on="listed_as", right_on="case_id")
        .join(readers, on="case_id", how="left")
        .with_columns(
            made=pl.col("readers").is_not_null(),
            final=pl.col("case_id").is_in(final.implode()),
            twice=pl.col("second_review") == "true",
        )
    )


def _selections(lines: pl.DataFrame) -> Iterator[Selection]:
    for how in ORDER:
        own = lines.filter(selected_by=how)
        if own.height:
            yield Selection(how, own.height, wilson(own["final"].to_numpy()))


def _risk_gap(lines: pl.DataFrame) -> Figure:
    missing, others = (lines.filter(pl.col("made") == made)["risk"] for made in (False, True))
    if min(len(missing), len(others)) < FEWEST:
        return Figure.withheld(len(missing))
    # Welch: the difference of the means, and the root of the sum of their squared errors.
    (gone, gone_error), (here, here_error) = (_mean_and_error(part) for part in (missing, others))
    gap, margin = gone - here, Z * (gone_error + here_error) ** 0.5
    return Figure(gap, gap - margin, gap + margin, len(missing))


def _mean_and_error(values: pl.Series) -> tuple[float, float]:
    """The mean and its squared standard error."""
    array = values.to_numpy()
    return float(array.mean()), float(array.var(ddof=1)) / array.size


def _say_plan(
    asked: int, came: int, missing: int, gap: Figure, as_of: datetime, until: datetime
) -> Sayable:
    counts = _(
        "Of the {asked:,} reviews that the plan of {day} asked for, {came:,} have come back and "
        "{missing:,} are missing {days:,} days after it.",
        asked=asked,
        day=as_of.date(),
        came=came,
        missing=missing,
        days=(until - as_of).days,
    )
    return sentences(counts, *_say_gap(gap))


def _say_gap(gap: Figure) -> Iterator[Sayable]:
    """Whether the reviews that came back are a random part, if they surely are not."""
    if gap.surely_above(0):
        yield _(
            "The missing cases are of higher risk, so those that came back are not a random part."
        )
    elif gap.surely_below(0):
        yield _(
            "The missing cases are of lower risk, so those that came back are not a random part."
        )


def _say_agreement(found: Agreement) -> Sayable:
    if found.raw.value is None or found.kappa.value is None:
        return _("Too few cases were read twice to say whether reviewers agree.")
    return _(
        "On {cases:,} cases read twice, the reviewers agree on {raw} whether there is a defect; "
        "beyond chance the agreement is a kappa of {kappa}, where 1 is always and 0 is by chance.",
        cases=found.cases,
        raw=percent(found.raw),
        kappa=number(found.kappa),
    )
