"""How well the model ranks and how far its probabilities hold, on later cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from evaluation.backtests.answers import Answer, surely_behind
from evaluation.backtests.backtest import MODEL, PeriodFigures
from evaluation.pages import charts
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice, share
from evaluation.report.chapters import worth
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, Measures

Question = Literal["risk", "complexity"]

# Figures of the tables: name, and whether it is a share (shown in per cent).
COLUMNS = (("auc", False), ("lift", False), ("calibration_error", True))
POOLED = (*COLUMNS, ("average_precision", False), ("log_loss", False), ("brier", False))


@dataclass(frozen=True)
class Asked:
    """One question, how it was answered, and the words to tell it in."""

    summary: ReportSummary
    question: Question
    answer: Answer
    voice: Voice


def chapter(summary: ReportSummary, question: Question, voice: Voice) -> Chapter:
    """The chapter on one question; without later cases a sentence that says so."""
    answer = summary.risk if question == "risk" else summary.complexity
    model = summary.card.risk if question == "risk" else summary.card.complexity
    if answer is None:
        why = f"no_{question}_model" if model is None else "not_tested"
        return Chapter(question, voice.say(question), voice.say(why))
    asked = Asked(summary, question, answer, voice)
    return Chapter(question, voice.say(question), _lead(asked), tuple(_exhibits(asked)))


def _lead(asked: Asked) -> str:
    answer, say = asked.answer, asked.voice.say
    positives = answer.pooled.measures[MODEL].positives
    return say("pooled_lead", cases=answer.cases, positives=positives)


def _exhibits(asked: Asked) -> Iterator[Exhibit]:
    yield pooled(asked)
    yield over_time(asked)
    yield by_year(asked)
    yield rates(asked)
    yield calibration(asked)
    found = asked.summary.performance.get(asked.question)
    if found is not None:
        yield from worth.exhibits(found, asked.voice)


def pooled(asked: Asked) -> Exhibit:
    """The model and what it must beat, on all cases."""
    answer, say = asked.answer, asked.voice.say
    return Exhibit(
        say("pooled"),
        _says_pooled(asked),
        (say("estimator"), *(say(name) for name, _ in POOLED), say("gain")),
        tuple(_line(asked, answer.pooled, name, POOLED) for name in answer.estimators),
        marks=_marks(answer),
        notes=(say("intervals"), say("how_to_read", share=f"{100 * asked.summary.share:.3g} %")),
    )


def _says_pooled(asked: Asked) -> str:
    """The model's AUC, and its lead over the best of the others."""
    pooled, say = asked.answer.pooled, asked.voice.say
    auc = pooled.measures[MODEL].auc
    if auc.value is None:
        return say("says_too_few")
    sentence = say("says_auc", auc=auc)
    if not pooled.gains:
        return sentence
    best = min(pooled.gains, key=lambda name: pooled.gains[name].value or 0.0)
    gain = pooled.gains[best]
    lead = "says_leads" if (gain.low or 0.0) > 0 else "says_no_lead"
    lead = "says_behind" if surely_behind(gain) else lead
    join = "" if asked.voice.language == "zh" else " "
    return sentence + join + say(lead, other=say(best), gain=gain)


def over_time(asked: Asked) -> Exhibit:
    """The AUC of every period, and of each estimator in it."""
    answer, voice = asked.answer, asked.voice
    names = answer.estimators
    drawn = any(period.measures[MODEL].auc.value is not None for period in answer.periods)
    auc = partial(charts.over_time, answer.periods, names, lambda found: found.auc)
    return Exhibit(
        voice.say("auc_title"),
        _says_over_time(asked),
        (voice.say("period"), voice.say("cases"), *(voice.say(name) for name in names)),
        tuple(
            (
                period.period,
                f"{period.measures[MODEL].n:,}",
                *(voice.figure(period.measures[name].auc) for name in names),
            )
            for period in answer.periods
        ),
        auc if drawn else None,
        notes=(voice.say("auc_chart"),) if drawn else (),
    )


def _says_over_time(asked: Asked) -> str:
    told = [
        (period.measures[MODEL].auc.value, period.period)
        for period in asked.answer.periods
        if period.measures[MODEL].auc.value is not None
    ]
    say, total = asked.voice.say, len(asked.answer.periods)
    if not told:
        return say("says_no_period", periods=total)
    (low, worst), (high, best) = min(told), max(told)
    if len(told) == 1:
        return say("says_one_period", period=worst, value=low)
    values = {"low": low, "worst": worst, "high": high, "best": best}
    return say("says_over_time", shown=len(told), periods=total, **values)


