"""Parquet files, whose columns have types of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from cases.language.messages import _
from cases.progress import Progress
from cases.sources import base
from cases.sources.base import Source, Unreadable, checked_names, stored, too_big

DAMAGED = (
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    OSError,
    ValueError,
)
SMALLEST_VALUE = 4  # bytes a value takes in memory, about


def read(path: Path, progress: Progress) -> pl.DataFrame:
    """Every column with its own type; blank text is null.

    Raises `Unreadable` if the file is not Parquet or would unpack to more than
    `LARGEST_CONTENT`.
    """
    with stored(path) as file:
        progress(path.name, 0.0)
        try:
            parquet = pq.ParquetFile(file)
            _check_size(parquet.metadata)
            table = parquet.read().replace_schema_metadata(None)
            table.validate(full=True)
            checked_names(table.column_names)
            frame = pl.DataFrame(table)
        except DAMAGED:
            problem, remedy = _("is not a whole Parquet file."), _("Write it again.")
            raise Unreadable(problem, remedy) from None
    progress(path.name, 1.0)
    return frame.with_columns(pl.col(pl.String).replace("", None))


def _check_size(about: Any) -> None:
    """Refuse by what the footer says, before anything is unpacked."""
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    content = sum(group.total_byte_size for group in groups)
    values = about.num_rows * about.num_columns * SMALLEST_VALUE
    if max(content, values) > base.LARGEST_CONTENT:
        raise too_big(base.LARGEST_CONTENT)
    checked_names([about.schema.column(i).path for i in range(about.num_columns)])


SOURCE = Source(endings=(".parquet",), read=read)
