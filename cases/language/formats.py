"""Values as a language writes them: numbers, percentages, dates (Unicode CLDR, through Babel)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from cases.language.catalogues import Language, locale_of

PLACES = re.compile(r"[#,0.]+")  # where the digits stand in a CLDR pattern
NUMBER = re.compile(r"(?P<sign>\+?)(?P<group>,?)(?:\.(?P<digits>\d+))?(?P<kind>[fg%]?)")
MOST_DIGITS = 20  # that a format may ask for
HUGE, TINY = 1e18, 1e-12  # numbers from here on are written with a power of ten
PRECISION = 60  # digits; as many as a number below `HUGE` can have with `MOST_DIGITS`


def formatted(value: object, spec: str, language: Language) -> str:
    """A value of a message in `language`, by the format given in the message.

    The formats are Python's for numbers: `,` groups digits, `.1f` is one digit after the
    decimal point, `.3g` three digits in all, `.1%` a share in per cent, `+` shows the sign of
    positive numbers too. A date needs none; anything else stands as it is. A number too large to
    be read digit by digit is written as `1.00e+300`. `ValueError` for a format that is none of
    these or asks for more than 20 digits.

    >>> formatted(0.1234, ".1%", "en"), formatted(12345, ",", "en")
    ('12.3%', '12,345')
    >>> formatted(date(2026, 6, 30), "", "de")
    '30. Juni 2026'
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return f"{_day(value.date(), language)} {value:%H:%M}"
    if isinstance(value, date):
        return _day(value, language)
    if isinstance(value, bool) or not isinstance(value, int | float) or not spec:
        return str(value)
    return _number(value, spec, language)


@lru_cache(maxsize=10_000)  # the same days come again and again
def _day(value: date, language: Language) -> str:
    return str(format_date(value, "long", locale_of(language)))


def _number(value: float, spec: str, language: Language) -> str:
    parts = _parts(spec)
    if parts is None or int(parts["digits"] or 0) > MOST_DIGITS:
        raise ValueError(f"{spec!r} is not a format of a number in a message")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    significant = parts["kind"] == "g"
    if abs(value) >= HUGE or (significant and 0 < abs(value) < TINY):
        return f"{Decimal(value):.2e}"
    if significant:
        value = float(f"{value:.{_significant(value, parts['digits'])}g}")
    shown = 100 * value if parts["kind"] == "%" else value
    return _written(_rounded(shown, _digits(shown, parts["kind"], parts["digits"])), spec, language)


@lru_cache(maxsize=256)
def _parts(spec: str) -> Mapping[str, str] | None:
    parts = NUMBER.fullmatch(spec)
    return parts and parts.groupdict()


@lru_cache(maxsize=10_000)  # the same rounded numbers come again and again
def _written(rounded: str, spec: str, language: Language) -> str:
    """A rounded number as the language writes it; a percentage with its sign."""
    parts, locale = _parts(spec) or {}, locale_of(language)
    number = Decimal(rounded) or Decimal(0)  # a zero has no sign
    pattern = _pattern(bool(parts["group"]), len(rounded.partition(".")[2]))
    with localcontext(prec=PRECISION):
        if parts["kind"] == "%":
            pattern = PLACES.sub(pattern, locale.percent_formats[None].pattern)
            text = format_percent(number / 100, pattern, locale)
        else:
            text = format_decimal(number, pattern, locale)
    return f"+{text}" if parts["sign"] and number > 0 else str(text)


def _rounded(value: float, digits: int) -> str:
    """The number to so many digits after the decimal point, as `format` rounds it.

    Babel rounds a half to the even digit of what is printed; `format` rounds the number that
    is stored, so that a sentence, a file and a log give the same figure.
    """
    if isinstance(value, int):
        return f"{value}.{'0' * digits}" if digits else str(value)
    return f"{value:.{digits}f}"


def _pattern(grouped: bool, digits: int) -> str:
    """The digits of a number as a CLDR pattern, such as `#,##0.00`."""
    whole = "#,##0" if grouped else "0"
    return f"{whole}.{'0' * digits}" if digits else whole


def _significant(value: float, digits: str | None) -> int:
    """How many digits count: those asked for, else six, or every one before the decimal point."""
    return int(digits) if digits else max(6, len(str(int(abs(value)))))


def _digits(value: float, kind: str, digits: str | None) -> int:
    """How many digits stand after the decimal point."""
    if kind == "g":
        exponent = Decimal(str(value)).normalize().as_tuple().exponent
        return max(0, -int(exponent))
    if digits is None:
        return 0 if isinstance(value, int) or kind == "%" else 6
    return int(digits)
