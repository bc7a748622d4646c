"""Do reviewers agree, and is one more severe than another."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value
from evaluation.backtests.strata import SMALLEST, Within, gained_between
from evaluation.pages.cells import Interval, count, interval, multiple_interval, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.quality.reviewers import Agreement, Reviewers
from evaluation.report.chapters.heads import INTERVALS, MEASURE, NO_REVIEWS, VALUE
from evaluation.report.summary import ReportSummary
from evaluation.surveys.anchoring import Anchoring

TITLE = _("The reviewers: do they agree, and is one more severe?")
SEVERITY = _("Severity (log-odds)")
SEPARABLE = _(
    "Enough cases were graded by two reviewers to separate how severe each is from which "
    "cases each was given."
)
SEPARABLE_BY_SUBJECT = _(
    "Enough cases, or cases of the same subject, were graded by two reviewers to separate how "
    "severe each is from which cases each was given."
)
INSEPARABLE = _(
    "Reviewers' severity and the mix of cases they were given cannot be separated: too few "
    "cases were graded by two reviewers. No figure is given, and the model learns from the "
    "grades as they stand."
)
INSEPARABLE_BY_SUBJECT = _(
    "Reviewers' severity and the mix of cases they were given cannot be separated: too few "
    "cases, or cases of the same subject, were graded by two reviewers. No figure is given, and "
    "the model learns from the grades as they stand."
)


def chapter(summary: ReportSummary) -> Chapter:
    """Agreement and severity, as far as cases that can be compared show them."""
    if not summary.data.reviews:
        return Chapter("reviewers", TITLE, NO_REVIEWS)
    performance = summary.performance.get("risk")
    parts = performance.within if performance else ()
    within = next((part for part in parts if part.by == "reviewer"), None)
    lead = sentences(_says_separable(summary.reviewers), _says_ranking(within))
    return Chapter("reviewers", TITLE, lead, tuple(_exhibits(summary)))


def _says_separable(reviewers: Reviewers) -> Sayable:
    by_subject = reviewers.by_subject
    if reviewers.separable:
        return SEPARABLE_BY_SUBJECT if by_subject else SEPARABLE
    return INSEPARABLE_BY_SUBJECT if by_subject else INSEPARABLE


def _says_ranking(within: Within | None) -> Sayable:
    """How much of the ranking is who reviews: by the lifts of all cases and of one reviewer's."""
    if within is None or within.lift_within.value is None:
        return _(
            "How much of the ranking is who reviews cannot be said: too few later cases were "
            "scored of reviewers who read at least {smallest} of them.",
            smallest=SMALLEST,
        )
    lifts = {
        "over": multiple_interval(within.lift),
        "within": multiple_interval(within.lift_within),
    }
    part = gained_between(within)
    if part is None:
        return _(
            "How much of the ranking is who reviews cannot be said: the top of the list held "
            "{over} times the defects of a random choice, and {within} times among cases of the "
            "same reviewer; the first may be chance.",
            **lifts,
        )
    return _(
        "The top of the list held {over} times the defects of a random choice, and {within} times "
        "among cases of the same reviewer: {part} of what it gains is who reviews, or which cases "
        "each reviewer was given.",
        part=Interval(part, ".0%"),
        **lifts,
    )


def _exhibits(summary: ReportSummary) -> Iterator[Exhibit]:
    reviewers = summary.reviewers
    if reviewers.agreement.cases:
        yield _agreement(reviewers.agreement)
    if reviewers.separable:
        yield _severity(reviewers)
    if summary.anchoring is not None:
        yield _anchoring(summary.anchoring)


def _agreement(agreement: Agreement) -> Exhibit:
    rows = (
        (_("Two agree whether there is a defect"), share_interval(agreement.raw)),
        (_("The same beyond chance (Cohen's kappa)"), interval(agreement.kappa)),
        (_("Grades beyond chance (Krippendorff's alpha, ordinal)"), interval(agreement.alpha)),
    )
    how = _(
        "1 is full agreement, 0 what chance alone would give. Where two reviewers of a case "
        "disagree, no model can be right for both."
    )
    return Exhibit(
        _("Agreement ({cases:,} cases graded by two reviewers or more)", cases=agreement.cases),
        _says_agreement(agreement),
        (MEASURE, VALUE),
        rows,
        notes=(INTERVALS, how),
    )


