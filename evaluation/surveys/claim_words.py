"""What reviews of plans show of a claim, in words."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, listed, ngettext, sentences
from evaluation.surveys.acceptance import LEVEL
from evaluation.surveys.claims import Claim, Together


def claim_said(claim: Claim) -> Sayable:
    """Whether the claim is shown of one plan, how far the reviews have come, what to read next."""
    if claim.shown_after is not None:
        return _(
            "At most {share:.1%} of the {cases:,} cases are defective: shown, 95 % sure, after "
            "{reviews:,} reviews in the reading order of the plan.",
            share=claim.at_most,
            cases=claim.cases,
            reviews=claim.shown_after,
        )
    if claim.more_after is not None:
        return _(
            "More than {share:.1%} of the {cases:,} cases are defective: shown, 95 % sure, after "
            "{reviews:,} reviews in the reading order of the plan.",
            share=claim.at_most,
            cases=claim.cases,
            reviews=claim.more_after,
        )
    problem = _(
        "It is not shown that at most {share:.1%} of the {cases:,} cases are defective.",
        share=claim.at_most,
        cases=claim.cases,
    )
    if not claim.possible:
        return sentences(
            problem,
            _(
                "The cases certain to be drawn hold more defects than that allows, each without "
                "a review counted as one."
            ),
        )
    return sentences(problem, *_evidence(claim))


def _evidence(claim: Claim) -> Iterator[Sayable]:
    """How far the reviews have come, and what to read next."""
    yield _(
        "{read:,} of the {drawn:,} cases drawn at random are read in the reading order of the "
        "plan; the evidence is {evidence:.2f} of the {enough:.0f} it takes, at any look.",
        read=claim.read,
        drawn=claim.drawn,
        evidence=claim.evidence,
        enough=1 / LEVEL,
    )
    if claim.waiting:
        yield ngettext(
            "{count:,} further review has come back and does not count yet: in that order, case "
            "{case} comes before it.",
            "{count:,} further reviews have come back and do not count yet: in that order, case "
            "{case} comes before them.",
            claim.waiting,
            case=claim.next_to_read[0],
        )
    if claim.next_to_read:
        yield _("Next to read, in this order: {cases}.", cases=listed(claim.next_to_read))


def together_said(claim: Together) -> Sayable:
    """Whether the claim is shown of the cases of several plans together, and what it means."""
    about = {"share": claim.at_most, "cases": claim.cases, "plans": claim.plans}
    if claim.shown:
        said = _(
            "At most {share:.1%} of the {cases:,} cases of all {plans} plans together are "
            "defective: shown, 95 % sure.",
            **about,
        )
    elif claim.more:
        said = _(
            "More than {share:.1%} of the {cases:,} cases of all {plans} plans together are "
            "defective: shown, 95 % sure.",
            **about,
        )
    else:
        said = _(
            "It is not shown that at most {share:.1%} of the {cases:,} cases of all {plans} plans "
            "together are defective, nor that more are.",
            **about,
        )
    return sentences(said, _together_evidence(claim))


def _together_evidence(claim: Together) -> Sayable:
    return _(
        "From {read:,} cases read, the evidence is {evidence:.2f}, and {more:.2f} that more are "
        "defective; {enough:.0f} is enough, at any look. It holds however the defects are split "
        "among the plans.",
        read=claim.read,
        evidence=claim.evidence,
        more=claim.evidence_of_more,
        enough=1 / LEVEL,
    )
