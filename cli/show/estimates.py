"""How an estimate is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cases.language.messages import Sayable, _, listed, ngettext, sentences
from cli.console import Terminal
from evaluation.pages.names import CHECK_NAMES
from evaluation.statistics.metrics import FEWEST, Figure
from evaluation.statistics.saying import number, percent
from evaluation.surveys.claim_words import claim_said, together_said
from evaluation.surveys.claims import Claim, Together
from evaluation.surveys.estimate import FEWEST_EFFECTIVE, Estimate, GroupRate
from evaluation.surveys.of_plans import Surveys
from evaluation.surveys.own_check import OwnCheck
from evaluation.surveys.returned import OutsideReason
from evaluation.surveys.reviewer_error import FEWEST_BOTH, ReviewerError
from evaluation.surveys.unreturned import ODDS, Unreturned

WITHHELD = _("withheld: too few to tell")
BY_NAMES: dict[str, Sayable] = {"kind": _("kind"), "unit": _("unit"), "period": _("period")}
HEADS = (
    _("cases"),
    _("reviews"),
    _("defect rate"),
    _("drawn towards the whole by"),
)


def show_estimate(terminal: Terminal, estimate: Estimate, surveyed: Surveys) -> None:
    """The rate of all cases, then groups, then what the reader must know."""
    terminal.show(*_rates(estimate))
    for by, groups in estimate.groups.items():
        if groups[1:]:
            terminal.table((BY_NAMES[by], *HEADS), map(_row, groups))
            if _alike(groups):
                terminal.show(
                    _(
                        "No difference can be seen by {by}: what there is may be luck, so all "
                        "have the same figure.",
                        by=BY_NAMES[by],
                    )
                )
    terminal.show(*_explained(estimate))
    if surveyed.note is not None:
        terminal.show(surveyed.note)
    for reason, count in surveyed.outside.items():
        not_meant = _("The rate does not speak for them.")
        terminal.show(sentences(_outside(reason, count), not_meant))


def _rates(estimate: Estimate) -> Iterator[Sayable]:
    yield _(
        "Defect rate of all {cases:,} cases: {rate} (95% interval), from {returned:,} of "
        "{drawn:,} reviews.",
        cases=estimate.cases,
        rate=_percent(estimate.rate),
        returned=estimate.returned,
        drawn=estimate.drawn,
    )
    grade = estimate.mean_place
    if grade is not None and grade.value is not None:
        yield _(
            "Mean grade, counted from 0 for the best: {grade}.",
            grade=number(grade),
        )


def _row(group: GroupRate) -> Sequence[object]:
    shrunk = "" if group.rate.value is None else _("{share:.0%}", share=group.shrunk)
    name = group.name or _("(unknown)")
    return name, _number(group.cases), _number(group.returned), _percent(group.rate), shrunk


def _alike(groups: Sequence[GroupRate]) -> bool:
    """Whether all rates that are shown are that of the whole."""
    shown = [group for group in groups if group.rate.value is not None]
    return len(shown) > 1 and all(group.shrunk == 1 for group in shown)


def _number(value: int) -> Sayable:
    return _("{number:,}", number=value)


def _percent(figure: Figure) -> Sayable:
    if figure.low is None or figure.high is None:
        return WITHHELD
    if figure.value is None:
        return _(
            "between {low:.1%} and {high:.1%}; too few to give one figure",
            low=figure.low,
            high=figure.high,
        )
    return percent(figure)


def _outside(reason: OutsideReason, count: int) -> Sayable:
    """How many cases are not in the plan's frame for that reason."""
    if reason == "reviewed":
        return ngettext(
            "{count:,} case of the same time had been reviewed before the draw.",
            "{count:,} cases of the same time had been reviewed before the draw.",
            count,
        )
    return ngettext(
        "{count:,} case of the same time is not in the plan's frame (recorded later, or "
        "taken out of it).",
        "{count:,} cases of the same time are not in the plan's frame (recorded later, or "
        "taken out of it).",
        count,
    )


