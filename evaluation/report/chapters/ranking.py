"""How well the model ranks and how far its probabilities hold, on later cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cases.language.messages import Sayable, _, listed, sentences
from cases.language.values import round_share
from evaluation.backtests.answers import Answer, surely_behind
from evaluation.backtests.backtest import MODEL, PeriodFigures
from evaluation.pages import charts
from evaluation.pages.cells import SHARE, Cell, Interval, count, interval, share, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.names import ESTIMATORS, cells, estimator, heads
from evaluation.report.chapters import worth
from evaluation.report.chapters.heads import (
    CASES,
    ESTIMATOR,
    FOUND_RATE,
    GAIN,
    INTERVALS,
    NO_RISK_MODEL,
    PERIOD,
    TOO_FEW,
)
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Bin, Figure, Measures

Question = Literal["risk", "complexity"]

TITLES: dict[Question, Sayable] = {
    "risk": _("Risk: will a review find a defect?"),
    "complexity": _("Complexity: will a new case prove complex?"),
}
NO_MODEL: dict[Question, Sayable] = {
    "risk": NO_RISK_MODEL,
    "complexity": _(
        "There is no complexity model: the office file does not say what is complex, or too few "
        "such cases are known."
    ),
}
COLUMNS = ("auc", "lift", "calibration_error")
POOLED = (*COLUMNS, "average_precision", "log_loss", "brier")


def chapter(summary: ReportSummary, question: Question) -> Chapter:
    """The chapter on one question; without later cases a sentence that says so."""
    answer = summary.risk if question == "risk" else summary.complexity
    model = summary.card.risk if question == "risk" else summary.card.complexity
    since = [worth.since(one) for code, one in summary.since.items() if code == question]
    if answer is None:
        not_tested = _("Not tested: no outcomes, or too few of them, in this time.")
        why = NO_MODEL[question] if model is None else not_tested
        return Chapter(question, TITLES[question], why, tuple(since))
    exhibits = (*since, *_exhibits(summary, question, answer))
    return Chapter(question, TITLES[question], _lead(answer), exhibits)


def _lead(answer: Answer) -> Sayable:
    return _(
        "Tested on {cases:,} cases that came later than all the model had learnt from; "
        "{positives:,} of them had the outcome.",
        cases=answer.cases,
        positives=answer.pooled.measures[MODEL].positives,
    )


def _exhibits(summary: ReportSummary, question: Question, answer: Answer) -> Iterator[Exhibit]:
    yield pooled(answer, summary.share)
    yield over_time(answer)
    yield by_year(answer)
    yield rates(answer)
    performance = summary.performance.get(question)
    if performance is not None:
        yield calibration(answer.calibration, performance.calibration_says)
        yield from worth.exhibits(performance)


def pooled(answer: Answer, taken: float) -> Exhibit:
    """The model and what it must beat, on all cases; `taken` is the share that lift is of."""
    how = _(
        "AUC: of a case with the outcome and one without, how often the first got the higher "
        "risk; 0.5 is chance. Lift: among the {share} of cases with the highest risk, how many "
        "times as many have the outcome as among all. Calibration error: distance between risks "
        "and rates over ten equally large groups; noise alone makes it more than zero.",
        share=round_share(taken),
    )
    return Exhibit(
        _("All later cases together"),
        _says_pooled(answer),
        (ESTIMATOR, *heads(POOLED), GAIN),
        tuple(_line(answer.pooled, name, POOLED) for name in answer.estimators),
        notes=(INTERVALS, how),
        technical=True,
    )


def _says_pooled(answer: Answer) -> Sayable:
    """The model's AUC, and its lead over the best of the others."""
    auc, gains = answer.pooled.measures[MODEL].auc, answer.pooled.gains
    if auc.value is None:
        return TOO_FEW
    ranks = _(
        "Of a case with the outcome and one without, the model ranked the first higher with a "
        "frequency of {auc}.",
        auc=interval(auc),
    )
    if not gains:
        return ranks
    best = min(gains, key=lambda name: gains[name].value or 0.0)
    return sentences(ranks, _says_lead(best, gains[best]))


def _says_lead(best: str, gain: Figure) -> Sayable:
    """Whether the model is ahead of the best of the others, about as good, or behind."""
    values = {"other": estimator(best), "gain": interval(gain)}
    if surely_behind(gain):
        return _(
            "The best of the others ({other}) ranks better: the model's AUC less that of the "
            "other is {gain}.",
            **values,
        )
    if gain.surely_above(0):
        return _("It leads the best of the others ({other}) by {gain}.", **values)
    return _("Its lead over the best of the others ({other}) is within chance: {gain}.", **values)


def over_time(answer: Answer) -> Exhibit:
    """The AUC of every period, and of each estimator in it."""
    names, periods = answer.estimators, answer.periods
    shown = any(period.measures[MODEL].auc.value is not None for period in periods)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            period.period,
            count(period.measures[MODEL].n),
            *(interval(period.measures[name].auc) for name in names),
        )
        for period in periods
    )
    return Exhibit(
        _("Ranking over time (AUC)"),
        _says_over_time(answer),
        (PERIOD, CASES, *(ESTIMATORS[name] for name in names)),
        rows,
        charts.ranking(periods, _("AUC of the model, with 95% interval")),
        notes=(_("0.5 is chance; higher ranks better."),) if shown else (),
        technical=True,
    )


