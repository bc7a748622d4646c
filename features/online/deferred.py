"""Plans that are made once and filled anew: Narwhals traced over frames that come later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from cases.office.model import Office
from cases.tables.tables import Frame, Tables, case_columns

UNOPTIMISED = pl.QueryOptFlags.none()  # to optimise would take longer than the work


class Deferred:
    """A frame that a plan reads, and that is `given` before the plan is run."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.given = pl.DataFrame(schema=schema)
        lazy = register_io_source(self._read, schema=self.given.schema)
        self.frame: Frame = nw.from_native(lazy)

    def _read(
        self, columns: list[str] | None, predicate: pl.Expr | None, count: int | None, _size: Any
    ) -> Iterator[pl.DataFrame]:
        """What Polars asks of a source, and it says what it needs of it."""
        read = self.given if columns is None else self.given.select(columns)
        read = read if predicate is None else read.filter(predicate)
        yield read if count is None else read.head(count)


def deferred_tables(office: Office) -> tuple[dict[str, Deferred], Tables]:
    """The sources of tables that are given later, by name, and these tables."""
    empty = Tables.of(office, pl.DataFrame(schema=case_columns(office)))
    sources = {name: Deferred(empty.rows(name).schema) for name in empty.frames}
    return sources, Tables(office, {name: source.frame for name, source in sources.items()})


def fill(sources: Mapping[str, Deferred], frames: Mapping[str, pl.DataFrame]) -> None:
    """Give the sources their frames."""
    for name, frame in frames.items():
        sources[name].given = frame


def run(plan: pl.LazyFrame) -> pl.DataFrame:
    """What the plan gives of what its sources were given."""
    return plan.collect(optimizations=UNOPTIMISED)
