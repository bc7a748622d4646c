"""Which column of a file is which of ours: by what it is called and by what its values are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cases.draft.columns.profile import Profile
from cases.draft.words import (
    GRADES,
    NOT_YET,
    ROLES,
    ROW_NUMBERS,
    mentions,
    parts,
    squashed,
)
from cases.language.messages import Sayable, _
from cases.tables.cells.column import numbers_in

Sure = Literal["sure", "likely", "unsure"]

SURE, ENOUGH = 0.9, 0.5  # of the name's score
AS_GOOD = 0.1  # a column whose score is less than this below the best fits as well
PART = 0.4  # what a name that only holds the word can lack, at most
BY_VALUES = 0.55  # score of a column whose values alone say what it is
DATES = {"opened_at", "closed_at", "at", "recorded_at", "reviewed_at"}
DATES |= {"absent_from", "absent_until"}
FILLED, HALF = {"opened_at", "at"}, 0.5  # dates of which half must be there
NUMBERS = {"inclusion_probability", "capacity", "most_open"}
PEOPLE = {"handler", "actor", "reviewer", "party"}  # whose values are never quoted
CODED = {"kind": 1_000, "unit": 1_000, "activity": 1_000, "grade": 12}  # most different values
AT_INTAKE = {"kind", "unit"}  # of the case table, known when a case comes in
FEWEST = 2  # different values of a code


@dataclass(frozen=True)
class Guess:
    """A column of a file, `theirs`, taken for one of ours, with why, how sure, what else fits."""

    ours: str
    theirs: str
    why: Sayable
    score: float
    others: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def sure(self) -> Sure:
        """How sure it is; not where another column fits as well."""
        if self.others or self.score < ENOUGH + 0.1:
            return "unsure"
        return "sure" if self.score >= SURE else "likely"


def guesses(
    table: str, columns: Mapping[str, Profile], given: Mapping[str, Guess] | None = None
) -> dict[str, Guess]:
    """For each column of our `table` the one of the file that is most likely it, if any.

    `given` are settled already. Every column of the file is used once, for what it fits best.
    """
    found = dict(given or {})
    taken = {guess.theirs for guess in found.values()}
    scored = sorted(
        (
            (score(table, ours, profile), ours, profile)
            for ours in ROLES[table]
            for profile in columns.values()
            if ours not in found
        ),
        key=lambda one: -one[0],
    )
    for points, ours, profile in scored:
        if points < _least(table, ours) or ours in found or profile.name in taken:
            continue
        found[ours] = _guess(ours, profile, points)
        taken.add(profile.name)
    return {
        ours: _with_others(found[ours], scored, taken) for ours in ROLES[table] if ours in found
    }


def _least(table: str, ours: str) -> float:
    """The least score of a column of a table.

    Kind and unit of a case count as known when it comes in, which is not for a guess to say: a
    column that is not called so is left to be an attribute.
    """
    return SURE if table == "cases" and ours in AT_INTAKE else ENOUGH


def _guess(ours: str, profile: Profile, points: float) -> Guess:
    why = _("its name says so") if points >= SURE else _("its name and values suggest it")
    if points == BY_VALUES:
        why = _("its values suggest it")
    examples = () if ours in PEOPLE else profile.examples
    return Guess(ours, profile.name, why, points, examples=examples)


def _with_others(
    guess: Guess, scored: Iterable[tuple[float, str, Profile]], taken: Iterable[str]
) -> Guess:
    """The guess with the columns that are as good for it and used for nothing else."""
    others = tuple(
        profile.name
        for points, ours, profile in scored
        if ours == guess.ours
        and profile.name not in taken
        and points >= max(ENOUGH, guess.score - AS_GOOD)
    )
    return replace(guess, others=(*guess.others, *others))


def score(table: str, ours: str, profile: Profile) -> float:
    """From 0, cannot be, to 1: how well a column of a file fits as `ours` of `table`."""
    if not _fits(ours, profile):
        return 0.0
    points = name_score(profile.name, ROLES[table][ours])
    if ours == "grade" and _are_grades(profile):
        points = max(points, BY_VALUES)
    if ours in DATES and mentions(profile.name, NOT_YET):
        points -= PART
    if ours == "case_id" and mentions(profile.name, ROW_NUMBERS):
        points -= PART
    return points


def name_score(name: str, words: Iterable[str]) -> float:
    """How well a name fits one of these words, the first of which are better.

    >>> name_score("Closed_At", ["closed_at"]), name_score("colour", ["closed_at"])
    (1.0, 0.0)
    """
    short = name.rpartition(":")[2]  # an event log names the attributes of a case `case:...`
    if not name.isascii():
        short = short.rpartition(" ")[2]  # below a heading that several columns share
    return max(
        (
            max(_one(name, word), _one(short, word)) - 0.002 * place
            for place, word in enumerate(words)
        ),
        default=0.0,
    )


def _one(name: str, word: str) -> float:
    whole, looked_for = squashed(name), squashed(word)
    if whole == looked_for:
        return 1.0
    if word.isascii():
        held = f" {' '.join(parts(word))} " in f" {' '.join(parts(name))} "
    else:
        held = looked_for in whole
    return 1 - PART * (1 - len(looked_for) / len(whole)) - 0.1 if held else 0.0


def _fits(ours: str, profile: Profile) -> bool:
    """Whether the values can be what our column holds."""
    if ours in DATES:
        return profile.type == "date" and not (ours in FILLED and profile.share < HALF)
    if ours in NUMBERS:
        return profile.type == "number" and _is_within(ours, profile)
    if profile.type in ("date", "flag", "blank", "time of day"):
        return False
    if ours in CODED:
        return profile.type != "number" and FEWEST <= profile.distinct <= CODED[ours]
    return not (ours == "handler" and profile.distinct < FEWEST)


def _is_within(ours: str, profile: Profile) -> bool:
    """Whether numbers that must be probabilities are."""
    if ours != "inclusion_probability":
        return True
    values = numbers_in(profile.text, profile.decimal, profile.thousands)
    return bool(values.is_between(0, 1).all())


def _are_grades(profile: Profile) -> bool:
    values = set(profile.text.drop_nulls().unique().to_list())
    return len(values & set(GRADES)) >= max(FEWEST, len(values) / 2)
