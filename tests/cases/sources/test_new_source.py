"""A new source is a function that reads a file and a name in the list."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases import sources
from cases.progress import Progress, silent
from cases.sources import source_of
from cases.sources.base import Layout, Reading, Source, Unreadable, whole


def read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """Cells with tabs between them."""
    progress("reading", 1.0)
    return whole(pl.read_csv(path, separator="\t", infer_schema=False))


@pytest.fixture(autouse=True)
def _with_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of that kind are read too."""
    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, Source((".tsv",), read)))


def test_it_is_chosen_by_the_ending(tmp_path: Path) -> None:
    """Nothing else has to know of it."""
    path = tmp_path / "cases.TSV"
    path.write_text("case_id\tkind\nc1\ttheft\n")
    frame = source_of(path).read(path, Layout(), silent).frame
    assert frame.rows(named=True) == [{"case_id": "c1", "kind": "theft"}]


def test_its_ending_is_among_those_a_fault_lists() -> None:
    """Of a file that nothing reads."""
    with pytest.raises(Unreadable) as unreadable:
        source_of(Path("cases.doc"))
    assert ".tsv" in str(unreadable.value.remedy)
