"""Every kind of finding: what it is about, what follows from it, what it shows and calls for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cases.language.messages import Message, _
from evaluation.report.findings.decisions import NONE, Claim, Claims

Part = Literal["found", "compared", "detail"]


@dataclass(frozen=True)
class Kind:
    """A kind of finding. Of one `subject` a report has one finding at most.

    On the front page it stands under what was found, or under what was compared with before;
    a detail stands in its chapter alone.
    """

    subject: str
    chapter: str
    part: Part
    so_what: Message
    calls_for: tuple[str, ...] = ()
    shows: Claims = NONE
    refutes: Claims = NONE


def _claims(*claims: Claim) -> Claims:
    return frozenset(claims)


ORDER, LEVEL = _claims(Claim.ORDER), _claims(Claim.LEVEL)
BY_REVIEWS = _("Until then only reviews say how many cases have a defect.")
LIKE_A_DRAW = _("To choose by it finds no more than to draw at random does.")
FIND_MORE = _("The same number of reviews finds more defects.")
ORDER_SERVES = _("Who is first on the list is not touched by this; percentages and bands are.")

KINDS: dict[str, Kind] = {
    # The model and its use
    "start": Kind("standing", "gate", "found", BY_REVIEWS, ("more",), refutes=_claims(Claim.MODEL)),
    "not_in_use": Kind(
        "standing",
        "gate",
        "found",
        _("Nothing in this report is about the lists that the office works with."),
        ("keep",),
        refutes=_claims(Claim.IN_USE),
    ),
    # Its order
    "pays": Kind("order", "risk", "found", FIND_MORE, ("choose",), ORDER | _claims(Claim.MODEL)),
    "pays_in_part": Kind(
        "order",
        "risk",
        "found",
        _("Expect what it finds among cases of one reviewer, not more."),
        ("twice", "choose"),
        ORDER | _claims(Claim.MODEL),
    ),
    "cases_or_reviewers": Kind(
        "order",
        "risk",
        "found",
        _("Who is first on the list may be there for who reviews it."),
        ("twice",),
        refutes=ORDER,
    ),
    "reviewers_alone": Kind(
        "order",
        "risk",
        "found",
        _("Who is first on the list is there for who reviews it."),
        ("not_yet", "twice"),
        refutes=ORDER,
    ),
    "does_not_pay": Kind("order", "risk", "found", LIKE_A_DRAW, ("not_yet",), refutes=ORDER),
    "paid": Kind("order", "risk", "found", _("That was then; see what came after it was trained.")),
    "untested": Kind("order", "risk", "found", BY_REVIEWS, ("more",), refutes=ORDER),
    "too_few": Kind("order", "risk", "found", BY_REVIEWS, ("more",), refutes=ORDER),
    "complex_seen": Kind(
        "order",
        "complexity",
        "found",
        _("Complex cases can be given to experienced handlers from the first day."),
        ("route",),
        ORDER,
    ),
    "complex_not_seen": Kind(
        "order",
        "complexity",
        "found",
        _("Its tracks say no more than chance does."),
        ("by_person",),
        refutes=ORDER | _claims(Claim.TRACKS),
    ),
    # A simpler way
    "ahead": Kind(
        "simpler",
        "risk",
        "detail",
        _("A fitted model is worth having."),
        shows=_claims(Claim.AHEAD),
    ),
    "as_good": Kind("simpler", "risk", "detail", _("The simpler way would do about as well.")),
    "behind": Kind(
        "simpler",
        "risk",
        "found",
        _("The model leaves something unused that the simpler way does not."),
        ("simpler",),
        refutes=_claims(Claim.AHEAD),
    ),
    # Its probabilities
    "level_holds": Kind(
        "level",
        "risk",
        "detail",
        _("Percentages and bands on the list mean what they say."),
        shows=LEVEL,
    ),
    "level_off": Kind("level", "risk", "found", ORDER_SERVES, ("order", "train"), refutes=LEVEL),
    "level_off_now": Kind(
        "level", "drift", "found", ORDER_SERVES, ("order", "train"), refutes=LEVEL
    ),
    "level_off_since": Kind(
        "level", "risk", "found", ORDER_SERVES, ("order", "train"), refutes=LEVEL
    ),
    # Since it was trained
    "held": Kind("since", "risk", "compared", _("Its order can be relied on as before.")),
    "worse": Kind(
        "since", "risk", "compared", _("It finds less than when it was tried."), ("train",)
    ),
    "lost": Kind("since", "risk", "compared", LIKE_A_DRAW, ("not_yet", "train"), refutes=ORDER),
    # The cases, and their rate
    "cases_alike": Kind(
        "cases", "drift", "compared", _("What was learnt from earlier cases fits the new ones.")
    ),
    "cases_changed": Kind(
        "cases",
        "drift",
        "compared",
        _("Ask whether the cases changed or only how they are recorded."),
        ("again",),
    ),
    "cases_changed_unjudged": Kind(
        "cases",
        "drift",
        "compared",
        _("Too few outcomes are known to say whether the probabilities still hold."),
        ("sample",),
    ),
    "data_changed": Kind(
        "cases",
        "drift",
        "compared",
        _("A model learns from such gaps what is not true of the cases."),
        ("data",),
        refutes=_claims(Claim.DATA),
    ),
    "rate_alike": Kind("rate", "drift", "compared", _("What difference there is may be chance.")),
    "rate_changed": Kind(
        "rate",
        "drift",
        "compared",
        _("Ask whether the work changed, the cases, or how they are reviewed."),
        ("again",),
    ),
    # The office
    "rate_known": Kind(
        "quality",
        "quality",
        "found",
        _("This is about the cases and not about the model."),
        shows=_claims(Claim.ALL),
    ),
    "no_reviews": Kind(
        "quality",
        "quality",
        "found",
        _("A case without a review is unknown, not good."),
        ("more",),
        refutes=_claims(Claim.ALL),
    ),
    "no_draw": Kind(
        "quality",
        "quality",
        "found",
        _("Cases that somebody picked say nothing about the others."),
        ("draw",),
        refutes=_claims(Claim.ALL),
    ),
    "last_year": Kind(
        "last_year", "quality", "found", _("This is what came of the choice of cases, in all.")
    ),
    "check_misses": Kind(
        "checks", "quality", "found", _("A passed check is no sign that a case is good.")
    ),
    "stand_ins": Kind(
        "persons",
        "influences",
        "found",
        _("A high risk may be that of a person and not of the case."),
        ("persons",),
        refutes=_claims(Claim.CASES),
    ),
    "inseparable": Kind(
        "reviewers",
        "reviewers",
        "detail",
        _("A grade can be that of the case or that of who gave it."),
        ("twice",),
    ),
    "routed_well": Kind(
        "tracks",
        "intake",
        "detail",
        _("The tracks keep what the office asked for."),
        shows=_claims(Claim.TRACKS),
    ),
    "routed_badly": Kind(
        "tracks",
        "intake",
        "found",
        _("Complex cases are treated as simple more often than the office allows."),
        ("by_person",),
        refutes=_claims(Claim.TRACKS),
    ),
    "reviews_missing": Kind(
        "plans",
        "people",
        "found",
        _("As long as they are missing, the rate of all cases is less certain."),
        ("missing",),
    ),
}
