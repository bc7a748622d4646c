"""The front page: what was found, how sure that is, what to do; each sentence chosen by rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from evaluation.backtests.answers import Answer, surely_behind
from evaluation.backtests.backtest import MODEL
from evaluation.backtests.strata import Within
from evaluation.drift.changes import Changes
from evaluation.report.notes import CALIBRATED, Note
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, Measures

MOST_FOUND = 3
CALIBRATED_OF_RATE = 1 / 3  # of the base rate: 3 points of error are much where 5 % are defective


def headlines(summary: ReportSummary) -> tuple[Note, ...]:
    """Three to five sentences; the first word of a code is what it is about: found, sure, do."""
    return (*islice(_found(summary), MOST_FOUND), _sure(summary), _do(summary))


def judged(summary: ReportSummary) -> Answer | None:
    """How the main question was answered: risk, complexity where there is no such model."""
    return summary.complexity if summary.card.risk is None else summary.risk


def _found(summary: ReportSummary) -> Iterator[Note]:
    """What the model is worth, where it is wrong, what changed, what the office's quality is."""
    answer = judged(summary)
    if answer is None:
        yield Note("found_untested")
    else:
        yield _worth(summary, answer)
        yield _wrong(summary, answer)
    if (changed := _changed(summary)) is not None:
        told = changed.findings[-1 if _rated(changed) else 0].what
        yield Note("found_changed", {"quarter": changed.name, "what": told})
    yield _quality(summary)


def _quality(summary: ReportSummary) -> Note:
    """The office's rate of defects, or why there is none."""
    rates, data = summary.quality.rates, summary.data
    if rates is not None and rates.rate.value is not None:
        values = {"rate": _interval(rates.rate), "reviews": rates.reviews}
        return Note("found_quality", values | {"cases": rates.stands_for})
    if not data.reviews:
        return Note("found_no_reviews", {"cases": data.reviewable})
    return Note("found_no_quality", {"cases": data.reviewable, "reviews": data.reviews})


def _changed(summary: ReportSummary) -> Changes | None:
    """What changed, if the front page must say so: anything since training, or the rates."""
    found = summary.changes
    if found is None or not found.findings:
        return None
    return found if _rated(found) or not found.trained_on else None


def _rated(found: Changes) -> bool:
    """Whether base rate or calibration raised an alarm; they come last among the findings."""
    return _shifted(found) or any(one.alarm for one in found.drift.rates.values())


def _shifted(found: Changes) -> bool:
    """Whether calibration raised an alarm."""
    return found.drift.calibration is not None and found.drift.calibration.alarm


def _worth(summary: ReportSummary, answer: Answer) -> Note:
    """What the top of the list holds against chance, unless it may only tell reviewers apart."""
    measures = _deciding(summary, answer)
    if measures.lift.value is None or measures.lift.low is None:
        return Note("found_too_few", {"cases": measures.n})
    within = _no_signal(summary)
    if measures.lift.low > 1 and within is not None:
        code = "found_no_signal" if within.strata_alone else "found_unsure_signal"
        values = {"over": _times(within.lift), "within": _times(within.lift_within)}
        return Note(code, values)
    question = "complexity" if summary.card.risk is None else "risk"
    code = f"found_worth_{question}" if measures.lift.low > 1 else f"found_no_worth_{question}"
    values = {
        "share": f"{100 * measures.share:.3g} %",
        "lift": _times(measures.lift),
        "precision": _percent(measures.precision),
        "rate": _percent(measures.base_rate),
    }
    return Note(code, values)


def _deciding(summary: ReportSummary, answer: Answer) -> Measures:
    """The figures that say whether choosing pays: of the cases drawn by a known chance, if any.

    The others were picked, and flatter a model that picks alike.
    """
    drawn = None if summary.card.risk is None else _surveyed(summary)
    return drawn or answer.pooled.measures[MODEL]


