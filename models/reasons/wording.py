"""Values and reasons as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cases.language.messages import Message, Sayable, _, ngettext
from features.feature import Feature, OfEvents
from models.reasons.usual import Usual, Value

# What to say of a feature without a value, and of one that usually has none; by `absence`.
ABSENT = {
    "event": (_("has not happened"), _("{feature}: {value} (usually does not happen)")),
    "field": (_("not recorded"), _("{feature}: {value} (usually not recorded)")),
    "computed": (_("does not apply"), _("{feature}: {value} (usually does not apply)")),
}
NO_YES = _("no"), _("yes")
# By digits after the decimal point. There is nothing in them to translate.
NUMBERS = "{value:,.0f}", "{value:,.1f}", "{value:,.2f}"
PERCENTAGES = "{value:,.0%}", "{value:,.1%}", "{value:,.2%}"


@dataclass(frozen=True)
class Wording:
    """How to speak of an office's features: what each is, and what is usual."""

    features: Mapping[str, Feature]
    usual: Mapping[str, Usual]

    def fact(self, name: str, value: Value) -> Message:
        """The meaning of a feature, the case's own value, and the usual one or how common it is."""
        feature, usual = self.features[name], self.usual[name]
        known = {"feature": feature.meaning, "value": say_value(feature, value)}
        if not usual.is_usual:
            share = usual.share(value)
            if share is None:
                return _("{feature}: {value} (rare)", **known)
            return _("{feature}: {value} ({share} of the cases)", **known, share=say_share(share))
        if usual.value is not None:
            return _(
                "{feature}: {value} (usual: {usual})",
                **known,
                usual=say_value(feature, usual.value),
            )
        return ABSENT[absence(feature)][1].filled(**known)

    def is_usual(self, name: str, value: Value) -> bool:
        """Whether the case's own value is shown as the usual one is."""
        feature, usual = self.features[name], self.usual[name]
        return usual.is_usual and say_value(feature, value) == say_value(feature, usual.value)


def says_risk(fact: Sayable, without: float, risk: float) -> Message:
    """What a fact does to the risk."""
    low, high = _told_apart(without, risk)
    if risk > without:
        return _(
            "{fact} raises the risk from {without} to {risk}", fact=fact, without=low, risk=high
        )
    return _("{fact} lowers the risk from {without} to {risk}", fact=fact, without=low, risk=high)


def says_complexity(fact: Sayable, without: float, probability: float) -> Message:
    """What a fact speaks for."""
    if probability > without:
        return _("speaks for complex: {fact}", fact=fact)
    return _("speaks for simple: {fact}", fact=fact)


def absence(feature: Feature) -> Literal["event", "field", "computed"]:
    """What it means that a feature has no value.

    An event has not happened, a field of the case is empty, or there is nothing to compute from.
    """
    if feature.unit == "days" and any(isinstance(part, OfEvents) for part in feature.inputs):
        return "event"
    return "field" if feature.family == "attribute" else "computed"


def say_value(feature: Feature, value: Value) -> Sayable | str:
    """A value as an official would write it, by the feature's unit; a code stands as it is.

    Values that are shown alike are equal.
    """
    if value is None:
        return ABSENT[absence(feature)][0]
    if isinstance(value, str):
        return value
    if feature.unit == "flag":
        return NO_YES[int(value)]
    if feature.unit == "share":
        return say_share(value)
    number, digits = rounded(value)
    shown = Message(NUMBERS[digits], {"value": number})
    return _days(number, shown) if feature.unit == "days" else shown


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
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0  # noqa: PLR2004
    shown = round(value, digits)
    while digits and shown == round(shown, digits - 1):
        digits -= 1
    return shown, digits


def _told_apart(without: float, own: float) -> tuple[Message, Message]:
    """Two probabilities in whole per cent; with a decimal where whole ones say too little."""
    digits = int(abs(own - without) < 0.01 or min(own, without) < 0.01)  # noqa: PLR2004
    low, high = (Message(PERCENTAGES[digits], {"value": value}) for value in (without, own))
    return low, high


def _days(number: float, shown: Message) -> Message:
    """Singular for one day exactly; every other number, whole or not, takes the plural."""
    count = int(number) if number == int(number) else 2
    return ngettext("{days} day", "{days} days", count, days=shown)
