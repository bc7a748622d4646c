"""Parquet as databases and frames write it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cases.progress import silent
from cases.sources import base, parquet
from cases.sources.base import Layout, Reading, Unreadable


def read(columns: dict[str, Any], folder: Path) -> Reading:
    """A file with these columns, read."""
    path = folder / "table.parquet"
    pq.write_table(pa.table(columns), path)
    return parquet.read(path, Layout(), silent)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pa.array([b"\xe5\x88\x91", None]), ["刑", None]),
        (pa.array([b"ab", b"cd"], pa.binary(2)), ["ab", "cd"]),
        (pa.array(["a", ""], pa.large_string()), ["a", None]),
        (pa.array(["a", "b"], pa.string_view()), ["a", "b"]),
        (pa.array(["a", "a"]).dictionary_encode(), ["a", "a"]),
        (pa.array([None, None], pa.string()), [None, None]),
        (pa.array([], pa.string()), []),
        (pa.array([["a", "b"], None]), [["a", "b"], None]),
        (pa.array([20240105001.0, None]), [20240105001, None]),
        (pa.array([1.5, 2.0]), [1.5, 2.0]),
        (pa.array([1.0, float("nan"), None], from_pandas=False), ["1", "NaN", None]),
        (pa.array([1.1e17, 2.0]), [1.1e17, 2.0]),
        (pa.array([Decimal("1.50"), None]), [Decimal("1.50"), None]),
    ],
)
def test_columns_are_read_as_they_are_meant(
    column: Any, values: list[object], tmp_path: Path
) -> None:
    """Bytes that are text, texts kept once, floats that are codes."""
    assert read({"a": column}, tmp_path).frame["a"].to_list() == values


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([b"\xff", None]), "binary"),
        (pa.array([[1], [2]]), "list<element: int64>"),
        (pa.array([{"x": 1}, None]), "struct<x: int64>"),
        (pa.array([1, 2], pa.duration("us")), "duration[us]"),
        (pa.array([Decimal(1), None], pa.decimal256(40, 2)), "decimal256(40, 2)"),
    ],
)
def test_a_type_that_no_table_needs_is_left_out_and_said(
    column: Any, kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing goes blank, and nothing is written to the screen."""
    reading = read({"id": ["a", "b"], "x": column}, tmp_path)
    assert reading.frame.columns == ["id"]
    assert reading.unread == {"x": kind}
    assert [str(note) for note in reading.notes] == [f"Left out for their type: x ({kind})."]
    assert capfd.readouterr().err == ""


def test_a_long_text_repeated_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file holds it once however often it stands there."""
    monkeypatch.setattr(base, "LARGEST_CONTENT", 10_000_000)
    with pytest.raises(Unreadable, match="holds more than"):
        read({"a": ["x" * 1000] * 100_000}, tmp_path)
    monkeypatch.setattr(parquet, "LONGEST_CELL", 100)
    with pytest.raises(Unreadable, match="has a cell of more than") as long:
        read({"a": ["x" * 1000]}, tmp_path)
    assert long.value.column == "a"
