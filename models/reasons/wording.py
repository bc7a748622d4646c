"""Values and reasons as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cases.language.messages import Message, Sayable, _, ngettext
from features.feature import Feature, OfEvents
from models.reasons.usual import Usual, Value

# What to say of a feature without a value, of one that usually has none, and of one without a
# value that usually has one; by `absence`.
ABSENT = {
    "event": (
        _("has not happened"),
        _("{fact}; in most cases it never happens"),
        _("{fact}; in most cases it happens"),
    ),
    "field": (
        _("not recorded"),
        _("{fact}; in most cases not recorded"),
        _("{fact}; usually {usual}"),
    ),
    "past": (
        _("nothing known yet"),
        _("{fact}; in most cases nothing is known yet"),
        _("{fact}; usually {usual}"),
    ),
    "computed": (
        _("does not apply"),
        _("{fact}; in most cases it does not apply"),
        _("{fact}; in most cases it does"),
    ),
}
# How a person says a fact that is about one thing (`what`: an activity or a limit), with a value
# and without; by how the feature's name begins.
SAID: dict[str, tuple[Message, Message]] = {
    "process.count.": (_("“{what}” {value}"), _("“{what}” {value}")),
    "process.days_to.": (_("first “{what}” {value} after opening"), _("“{what}” never happened")),
    "process.days_since.": (_("{value} since the last “{what}”"), _("“{what}” never happened")),
    "process.limit_used.": (
        _("used {value} of the limit “{what}”"),
        _("the limit “{what}” does not apply"),
    ),
    "process.limit_exceeded.": (
        _("{value} over the limit “{what}”"),
        _("the limit “{what}” does not apply"),
    ),
}
NEVER = _("never")
NO_YES = _("no"), _("yes")
# By digits after the decimal point. There is nothing in them to translate.
NUMBERS = "{value:,.0f}", "{value:,.1f}", "{value:,.2f}"
PLAIN = "{value:.0f}", "{value:.1f}", "{value:.2f}"
GROUPED = 10_000  # a smaller value of a case may be a year, which is written without a comma
PERCENTAGES = "{value:,.0%}", "{value:,.1%}", "{value:,.2%}"


@dataclass(frozen=True)
class Wording:
    """How to speak of an office's features: what each is, and what is usual."""

    features: Mapping[str, Feature]
    usual: Mapping[str, Usual]
    _usual_shown: dict[str, object] = field(default_factory=dict, init=False, compare=False)
    _usual_said: dict[str, Sayable | str] = field(default_factory=dict, init=False, compare=False)

    def fact(self, name: str, value: Value) -> Message:
        """A feature with the case's own value, and what is usual or how common the value is."""
        feature, usual = self.features[name], self.usual[name]
        fact = _own(feature, value)
        if not usual.is_usual:
            share = usual.share(value)
            if share is None:
                return _("{fact}, which is rare", fact=fact)
            return _("{fact}, as in {share} of the cases", fact=fact, share=say_share(share))
        _without, usually_without, usually_there = ABSENT[absence(feature)]
        if usual.value is None:
            return usually_without.filled(fact=fact)
        known = {"fact": fact, "usual": self._say_usual(name)}
        if value is None:
            return usually_there.filled(**known)
        if usual.shares or (feature.unit == "count" and usual.value == 0):
            return _("{fact}; in most cases {usual}", **known)
        return _("{fact}; usually {usual}", **known)

    def is_usual(self, name: str, value: Value) -> bool:
        """Whether the case's own value is shown as the usual one is."""
        feature, usual = self.features[name], self.usual[name]
        if not usual.is_usual or value == usual.value:
            return usual.is_usual
        if name not in self._usual_shown:
            self._usual_shown[name] = shown(feature, usual.value)
        return shown(feature, value) == self._usual_shown[name]

    def _say_usual(self, name: str) -> Sayable | str:
        if name not in self._usual_said:
            self._usual_said[name] = say_value(self.features[name], self.usual[name].value)
        return self._usual_said[name]


