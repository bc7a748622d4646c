"""The one entry to features, for training, scoring and serving alike."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables, moments_of
from cases.tables.tables import rows as collected
from features import as_of, events
from features.batch.plan import FEATURES, built_in_blocks
from features.catalogue import catalogue
from features.conditions import holding
from features.feature import Feature, OfConditions, OfEvents, OfOthers, Quantity
from features.online.features import FewFeatures
from features.online.plan import plan_of
from features.online.sums import is_prepared, reads_others

MOST_LOOKED_UP = 4000  # rows; of an office of 20,000 cases a sweep is quicker beyond 7,000


def build(
    tables: Tables, moments: Frame, names: Sequence[str], progress: Progress = silent
) -> Frame:
    """`case_id, moment` and the named features, one row per row of `moments`.

    Lazy, on the engine of `tables`. Numbers and flags are Float64 with null for unknown,
    codes are text. A name that is not in the office's catalogue is a `KeyError`. On Polars it is
    computed in blocks of cases (`built`); what follows here is what every engine can do.
    """
    features = _named(catalogue(tables.office), names)
    if _on_polars(tables):
        blocks = pl.concat(built(tables, moments, names, progress))
        computed: Frame = nw.from_native(blocks.lazy())
        return computed
    needed = {part.column: part for feature in features for part in feature.inputs}
    known = as_of.cut(tables, moments)
    wide = _with_events(tables, known, list(needed.values()))
    wide = _with_others(tables, known, wide, list(needed.values()))
    wide = _with_conditions(known, wide, list(needed.values()))
    progress(FEATURES, 1.0)
    return wide.select("case_id", "moment", *(feature.expression for feature in features))


def built(
    tables: Tables, moments: Frame, names: Sequence[str], progress: Progress = silent
) -> Iterator[pl.DataFrame]:
    """What `build` gives, in blocks sorted by `case_id` and `moment`, so that few are in memory.

    There is one block at least. Of a few rows of tables that are prepared for it
    (`online.sums.prepare`), totals are looked up; of many, all is computed block by block.
    """
    features = _named(catalogue(tables.office), names)
    asked = _few(tables, moments, features)
    if asked is not None:
        yield plan_of(tables.office, names).run(tables, asked).frame
    elif _on_polars(tables):
        yield from built_in_blocks(tables, moments, features, progress)
    else:
        yield collected(build(tables, moments, names, progress)).sort("case_id", "moment")


def few_built(tables: Tables, moments: pl.DataFrame, names: Sequence[str]) -> FewFeatures:
    """What `build` gives at a few moments (`case_id, moment`), as arrays."""
    if _may_be_few(tables, moments.height, _named(catalogue(tables.office), names)):
        return plan_of(tables.office, names).run(tables, moments)
    return FewFeatures.of(pl.concat(built(tables, moments_of(moments), names)))


def known_at(tables: Tables, moments: Frame | pl.DataFrame) -> as_of.Known:
    """As `as_of.cut`; of a few rows of prepared or small tables by a plan that is made once."""
    asked = _few(tables, moments, ())
    if asked is not None:
        return plan_of(tables.office, ()).known(tables, asked)
    return as_of.cut(tables, moments_of(moments) if isinstance(moments, pl.DataFrame) else moments)


def asked_of(
    tables: Tables, case_ids: Sequence[str], question: Callable[..., Frame], **arguments: Any
) -> pl.DataFrame:
    """What is asked of tables, such as `as_of.risk_moments`, of those of a few cases alone.

    The arguments are hashable: a question is traced once.
    """
    return plan_of(tables.office, ()).of_cases(tables, case_ids, question, **arguments)


def _few(
    tables: Tables, moments: Frame | pl.DataFrame, features: Sequence[Feature]
) -> pl.DataFrame | None:
    """The moments, if they are few and what is needed of other cases can be looked up."""
    if not _may_be_few(tables, 0, features):
        return None
    if not isinstance(moments, pl.DataFrame):
        moments = collected(moments.select("case_id", "moment"))
    return moments if moments.height <= MOST_LOOKED_UP else None


def _may_be_few(tables: Tables, rows: int, features: Sequence[Feature]) -> bool:
    """Whether so many rows are few, and what is needed of other cases can be looked up."""
    if rows > MOST_LOOKED_UP or not _on_polars(tables):
        return False
    small = tables.parts is None and tables.case_rows.height <= MOST_LOOKED_UP
    return is_prepared(tables) or (small and not reads_others(features))


def _on_polars(tables: Tables) -> bool:
    if tables.parts is not None:  # to put the frames together would take longer
        return _on_polars(tables.parts.base)
    return tables.cases.implementation.is_polars()


def _named(known: dict[str, Feature], names: Sequence[str]) -> list[Feature]:
    unknown = [name for name in names if name not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=1, cutoff=0.0)
        raise KeyError(f"no feature is called {unknown[0]!r}; the nearest is {near}")
    return [known[name] for name in names]


def _with_events(tables: Tables, known: as_of.Known, needed: list[Quantity]) -> Frame:
    """The cases with the aggregates over their events, all in one pass."""
    wanted = [part for part in needed if isinstance(part, OfEvents)]
    if not wanted:
        return known.cases
    in_order = events.in_order(known.events)
    if any(part.of_path for part in wanted):
        in_order = events.with_rarity(tables, in_order)
    wide = known.cases.join(events.aggregate(in_order, wanted), on="row", how="left")
    counts = [part.column for part in wanted if part.how in ("sum", "distinct")]
    return wide.with_columns(nw.col(*counts).cast(nw.Float64()).fill_null(0.0)) if counts else wide


def _with_others(tables: Tables, known: as_of.Known, wide: Frame, needed: list[Quantity]) -> Frame:
    """The cases with running totals over other cases, one sweep per key."""
    wanted = [part for part in needed if isinstance(part, OfOthers)]
    for totals in as_of.running_totals(tables, known, wanted) if wanted else ():
        wide = wide.join(totals, on="row", how="left")
    return wide


def _with_conditions(known: as_of.Known, wide: Frame, needed: list[Quantity]) -> Frame:
    """The cases with whether each list of conditions holds."""
    for part in needed:
        if isinstance(part, OfConditions):
            held = holding(known, part.conditions).select("row", nw.col("holds").alias(part.column))
            wide = wide.join(held, on="row", how="left")
    return wide
