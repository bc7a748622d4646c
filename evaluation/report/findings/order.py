"""Is the order of the list worth anything: when it was tried, and against a simpler way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Message, Sayable, _
from cases.language.values import round_share
from evaluation.backtests.answers import Answer, surely_behind
from evaluation.backtests.backtest import MODEL
from evaluation.backtests.strata import Within, gained_between
from evaluation.pages.cells import SHARE, Interval, interval, multiple_interval
from evaluation.pages.names import estimator
from evaluation.report.findings.finding import Finding, beyond_chance, within_chance
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, Measures

MOST_OF_IT = 0.5  # of the gain, from which on who reviews makes the most of it


@dataclass(frozen=True)
class OrderTried:
    """What the `share` of cases ranked highest held, and the cases this rests on.

    Of the `cases` of known outcome `positives` had it, and `drawn` of them were drawn with a known
    probability; the figures are of these where there are enough, as `surveyed` says.
    """

    share: float
    lift: Figure
    precision: Figure
    rate: Figure
    cases: int
    positives: int
    drawn: int
    surveyed: bool


@dataclass(frozen=True)
class AmongLike:
    """The lift over all cases, and among cases of the same reviewer, and what is lost by that."""

    over: Figure
    within: Figure
    part: Figure | None
    cases: int


@dataclass(frozen=True)
class Simpler:
    """The simpler way that does best, and by how much more AUC the model has."""

    name: str
    gain: Figure


def judged(summary: ReportSummary) -> Answer | None:
    """How the main question was answered: risk, complexity where there is no such model."""
    return summary.complexity if summary.card.risk is None else summary.risk


def order(summary: ReportSummary, *, lost: bool) -> Iterator[Finding]:
    """What the top of the list held when it was tried; `lost`: it has surely not held since."""
    answer = judged(summary)
    if answer is None:
        if summary.card.start is None:
            says = _("Nothing can be said of the model yet: no later case has a known outcome.")
            yield Finding("untested", says, NOT_TRIED, None)
        return
    tried = _tried(summary, answer)
    if tried.lift.value is None or tried.lift.low is None:
        says = _(
            "Nothing can be said of the model yet: its {cases:,} later cases hold too few of one "
            "outcome.",
            cases=tried.cases,
        )
        yield Finding("too_few", says, NOT_TRIED, tried)
    elif summary.card.risk is None:
        yield _early(tried)
    else:
        yield _of_risk(tried, _among_like(summary), lost=lost)


NOT_TRIED = _("Not known: it was not tried on enough cases.")


def _of_risk(tried: OrderTried, within: Within | None, *, lost: bool) -> Finding:
    """Whether the list pays, also among cases of the same reviewer."""
    pays, sure = tried.lift.surely_above(1), _sure(tried)
    if not pays:
        return Finding("does_not_pay", DOES_NOT_PAY.filled(**_held(tried)), sure, tried)
    if within is not None and within.signal is False:
        return _of_reviewers(within)
    if lost:
        return Finding("paid", PAID.filled(**_held(tried)), sure, tried)
    like = None if within is None else _like(within)
    if like is not None and like.part is not None and (like.part.value or 0.0) >= MOST_OF_IT:
        return Finding("pays_in_part", _in_part(like), beyond_chance(like.cases), like)
    return Finding("pays", PAYS.filled(**_held(tried)), sure, tried)


PAYS = _(
    "Choosing by the model pays: the {share} of cases ranked highest held {lift} times the defects "
    "of a random choice ({precision} against {rate})."
)
DOES_NOT_PAY = _(
    "Choosing by the model is not clearly better than chance: the {share} of cases ranked highest "
    "held {lift} times the defects of a random choice ({precision} against {rate})."
)
PAID = _(
    "When it was tried, choosing by the model paid: the {share} of cases ranked highest held "
    "{lift} times the defects of a random choice ({precision} against {rate})."
)
SEEN = _(
    "The model recognises complex cases early: the {share} ranked highest held {lift} times as "
    "many as a random choice ({precision} against {rate})."
)
NOT_SEEN = _(
    "The model does not clearly recognise complex cases: the {share} ranked highest held {lift} "
    "times as many as a random choice ({precision} against {rate})."
)


def _early(tried: OrderTried) -> Finding:
    """Whether complex cases are recognised when they come in."""
    if tried.lift.surely_above(1):
        return Finding("complex_seen", SEEN.filled(**_held(tried)), _sure(tried), tried)
    return Finding("complex_not_seen", NOT_SEEN.filled(**_held(tried)), _sure(tried), tried)


def _held(tried: OrderTried) -> dict[str, Sayable]:
    return {
        "share": round_share(tried.share),
        "lift": multiple_interval(tried.lift),
        "precision": rounded(tried.precision),
        "rate": rounded(tried.rate),
    }


def rounded(share: Figure) -> Sayable:
    """A share without its interval, to the digits that this allows."""
    return Interval(share, SHARE).alone


def _in_part(like: AmongLike) -> Message:
    return _(
        "Choosing by the model pays, but {part} of what it gains is who reviews: its top held "
        "{over} times the defects of a random choice, and {within} times among cases of the same "
        "reviewer.",
        part=Interval(like.part, ".0%").alone if like.part else "",
        over=multiple_interval(like.over),
        within=multiple_interval(like.within),
    )


def _of_reviewers(within: Within) -> Finding:
    """That the list may tell reviewers apart and not cases, or surely does."""
    like = _like(within)
    values = {"over": multiple_interval(like.over), "within": multiple_interval(like.within)}
    if within.strata_alone:
        says = _(
            "It tells reviewers apart, not cases: its top held {over} times the defects of a "
            "random choice, among cases of the same reviewer {within} times.",
            **values,
        )
        return Finding("reviewers_alone", says, beyond_chance(like.cases), like)
    says = _(
        "It is not known whether it ranks cases or reviewers: its top held {over} times the "
        "defects of a random choice, among cases of the same reviewer {within} times.",
        **values,
    )
    return Finding("cases_or_reviewers", says, within_chance(like.cases), like)


def _like(within: Within) -> AmongLike:
    return AmongLike(within.lift, within.lift_within, gained_between(within), within.cases)


def _among_like(summary: ReportSummary) -> Within | None:
    """The figures within reviewers, where there are any."""
    performance = summary.performance.get("risk")
    parts = performance.within if performance else ()
    found = next((part for part in parts if part.by == "reviewer"), None)
    return None if found is None or found.lift_within.value is None else found


def _tried(summary: ReportSummary, answer: Answer) -> OrderTried:
    """The figures that decide: of the cases drawn at random, if any.

    The others were picked, and flatter a model that picks alike.
    """
    drawn = None if summary.card.risk is None else _surveyed(summary)
    measures = drawn or answer.pooled.measures[MODEL]
    return OrderTried(
        share=measures.share,
        lift=measures.lift,
        precision=measures.precision,
        rate=measures.base_rate,
        cases=answer.cases,
        positives=answer.pooled.measures[MODEL].positives,
        drawn=drawn.n if drawn else 0,
        surveyed=drawn is not None or summary.card.risk is None,
    )


def _surveyed(summary: ReportSummary) -> Measures | None:
    """The figures on the reviews drawn at random; None where they are too few."""
    performance = summary.performance.get("risk")
    return performance.honest.surveyed if performance and performance.honest else None


def _sure(tried: OrderTried) -> Sayable:
    """How many cases stand behind, and for which cases they speak."""
    values = {"cases": tried.cases, "positives": tried.positives, "drawn": tried.drawn}
    if not tried.surveyed:
        return _(
            "Tried on {cases:,} later cases, {positives:,} of them with a defect. Too few were "
            "drawn at random: this speaks for reviewed cases only.",
            **values,
        )
    if 0 < tried.drawn < tried.cases:
        return _(
            "Tried on {cases:,} later cases; judged on the {drawn:,} of them drawn at random: they "
            "speak for all cases.",
            **values,
        )
    return _("Tried on {cases:,} later cases, {positives:,} of them with the outcome.", **values)


def simpler(summary: ReportSummary) -> Iterator[Finding]:
    """Whether a simpler way ranks as well, or better: the one that does best."""
    answer = judged(summary)
    gains = {} if answer is None else answer.pooled.gains
    known = {name: gain for name, gain in gains.items() if gain.value is not None}
    if not known:
        return
    # First those surely better, then those that may be.
    name = min(known, key=lambda one: (not surely_behind(known[one]), known[one].low or 0.0))
    found = Simpler(name, known[name])
    values = {"estimator": estimator(name), "gain": interval(found.gain)}
    cases = found.gain.n
    if surely_behind(found.gain):
        says = _(
            "A simpler way ranks better: the model's AUC less that of “{estimator}” is {gain}.",
            **values,
        )
        yield Finding("behind", says, beyond_chance(cases), found)
    elif found.gain.surely_above(0):
        says = _("No simpler way ranks as well: “{estimator}” has {gain} less AUC.", **values)
        yield Finding("ahead", says, beyond_chance(cases), found)
    else:
        says = _(
            "A simpler way ranks about as well: the model's AUC less that of “{estimator}” is "
            "{gain}.",
            **values,
        )
        yield Finding("as_good", says, within_chance(cases), found)
