"""What stands in the cells of tables and the gaps of sentences: numbers, shares, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cases.language.catalogues import Language
from cases.language.formats import formatted
from cases.language.messages import Sayable, _
from evaluation.statistics.metrics import Figure

Cell = Sayable | str

NOTHING = "–"
SHARE, NUMBER, MULTIPLE = ".1%", ".3f", ".1f"  # how a figure is written
ABSENT = {
    "no_cases": _("no cases"),
    "one_class": _("one outcome only"),
    "too_few": _("withheld: too few"),
}


@dataclass(frozen=True)
class Value:
    """A number, written by `spec` as the language does."""

    number: float
    spec: str

    def say(self, language: Language) -> str:
        """The number in `language`."""
        return formatted(self.number, self.spec, language)

    def __str__(self) -> str:
        """In English."""
        return self.say("en")


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval, written by `spec`; in words why there is none.

    Of an interval without a value only the ends are shown.

    >>> str(Interval(Figure(0.7, 0.65, 0.75, 100), ".2f"))
    '0.70 (0.65–0.75)'
    >>> str(Interval(Figure(None, 0.1, 0.3, 5, "too_few"), ".0%"))
    'between 10% and 30%'
    """

    figure: Figure
    spec: str

    def say(self, language: Language) -> str:
        """The figure in `language`."""
        figure = self.figure
        if figure.low is None or figure.high is None:
            return ABSENT[figure.absent or "too_few"].say(language)
        low, high = (formatted(end, self.spec, language) for end in (figure.low, figure.high))
        if figure.value is None:
            return _("between {low} and {high}", low=low, high=high).say(language)
        value = formatted(figure.value, self.spec, language)
        if figure.low < 0:  # a dash next to a minus cannot be read
            return _("{value} ({low} – {high})", value=value, low=low, high=high).say(language)
        return _("{value} ({low}–{high})", value=value, low=low, high=high).say(language)

    def __str__(self) -> str:
        """In English."""
        return self.say("en")


@dataclass(frozen=True)
class Named:
    """A code of the program and its name for people."""

    code: str
    name: Sayable

    def say(self, language: Language) -> str:
        """The name in `language`."""
        return self.name.say(language)

    def __str__(self) -> str:
        """In English."""
        return self.say("en")


@dataclass(frozen=True)
class Indented:
    """The name of a part, set in below the name of the whole."""

    name: Sayable

    def say(self, language: Language) -> str:
        """The name in `language`."""
        return f"\u2003{self.name.say(language)}"


def count(number: int) -> Value:
    """How many.

    >>> str(count(1200))
    '1,200'
    """
    return Value(number, ",")


def share(value: float) -> Value:
    """A share in per cent, to one decimal.

    >>> str(share(0.0625))
    '6.2%'
    """
    return Value(value, SHARE)


def round_share(value: float) -> Value:
    """A share that somebody set: without decimals where it has none.

    >>> str(round_share(0.05)), str(round_share(0.125))
    ('5%', '12.5%')
    """
    whole = math.isclose(100 * value, round(100 * value))
    return Value(value, ".0%" if whole else SHARE)


def interval(figure: Figure) -> Interval:
    """A figure of a table."""
    return Interval(figure, NUMBER)


def share_interval(figure: Figure) -> Interval:
    """A figure that is a share, in per cent."""
    return Interval(figure, SHARE)


def multiple_interval(figure: Figure) -> Interval:
    """A multiple in a sentence, to one decimal: more would not be read."""
    return Interval(figure, MULTIPLE)
