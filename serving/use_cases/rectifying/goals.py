"""What the office wants to reach, each beside what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.language.values import round_share
from cases.tables.tables import Tables
from evaluation.surveys.claim_words import claim_said, together_said
from evaluation.surveys.claims import Claim, Together, together
from evaluation.surveys.of_plans import claim_of_plan, surveys_of
from policies.rectification import State
from policies.spot_check.verify import Kept
from serving.use_cases.context import ServiceContext
from serving.use_cases.rectifying.findings import Followed, findings

NO_PLAN = _("No plan is under way yet: reviews picked by hand say nothing about other cases.")
NONE_DUE = _("No finding is due yet.")


@unique
class Known(StrEnum):
    """What is known of a goal."""

    SHOWN = "shown"
    MISSED = "missed"
    NOT_SHOWN = "not_shown"
    NOT_YET_KNOWN = "not_yet_known"


@dataclass(frozen=True)
class Goal:
    """What the office wants, how far that is known, and what it is known by."""

    wanted: Sayable
    known: Known
    said: tuple[Sayable | str, ...]


@dataclass(frozen=True)
class Punctual:
    """Counts of findings, withdrawn ones apart: done in time, late, and open but not due yet.

    One that was done counts as done until a check says otherwise.
    """

    in_time: int
    late: int
    not_due: int

    @classmethod
    def of(cls, several: Sequence[Followed], days: int, today: date) -> Punctual:
        """Whether each was done within so many days of its review, as of `today`."""
        counts = {"in_time": 0, "late": 0, "not_due": 0}
        for one in several:
            if one.state is not State.WITHDRAWN:
                counts[_when_done(one, days, today)] += 1
        return cls(**counts)


def _when_done(one: Followed, days: int, today: date) -> str:
    last, done = one.finding.found_on + timedelta(days=days), one.standing.done_on
    if done is not None:
        return "in_time" if done <= last else "late"
    return "late" if today > last else "not_due"


def goals(context: ServiceContext, plans: Sequence[Kept], today: date) -> list[Goal]:
    """The office's goals; of the share of defects as verified `plans` show it, the newest first.

    `Forbidden` for who may see some cases only.
    """
    context.check_whole()
    return [*_few_defects(context, plans), *_rectified(context, today)]


def _few_defects(context: ServiceContext, plans: Sequence[Kept]) -> Iterator[Goal]:
    at_most = context.office.goals.most_defective
    if at_most is None:
        return
    wanted = _("At most {share} of the cases are defective.", share=round_share(at_most))
    if not plans:
        yield Goal(wanted, Known.NOT_YET_KNOWN, (NO_PLAN,))
        return
    ids = tuple(str(plan.manifest["plan_id"]) for plan in plans)
    known, said = context.kept(
        ("claims", at_most, ids), lambda: _claimed(context.tables, plans, at_most)
    )
    yield Goal(wanted, known, said)


def _claimed(
    tables: Tables, plans: Sequence[Kept], at_most: float
) -> tuple[Known, tuple[Sayable | str, ...]]:
    """What the reviews of all plans together show, and those of each."""
    claims = [claim_of_plan(tables, plan, datetime.max, at_most) for plan in plans]
    said = tuple(map(claim_said, claims))
    if not plans[1:]:
        return _of_plan(claims[0]), said
    try:
        every = together(surveys_of(tables, plans, datetime.max).batches, at_most)
    except Refused as refused:  # the plans cannot be taken together
        return _of_plan(claims[0]), (*said, refused.message)
    return _of_plans(every), (together_said(every), *said)


def _of_plan(claim: Claim) -> Known:
    if claim.shown_after is not None:
        return Known.SHOWN
    if claim.more_after is not None:
        return Known.MISSED
    return Known.NOT_SHOWN if claim.read else Known.NOT_YET_KNOWN


def _of_plans(claim: Together) -> Known:
    if claim.shown:
        return Known.SHOWN
    if claim.more:
        return Known.MISSED
    return Known.NOT_SHOWN if claim.read else Known.NOT_YET_KNOWN


def _rectified(context: ServiceContext, today: date) -> Iterator[Goal]:
    days = context.office.goals.rectified_within_days
    if days is None:
        return
    wanted = ngettext(
        "Every finding is rectified within {count} day of its review.",
        "Every finding is rectified within {count:,} days of its review.",
        days,
    )
    count = Punctual.of(findings(context, today), days, today)
    yield Goal(wanted, _how_punctual(count), (_punctual_said(count),))


def _how_punctual(count: Punctual) -> Known:
    if count.late:
        return Known.MISSED
    return Known.SHOWN if count.in_time else Known.NOT_YET_KNOWN


def _punctual_said(count: Punctual) -> Sayable:
    due = count.in_time + count.late
    if not due:
        said: Sayable = NONE_DUE
    elif not count.late:
        said = ngettext(
            "The {count} finding that was due was rectified in time.",
            "All {count:,} findings that were due were rectified in time.",
            due,
        )
    else:
        said = ngettext(
            "Of {due:,} findings that were due, {count} was not rectified in time.",
            "Of {due:,} findings that were due, {count:,} were not rectified in time.",
            count.late,
            due=due,
        )
    open_ = ngettext(
        "{count} more is not due yet.", "{count:,} more are not due yet.", count.not_due
    )
    return sentences(said, open_) if count.not_due else said
