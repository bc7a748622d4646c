"""Whether a table that people got is the one that is computed again, in every cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from cases.errors import shorten
from cases.language.messages import Sayable, _
from cases.spreadsheet import write_for_people

CLOSE = 2e-6  # absolute; numbers are published with six digits, and processors round differently


def as_published(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell as `write_for_people` writes it, as text; empty where there is nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "sheet.csv")
        write_for_people(frame, path)
        return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


def sheet_differences(file: str, kept: pl.DataFrame, again: pl.DataFrame) -> list[Sayable]:
    """In what `kept`, the texts of a CSV file, is not `again` as it would be published.

    All columns and rows count, and their order. Of each column that differs the first row is
    named, as a spreadsheet counts; floats may differ by `CLOSE`.
    """
    if kept.columns != again.columns:
        return [_other_columns(file, kept.columns, again.columns)]
    if kept.height != again.height:
        sizes = {"kept": kept.height, "again": again.height}
        return [_("{file} has {kept:,} rows instead of {again:,}.", file=file, **sizes)]
    published = as_published(again)
    differing = (
        _first_difference(file, kept[name].fill_null(""), published[name], again[name].dtype)
        for name in again.columns
    )
    return list(chain.from_iterable(differing))


def _other_columns(file: str, kept: Sequence[str], again: Sequence[str]) -> Sayable:
    """The first column that is in one of both alone; else only their order differs."""
    for name in kept:
        if name not in again:
            return _(
                "{file} has a column {column} that is not computed again.",
                file=file,
                column=shorten(name),
            )
    for name in again:
        if name not in kept:
            return _("{file} lacks the column {column}.", file=file, column=name)
    return _("{file} has its columns in another order than is computed again.", file=file)


def _first_difference(
    file: str, kept: pl.Series, published: pl.Series, dtype: pl.DataType
) -> Iterator[Sayable]:
    """The first cell of a column that differs, if one does."""
    same = kept == published
    if dtype.is_float():
        gap = kept.cast(pl.Float64, strict=False) - published.cast(pl.Float64, strict=False)
        same |= (gap.abs() <= CLOSE).fill_null(value=False)
    for index in (~same).arg_true().head(1):
        yield _(
            "{file}, row {row}: {column} is {kept}, computed again {again}.",
            file=file,
            row=str(index + 2),
            column=kept.name,
            kept=shorten(kept[index]) or _("(none)"),
            again=shorten(published[index]) or _("(none)"),
        )
