"""The office, not the model: its rate of defects, its own checks, persons, plans and tracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Sayable, _, ngettext
from cases.language.values import round_share
from cases.office.reviews import ReviewKind
from evaluation.pages.cells import Interval, share_interval
from evaluation.proxies.words import PEOPLE
from evaluation.quality.last_year import LastYear
from evaluation.report.facts import StandIns
from evaluation.report.findings.finding import Finding, beyond_chance, compared_on
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import FEWEST, Figure


@dataclass(frozen=True)
class Counts:
    """How many cases can be reviewed, and how many reviews there are."""

    cases: int
    reviews: int


@dataclass(frozen=True)
class OfficeRate:
    """The rate of the cases that so many reviews stand for."""

    rate: Figure
    stands_for: int
    reviews: int


@dataclass(frozen=True)
class CheckMisses:
    """What one of the office's own checks lets through, and what share of defects it catches."""

    check: ReviewKind
    passed: int
    missed: Figure
    caught: Figure


@dataclass(frozen=True)
class Missing:
    """Of so many cases that plans asked for, the reviews that have not come back."""

    asked: int
    missing: int


@dataclass(frozen=True)
class Tracks:
    """Complex cases that were called simple, and how many the office allows."""

    wrong: Figure
    allowed: float


def quality(summary: ReportSummary) -> Iterator[Finding]:
    """The rate of defects of all cases, or why there is none."""
    rates, data = summary.quality.rates, summary.data
    counts = Counts(data.reviewable, data.reviews)
    values = {"cases": counts.cases, "reviews": counts.reviews}
    if rates is not None and rates.rate.value is not None:
        found = OfficeRate(rates.rate, rates.stands_for, rates.reviews)
        says = _(
            "An estimated {rate} of {stands_for:,} cases have a defect.",
            rate=share_interval(found.rate),
            stands_for=found.stands_for,
        )
        sure = _("From {reviews:,} reviews that speak for all cases.", reviews=found.reviews)
        yield Finding("rate_known", says, sure, found)
    elif not data.reviews:
        if summary.card.start is not None:
            return  # this is said with the start
        says = _(
            "How many of the {cases:,} cases that can be reviewed have a defect cannot be said: "
            "there are no reviews.",
            **values,
        )
        yield Finding("no_reviews", says, NOT_KNOWN, counts)
    else:
        says = _(
            "How many of the {cases:,} cases that can be reviewed have a defect cannot be said: "
            "too few of the {reviews:,} reviews were drawn at random.",
            **values,
        )
        yield Finding("no_draw", says, NOT_KNOWN, counts)


def reviewed(found: LastYear) -> Iterator[Finding]:
    """What the reviews of the last year found, next to what a random choice would have."""
    if min(found.defects, found.cases - found.defects) < FEWEST:
        return
    says: Sayable = _(
        "In the last year {cases:,} cases were reviewed, and {defects:,} had a defect.",
        cases=found.cases,
        defects=found.defects,
    )
    if found.at_random.value is not None:
        says = _(
            "In the last year {cases:,} cases were reviewed, and {defects:,} had a defect; of as "
            "many drawn at random it would be about {at_random}.",
            cases=found.cases,
            defects=found.defects,
            at_random=Interval(found.at_random, ".0f"),
        )
    sure: Sayable = _("Counted.")
    if found.timed:
        sure = _(
            "Counted; {hours:,.0f} hours are recorded for {timed:,} reviews.",
            hours=found.hours,
            timed=found.timed,
        )
    yield Finding("last_year", says, sure, found)


NOT_KNOWN = _("Not known.")
THE_CHECK: dict[ReviewKind, Sayable] = {
    "self_check": _("the self check"),
    "verification": _("the verification"),
}


def own_checks(summary: ReportSummary) -> Iterator[Finding]:
    """What the office's own first check misses, where that is known."""
    for name, check in summary.own_checks.items():
        if check.missed.value is None or check.caught.value is None:
            continue
        found = CheckMisses(name, check.passed, check.missed, check.caught)
        says = _(
            "Of {passed:,} cases that passed {check}, {missed} have a defect; it catches {caught} "
            "of the defects.",
            passed=found.passed,
            check=THE_CHECK[name],
            missed=share_interval(found.missed),
            caught=share_interval(found.caught),
        )
        sure = _("From {reviews:,} reviews that speak for all cases.", reviews=found.missed.n)
        yield Finding("check_misses", says, sure, found)
        return


def persons(stand_ins: StandIns | None) -> Iterator[Finding]:
    """That risks may be those of persons, if the features tell them apart well."""
    strong = [] if stand_ins is None else [one for one in stand_ins.found if one.strong]
    if strong:
        most = max(strong, key=lambda one: one.told.low or 0.0)
        says = _(
            "The facts that the model reads tell the {people} of a case in {told} of pairs, where "
            "50% is chance.",
            people=PEOPLE[most.people],
            told=share_interval(most.told),
        )
        yield Finding("stand_ins", says, beyond_chance(most.told.n), most)


def reviewers(summary: ReportSummary) -> Iterator[Finding]:
    """That how severe each reviewer is cannot be told from the cases each was given."""
    found = summary.reviewers
    if len(found.severities) > 1 and not found.separable:
        says = ngettext(
            "How severe each of {reviewers} reviewers is cannot be told from the cases each was "
            "given: one case was graded by two of them.",
            "How severe each of {reviewers} reviewers is cannot be told from the cases each was "
            "given: {count:,} cases were graded by two of them.",
            found.agreement.cases,
            reviewers=len(found.severities),
        )
        evidence = Counts(found.agreement.cases, len(found.severities))
        yield Finding("inseparable", says, NOT_KNOWN, evidence)


def plans(summary: ReportSummary) -> Iterator[Finding]:
    """How many of the reviews that plans asked for have not come back."""
    if summary.uptake is None:
        return
    found = Missing(
        sum(plan.asked for plan in summary.uptake.plans),
        sum(plan.missing for plan in summary.uptake.plans),
    )
    if found.missing:
        says = ngettext(
            "Of {asked:,} reviews that plans asked for, one has not come back.",
            "Of {asked:,} reviews that plans asked for, {count:,} have not come back.",
            found.missing,
            asked=found.asked,
        )
        yield Finding("reviews_missing", says, _("Counted."), found)


def tracks(summary: ReportSummary) -> Iterator[Finding]:
    """Whether more complex cases were called simple than the office allows, over all years."""
    figures = summary.intake
    if not figures.routed or figures.routed[-1].complex_error.value is None:
        return
    found = Tracks(figures.routed[-1].complex_error, figures.allowed_complex)
    values: dict[str, Sayable] = {
        "wrong": share_interval(found.wrong),
        "allowed": round_share(found.allowed),
    }
    if found.wrong.surely_above(found.allowed):
        says = _(
            "Of complex new cases {wrong} were called simple, where {allowed} are allowed.",
            **values,
        )
        yield Finding("routed_badly", says, beyond_chance(found.wrong.n), found)
        return
    says = _("Of complex new cases {wrong} were called simple; {allowed} are allowed.", **values)
    yield Finding("routed_well", says, compared_on(found.wrong.n), found)
