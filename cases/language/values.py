"""Numbers and dates as texts of their own: what stands in a cell or in the gap of a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cases.language.catalogues import SOURCE, Language
from cases.language.formats import formatted


@dataclass(frozen=True)
class Value:
    """A number, written by `spec` as the language does; a date or a moment needs no `spec`.

    >>> Value(0.062, ".1%").say("en"), Value(date(2026, 6, 30)).say("en")
    ('6.2%', '30 June 2026')
    """

    value: float | date
    spec: str = ""

    def say(self, language: Language) -> str:
        """The value in `language`."""
        return formatted(self.value, self.spec, language)

    def __str__(self) -> str:
        """In English."""
        return self.say(SOURCE)


@lru_cache(maxsize=256)  # the same few shares come again and again
def round_share(value: float) -> Value:
    """A share that somebody set: without decimals where it has none.

    >>> str(round_share(0.05)), str(round_share(0.125))
    ('5%', '12.5%')
    """
    whole = math.isclose(100 * value, round(100 * value))
    return Value(value, ".0%" if whole else ".1%")