def _says_over_time(answer: Answer) -> Sayable:
    """Between which AUCs the periods lie, and which those are."""
    ranked = sorted(
        (auc.value, period.period, interval(auc))
        for period in answer.periods
        if (auc := period.measures[MODEL].auc).value is not None
    )
    if not ranked:
        return _(
            "In none of the {periods} periods are there enough cases of both outcomes; no figure "
            "is given.",
            periods=len(answer.periods),
        )
    (_low, worst, low), (_high, best, high) = ranked[0], ranked[-1]
    if len(ranked) == 1:
        return _(
            "Only {period} has enough cases of both outcomes: the model's AUC was {value}.",
            period=worst,
            value=low,
        )
    return _(
        "In the {shown} of {periods} periods with enough cases, the model's AUC lay between {low} "
        "in {worst} and {high} in {best}.",
        shown=len(ranked),
        periods=len(answer.periods),
        low=low,
        worst=worst,
        high=high,
        best=best,
    )


def by_year(answer: Answer) -> Exhibit:
    """Every year's figures of every estimator."""
    lines = [(year, name) for year in answer.years for name in answer.estimators]
    return Exhibit(
        _("Year by year"),
        _says_by_year(answer.years),
        (PERIOD, ESTIMATOR, *heads(COLUMNS), GAIN),
        tuple((year.period, *_line(year, name, COLUMNS)) for year, name in lines),
        technical=True,
    )


def _says_by_year(years: tuple[PeriodFigures, ...]) -> Sayable:
    """In which years the model leads all others beyond chance."""
    ranked = [year for year in years if year.measures[MODEL].auc.value is not None]
    if not ranked or not ranked[0].gains:
        return TOO_FEW
    ahead = [y.period for y in ranked if all(gain.surely_above(0) for gain in y.gains.values())]
    if not ahead:
        return _(
            "In none of {years} years does the model rank better than every other way beyond "
            "chance.",
            years=len(ranked),
        )
    return _(
        "In {ahead} of {years} years the model ranks better than every other way beyond chance: "
        "{which}.",
        ahead=len(ahead),
        years=len(ranked),
        which=listed(ahead),
    )


def rates(answer: Answer) -> Exhibit:
    """Per period, the rate the model expected and the rate found."""
    rows = tuple(
        (
            period.period,
            count(period.measures[MODEL].n),
            _expected(period.measures[MODEL]),
            share_interval(period.measures[MODEL].base_rate),
        )
        for period in answer.periods
    )
    return Exhibit(
        _("Expected and found, over time"),
        _says_rates(answer),
        (PERIOD, CASES, _("Rate expected"), FOUND_RATE),
        rows,
        charts.expected_and_found(answer.periods),
    )


def _says_rates(answer: Answer) -> Sayable:
    """In how many periods the expected rate lies within the interval of the rate found."""
    judged = [
        (abs(measures.bias.value), period.period, measures)
        for period in answer.periods
        if (measures := period.measures[MODEL]).bias.value is not None
    ]
    if not judged:
        return TOO_FEW
    _off, period, furthest = max(judged, key=lambda line: line[:2])
    return _(
        "In {inside} of {periods} periods the rate expected lies within the interval of the rate "
        "found; furthest off is {period}: {expected} expected, {found} found.",
        inside=sum(_within(measures) for _off, _period, measures in judged),
        periods=len(judged),
        period=period,
        expected=_expected(furthest),
        found=Interval(furthest.base_rate, SHARE).alone,
    )


def _within(measures: Measures) -> bool:
    rate, bias = measures.base_rate, measures.bias.value or 0.0
    value, low, high = rate.value or 0.0, rate.low or 0.0, rate.high or 0.0
    return low <= value + bias <= high


def _expected(measures: Measures) -> Cell:
    rate, bias = measures.base_rate.value, measures.bias
    if rate is None or bias.value is None:
        return interval(Figure.withheld(bias.n, bias.absent or "too_few"))
    return share(rate + bias.value)


def calibration(bins: tuple[Bin, ...], says: Sayable) -> Exhibit:
    """Probabilities in ten groups against the rate found in each."""
    rows = tuple(
        (share(line.mean_probability), share_interval(line.rate), count(line.rate.n))
        for line in bins
    )
    head = (_("Mean risk"), FOUND_RATE, CASES)
    note = _("Where the stroke of what was expected lies within the interval, risks are right.")
    picture = charts.reliability(bins) if bins else None
    return Exhibit(_("Calibration table"), says, head, rows, picture, notes=(note,))


def _line(figures: PeriodFigures, name: str, columns: tuple[str, ...]) -> tuple[Cell, ...]:
    gain = interval(figures.gains[name]) if name in figures.gains else ""
    return (ESTIMATORS[name], *cells(figures.measures[name], columns), gain)