def _explained(estimate: Estimate) -> Iterator[Sayable]:
    """What the reader must know of the figures above."""
    if estimate.rate.value is None:
        yield _(
            "No single figure is given: from reviews that say so little, most such figures would "
            "lie far below the truth. The interval holds all the same."
        )
    if estimate.unreturned is not None:
        yield sentences(*_missing(estimate, estimate.unreturned))
    if estimate.rate.value is not None:
        yield _reviewers(estimate.without_errors)
    for kind, check in estimate.own_checks.items():
        yield _(
            "{check}: of the {passed:,} cases it passed, {missed} have a defect that a review "
            "would find; of all such defects in checked cases, it caught {caught}.",
            check=CHECK_NAMES[kind],
            passed=check.passed,
            missed=_percent(check.missed),
            caught=_percent(check.caught),
        )
        if check.by_dimension:
            yield sentences(*_caught(check))
    if estimate.hand_picked:
        yield _(
            "{picked:,} reviews of cases that the plan did not draw are left out: hand-picked "
            "cases say nothing about the others.",
            picked=estimate.hand_picked,
        )
    if any(group.rate.value is None for groups in estimate.groups.values() for group in groups):
        yield _(
            "Withheld: less is known than {reviews} random reviews would say. That is not the "
            "number of reviews: they say less where the cases were drawn with very different "
            "probabilities or the risk was far from what was found, and more where they cover "
            "most of the group.",
            reviews=FEWEST_EFFECTIVE,
        )
    yield _(
        "Groups are drawn towards the whole, more so the less is known of them: what could be "
        "luck is taken for luck; the interval is that of their own reviews. They stand in order "
        "of name: this is no ranking."
    )


def _caught(check: OwnCheck) -> Iterator[Sayable]:
    """What a check caught in each dimension with defects enough."""
    known = [line for line in check.by_dimension if line.caught.value is not None]
    if known:
        lines = (
            _("{name}: {value}", name=line.meaning, value=percent(line.caught)) for line in known
        )
        yield _("Caught of the defects in a dimension: {shares}.", shares=listed(lines))
    withheld = len(check.by_dimension) - len(known)
    if withheld:
        yield ngettext(
            "For {count} dimension reviews found fewer than {fewest} such defects; no share is "
            "given.",
            "For {count} dimensions reviews found fewer than {fewest} such defects each; no share "
            "is given.",
            withheld,
            fewest=FEWEST,
        )


def _reviewers(error: ReviewerError | None) -> Sayable:
    """The rate without the reviewers' errors, or why it is not known."""
    if error is None:
        return _(
            "No case of a plan was read by a second reviewer as planned, so nothing is known of "
            "the reviewers' errors: the rate is that of the defects they find."
        )
    if error.rate.value is None:
        return _(
            "The rate is not corrected for the reviewers' errors: in fewer than {fewest} of the "
            "{cases:,} cases read twice both readings found a defect. Without errors it would lie "
            "between {low:.1%} and {high:.1%}.",
            fewest=FEWEST_BOTH,
            cases=error.rate.n,
            low=error.rate.low,
            high=error.rate.high,
        )
    return _(
        "By the {cases:,} cases read twice, reviewers find {found} of the defects and no defect in "
        "{passed} of the other cases; without their errors the defect rate is {rate}.",
        cases=error.rate.n,
        found=percent(error.sensitivity),
        passed=percent(error.specificity),
        rate=percent(error.rate),
    )


def _missing(estimate: Estimate, unreturned: Unreturned) -> Iterator[Sayable]:
    """How many reviews have not come back, of which cases, and how far that may mislead."""
    by_risk = (
        _("{returned:,} of {drawn:,}", returned=part.returned, drawn=part.drawn)
        for part in unreturned.response
    )
    bounds, worst = unreturned.bounds, unreturned.worst
    yield _(
        "{missing:,} reviews have not come back; from the third of the drawn cases with the lowest "
        "risk to that with the highest, these have: {by_risk}.",
        missing=estimate.drawn - estimate.returned,
        by_risk=listed(by_risk),
    )
    yield _(
        "The rate takes them for a random part of those that were drawn. If, at equal risk, the "
        "odds that a review is still out are up to {odds:g} times as high for a defect as for "
        "another case, or as low, it lies between {low:.1%} and {high:.1%}, sampling error "
        "included; whatever they find, between {least:.1%} and {most:.1%}.",
        odds=ODDS,
        low=bounds.low,
        high=bounds.high,
        least=worst.low,
        most=worst.high,
    )


def show_claims(terminal: Terminal, claims: Sequence[Claim]) -> None:
    """Of each plan, whether the claim is shown."""
    terminal.show(*map(claim_said, claims))


def show_together(terminal: Terminal, claim: Together) -> None:
    """Whether the claim is shown of the cases of several plans together, and what it means."""
    terminal.show(together_said(claim))
