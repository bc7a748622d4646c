"""Do reviewers agree, and is one more severe than another."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _
from evaluation.pages.cells import count, interval, share_interval
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.quality.reviewers import Agreement, Reviewers, ReviewerSeverity
from evaluation.report.chapters.heads import INTERVALS, MEASURE, NO_REVIEWS, VALUE
from evaluation.report.summary import ReportSummary

TITLE = _("The reviewers: do they agree, and is one more severe?")
SEVERITY = _("Severity (log-odds)")


def chapter(summary: ReportSummary) -> Chapter:
    """Agreement and severity, as far as cases graded twice show them."""
    if not summary.data.reviews:
        return Chapter("reviewers", TITLE, NO_REVIEWS)
    return Chapter(
        "reviewers", TITLE, _lead(summary.reviewers), tuple(_exhibits(summary.reviewers))
    )


def _lead(reviewers: Reviewers) -> Sayable:
    if reviewers.separable:
        return _(
            "Enough cases were graded by two reviewers to separate how severe each is from which "
            "cases each was given."
        )
    return _(
        "Reviewers' severity and the mix of cases they were given cannot be separated: too few "
        "cases were graded by two reviewers. No figure is given, and the model learns from the "
        "grades as they stand."
    )


def _exhibits(reviewers: Reviewers) -> Iterator[Exhibit]:
    if reviewers.agreement.cases:
        yield _agreement(reviewers.agreement)
    if reviewers.separable:
        yield _severity(reviewers.severities)


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


def _severity(severities: tuple[ReviewerSeverity, ...]) -> Exhibit:
    figures = [line.severity for line in severities if line.severity.value is not None]
    apart = sum(figure.surely_above(0) or figure.surely_below(0) for figure in figures)
    how = _(
        "By how much harder (above 0) or milder (below 0) than the average of them a reviewer "
        "grades the same cases, in log-odds of finding a defect, pulled towards 0 where little is "
        "known. In the order of codes: this is not a ranking. The model has learnt what the "
        "average reviewer would find. It is assumed that no case was read again because of its "
        "first grade."
    )
    return Exhibit(
        _("Severity"),
        _(
            "Of {shown} reviewers with a figure, {apart} grade harder or milder than the average "
            "beyond chance.",
            shown=len(figures),
            apart=apart,
        ),
        (_("Reviewer"), _("Cases also graded by others"), SEVERITY),
        tuple(
            (line.reviewer, count(line.severity.n), interval(line.severity)) for line in severities
        ),
        notes=(how,),
    )
