"""What can be seen of reviews: their grades, their kinds, and reviews in the case table itself."""

from __future__ import annotations

from collections.abc import Mapping

from cases.draft.columns.profile import Profile
from cases.draft.columns.roles import Guess, guesses
from cases.draft.draft import DraftedGrade, DraftedTable
from cases.draft.logs import quoted
from cases.draft.words import GRADES, OF_REVIEWS, REVIEW_KINDS, mentions, squashed
from cases.language.messages import _

ALL = {"case_id", "reviewed_at", "grade"}


def reviews_within(cases: DraftedTable) -> list[DraftedTable]:
    """The review table that a query makes of columns of the case table, if it has such."""
    if cases.group_by is not None:
        return []
    columns = {
        name: profile
        for name, profile in cases.raw.columns.items()
        if mentions(name, OF_REVIEWS) or squashed(name) in OF_REVIEWS
    }
    found = guesses("reviews", columns, {"case_id": cases.guesses["case_id"]})
    if not found.keys() >= ALL:
        return []
    why = _("The case table has columns of a review.")
    select = {ours: quoted(guess.theirs) for ours, guess in found.items()}
    where = _filled(found, cases.raw.columns)
    return [DraftedTable("reviews", cases.raw, why, found, select, where=where)]


def _filled(found: Mapping[str, Guess], columns: Mapping[str, Profile]) -> str:
    """In which rows there is a review: those with a grade."""
    grade = columns[found["grade"].theirs]
    blank = "".join(f" AND {quoted(grade.name)} <> '{word}'" for word in grade.blanks)
    return f"{quoted(grade.name)} IS NOT NULL{blank}"


def grades_of(reviews: DraftedTable | None) -> list[DraftedGrade]:
    """The grades that occur; what is known to be good first, then the most frequent."""
    if reviews is None:
        return []
    text = reviews.raw.columns[reviews.guesses["grade"].theirs].text.drop_nulls()
    counts = text.value_counts(sort=True).rows()
    known = {squashed(word): defect for word, defect in GRADES.items()}
    order = list(known)
    made = [_grade(code, rows, known.get(squashed(code))) for code, rows in counts]
    return sorted(made, key=lambda grade: _place(squashed(grade.code), order))


def _grade(code: str, rows: int, defect: bool | None) -> DraftedGrade:
    return DraftedGrade(code, rows, defect, guessed=defect is not None)


def _place(word: str, order: list[str]) -> int:
    return order.index(word) if word in order else len(order)


def kinds_of(reviews: DraftedTable | None) -> dict[str, str]:
    """The kinds of review that occur, where all of them are known words and some are checks."""
    if reviews is None or "kind" not in reviews.guesses:
        return {}
    text = reviews.raw.columns[reviews.guesses["kind"].theirs].text.drop_nulls()
    kinds = {word: REVIEW_KINDS.get(word, "") for word in sorted(text.unique())}
    return kinds if all(kinds.values()) and set(kinds.values()) != {"review"} else {}
