"""What stands in the cells of tables and the gaps of sentences: numbers, shares, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cases.language.catalogues import SOURCE, Language
from cases.language.formats import formatted
from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import fitted, with_interval

Cell = Sayable | str

NOTHING = "–"
SHARE, NUMBER, MULTIPLE = ".1%", ".3f", ".1f"  # how a figure is written
ABSENT = {
    "no_cases": _("no cases"),
    "one_class": _("one outcome only"),
    "too_few": _("withheld: too few"),
}


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval, written by `spec` at most; in words why there is none.

    Of an interval without a value only the ends are shown, of a share that is known exactly the
    two counts.

    >>> str(Interval(Figure(0.7, 0.65, 0.75, 100), ".2f"))
    '0.70 (0.65 to 0.75)'
    >>> str(Interval(Figure(None, 0.1, 0.3, 5, "too_few"), ".0%"))
    'between 10% and 30%'
    >>> str(Interval(Figure(0.25, 0.25, 0.25, 12), ".1%"))
    '25.0% (3 of 12)'
    """

    figure: Figure
    spec: str

    @property
    def alone(self) -> Sayable:
        """The value without its interval, to the digits that this allows."""
        figure = self.figure
        if figure.value is None or figure.low is None or figure.high is None:
            return self
        return Value(figure.value, fitted(figure.low, figure.high, self.spec))

    def say(self, language: Language) -> str:
        """The figure in `language`."""
        figure = self.figure
        if figure.low is None or figure.high is None:
            return ABSENT[figure.absent or "too_few"].say(language)
        if figure.value is None:
            spec = fitted(figure.low, figure.high, self.spec)
            low, high = (formatted(end, spec, language) for end in (figure.low, figure.high))
            return _("between {low} and {high}", low=low, high=high).say(language)
        return with_interval(figure, self.spec).say(language)

    def __str__(self) -> str:
        """In English."""
        return self.say(SOURCE)


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
        return self.say(SOURCE)


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


def day(value: date) -> Value:
    """A day as the language writes it.

    >>> str(day(date(2026, 6, 30)))
    '30 June 2026'
    """
    return Value(value)


def share(value: float) -> Value:
    """A share in per cent, to one decimal.

    >>> str(share(0.0625))
    '6.2%'
    """
    return Value(value, SHARE)


def interval(figure: Figure) -> Interval:
    """A figure of a table."""
    return Interval(figure, NUMBER)


def share_interval(figure: Figure) -> Interval:
    """A figure that is a share, in per cent."""
    return Interval(figure, SHARE)


def multiple_interval(figure: Figure) -> Interval:
    """A multiple in a sentence, to one decimal: more would not be read."""
    return Interval(figure, MULTIPLE)
