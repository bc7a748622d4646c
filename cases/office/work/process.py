"""How a case has to go: the rules of the process, and who has which role in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.base import Model, Name, Word, wrong
from cases.office.conditions import Conditions

CLOSED, OPENED = "closed", "opened"  # stand where an activity may, for the ends of a case
ANY = "*"  # at the end of an actor: whatever follows
LONGEST_DAYS, MOST_TIMES, MOST_MINUTES = 3_660, 1_000, 7 * 24 * 60

Demand = Literal[
    "must_happen",
    "must_precede",
    "within",
    "not_after",
    "exclusive",
    "at_most",
    "by",
    "recorded_within",
    "bulk",
]


class Keys(NamedTuple):
    """The keys that say what a rule of one sort is about."""

    needed: tuple[str, ...]
    possible: tuple[str, ...] = ()


KEYS: Mapping[Demand, Keys] = {
    "must_happen": Keys(("activity",), ("before",)),
    "must_precede": Keys(("activity", "before")),
    "within": Keys(("activity", "after", "days")),
    "not_after": Keys(("activity", "after")),
    "exclusive": Keys(("activities",)),
    "at_most": Keys(("activity", "times")),
    "by": Keys(("activity",), ("role", "other_than")),
    "recorded_within": Keys(("days",), ("activities",)),
    "bulk": Keys(("entries", "minutes"), ("activities",)),
}
ALL_KEYS = sorted({key for keys in KEYS.values() for key in (*keys.needed, *keys.possible)})


class Role(Model):
    """Who may do a step: actors of the event table, by their ids."""

    meaning: Text = Field(description="what it is called")
    actors: tuple[Word, ...] = Field(
        min_length=1, description='actors, or how their ids begin with `*` behind, such as "pros_*"'
    )

    @field_validator("actors")
    @classmethod
    def _are_ids_or_beginnings(cls, actors: tuple[Word, ...]) -> tuple[Word, ...]:
        for actor in actors:
            if not actor.removesuffix(ANY) or ANY in actor[:-1]:
                raise wrong(_("may have `*` at its end only, with the beginning of an id before."))
        return actors

    def has(self, actor: str) -> bool:
        """Whether an actor has this role.

        >>> Role(meaning=Text(en="chief"), actors=("head_*",)).has("head_7")
        True
        """
        return any(
            actor.startswith(one[:-1]) if one.endswith(ANY) else actor == one for one in self.actors
        )


class ProcessRule(Model):
    """One rule of how a case has to go; `docs/process.md` says when each is broken."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="what it asks, in a sentence")
    rule: Demand = Field(description="its sort, which says what the other keys mean")
    activity: Word | None = Field(default=None, description="the step that it is about")
    activities: tuple[Word, ...] = Field(
        default=(),
        description="of `exclusive`: the steps of which a case has one at most; of "
        "`recorded_within` and `bulk`: the steps that count, all if empty",
    )
    before: Word | None = Field(
        default=None,
        description="an activity that `activity` must come before; of `must_happen` also closed, "
        "which is meant if nothing is said",
    )
    after: Word | None = Field(
        default=None,
        description="of `within`: an activity, or opened, that the days are counted from; of "
        "`not_after`: an activity, or closed",
    )
    days: int | None = Field(
        default=None, ge=0, le=LONGEST_DAYS, description="most days, without the first"
    )
    times: int | None = Field(
        default=None, ge=1, le=MOST_TIMES, description="how often it may happen in a case"
    )
    role: Name | None = Field(default=None, description="who must do it, by the code of a role")
    other_than: Word | None = Field(
        default=None, description="an activity: whoever did that in the case must not do this"
    )
    entries: int | None = Field(
        default=None, ge=2, description="of `bulk`: events that one actor has recorded"
    )
    minutes: int | None = Field(
        default=None, ge=1, le=MOST_MINUTES, description="of `bulk`: within so many minutes"
    )
    kinds: tuple[Word, ...] = Field(
        default=(), description="kinds of case it holds for; all if empty"
    )
    when: Conditions = Field(
        default=(), description="the cases it holds for: all must be true, as far as is known"
    )
    valid_from: date | None = Field(
        default=None,
        description="first day it is in force: of the step that breaks it, of `within` of the step "
        "that the days are counted from",
    )
    valid_until: date | None = Field(default=None, description="last day it is in force, likewise")

    @model_validator(mode="after")
    def _keys_are_of_the_rule(self) -> ProcessRule:
        keys, given = (
            KEYS[self.rule],
            {key for key in ALL_KEYS if getattr(self, key) not in (None, ())},
        )
        for key in keys.needed:
            if key not in given:
                raise wrong(_("a rule `{rule}` needs `{key}`.", rule=self.rule, key=key))
        for key in sorted(given - {*keys.needed, *keys.possible}):
            raise wrong(_("a rule `{rule}` takes no `{key}`.", rule=self.rule, key=key))
        if self.rule == "by" and self.role is None and self.other_than is None:
            raise wrong(_("a rule `by` needs `role` or `other_than`."))
        if self.rule == "exclusive" and len({*self.activities}) < max(2, len(self.activities)):
            raise wrong(_("a rule `exclusive` needs two or more different activities."))
        return self

    @model_validator(mode="after")
    def _is_in_force_on_some_day(self) -> ProcessRule:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise wrong(_("`valid_until` is before `valid_from`."))
        return self

    @property
    def checkpoint(self) -> str:
        """By what a step that must happen must have happened."""
        return self.before or CLOSED

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