def by_year(asked: Asked) -> Exhibit:
    """Every year's figures of every estimator."""
    answer, say = asked.answer, asked.voice.say
    lines = [(year, name) for year in answer.years for name in answer.estimators]
    return Exhibit(
        say("by_year"),
        _says_by_year(asked),
        (say("period"), say("estimator"), *(say(name) for name, _ in COLUMNS), say("gain")),
        tuple((year.period, *_line(asked, year, name, COLUMNS)) for year, name in lines),
    )


def _says_by_year(asked: Asked) -> str:
    """In which years the model leads all others beyond chance."""
    voice, years = asked.voice, asked.answer.years
    told = [year for year in years if year.measures[MODEL].auc.value is not None]
    if not told or not told[0].gains:
        return voice.say("says_too_few")
    ahead = [y.period for y in told if all((gain.low or 0.0) > 0 for gain in y.gains.values())]
    if not ahead:
        return voice.say("says_never_ahead", years=len(told))
    return voice.say("says_ahead", ahead=len(ahead), years=len(told), which=voice.listed(ahead))


def rates(asked: Asked) -> Exhibit:
    """Per period, the rate the model expected and the rate found."""
    answer, voice = asked.answer, asked.voice
    found = [(period.period, period.measures[MODEL]) for period in answer.periods]
    return Exhibit(
        voice.say("rates_title"),
        _says_rates(asked),
        tuple(map(voice.say, ("period", "cases", "expected_rate", "base_rate_found"))),
        tuple(
            (name, f"{one.n:,}", _expected(one, voice), voice.share(one.base_rate))
            for name, one in found
        ),
        partial(charts.expected_and_observed, answer.periods),
        notes=(voice.say("rates_chart"),),
    )


def _says_rates(asked: Asked) -> str:
    """In how many periods the expected rate lies within the interval of the rate found."""
    told = [
        (abs(one.bias.value), period.period, one, _within(one))
        for period in asked.answer.periods
        if (one := period.measures[MODEL]).bias.value is not None
    ]
    if not told:
        return asked.voice.say("says_too_few")
    inside = sum(within for *_, within in told)
    _, period, furthest, _ = max(told, key=lambda one: one[:2])
    return asked.voice.say(
        "says_rates",
        inside=inside,
        periods=len(told),
        period=period,
        expected=_expected(furthest, asked.voice),
        found=share(furthest.base_rate.value or 0.0),
    )


def _within(measures: Measures) -> bool:
    rate, bias = measures.base_rate, measures.bias.value or 0.0
    value, low, high = rate.value or 0.0, rate.low or 0.0, rate.high or 0.0
    return low <= value + bias <= high


def _expected(measures: Measures, voice: Voice) -> str:
    rate, bias = measures.base_rate.value, measures.bias
    if rate is None or bias.value is None:
        return voice.figure(Figure(None, None, None, bias.n, bias.absent))
    return share(rate + bias.value)


def calibration(asked: Asked) -> Exhibit:
    """Probabilities in ten groups against the rate found in each."""
    bins, voice = asked.answer.calibration, asked.voice
    return Exhibit(
        voice.say("calibration_table"),
        asked.summary.performance[asked.question].calibration_says.say(voice.language),
        tuple(map(voice.say, ("mean_risk", "base_rate_found", "cases"))),
        tuple(
            (share(line.mean_probability), voice.share(line.rate), f"{line.rate.n:,}")
            for line in bins
        ),
        partial(charts.reliability, bins) if bins else None,
        notes=(voice.say("reliability_chart"),),
    )


def _line(
    asked: Asked, figures: PeriodFigures, name: str, columns: tuple[tuple[str, bool], ...]
) -> tuple[str, ...]:
    measures, voice = figures.measures[name], asked.voice
    values = ((getattr(measures, column), is_share) for column, is_share in columns)
    gain = voice.figure(figures.gains[name]) if name in figures.gains else ""
    said = (voice.share(one) if is_share else voice.figure(one) for one, is_share in values)
    return (voice.say(name), *said, gain)


def _marks(answer: Answer) -> tuple[str, ...]:
    return tuple(charts.key(name) for name in answer.estimators)
