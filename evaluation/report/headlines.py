"""The front page: what was found, how sure that is, what to do; each sentence chosen by rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import islice

from cases.language.messages import _
from cases.language.values import Value, round_share
from evaluation.backtests.answers import Answer, surely_behind, surely_off
from evaluation.backtests.backtest import MODEL
from evaluation.backtests.strata import Within
from evaluation.drift.changes import Changes
from evaluation.pages.cells import interval, multiple_interval, share, share_interval
from evaluation.pages.names import estimator
from evaluation.quality.office_quality import say_rate
from evaluation.report import standing
from evaluation.report.notes import Note
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, Measures

MOST_FOUND = 3

# Whether choosing by the model pays, by whether it does: `share, lift, precision, rate`.
WORTH_RISK = {
    True: _(
        "Choosing by the model pays: the {share} of cases with the highest risk held {lift} times "
        "the defects of a random choice, {precision} against {rate}."
    ),
    False: _(
        "Choosing by the model is not clearly better than chance: the {share} of cases with the "
        "highest risk held {lift} times the defects of a random choice, {precision} against {rate}."
    ),
}
WORTH_COMPLEXITY = {
    True: _(
        "The model recognises complex cases early: the {share} with the highest probability held "
        "{lift} times as many as a random choice, {precision} against {rate}."
    ),
    False: _(
        "The model does not clearly recognise complex cases: the {share} with the highest "
        "probability held {lift} times as many as a random choice, {precision} against {rate}."
    ),
}
DO = {
    "review": _(
        "Have more cases reviewed, a part of them drawn at random, and train again "
        "(`triage train`)."
    ),
    "random": _(
        "Do not choose by this model. Draw cases at random until a model trained on more of them "
        "holds."
    ),
    "second": _(
        "Do not choose by this model yet: have a part of the cases read by two reviewers, so that "
        "severity can be separated from cases."
    ),
    "tell": _(
        "Have a part of the cases read by two reviewers: that will show whether the model ranks "
        "cases or the severity of who reads them."
    ),
    "order": _(
        "Use the order, not the probabilities as rates; train again on the newest outcomes "
        "(`triage train`)."
    ),
    "intake": _(
        "Use the probabilities to route new cases; let a person decide where they are in the "
        "middle."
    ),
    "draw": _(
        "Let `triage plan` draw the next reviews: with known inclusion probabilities the figures "
        "will speak for all cases."
    ),
    "use": _(
        "Let `triage plan` draw the next reviews, and train again when their grades are final."
    ),
}


def headlines(summary: ReportSummary) -> tuple[Note, ...]:
    """Three to five sentences, and one of stand-ins for persons if need be.

    The first word of a code is what it is about: found, sure, do.
    """
    found = (*islice(_found(summary), MOST_FOUND), *_stand_ins(summary))
    return (*found, _sure(summary), _do(summary))


def _stand_ins(summary: ReportSummary) -> Iterator[Note]:
    """That risks may be those of persons, if the features tell them apart well."""
    if summary.stand_ins is not None and summary.stand_ins.warning is not None:
        yield Note("found_stand_ins", summary.stand_ins.warning)


def judged(summary: ReportSummary) -> Answer | None:
    """How the main question was answered: risk, complexity where there is no such model."""
    return summary.complexity if summary.card.risk is None else summary.risk


def _found(summary: ReportSummary) -> Iterator[Note]:
    """What the model is worth, where it is wrong, what changed, what the office's quality is."""
    answer, since, start = judged(summary), standing.since(summary), summary.card.start
    if start is not None:
        yield Note("found_start", start.says)
    if (unused := standing.unused(summary)) is not None:
        yield unused
    if since is not None:
        yield standing.worth(since)
    elif answer is None and start is None:
        says = _("Nothing can be said of the model yet: no later case has a known outcome.")
        yield Note("found_untested", says)
    if answer is not None:
        yield _worth(summary, answer)
    if since is not None and (within := _no_signal(summary)) is not None:
        yield _signal_of_reviewers(within)
    if answer is not None:
        yield _wrong(summary, answer)
    if (changed := _changed(summary)) is not None:
        finding = changed.findings[-1 if _rated(changed) else 0].what
        says = _("In {quarter} something changed: {what}", quarter=changed.name, what=finding)
        yield Note("found_changed", says)
    yield _quality(summary)


def _quality(summary: ReportSummary) -> Note:
    """The office's rate of defects, or why there is none."""
    rates, data = summary.quality.rates, summary.data
    if rates is not None and rates.rate.value is not None:
        return Note("found_quality", say_rate(rates, share_interval(rates.rate)))
    if not data.reviews:
        says = _(
            "How many of the {cases:,} cases that can be reviewed are defective cannot be said: "
            "there are no reviews.",
            cases=data.reviewable,
        )
        return Note("found_no_reviews", says)
    says = _(
        "How many of the {cases:,} cases that can be reviewed are defective cannot be said: too "
        "few of the {reviews:,} reviews were drawn at random.",
        cases=data.reviewable,
        reviews=data.reviews,
    )
    return Note("found_no_quality", says)


