"""The office's own columns of the case table: which can be attributes, and which are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cases.draft.columns.profile import Profile
from cases.draft.columns.roles import name_score
from cases.draft.draft import DraftedAttribute, DraftedTable, LeftOut
from cases.draft.words import (
    ATTRIBUTES,
    CODES,
    PARTS_OF_DATES,
    ROLES,
    free_name,
    mentions,
    parts,
)
from cases.language.messages import Sayable, _
from cases.office.agreement.parts import TAKEN

LONGEST = 60  # letters of a name
OF_A_REVIEW = 0.8  # score from which a column holds the result of a review
RESULTS = ("grade", "reviewed_at", "reviewer", "dimensions")
WHY: dict[str, Sayable] = {
    "text": _("free text; make a number or a code of it with `sql`"),
    "blank": _("blank in every row"),
    "time of day": _("a time of day; take the hour of it with `sql`"),
}


def attributes_of(
    cases: DraftedTable, tables: Sequence[DraftedTable]
) -> tuple[tuple[DraftedAttribute, ...], tuple[LeftOut, ...]]:
    """The attributes of the case table, and the columns that are none, each with why."""
    used = {
        guess.theirs
        for table in tables
        if table.raw is cases.raw
        for guess in table.guesses.values()
    }
    free = [profile for name, profile in cases.raw.columns.items() if name not in used]
    free.sort(key=lambda profile: mentions(profile.name, CODES))  # words before their codes
    own: list[DraftedAttribute] = []
    left_out: list[LeftOut] = []
    seen = [cases.raw.columns[guess.theirs] for guess in cases.guesses.values()]
    same = None if cases.group_by is None else cases.raw.constant_within(cases.group_by)
    for number, profile in enumerate(free, start=1):
        why = _why_not(profile, seen, same)
        if why is not None:
            left_out.append(LeftOut(profile.name, why))
            continue
        name = _name(profile.name, number, {attribute.name for attribute in own})
        own.append(DraftedAttribute(name, profile.name, profile.type, profile))  # type: ignore[arg-type]
        seen.append(profile)
    return tuple(own), tuple(left_out)


def _why_not(profile: Profile, seen: Iterable[Profile], same: list[str] | None) -> Sayable | None:
    """Why a column cannot be an attribute; None if it can."""
    if profile.personal:
        return _("seems to identify persons")
    if any(name_score(profile.name, ROLES["reviews"][role]) >= OF_A_REVIEW for role in RESULTS):
        return _("seems to be of a review, which is no fact of the case; see [tables.reviews]")
    if same is not None and profile.name not in same:
        return _("differs between the rows of a case; count or sum it with `sql`")
    return WHY.get(profile.type) or _says_nothing(profile, seen)


def _says_nothing(profile: Profile, seen: Iterable[Profile]) -> Sayable | None:
    """Why nothing can be learnt from a column that other columns do not say; None if it can."""
    if profile.distinct == 1 and profile.filled == len(profile.text):
        return _("the same in every row")
    if mentions(profile.name, PARTS_OF_DATES) and profile.type == "number":
        return _("seems to be a part of a date")
    twin = next((other for other in seen if _says_the_same(profile, other)), None)
    return _("says the same as `{column}`", column=twin.name) if twin else None


def _says_the_same(one: Profile, other: Profile) -> bool:
    """Whether each value of the one goes with one value of the other, as code and name do."""
    if one.distinct != other.distinct or one.filled != other.filled or one.type == "date":
        return False
    if one.distinct > one.filled / 2:
        return False
    if "flag" in (one.type, other.type) and one.type != other.type:
        return False
    return one.partition == other.partition


def _name(theirs: str, number: int, used: set[str]) -> str:
    """A name of ours for a column: its own in small letters, where it has such.

    >>> _name("Member State", 1, set()), _name("Member State", 2, {"member_state"})
    ('member_state', 'member_state_2')
    >>> _name("a", 3, {"a", "a_2"})
    'a_3'
    """
    known = ATTRIBUTES.get(theirs.rpartition(" ")[2])
    letters = "_".join(word for word in parts(theirs.rpartition(":")[2]) if word.isascii())
    fits = known or (letters if theirs.isascii() and re.match("[a-z]", letters) else "")
    name = fits[: LONGEST - len("_000")].rstrip("_") or f"column_{number}"
    if name in TAKEN:
        name = f"own_{name}"
    return free_name(name, used)
