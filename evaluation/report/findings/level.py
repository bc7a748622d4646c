"""Can its probabilities be read as rates: one answer from all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.backtests.answers import Answer, surely_off
from evaluation.backtests.backtest import MODEL
from evaluation.pages.cells import SHARE
from evaluation.report.findings.finding import Finding, beyond_chance
from evaluation.report.findings.order import judged
from evaluation.report.findings.since import since
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import points


@dataclass(frozen=True)
class LevelTried:
    """The calibration error when the model was tried, and the period in which it was worst."""

    error: Figure
    period: str
    expected: float
    found: float


@dataclass(frozen=True)
class LevelNow:
    """What was expected of the outcomes of a quarter, weighted cases, and what was found."""

    quarter: str
    expected: float
    found: float
    outcomes: int


@dataclass(frozen=True)
class LevelSince:
    """What was expected since the model was trained, as a rate, and what was found."""

    expected: float
    found: float
    outcomes: int


def level(summary: ReportSummary) -> Iterator[Finding]:
    """Where its probabilities are off, the latest time first; else that nothing says so."""
    if (after := _off_since(summary)) is not None:
        yield after
    elif (now := _off_now(summary)) is not None:
        yield now
    elif (answer := judged(summary)) is not None:
        yield from _tried(answer)


def _off_since(summary: ReportSummary) -> Finding | None:
    found = since(summary)
    if found is None or found.deciding is None or not found.off:
        return None
    rate, bias = found.deciding.base_rate.value or 0.0, found.deciding.bias.value or 0.0
    evidence = LevelSince(rate + bias, rate, found.deciding.n)
    says = _(
        "Its probabilities are off since it was trained: it expected {expected}, and {found} were "
        "found.",
        expected=Value(evidence.expected, SHARE),
        found=Value(evidence.found, SHARE),
    )
    return Finding("level_off_since", says, beyond_chance(evidence.outcomes), evidence)


def _off_now(summary: ReportSummary) -> Finding | None:
    """The alarm of the latest quarter, or of all outcomes since the training."""
    changes = summary.changes
    if changes is None or not changes.drift.level_is_off:
        return None
    quarter, all_since = changes.drift.calibration, changes.drift.since
    if quarter is not None and quarter.alarm:
        evidence = LevelNow(changes.name, quarter.expected, quarter.observed, quarter.ratio.n)
        says = _(
            "Its probabilities are off in {quarter}: it expected {expected:,.0f} cases with the "
            "outcome, and {found:,.0f} were found.",
            quarter=evidence.quarter,
            expected=evidence.expected,
            found=evidence.found,
        )
        return Finding("level_off_now", says, beyond_chance(evidence.outcomes), evidence)
    if all_since is None:
        return None
    says = _(
        "Its probabilities are off: since it was trained {ratio:.2f} times as many cases had the "
        "outcome as it expected.",
        ratio=all_since.ratio,
    )
    return Finding("level_off_now", says, beyond_chance(all_since.outcomes), all_since)


def _tried(answer: Answer) -> Iterator[Finding]:
    """What its backtest says, with the period in which it was worst."""
    pooled = answer.pooled.measures[MODEL]
    if pooled.calibration_error.value is None:
        return
    worst = max(answer.periods, key=lambda period: abs(period.measures[MODEL].bias.value or 0.0))
    measures = worst.measures[MODEL]
    rate, bias = measures.base_rate.value or 0.0, measures.bias.value or 0.0
    found = LevelTried(pooled.calibration_error, worst.period, rate + bias, rate)
    if not surely_off(pooled):
        says = _(
            "Nothing speaks against its probabilities: they were off by {error} on average when it "
            "was tried.",
            error=points(found.error),
        )
        sure: Sayable = _("Tried on {cases:,} later cases.", cases=pooled.n)
        yield Finding("level_holds", says, sure, found)
        return
    says = _(
        "Its probabilities were off by {error} on average when it was tried; most in {period}, "
        "where it expected {expected} and {found} came true.",
        error=points(found.error),
        period=found.period,
        expected=Value(found.expected, SHARE),
        found=Value(found.found, SHARE),
    )
    yield Finding("level_off", says, beyond_chance(pooled.n), found)