def says_risk(fact: Sayable, without: float, risk: float) -> Message:
    """What a fact does to the risk."""
    low, high = _told_apart(without, risk)
    if risk > without:
        return _(
            "{fact} – raises the risk from {without} to {risk}", fact=fact, without=low, risk=high
        )
    return _("{fact} – lowers the risk from {without} to {risk}", fact=fact, without=low, risk=high)


def says_complexity(fact: Sayable, without: float, probability: float) -> Message:
    """What a fact speaks for."""
    if probability > without:
        return _("speaks for complex: {fact}", fact=fact)
    return _("speaks for simple: {fact}", fact=fact)


def _own(feature: Feature, value: Value) -> Message:
    """A feature with the case's own value; those of `SAID` as a person says them."""
    meaning, shown = feature.meaning, say_value(feature, value)
    for begins, (has, has_not) in SAID.items():
        if feature.name.startswith(begins) and isinstance(meaning, Message):
            (what,) = meaning.values.values()
            return (has_not if value is None else has).filled(what=what, value=shown)
    return _("{feature}: {value}", feature=meaning, value=shown)


def absence(feature: Feature) -> Literal["event", "field", "past", "computed"]:
    """What it means that a feature has no value.

    An event has not happened, a field of the case is empty, nothing is known yet of similar
    cases, or there is nothing to compute from.
    """
    if feature.unit == "days" and any(isinstance(part, OfEvents) for part in feature.inputs):
        return "event"
    if feature.family == "history":
        return "past"
    return "field" if feature.family == "attribute" else "computed"


def say_value(feature: Feature, value: Value) -> Sayable | str:
    """A value as an official would write it, by the feature's unit; a code stands as it is."""
    if value is None:
        return ABSENT[absence(feature)][0]
    if isinstance(value, str):
        return value
    if feature.unit == "flag":
        return NO_YES[int(value)]
    if feature.unit == "share":
        return say_share(value)
    if feature.name.startswith("process.count."):
        return _times(round(value))
    number, digits = rounded(value)
    plain = feature.unit == "value" and abs(number) < GROUPED
    shown = Message((PLAIN if plain else NUMBERS)[digits], {"value": number})
    return _days(number, shown) if feature.unit == "days" else shown


def shown(feature: Feature, value: Value) -> object:
    """What is seen of a value: the same for values that `say_value` says alike."""
    if value is None or isinstance(value, str):
        return value
    if feature.unit == "flag":
        return int(value)
    return rounded(100 * value if feature.unit == "share" else value)


def say_share(value: float) -> Message:
    """A share in per cent, as `rounded`."""
    percent, digits = rounded(100 * value)
    return Message(PERCENTAGES[digits], {"value": percent / 100})


def rounded(value: float) -> tuple[float, int]:
    """A value as it is shown, and with how many digits after the decimal point.

    Two below 1, one below 10, none above; no zeros at the end.

    >>> rounded(0.125), rounded(2.0), rounded(3.14), rounded(1234.5)
    ((0.12, 2), (2.0, 0), (3.1, 1), (1234.0, 0))
    """
    if value % 1 == 0:
        return value, 0
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0  # noqa: PLR2004
    shown = round(value, digits)
    while digits and shown == round(shown, digits - 1):
        digits -= 1
    return shown, digits


def _told_apart(without: float, own: float) -> tuple[Message, Message]:
    """Two probabilities in whole per cent; with a decimal where whole ones say too little."""
    digits = int(abs(own - without) < 0.01 or min(own, without) < 0.01)  # noqa: PLR2004
    template = PERCENTAGES[digits]
    return Message(template, {"value": without}), Message(template, {"value": own})


def _times(count: int) -> Sayable:
    """How often something happened."""
    return ngettext("once", "{count} times", count) if count else NEVER


def _days(number: float, shown: Message) -> Message:
    """Singular for one day exactly; every other number, whole or not, takes the plural."""
    count = int(number) if number == int(number) else 2
    return ngettext("{days} day", "{days} days", count, days=shown)
