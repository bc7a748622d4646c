"""Who may grade a reading of a case, who may take one that nobody has, who makes one of two."""

from __future__ import annotations

from datetime import date

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND, Reading
from policies.reviewers.draw import eligible_for
from serving.access.caller import Caller, handled_by, may_review
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.knowing import oversees
from serving.use_cases.reviewing.progress import CaseProgress
from serving.work.readings import open_readings

NO_PERSON = _(
    "Your user does not say how the office's tables call you, so no review can be yours. Ask who "
    "manages the users of this service to enter it."
)
HANDLED = _("You handle or handled this case, and nobody reviews such a case.")
GRADED = _("This reading is graded already.")
TAKEN = _("Another reviewer has this reading.")
NOT_YOURS = _("This case is graded already, or its reading is another reviewer's.")
NOT_BLIND = _("You may see what another found in this case, so you cannot take a reading of it.")
OTHER_READER = _("You read this case already; its second reading is another reviewer's.")
GAVE_BACK = _(
    "You gave a reading of this case back, or a manager took it back: another reviewer has to "
    "review the case."
)


def obstacle(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str, reading: Reading
) -> Sayable | None:
    """Why this caller can neither take nor grade a reading of a case; None if nothing is.

    Two readings are independent: who sees every grade takes no reading after the other is graded.
    Whose reading it was before that has not seen the other grade (`knowing`).
    """
    person = caller.person
    if person is None:
        return NO_PERSON
    if not may_review(context.tables, person, case_id):
        return HANDLED
    if one.grade(reading) is not None or one.has_graded(person):
        return GRADED if one.grade(reading) is not None else OTHER_READER
    if one.readers.get(reading, person) != person:
        return TAKEN
    if person in {reader for name, reader in one.readers.items() if name != reading}:
        return OTHER_READER
    return None if reading in one.readers else _not_to_take(context, caller, one, case_id)


def _not_to_take(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str
) -> Sayable | None:
    """Why this caller cannot take a reading that nobody has."""
    if caller.person in context.remembered.work.reviewing.gave_back(case_id):
        return GAVE_BACK
    return NOT_BLIND if oversees(caller) and not one.graded.is_empty() else None


def to_take(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str, day: date
) -> Reading | None:
    """The reading of a case that nobody has and this caller may take; None if there is none.

    Who may is what a draw of reviewers would say on `day`: no recusal, kind, unit or limit is in
    the way. In an office with a reviewer table it is who stands there.
    """
    reading = next(iter(one.free_readings), None)
    if reading is None or obstacle(context, caller, one, case_id, reading) is not None:
        return None
    first_is_open = FIRST in one.open_readings and FIRST not in one.readers
    if reading == SECOND and first_is_open:
        return None
    reviewers = context.tables.reviewer_rows.filter(reviewer=caller.person)
    if context.tables.reviewer_rows.is_empty():
        reviewers = pl.DataFrame({"reviewer": [caller.person]})
    return reading if _eligible(context, reviewers, one, case_id, day) else None


def eligible(
    context: ServiceContext, one: CaseProgress, case_id: str, day: date
) -> frozenset[str] | None:
    """Of the reviewer table who could take a reading that nobody has on `day`; None without it.

    Neither who has the other reading nor who gave one back.
    """
    reviewers = context.tables.reviewer_rows
    if reviewers.is_empty():
        return None
    gave_back = context.remembered.work.reviewing.gave_back(case_id)
    out = {*one.readers.values(), *one.graded["reviewer"].drop_nulls(), *gave_back}
    others = reviewers.filter(~pl.col("reviewer").is_in(sorted(out)))
    return _eligible(context, others, one, case_id, day)


def _eligible(
    context: ServiceContext, reviewers: pl.DataFrame, one: CaseProgress, case_id: str, day: date
) -> frozenset[str]:
    """Which of these reviewers a draw could give the case."""
    tables, remembered = context.tables, context.remembered
    still = open_readings(remembered.work, remembered.days, tables)
    many = still.group_by("reviewer").agg(open_cases=pl.len().cast(pl.Int64()))
    case = tables.of_cases("cases", [case_id]).select("case_id", "kind", "unit")
    worked = pl.Series("handled_by", [sorted(handled_by(tables, case_id))], pl.List(pl.String()))
    return eligible_for(
        case.with_columns(worked),
        reviewers.join(many, on="reviewer", how="left").with_columns(
            pl.col("open_cases").fill_null(0)
        ),
        tables.recusal_rows.join(reviewers.select(handler="reviewer"), on="handler", how="semi"),
        day,
        other_unit=context.office.reviewers.other_unit,
        first={case_id: one.readers[FIRST]} if FIRST in one.readers else None,
    )


def check_consolidates(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str
) -> None:
    """`Refused`, with the reason, unless this caller may make one grade of the two of a case."""
    if one.grade(CONSOLIDATED) is not None:
        raise Refused(_("This case has a consolidated grade already."))
    if one.grade(FIRST) is None or one.grade(SECOND) is None:
        raise Refused(_("This case has no two grades yet."))
    if caller.person in handled_by(context.tables, case_id):
        raise Refused(HANDLED)
    if one.has_graded(caller.person):
        raise Refused(
            _("You gave one of the two grades: another manager makes one grade of the two.")
        )
