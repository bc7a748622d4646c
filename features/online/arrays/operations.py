"""What nodes compute: functions of NumPy arrays of few rows.

`values` are those of a column, `null` says which of them are null and is None where none is. What
stands in the values where one is null means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cases.numeric import Flags, Ints

SECOND = 1_000_000  # microseconds
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND

Array = NDArray[Any]
Null = Flags | None
Levels = tuple[Ints, list[Any]]  # a number of each value, and the different values


def either_null(one: Null, other: Null) -> Null:
    """Where any of two columns is null."""
    if one is None:
        return other
    return one if other is None else one | other


def both_null(one: Null, other: Null) -> Null:
    """Where both columns are null."""
    return None if one is None or other is None else one & other


def known(null: Null, height: int) -> Flags:
    """Which are not null."""
    return np.ones(height, dtype=bool) if null is None else ~null


def are_null(null: Null, height: int) -> Flags:
    """Which are null."""
    return np.zeros(height, dtype=bool) if null is None else null


def holding(flags: Flags, null: Null) -> Flags:
    """Which flags are set; those that are null are not."""
    return flags if null is None else flags & ~null


def null_of_and(one: Flags, one_null: Null, other: Flags, other_null: Null) -> Null:
    """Unknown, unless either is known to be false."""
    null = either_null(one_null, other_null)
    if null is None:
        return None
    unknown: Flags = null & (one | _flags(one_null)) & (other | _flags(other_null))
    return unknown


def null_of_or(one: Flags, other: Flags, one_null: Null, other_null: Null) -> Null:
    """Unknown, unless either is known to be true: flags as of `holding`."""
    null = either_null(one_null, other_null)
    return None if null is None else null & ~one & ~other


def _flags(null: Null) -> Any:
    return False if null is None else null


def null_without(holds: Flags, null: Null) -> Flags:
    """Where a flag is not set, or the value is null."""
    return ~holds if null is None else ~holds | null


def chosen_null(holds: Flags, then: Null, otherwise: Null) -> Null:
    """Where the chosen one of two values is null."""
    if then is None and otherwise is None:
        return None
    null: Flags = np.where(holds, _flags(then), _flags(otherwise))
    return null


def first_known(values: Array, null: Null, other: Array) -> Array:
    """The values, the other's where they are null."""
    return values if null is None else np.where(null, other, values)


def levels(values: Array) -> Levels:
    """The number of each value, and the different values in the order of these numbers."""
    if values.dtype == object:
        listed = values.tolist()
        number = {value: place for place, value in enumerate(dict.fromkeys(listed))}
        numbers = np.fromiter(map(number.__getitem__, listed), np.int64, len(listed))
        return numbers, list(number)
    different, inverse = np.unique(values, return_inverse=True)
    return inverse, different.tolist()


def levels_at(of: Levels, places: Ints | slice) -> Levels:
    """Those of the values at these places."""
    numbers, different = of
    return numbers[places], different


def levels_looked_up(of: Levels, there: Ints) -> Levels:
    """As `looked_up`."""
    numbers, different = of
    return looked_up(numbers, there), different


def by_level(of: Levels, function: Callable[[Any], Any], kind: type) -> Array:
    """A function of each value, called once for each different one; of no meaning for none."""
    numbers, different = of
    return np.array([*map(function, different), 0], dtype=kind)[numbers]


def among(of: Levels, wanted: frozenset[Any]) -> Flags:
    """Whether each is one of these."""
    return by_level(of, wanted.__contains__, bool)


def not_among(of: Levels, wanted: frozenset[Any]) -> Flags:
    """Whether each is none of these."""
    return ~among(of, wanted)


def divided(one: Array, other: Array) -> Array:
    """One by the other; by a literal to the last bit as Polars does, with its reciprocal."""
    return one * (1.0 / other) if other.shape == () else np.true_divide(one, other)


def spread(value: Array, height: int) -> Array:
    """One value for each of the rows."""
    return np.full(height, value, dtype=value.dtype)


def cast(values: Array, kind: str) -> Array:
    """As numbers of a kind."""
    return values.astype(kind, copy=False)


def logarithm(values: Array, base: float) -> Array:
    """To a base."""
    found: Array = np.log(values) / np.log(base)
    return found


def truncated(times: Array, unit: str) -> Array:
    """The start of the day or month."""
    return times.astype(f"datetime64[{unit}]").astype("datetime64[us]")


def whole(times: Array) -> Ints:
    """As whole numbers of their unit: microseconds."""
    return times.view(np.int64)


def seconds(times: Array) -> Ints:
    """Whole seconds of a duration, towards 0."""
    numbers = whole(times)
    return np.sign(numbers) * (abs(numbers) // SECOND)


def hour(times: Array) -> Ints:
    """0 to 23."""
    return whole(times) // HOUR % 24


def minute(times: Array) -> Ints:
    """0 to 59."""
    return whole(times) // MINUTE % 60


def weekday(times: Array) -> Ints:
    """1 for Monday; the first of January 1970 was a Thursday."""
    return (_counted_in(times, "D") + 3) % 7 + 1


def year(times: Array) -> Ints:
    """Of our era."""
    return _counted_in(times, "Y") + 1970


def month(times: Array) -> Ints:
    """1 to 12."""
    return _counted_in(times, "M") % 12 + 1


def day_of_month(times: Array) -> Ints:
    """1 to 31."""
    days = times.astype("datetime64[D]")
    first = times.astype("datetime64[M]").astype("datetime64[D]")
    return whole(days - first) + 1


def _counted_in(times: Array, unit: str) -> Ints:
    return times.astype(f"datetime64[{unit}]").view(np.int64)


def at(values: Array, places: Ints | slice) -> Array:
    """The values at these places."""
    return values[places]


def null_at(null: Null, places: Ints | slice) -> Null:
    """Which of those at these places are null."""
    return None if null is None else null[places]


def places_where(flags: Flags) -> Ints:
    """Where a flag is set."""
    (places,) = flags.nonzero()
    return places


def places_known(height: int, *nulls: Null) -> Ints:
    """Where no column is null."""
    unknown = np.zeros(height, dtype=bool)
    for null in nulls:
        if null is not None:
            unknown |= null
    return places_where(~unknown)


def listed(values: Array, null: Null) -> list[Any]:
    """The values as Python has them, None for null."""
    plain: list[Any] = values.tolist()
    if null is None:
        return plain
    return [None if unknown else value for value, unknown in zip(plain, null, strict=True)]


def looked_up(values: Array, there: Ints) -> Array:
    """The values at these rows; at -1 one of no meaning."""
    if len(values):
        return values[there]
    return np.zeros(len(there), dtype=values.dtype)


def null_looked_up(null: Null, there: Ints) -> Null:
    """Which of those at these rows are null; at -1 there is none."""
    missing = there < 0
    if null is not None and len(null):
        return missing | null[there]
    return missing if missing.any() else None
