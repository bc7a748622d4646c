"""Values and reasons in words, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.language.catalogues import Language
from features.feature import Feature

Value = float | str | None

NOT_RECORDED = {"en": "not recorded", "zh": "无记录"}
SPEAKS_FOR = {  # simple, complex
    "en": ("speaks for simple: {}", "speaks for complex: {}"),
    "zh": ("倾向简单——{}", "倾向复杂——{}"),
}
NO_YES = {"en": ("no", "yes"), "zh": ("否", "是")}


@dataclass(frozen=True)
class Wording:
    """How to speak of an office's features: what each is, what is usual, in which language."""

    features: Mapping[str, Feature]
    usual: Mapping[str, Value]
    language: Language

    def sentence(self, name: str, value: Value) -> str:
        """The meaning of a feature, the case's own value and the usual one."""
        meaning = self.features[name].meaning.say(self.language)
        own, usual = self._said(name, value)
        if self.language == "zh":
            return f"{meaning}：{own}（通常：{usual}）"
        return f"{meaning}: {own} (usual: {usual})"

    def speaking_for(self, name: str, value: Value, *, complicated: bool) -> str:
        """As `sentence`, with what it speaks for."""
        return SPEAKS_FOR[self.language][complicated].format(self.sentence(name, value))

    def is_usual(self, name: str, value: Value) -> bool:
        """Whether the case's own value, as it is said, is the usual one."""
        own, usual = self._said(name, value)
        return own == usual

    def _said(self, name: str, value: Value) -> tuple[str, str]:
        feature = self.features[name]
        own, usual = (say_value(feature, one, self.language) for one in (value, self.usual[name]))
        return own, usual


def say_value(feature: Feature, value: Value, language: Language) -> str:
    """A value as an official would write it, by the feature's unit."""
    if value is None:
        return NOT_RECORDED[language]
    if isinstance(value, str):
        return value
    if feature.unit == "flag":
        return NO_YES[language][int(value)]
    if feature.unit == "share":
        return f"{rounded(100 * value)}{' ' if language == 'en' else ''}%"
    if feature.unit == "days":
        return _days(rounded(value), language)
    return rounded(value)


def rounded(value: float) -> str:
    """Two digits behind the point below 1, one below 10, none above; no trailing zeros.

    >>> rounded(0.125), rounded(2.0), rounded(3.14), rounded(1234.5)
    ('0.12', '2', '3.1', '1,234')
    """
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0  # noqa: PLR2004
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _days(number: str, language: Language) -> str:
    if language == "zh":
        return f"{number}天"
    return f"{number} day" if number == "1" else f"{number} days"