def _says_agreement(agreement: Agreement) -> Sayable:
    raw, kappa = share_interval(agreement.raw), interval(agreement.kappa)
    if agreement.kappa.value is None:
        return _(
            "{cases:,} cases graded twice are too few or too alike to say how far reviewers agree "
            "beyond chance (raw: {raw}; beyond chance: {kappa}).",
            cases=agreement.cases,
            raw=raw,
            kappa=kappa,
        )
    return _(
        "On {cases:,} cases two reviewers agree whether there is a defect in {raw}; beyond chance "
        "that is {kappa}.",
        cases=agreement.cases,
        raw=raw,
        kappa=kappa,
    )


def _severity(reviewers: Reviewers) -> Exhibit:
    figures = [line.severity for line in reviewers.severities if line.severity.value is not None]
    apart = sum(figure.surely_above(0) or figure.surely_below(0) for figure in figures)
    says = _(
        "Of {shown} reviewers with a figure, {apart} grade harder or milder than the average "
        "beyond chance.",
        shown=len(figures),
        apart=apart,
    )
    how = _(
        "By how much harder (above 0) or milder (below 0) than the average of them a reviewer "
        "grades, in log-odds of finding a defect, pulled towards 0 where little is known. In the "
        "order of codes: this is not a ranking. The model has learnt what the average reviewer "
        "would find. It is assumed that no case was read again because of its first grade."
    )
    notes = (how, *_says_likeness(reviewers))
    return Exhibit(
        _("Severity"),
        sentences(says, _says_spread(reviewers)),
        (_("Reviewer"), _("Cases that can be compared"), SEVERITY),
        tuple(
            (line.reviewer, count(line.severity.n), interval(line.severity))
            for line in reviewers.severities
        ),
        notes=notes,
    )


def _says_spread(reviewers: Reviewers) -> Sayable:
    if reviewers.spread.value is None:
        return _(
            "{reviewers} reviewers are too few to say how far reviewers differ in general.",
            reviewers=reviewers.spread.n,
        )
    return _(
        "Two in three reviewers lie within {spread} (log-odds) of the average.",
        spread=interval(reviewers.spread),
    )


def _says_likeness(reviewers: Reviewers) -> Iterator[Sayable]:
    """How alike what was compared is, and what is assumed of a subject."""
    likeness = reviewers.likeness
    if "case" in likeness:
        yield _(
            "How alike two readings of the same case are: {likeness}, where 1 is always the same "
            "grade and 0 no more alike than any two cases.",
            likeness=Value(max(0.0, likeness["case"]), ".2f"),
        )
    if "subject" in likeness:
        yield _(
            "How alike cases of the same subject are: {likeness}, where 1 is always the same grade "
            "and 0 no more alike than any two cases. It is assumed that within a subject no "
            "reviewer is given the worse cases.",
            likeness=Value(max(0.0, likeness["subject"]), ".2f"),
        )


def _anchoring(found: Anchoring) -> Exhibit:
    how = _(
        "Of which cases the risk is hidden was drawn case by case, so the two groups differ in "
        "nothing else; 0 is no influence. The figures are of the cases that were reviewed and of "
        "those who read them."
    )
    otherwise = _(
        "{count:,} of the cases were graded otherwise than drawn; they count as drawn, so the "
        "figures are rather too small.",
        count=found.otherwise,
    )
    notes = (INTERVALS, how, otherwise) if found.otherwise else (INTERVALS, how)
    return Exhibit(
        _("Does showing the risk influence grades?"),
        found.says,
        (_("Where the risk is shown, compared with where it is hidden"), VALUE),
        (
            (_("Cases: shown"), count(found.shown)),
            (_("Cases: hidden"), count(found.hidden)),
            (
                _("By how much more the rate found rises with 10 points of risk"),
                share_interval(found.per_ten_points),
            ),
            (_("By how much the rate found is higher"), share_interval(found.level)),
        ),
        notes=notes,
    )
