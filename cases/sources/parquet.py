"""Parquet files, whose columns have types of their own."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cases.language.messages import _
from cases.progress import Progress
from cases.sources.base import (
    LONGEST_CELL,
    Layout,
    Reading,
    Source,
    Unreadable,
    checked_names,
    left_out,
    long_cell,
    most_content,
    stored,
    too_big,
    whole,
)

DAMAGED = (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError)
SMALLEST_VALUE = 4  # bytes a value takes in memory, about
MOST_WHOLE = 2.0**53  # up to here every whole number is a float
PLAIN = (  # kinds of types that are read as they are
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal128,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
)
TEXT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
)
LISTS = (pa.types.is_list, pa.types.is_large_list)


def read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """Every column with its own type; blank text is null.

    Bytes that are UTF-8 are text, and floats that are all whole are whole numbers: programs
    write codes so. Columns of types that no table needs are left out. Raises `Unreadable` if
    the file is not Parquet or would unpack to more than it may.
    """
    with stored(path) as file:
        progress(path.name, 0.0)
        try:
            reading = _read(_bytes(file), path.name, most_content(layout), progress)
        except DAMAGED:
            problem, remedy = _("is not a whole Parquet file."), _("Write it again.")
            raise Unreadable(problem, remedy) from None
    progress(path.name, 1.0)
    return reading


def _bytes(file: IO[bytes]) -> Any:
    """The file in Arrow's own memory: its threads then never wait for Python, even at the end."""
    content = pa.allocate_buffer(os.fstat(file.fileno()).st_size)
    read = file.readinto(memoryview(content))  # type: ignore[attr-defined]
    return pa.BufferReader(content.slice(0, read))


def _read(file: Any, name: str, limit: int, progress: Progress) -> Reading:
    """A column at a time, so that what one unpacks to is seen before the next is read."""
    about = pq.ParquetFile(file)
    _check_size(about.metadata, limit)
    schema = about.schema_arrow
    names = checked_names(schema.names)
    parquet = pq.ParquetFile(file, read_dictionary=_texts(about.schema, schema))
    columns: list[pl.Series] = []
    unread: dict[str, str] = {}
    for number, (field, called) in enumerate(zip(schema, names, strict=True)):
        progress(name, number / len(names))
        left = limit - sum(int(column.estimated_size()) for column in columns)
        column = _column(parquet, field, left) if _is_read(field.type) else None
        if column is None:
            unread[called] = str(field.type)
        else:
            columns.append(column.alias(called))
    return replace(whole(pl.DataFrame(columns), *left_out(unread)), unread=unread)


def _check_size(about: Any, limit: int) -> None:
    """Refuse by what the footer says, before anything is unpacked."""
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    content = sum(group.total_byte_size for group in groups)
    values = about.num_rows * about.num_columns * SMALLEST_VALUE
    if max(content, values) > limit:
        raise too_big(limit)
    checked_names([about.schema.column(i).path for i in range(about.num_columns)])


def _texts(stored_as: Any, schema: Any) -> list[str]:
    """The columns to read as one copy of each text: a file can repeat a long one for nothing."""
    texts = {field.name for field in schema if _is(TEXT, _inner(field.type))}
    leaves = (stored_as.column(number).path for number in range(len(stored_as)))
    return [leaf for leaf in leaves if leaf in texts or leaf.split(".")[0] in texts]


def _column(parquet: Any, field: Any, left: int) -> pl.Series | None:
    """The values of a column, at most `left` bytes; None if they are bytes and no text."""
    column = parquet.read(columns=[field.name]).column(field.name)
    if _is(PLAIN, field.type):
        return _whole_numbers(pl.Series(column))
    if _text_size(column, field.name) > left:
        raise too_big(left)
    try:
        if _is(LISTS, field.type):
            return pl.Series(_valid(column, pa.list_(pa.string())))
        pieces = [_texts_in(chunk) for chunk in column.chunks]
    except pa.ArrowException:
        return None
    return pl.concat(pieces, rechunk=True) if pieces else pl.Series([], dtype=pl.String)


def _texts_in(chunk: Any) -> pl.Series:
    """The texts of a chunk; blank is null. Each stands in memory once, however often it occurs."""
    if not pa.types.is_dictionary(chunk.type):
        return pl.Series(_valid(chunk, pa.large_string())).replace("", None)
    different = pl.Series(_valid(chunk.dictionary, pa.large_string())).replace("", None)
    return different.gather(pl.Series(chunk.indices))


def _valid(texts: Any, as_type: Any) -> Any:
    """The texts as `as_type`; an `ArrowException` if they are no UTF-8."""
    texts = texts.cast(as_type)
    texts.validate(full=True)
    return texts


def _is_read(type_: Any) -> bool:
    """Whether a table may need a column of this type."""
    return _is(PLAIN, type_) or _is(TEXT, _inner(type_))


def _is(kinds: tuple[Any, ...], type_: Any) -> bool:
    return any(kind(type_) for kind in kinds)


def _inner(type_: Any) -> Any:
    """The type of what a list or a dictionary holds, else the type itself."""
    return type_.value_type if _is((*LISTS, pa.types.is_dictionary), type_) else type_


def _text_size(column: Any, name: str) -> int:
    """The bytes of all texts, each as often as it stands there; checks the longest."""
    size = 0
    for chunk in column.chunks:
        values = chunk.flatten() if _is(LISTS, chunk.type) else chunk
        if not pa.types.is_dictionary(values.type):
            size += values.nbytes
            continue
        lengths = pc.binary_length(values.dictionary)
        if (pc.max(lengths).as_py() or 0) > LONGEST_CELL:
            raise long_cell(column=name)
        size += pc.sum(pc.take(lengths, values.indices)).as_py() or 0
    return size


def _whole_numbers(column: pl.Series) -> pl.Series:
    """A column of floats as whole numbers, if it holds nothing else; as texts with a NaN."""
    if not column.dtype.is_float():
        return column
    numbers = column.fill_nan(None)
    all_whole = ((numbers == numbers.round()) & (numbers.abs() < MOST_WHOLE)).all()
    if not all_whole:
        return column
    whole, nan = numbers.cast(pl.Int64), column.is_nan()
    if not nan.any():
        return whole
    return pl.select(pl.when(nan).then(pl.lit("NaN")).otherwise(whole.cast(pl.String))).to_series()


SOURCE = Source(endings=(".parquet",), read=read)
