"""Values and reasons as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.language.messages import Message, Sayable, _, ngettext
from features.feature import Feature

Value = float | str | None

NOT_RECORDED = _("not recorded")
NO_YES = _("no"), _("yes")
# By digits after the decimal point. There is nothing in them to translate.
NUMBERS = "{value:,.0f}", "{value:,.1f}", "{value:,.2f}"
PERCENTAGES = "{value:,.0%}", "{value:,.1%}", "{value:,.2%}"


@dataclass(frozen=True)
class Wording:
    """How to speak of an office's features: what each is, and what is usual."""

    features: Mapping[str, Feature]
    usual: Mapping[str, Value]

    def sentence(self, name: str, value: Value) -> Message:
        """The meaning of a feature, the case's own value and the usual one."""
        feature = self.features[name]
        return _(
            "{feature}: {value} (usual: {usual})",
            feature=feature.meaning,
            value=say_value(feature, value),
            usual=say_value(feature, self.usual[name]),
        )

    def speaking_for(self, name: str, value: Value, *, complicated: bool) -> Message:
        """As `sentence`, with what it speaks for."""
        fact = self.sentence(name, value)
        if complicated:
            return _("speaks for complex: {fact}", fact=fact)
        return _("speaks for simple: {fact}", fact=fact)

    def is_usual(self, name: str, value: Value) -> bool:
        """Whether the case's own value is shown as the usual one is."""
        feature = self.features[name]
        return say_value(feature, value) == say_value(feature, self.usual[name])


def say_value(feature: Feature, value: Value) -> Sayable | str:
    """A value as an official would write it, by the feature's unit; a code stands as it is.

    Values that are shown alike are equal.
    """
    if value is None:
        return NOT_RECORDED
    if isinstance(value, str):
        return value
    if feature.unit == "flag":
        return NO_YES[int(value)]
    if feature.unit == "share":
        percent, digits = rounded(100 * value)
        return Message(PERCENTAGES[digits], {"value": percent / 100})
    number, digits = rounded(value)
    shown = Message(NUMBERS[digits], {"value": number})
    return _days(number, shown) if feature.unit == "days" else shown


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


def _days(number: float, shown: Message) -> Message:
    """Singular for one day exactly; every other number, whole or not, takes the plural."""
    count = int(number) if number == int(number) else 2
    return ngettext("{days} day", "{days} days", count, days=shown)