def _wrong(summary: ReportSummary, answer: Answer) -> Note:
    """Where the model is wrong: a plainer one is as good or better, or its probabilities."""
    pooled = answer.pooled
    error = pooled.measures[MODEL].calibration_error
    if error.value is None:
        return Note("found_no_calibration")
    name = min(pooled.gains, key=lambda other: _standing(pooled.gains[other]), default=None)
    if name is not None and (pooled.gains[name].low or 0.0) <= 0:
        code = "found_behind" if surely_behind(pooled.gains[name]) else "found_not_ahead"
        return Note(code, {"estimator": name, "gain": pooled.gains[name]})
    worst = max(answer.periods, key=lambda one: abs(one.measures[MODEL].bias.value or 0.0))
    measures = worst.measures[MODEL]
    rate, bias = measures.base_rate.value or 0.0, measures.bias.value or 0.0
    values = {
        "period": worst.period,
        "expected": f"{100 * (rate + bias):.1f} %",
        "found": _percent(measures.base_rate),
        "error": f"{100 * error.value:.1f}",
    }
    return Note("found_off" if _off(summary, answer) else "found_calibrated", values)


def _standing(gain: Figure) -> tuple[bool, float]:
    """What orders the other ways: first those surely better, then those that may be."""
    return not surely_behind(gain), gain.low or 0.0


def _no_signal(summary: ReportSummary) -> Within | None:
    """The figures within reviewers, if the lift there may be that of chance."""
    found = summary.performance.get("risk")
    own = [one for one in found.within if one.by == "reviewer"] if found else []
    return own[0] if own and own[0].signal is False else None


def _off(summary: ReportSummary, answer: Answer) -> bool:
    """Whether the probabilities are no rates: by their error over all, or lately by drift."""
    measures = answer.pooled.measures[MODEL]
    allowed = min(CALIBRATED, (measures.base_rate.value or 0.0) * CALIBRATED_OF_RATE)
    lately = summary.changes is not None and _shifted(summary.changes)
    return lately or (measures.calibration_error.value or 0.0) > allowed


def _sure(summary: ReportSummary) -> Note:
    """How many cases stand behind, and for whom they speak."""
    answer, data = judged(summary), summary.data
    if answer is None:
        return Note("sure_untested", {"reviews": data.reviews, "cases": data.cases})
    values = {"cases": answer.cases, "positives": answer.pooled.measures[MODEL].positives}
    if summary.card.risk is None:
        return Note("sure_complexity", values)
    drawn = _surveyed(summary)
    if drawn is None:
        return Note("sure_targeted", values)
    if drawn.n < answer.cases:
        return Note("sure_surveyed", values | {"drawn": drawn.n})
    return Note("sure_all", values | {"unknown": data.unknown})


def _surveyed(summary: ReportSummary) -> Measures | None:
    """The figures on the reviews drawn by a known chance; None where they are too few."""
    found = summary.performance.get("risk")
    return found.honest.surveyed if found and found.honest else None


def _do(summary: ReportSummary) -> Note:
    """The one thing to do next: the first that applies."""
    return next(_reasons_to_act(summary))


def _reasons_to_act(summary: ReportSummary) -> Iterator[Note]:
    """Everything that could be done, the most urgent first; the last always applies."""
    answer, changed = judged(summary), _changed(summary)
    if answer is None or (lift := _deciding(summary, answer).lift).low is None:
        yield Note("do_review")
        return
    if lift.low <= 1:
        yield Note("do_random")
    if (within := _no_signal(summary)) is not None:
        yield Note("do_second" if within.strata_alone else "do_tell")
    if changed is not None:
        yield Note("do_advice", {"advice": changed.advice})
    if _off(summary, answer):
        yield Note("do_order")
    if summary.card.risk is None:
        yield Note("do_intake")
    yield Note("do_draw" if _surveyed(summary) is None else "do_use")


def _percent(figure: Figure) -> str:
    return f"{100 * (figure.value or 0.0):.1f} %"


def _times(figure: Figure) -> str:
    """A multiple with its interval, to one decimal: more would not be read."""
    return f"{figure.value:.1f} ({figure.low:.1f}–{figure.high:.1f})"


def _interval(figure: Figure) -> str:
    """A share with its interval."""
    return f"{_percent(figure)} ({100 * (figure.low or 0):.1f}–{100 * (figure.high or 1):.1f})"
