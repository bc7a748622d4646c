"""Compared with before: the model since it was trained, the cases, and their rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Message, Sayable, _, ngettext, sentences
from cases.language.values import round_share
from evaluation.backtests.since import Since
from evaluation.drift.changes import Changes
from evaluation.drift.drift import Against, QuestionCode
from evaluation.drift.wording import NEXT
from evaluation.pages.cells import interval, multiple_interval, share_interval
from evaluation.report.findings.finding import Finding, beyond_chance, compared_on, within_chance
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure


@dataclass(frozen=True)
class OrderSince:
    """What the list held since the model was trained, and the AUC when it was tried, if it was."""

    share: float
    lift: Figure
    auc: Figure
    promised: float | None
    outcomes: int


@dataclass(frozen=True)
class Moved:
    """How many of the `compared` inputs and scores of a quarter `moved`; the first in words."""

    quarter: str
    compared: int
    moved: int
    cases: int


@dataclass(frozen=True)
class Rates:
    """The rate of the outcome in a quarter, and in an earlier time."""

    quarter: str
    now: Figure
    before: Figure


def since(summary: ReportSummary) -> Since | None:
    """How the model has done since it was trained, if enough has become known to say."""
    found = summary.since.get("complexity" if summary.card.risk is None else "risk")
    return found if found is not None and found.deciding is not None else None


def order_since(found: Since) -> Iterator[Finding]:
    """Whether the order has held on the outcomes since the training."""
    measures = found.deciding
    if measures is None:
        return
    after = OrderSince(measures.share, measures.lift, measures.auc, found.promised, measures.n)
    values = {
        "share": round_share(after.share),
        "lift": multiple_interval(after.lift),
        "auc": interval(after.auc),
    }
    if found.lost:
        says = _(
            "Since it was trained it may have ranked no better than chance: the {share} ranked "
            "highest held {lift} times as many as a random choice (AUC {auc}).",
            **values,
        )
        yield Finding("lost", says, within_chance(after.outcomes), after)
    elif found.worse:
        says = _(
            "Since it was trained it has ranked worse than when it was tried: AUC {auc}, then "
            "{promised:.2f}.",
            **values,
            promised=after.promised,
        )
        yield Finding("worse", says, beyond_chance(after.outcomes), after)
    else:
        says = _(
            "Since it was trained its order has held: the {share} ranked highest held {lift} times "
            "as many as a random choice.",
            **values,
        )
        yield Finding("held", says, beyond_chance(after.outcomes), after)


def changed(changes: Changes) -> Iterator[Finding]:
    """Whether the cases of the latest quarter, and their rate, are those of before."""
    yield _rate(changes)
    yield _cases(changes)


BEFORE: dict[Against, Sayable] = {
    "training": _("in the time it was trained on"),
    "previous": _("in the quarter before"),
}


LATEST = _("No later quarter has enough known outcomes.")
CHANGED_RATE: dict[QuestionCode, Message] = {
    "risk": _(
        "Of the reviewed cases of {quarter} {now} had a defect, {earlier} {before}: this has "
        "changed."
    ),
    "complexity": _(
        "Of the cases of {quarter} {now} proved complex, {earlier} {before}: this has changed."
    ),
}
SAME_RATE: dict[QuestionCode, Message] = {
    "risk": _(
        "Of the reviewed cases of {quarter} {now} had a defect, {earlier} {before}: no clear "
        "change."
    ),
    "complexity": _(
        "Of the cases of {quarter} {now} proved complex, {earlier} {before}: no clear change."
    ),
}


def _rate(changes: Changes) -> Finding:
    """The base rate against the first earlier time from which it differs, else the nearest."""
    drift, against = changes.drift, _compared_with(changes)
    found = Rates(changes.name, drift.now.rate, drift.windows[against].rate)
    values = {
        "quarter": found.quarter,
        "now": share_interval(found.now),
        "before": share_interval(found.before),
        "earlier": BEFORE[against],
    }
    outcomes = found.now.n + found.before.n
    if against in drift.rates and drift.rates[against].alarm:
        says = CHANGED_RATE[drift.question].filled(**values)
        return Finding("rate_changed", says, sentences(beyond_chance(outcomes), LATEST), found)
    says = SAME_RATE[drift.question].filled(**values)
    return Finding("rate_alike", says, sentences(compared_on(outcomes), LATEST), found)


def _compared_with(changes: Changes) -> Against:
    rates = changes.drift.rates
    alarmed = [against for against, change in rates.items() if change.alarm]
    return next(iter([*alarmed, *reversed(changes.drift.windows)]))


def _cases(changes: Changes) -> Finding:
    """What the latest quarter's cases have other than before."""
    drift = changes.drift
    moved = sum(len(shifts) for shifts in drift.alarms.values())
    compared = sum(len(shifts) for shifts in drift.shifts.values())
    found = Moved(changes.name, compared, moved, drift.now.cases)
    if not moved:
        says = _(
            "The cases of {quarter} are like those before: none of {compared} comparisons differs "
            "beyond chance.",
            quarter=found.quarter,
            compared=found.compared,
        )
        return Finding("cases_alike", says, compared_on(found.cases), found)
    says = ngettext(
        "The cases of {quarter} differ from those before in {count:,} of {compared:,} comparisons: "
        "{first}",
        "The cases of {quarter} differ from those before in {count:,} of {compared:,} comparisons; "
        "the first: {first}",
        moved,
        quarter=found.quarter,
        compared=found.compared,
        first=_first(changes),
    )
    return Finding(_how(changes), says, beyond_chance(found.cases), found)


def _first(changes: Changes) -> Sayable:
    """The first thing that changed; what is missing now goes before all else."""
    gaps = (one.what for one in changes.findings if one.next is NEXT["missing"])
    return next(gaps, changes.findings[0].what)


def _how(changes: Changes) -> str:
    """Which kind of change it is: of what is recorded, or of the cases."""
    if changes.drift.filled_otherwise:
        return "data_changed"
    judged = changes.trained_on or changes.drift.calibration is not None
    return "cases_changed" if judged else "cases_changed_unjudged"
