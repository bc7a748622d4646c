"""What an office can decide, what each decision takes for granted, and which of them to advise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from cases.language.messages import Message, _
from training.severity import FEWEST_SHARED


class Claim(Enum):
    """What a finding can show or refute, and a decision can take for granted."""

    MODEL = auto()  # a fitted model is in use
    IN_USE = auto()  # the version that the report is on is the one in use
    ORDER = auto()  # its order is better than chance, and of cases, not of who reviews them
    AHEAD = auto()  # no simpler way ranks better
    LEVEL = auto()  # its probabilities can be read as rates
    DATA = auto()  # the tables are filled in as before
    ALL = auto()  # the reviews speak for all cases
    CASES = auto()  # risks are those of cases, not of persons
    TRACKS = auto()  # new cases are routed with no more errors than allowed


Claims = frozenset[Claim]
NONE: Claims = frozenset()


@dataclass(frozen=True)
class Decision:
    """A decision of an office in words, and how it is carried out, which may name commands.

    It takes for granted that each of `assumes` is true and each of `rejects` is not shown.
    """

    says: Message
    how: Message
    assumes: Claims = NONE
    rejects: Claims = NONE


class Shown(Protocol):
    """What a finding shows and refutes, and which decisions it calls for."""

    @property
    def shows(self) -> Claims:
        """What it shows to be true."""

    @property
    def refutes(self) -> Claims:
        """What it shows to be untrue, or not known."""

    @property
    def calls_for(self) -> tuple[str, ...]:
        """Decisions, by their codes."""


TRAIN = _("`triage train OFFICE`, once the newest grades are in the review table.")
PLAN = _("`triage plan OFFICE` draws with known inclusion probabilities and keeps them.")

# The most urgent first.
DECISIONS: dict[str, Decision] = {
    "keep": Decision(
        _("Keep to the version that is in use; this one is not."),
        _("`triage models OFFICE` lists the versions and what the gate said of each."),
    ),
    "not_yet": Decision(
        _("Do not use the model yet: have the next cases drawn at random."),
        _("`triage plan OFFICE --search-share 0` draws to know the rate, not to find the most."),
        rejects=frozenset({Claim.ORDER}),
    ),
    "data": Decision(
        _("Find out who fills in what is now missing, and since when; do not train before that."),
        _("`triage check OFFICE` counts what is blank in each column."),
    ),
    "persons": Decision(
        _("Decide whether the facts that stand in for persons may stay in the model."),
        _("Take a column out of `[attributes]` in the office file and train again."),
    ),
    "by_person": Decision(
        _("Let a person decide the track of every new case for now."),
        _("Set a smaller `[intake] complex_error` in the office file, or train again."),
    ),
    "twice": Decision(
        _(
            "Have {cases} cases of every reviewer read by a second one, so that severity can be "
            "told from the cases.",
            cases=FEWEST_SHARED,
        ),
        _("`[spot_checks] second_share` asks for it in plans; `[reviews] same_subject` helps."),
    ),
    "order": Decision(
        _("Use the order, not the probabilities."),
        _("Plans go by the order; read no risk or band as a rate until a later report says so."),
        assumes=frozenset({Claim.MODEL, Claim.IN_USE, Claim.ORDER}),
        rejects=frozenset({Claim.LEVEL}),
    ),
    "simpler": Decision(
        _("Find out why a simpler way ranks better before you rely on this order."),
        _("See the table of estimators; `triage train OFFICE` on newer outcomes tries it again."),
        rejects=frozenset({Claim.AHEAD}),
    ),
    "train": Decision(
        _("Have the model trained again on the newest outcomes."),
        TRAIN,
        assumes=frozenset({Claim.DATA}),
    ),
    "missing": Decision(
        _("Have the reviews made that the plans asked for and that have not come back."),
        _("`triage report OFFICE --plan DIR` counts them by how the cases were selected."),
    ),
    "draw": Decision(
        _("Have a part of the next reviews drawn at random, so that they speak for all cases."),
        PLAN,
        rejects=frozenset({Claim.ALL}),
    ),
    "sample": Decision(
        _("Have some cases of the latest quarter drawn at random and reviewed."),
        PLAN,
    ),
    "more": Decision(
        _("Have cases reviewed, a part of them drawn at random, and then train the model again."),
        PLAN,
        assumes=frozenset({Claim.DATA}),
    ),
    "route": Decision(
        _("Route new cases by the model; a person decides where it is not sure."),
        _("`triage intake OFFICE` gives each new case its track."),
        assumes=frozenset({Claim.ORDER, Claim.IN_USE, Claim.TRACKS}),
    ),
    "choose": Decision(
        _("Choose the next reviews by the model, a part of them at random as before."),
        PLAN,
        assumes=frozenset({Claim.MODEL, Claim.IN_USE, Claim.ORDER, Claim.AHEAD, Claim.CASES}),
    ),
    "again": Decision(
        _("Look again next quarter."),
        _("`triage report OFFICE`, when the outcomes of that quarter are known."),
    ),
}


def decisions(findings: Iterable[Shown]) -> tuple[str, ...]:
    """The codes of the decisions to advise after all `findings`, the most urgent first.

    Those that a finding calls for and that none denies; to look again, where that leaves none.
    """
    found = tuple(findings)
    called = {code for finding in found for code in finding.calls_for}
    shown = NONE.union(*(finding.shows for finding in found))
    refuted = NONE.union(*(finding.refutes for finding in found))
    advised = (code for code in DECISIONS if code in called)
    return tuple(code for code in advised if not _denies(DECISIONS[code], shown, refuted)) or (
        "again",
    )


def _denies(decision: Decision, shown: Claims, refuted: Claims) -> bool:
    """Whether who takes the decision does not believe what findings show and refute."""
    assumed = decision.assumes.isdisjoint(refuted)
    return not (assumed and decision.rejects.isdisjoint(shown))
