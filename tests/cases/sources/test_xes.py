"""Event logs in XES."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.progress import silent
from cases.sources import base, xes
from cases.sources.base import Layout, Reading, Unreadable


def read(path: Path) -> pl.DataFrame:
    """Its events."""
    return read_whole(path).frame


def read_whole(path: Path) -> Reading:
    """The log, and how it was read."""
    return xes.read(path, Layout(), silent)


EVENT = '<event><string key="a" value="1"/></event>'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]><log/>', "document type"),
        ('<!DOCTYPE log SYSTEM "http://localhost/log.dtd"><log/>', "document type"),
        ('<!DOCTYPE log [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><log x="&b;"/>', "document type"),
        ("<log><trace>", "not well-formed"),
        ("<log/>", "holds no event"),
        (f"<log>{EVENT}</log>", "outside any trace"),
        (f'<log><trace>{EVENT}<int key="b" value="2"/></trace></log>', "after its events"),
        ("<log>" * 300, "not well-formed"),
    ],
)
def test_xes_faults(content: str, problem: str, tmp_path: Path) -> None:
    """XML that is broken, names other files or nests without end is refused."""
    path = tmp_path / "log.xes"
    path.write_text(content)
    with pytest.raises(Unreadable, match=problem):
        read(path)


def test_xes_traces_lend_their_attributes_to_their_events(tmp_path: Path) -> None:
    """Attributes of a trace are columns `case:<key>` of its events, and of no others."""
    path = tmp_path / "log.xes"
    path.write_text(
        f'<log><int key="x" value="0"><int key="y" value="0"/></int>'
        f'<trace><string key="id" value="t1"/>{EVENT}{EVENT}</trace><trace>{EVENT}</trace></log>'
    )
    assert read(path).to_dicts() == [
        {"a": "1", "case:id": "t1"},
        {"a": "1", "case:id": "t1"},
        {"a": "1", "case:id": None},
    ]


def test_xes_chunks_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log longer than one chunk comes back whole, whichever chunk first names a column."""
    monkeypatch.setattr("cases.sources.xes.CHUNK", 1)
    monkeypatch.setattr(base, "PIECE", 64)
    path = tmp_path / "log.xes"
    path.write_text(
        "<log><trace>" + EVENT * 20 + '<event><int key="b" value="2"/></event></trace></log>'
    )
    frame = read(path)
    assert frame["a"].to_list() == ["1"] * 20 + [None]
    assert frame["b"].to_list() == [None] * 20 + ["2"]


def test_a_trace_without_events_is_said(tmp_path: Path) -> None:
    """A case that was registered and nothing else has no row."""
    path = tmp_path / "log.xes"
    path.write_text(
        f'<log><trace><string key="id" value="t1"/>{EVENT}</trace>'
        '<trace><string key="id" value="t2"/></trace><trace/></log>'
    )
    reading = read_whole(path)
    assert reading.frame.to_dicts() == [{"a": "1", "case:id": "t1"}]
    assert [str(note) for note in reading.notes] == ["2 traces have no event and were left out."]


def test_a_key_that_stands_twice_is_a_fault_unless_both_say_the_same(tmp_path: Path) -> None:
    """Of two values nobody knows which is meant; the row and the key are named."""
    path = tmp_path / "log.xes"
    path.write_text(f"<log><trace>{EVENT}<event>{_twice('1')}</event></trace></log>")
    reading = read_whole(path)
    assert reading.frame["a"].to_list() == ["1", "1"]
    assert [str(note) for note in reading.notes] == [
        "1 attribute stands twice in its event or trace, with the same value."
    ]
    path.write_text(f"<log><trace>{EVENT}<event>{_twice('2')}</event></trace></log>")
    with pytest.raises(Unreadable, match="stands twice") as fault:
        read(path)
    assert (fault.value.row, fault.value.column) == (3, "a")


def _twice(second: str) -> str:
    return f'<string key="a" value="1"/><string key="a" value="{second}"/>'


@pytest.mark.parametrize("length", [50, 11_000_000])
def test_a_long_value_is_a_fault(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what a cell may hold, and beyond what the parser takes."""
    monkeypatch.setattr(xes, "LONGEST_CELL", 20)
    path = tmp_path / "log.xes"
    value = "x" * length
    path.write_text(f'<log><trace><event><string key="a" value="{value}"/></event></trace></log>')
    with pytest.raises(Unreadable, match="has a cell of more than"):
        read(path)
