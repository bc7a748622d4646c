"""Tests of one case, of which rules and populations are made."""

from __future__ import annotations

from pydantic import Field, model_validator

from cases.language.messages import _
from cases.office.base import Model, Word, wrong


class Condition(Model):
    """A test of one case, by attribute or by event. A list of conditions means all of them.

    >>> Condition(event="arrested", then="not_prosecuted").event
    'arrested'
    """

    attribute: str | None = Field(
        default=None, description="an attribute, or kind, unit, or days_open (opening to closing)"
    )
    equals: bool | float | Word | None = Field(default=None, description="the value it must have")
    one_of: tuple[Word, ...] | None = Field(default=None, description="codes it may have")
    at_least: float | None = Field(default=None, description="smallest value, or count of events")
    at_most: float | None = Field(default=None, description="largest value, or count of events")
    event: Word | None = Field(default=None, description="an activity that must have happened")
    then: Word | None = Field(default=None, description="an activity that must have followed it")

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if (self.attribute is None) == (self.event is None):
            raise wrong(_("give either `attribute` or `event`."))
        if self.attribute is not None:
            self._check_attribute()
        else:
            self._check_event()
        return self

    def _check_attribute(self) -> None:
        compares = (self.equals, self.one_of, self.at_least, self.at_most)
        if self.then is not None:
            raise wrong(_("`then` belongs to `event`."))
        if all(part is None for part in compares):
            raise wrong(_("say what the attribute must be: equals, one_of, at_least, at_most."))

    def _check_event(self) -> None:
        counted = self.at_least is not None or self.at_most is not None
        if self.equals is not None or self.one_of is not None:
            raise wrong(_("an event takes `then`, `at_least` or `at_most`."))
        if self.then is not None and counted:
            raise wrong(_("an event with `then` takes no counts."))


Conditions = tuple[Condition, ...]