def _changed(summary: ReportSummary) -> Changes | None:
    """What changed, if the front page must say so: anything since training, or the rates."""
    changes = summary.changes
    if changes is None or not changes.findings:
        return None
    return changes if _rated(changes) or not changes.trained_on else None


def _rated(changes: Changes) -> bool:
    """Whether base rate or calibration raised an alarm; they come last among the findings."""
    return _shifted(changes) or any(rate.alarm for rate in changes.drift.rates.values())


def _shifted(changes: Changes) -> bool:
    """Whether calibration raised an alarm."""
    return changes.drift.level_is_off


def _worth(summary: ReportSummary, answer: Answer) -> Note:
    """What the top of the list holds against chance, unless it may only tell reviewers apart."""
    measures = _deciding(summary, answer)
    if measures.lift.value is None or measures.lift.low is None:
        says = _(
            "Nothing can be said of the model yet: its {cases:,} later cases hold too few of one "
            "outcome.",
            cases=measures.n,
        )
        return Note("found_too_few", says)
    within = _no_signal(summary)
    if measures.lift.low > 1 and within is not None:
        return _signal_of_reviewers(within)
    pays = measures.lift.low > 1
    says = (WORTH_COMPLEXITY if summary.card.risk is None else WORTH_RISK)[pays]
    values = {
        "share": round_share(measures.share),
        "lift": multiple_interval(measures.lift),
        "precision": share(measures.precision.value or 0.0),
        "rate": share(measures.base_rate.value or 0.0),
    }
    question = "complexity" if summary.card.risk is None else "risk"
    code = f"found_worth_{question}" if pays else f"found_no_worth_{question}"
    return Note(code, dataclasses.replace(says, values=values))


def _signal_of_reviewers(within: Within) -> Note:
    """That the list may tell reviewers apart and not cases."""
    values = {
        "over": multiple_interval(within.lift),
        "within": multiple_interval(within.lift_within),
    }
    if within.strata_alone:
        says = _(
            "It shows no case signal: its top held {over} times the defects of a random choice, "
            "among cases of the same reviewer {within} times. It tells reviewers apart, not cases.",
            **values,
        )
        return Note("found_no_signal", says)
    says = _(
        "It is not known whether it ranks cases or reviewers: on the same cases its top held "
        "{over} times the defects of a random choice, among cases of the same reviewer {within} "
        "times, which may be chance.",
        **values,
    )
    return Note("found_unsure_signal", says)


def _deciding(summary: ReportSummary, answer: Answer) -> Measures:
    """The figures that say whether choosing pays: of the cases drawn at random, if any.

    The others were picked, and flatter a model that picks alike.
    """
    drawn = None if summary.card.risk is None else _surveyed(summary)
    return drawn or answer.pooled.measures[MODEL]


def _wrong(summary: ReportSummary, answer: Answer) -> Note:
    """Where the model is wrong: a plainer one is as good or better, or its probabilities."""
    pooled = answer.pooled
    error = pooled.measures[MODEL].calibration_error
    if error.value is None:
        says = _("Whether its probabilities hold cannot be said: too few cases.")
        return Note("found_no_calibration", says)
    name = min(pooled.gains, key=lambda other: _standing(pooled.gains[other]), default=None)
    if name is not None and (pooled.gains[name].low or 0.0) <= 0:
        return _outdone(name, pooled.gains[name])
    return _calibration(answer, error.value, off=_off(summary, answer))


def _outdone(name: str, gain: Figure) -> Note:
    """That a plainer way ranks as well, or better."""
    values = {"estimator": estimator(name), "gain": interval(gain)}
    if surely_behind(gain):
        says = _(
            "A simpler way ranks better: the model's AUC less that of “{estimator}” is {gain}.",
            **values,
        )
        return Note("found_behind", says)
    says = _(
        "A simpler way ranks about as well: against “{estimator}” the model gains {gain} in AUC, "
        "which may be nothing.",
        **values,
    )
    return Note("found_not_ahead", says)


def _calibration(answer: Answer, error: float, *, off: bool) -> Note:
    """Whether probabilities can be read as rates, and the period in which they were worst."""
    worst = max(answer.periods, key=lambda period: abs(period.measures[MODEL].bias.value or 0.0))
    measures = worst.measures[MODEL]
    rate, bias = measures.base_rate.value or 0.0, measures.bias.value or 0.0
    values = {
        "period": worst.period,
        "expected": share(rate + bias),
        "found": share(rate),
        "error": Value(100 * error, ".1f"),
    }
    if off:
        says = _(
            "Its probabilities are off by {error} percentage points on average; most in {period}, "
            "where it expected {expected} and {found} came true.",
            **values,
        )
        return Note("found_off", says)
    says = _(
        "Its probabilities can be read as rates: off by {error} percentage points on average, "
        "most in {period}, where it expected {expected} and {found} came true.",
        **values,
    )
    return Note("found_calibrated", says)


