"""The front page: what was found, how sure that is, what to do; each sentence chosen by rule."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.answers import Answer
from evaluation.backtest import MODEL
from evaluation.metrics import Figure
from evaluation.notes import CALIBRATED, Note
from evaluation.report import ReportSummary


def headlines(summary: ReportSummary) -> tuple[Note, ...]:
    """Three to five sentences; the first word of a code is what it is about: found, sure, do."""
    return (*_found(summary), _sure(summary), _do(summary))


def judged(summary: ReportSummary) -> Answer | None:
    """How the main question was answered: risk, complexity where there is no such model."""
    return summary.complexity if summary.card.risk is None else summary.risk


def _found(summary: ReportSummary) -> Iterator[Note]:
    answer = judged(summary)
    if answer is None:
        yield Note("found_untested")
        return
    yield _worth(summary, answer)
    yield _wrong(answer)


def _worth(summary: ReportSummary, answer: Answer) -> Note:
    """What the top of the list holds against chance."""
    measures = answer.pooled.measures[MODEL]
    if measures.lift.value is None or measures.lift.low is None:
        return Note("found_too_few", {"cases": measures.n})
    question = "complexity" if summary.card.risk is None else "risk"
    code = f"found_worth_{question}" if measures.lift.low > 1 else f"found_no_worth_{question}"
    values = {
        "share": f"{100 * measures.share:.3g} %",
        "lift": _times(measures.lift),
        "precision": _percent(measures.precision),
        "rate": _percent(measures.base_rate),
    }
    return Note(code, values)


def _wrong(answer: Answer) -> Note:
    """Where the model is wrong: no better than a plain one, off in some time, or nowhere much."""
    pooled = answer.pooled
    if pooled.gains and pooled.measures[MODEL].auc.value is not None:
        name = min(pooled.gains, key=lambda other: pooled.gains[other].value or 0.0)
        if (pooled.gains[name].low or 0.0) <= 0:
            return Note("found_not_ahead", {"estimator": name, "gain": pooled.gains[name]})
    error = pooled.measures[MODEL].calibration_error
    if error.value is None:
        return Note("found_no_calibration")
    worst = max(answer.periods, key=lambda one: abs(one.measures[MODEL].bias.value or 0.0))
    measures = worst.measures[MODEL]
    rate, bias = measures.base_rate.value or 0.0, measures.bias.value or 0.0
    values = {
        "period": worst.period,
        "expected": f"{100 * (rate + bias):.1f} %",
        "found": _percent(measures.base_rate),
        "error": f"{100 * error.value:.1f}",
    }
    return Note("found_off" if _off(answer) else "found_calibrated", values)


def _off(answer: Answer) -> bool:
    return (answer.pooled.measures[MODEL].calibration_error.value or 0.0) > CALIBRATED


def _sure(summary: ReportSummary) -> Note:
    """How many cases stand behind, and for whom they speak."""
    answer, data = judged(summary), summary.data
    if answer is None:
        return Note("sure_untested", {"reviews": data.reviews, "cases": data.cases})
    values = {"cases": answer.cases, "positives": answer.pooled.measures[MODEL].positives}
    if summary.card.risk is None:
        return Note("sure_complexity", values)
    if data.drawn < data.reviews:
        picked = {"reviews": data.reviews, "without": data.reviews - data.drawn}
        return Note("sure_targeted", values | picked)
    return Note("sure_all", values | {"unknown": data.unknown})


def _do(summary: ReportSummary) -> Note:
    """The one thing to do next: the first that applies."""
    answer = judged(summary)
    if answer is None or (lift := answer.pooled.measures[MODEL].lift).low is None:
        return Note("do_review")
    if lift.low <= 1:
        return Note("do_random")
    if _off(answer):
        return Note("do_order")
    if summary.card.risk is None:
        return Note("do_intake")
    return Note("do_draw" if summary.data.drawn < summary.data.reviews else "do_use")


def _percent(figure: Figure) -> str:
    return f"{100 * (figure.value or 0.0):.1f} %"


def _times(figure: Figure) -> str:
    """A multiple with its interval, to one decimal: more would not be read."""
    return f"{figure.value:.1f} ({figure.low:.1f}–{figure.high:.1f})"
