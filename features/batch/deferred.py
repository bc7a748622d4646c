"""A frame that a plan reads and that is given before each run, so that a plan is made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from cases.tables.tables import Frame

UNOPTIMISED = pl.QueryOptFlags.none()  # nothing is left out of a plan that is written as needed


class Deferred:
    """What stands for a frame of this schema while plans are written."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.given = pl.DataFrame(schema=schema)
        lazy = register_io_source(self._read, schema=self.given.schema)
        self.frame: Frame = nw.from_native(lazy)

    def _read(
        self, columns: list[str] | None, predicate: pl.Expr | None, count: int | None, _size: Any
    ) -> Iterator[pl.DataFrame]:
        """What Polars asks of a source."""
        read = self.given if columns is None else self.given.select(columns)
        read = read if predicate is None else read.filter(predicate)
        yield read if count is None else read.head(count)


def run(plan: pl.LazyFrame) -> pl.DataFrame:
    """What the plan gives of what was given."""
    return plan.collect(optimizations=UNOPTIMISED)