def _standing(gain: Figure) -> tuple[bool, float]:
    """What orders the other ways: first those surely better, then those that may be."""
    return not surely_behind(gain), gain.low or 0.0


def _no_signal(summary: ReportSummary) -> Within | None:
    """The figures within reviewers, if the lift there may be that of chance."""
    performance = summary.performance.get("risk")
    parts = performance.within if performance else ()
    within = next((part for part in parts if part.by == "reviewer"), None)
    return within if within and within.signal is False else None


def _off(summary: ReportSummary, answer: Answer) -> bool:
    """Whether the probabilities are not rates: as the gate judges over all, or lately by drift."""
    measures = answer.pooled.measures[MODEL]
    lately = summary.changes is not None and _shifted(summary.changes)
    return lately or surely_off(measures)


def _sure(summary: ReportSummary) -> Note:
    """How many cases stand behind, and for which cases they speak."""
    answer, data = judged(summary), summary.data
    if answer is None and (refused := standing.tested(summary)) is not None:
        return refused
    if answer is None:
        says = _(
            "The tables hold {cases:,} cases and {reviews:,} reviews; that is not enough to test "
            "a model on.",
            reviews=data.reviews,
            cases=data.cases,
        )
        return Note("sure_untested", says)
    values: dict[str, int] = {
        "cases": answer.cases,
        "positives": answer.pooled.measures[MODEL].positives,
    }
    if summary.card.risk is None:
        says = _(
            "These figures rest on {cases:,} later cases the model had not seen, {positives:,} of "
            "them complex.",
            **values,
        )
        return Note("sure_complexity", says)
    drawn = _surveyed(summary)
    if drawn is None:
        return _sure_of_reviewed(values)
    if drawn.n < answer.cases:
        return _sure_of_drawn(values | {"drawn": drawn.n})
    return _sure_of_all(values | {"unknown": data.unknown})


def _sure_of_reviewed(values: dict[str, int]) -> Note:
    says = _(
        "These figures rest on {cases:,} later cases the model had not seen, {positives:,} of "
        "them with a defect. Too few were drawn with a known inclusion probability: they speak "
        "for reviewed cases only.",
        **values,
    )
    return Note("sure_targeted", says)


def _sure_of_drawn(values: dict[str, int]) -> Note:
    says = _(
        "The model was tested on {cases:,} later cases it had not seen, {positives:,} of them "
        "with a defect. Whether choosing by it pays is judged on the {drawn:,} drawn with a known "
        "inclusion probability, which speak for all cases.",
        **values,
    )
    return Note("sure_surveyed", says)


def _sure_of_all(values: dict[str, int]) -> Note:
    says = _(
        "These figures rest on {cases:,} later cases the model had not seen, {positives:,} of "
        "them with a defect. {unknown:,} cases have no review: unknown, not good.",
        **values,
    )
    return Note("sure_all", says)


def _surveyed(summary: ReportSummary) -> Measures | None:
    """The figures on the reviews drawn at random; None where they are too few."""
    performance = summary.performance.get("risk")
    return performance.honest.surveyed if performance and performance.honest else None


def _do(summary: ReportSummary) -> Note:
    """The one thing to do next: the first that applies."""
    return next(_reasons_to_act(summary))


def _reasons_to_act(summary: ReportSummary) -> Iterator[Note]:
    """Everything that could be done, the most urgent first; the last always applies."""
    answer, changed, since = judged(summary), _changed(summary), standing.since(summary)
    if since is not None and since.lost:
        yield Note("do_random", DO["random"])
    if answer is None or (lift := _deciding(summary, answer).lift).low is None:
        code = "use" if summary.card.start is not None and answer is None else "review"
        yield Note(f"do_{code}", DO[code])
        return
    if lift.low <= 1:
        yield Note("do_random", DO["random"])
    if (within := _no_signal(summary)) is not None:
        code = "second" if within.strata_alone else "tell"
        yield Note(f"do_{code}", DO[code])
    if changed is not None:
        yield Note("do_advice", changed.advice)
    if _off(summary, answer) or (since is not None and (since.off or since.worse)):
        yield Note("do_order", DO["order"])
    if summary.card.risk is None:
        yield Note("do_intake", DO["intake"])
    code = "draw" if _surveyed(summary) is None else "use"
    yield Note(f"do_{code}", DO[code])
