"""Rows of a few cases: columns that are computed when one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cases.numeric import Flags, Ints
from features.online.arrays.columns import Column, codes

# For whatever asks for columns: what stands where a value is null may be anything.
nulls_are_anything = np.errstate(all="ignore")


class Columns(Mapping[str, Column]):
    """Columns that are computed when one is asked for, and once."""

    def __init__(self, names: Iterable[str], compute: Callable[[str], Column]) -> None:
        self.done: dict[str, Column | None] = dict.fromkeys(names)
        self.compute = compute

    def __getitem__(self, name: str) -> Column:
        found = self.done[name]
        if found is None:
            found = self.done[name] = self.compute(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.done

    def __iter__(self) -> Iterator[str]:
        return iter(self.done)

    def __len__(self) -> int:
        return len(self.done)


@dataclass(frozen=True)
class Rows:
    """Columns of some rows, for the aggregates of a `group_by` with the group of each row."""

    columns: Mapping[str, Column]
    height: int
    groups: Ints = field(default_factory=lambda: np.array([], dtype=np.int64))
    count: int = 0
    _orders: dict[object, tuple[Ints, Flags]] = field(default_factory=dict)

    def order(self, by: Sequence[str], then: Sequence[str]) -> tuple[Ints, Flags]:
        """The rows in order within each value of `by`, and which of them come first in it."""
        key = (*by, None, *then)
        if key not in self._orders:
            groups, _rows = codes([self.columns[name] for name in by])
            order = np.lexsort((*(self.columns[name].values for name in reversed(then)), groups))
            first = np.ones(self.height, dtype=bool)
            first[1:] = np.diff(groups[order]) != 0
            self._orders[key] = order, first
        return self._orders[key]
