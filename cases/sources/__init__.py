"""Where tables come from: one file per kind of source, chosen by the file's ending."""

from __future__ import annotations

from pathlib import Path

from cases.sources import csv, parquet, xes
from cases.sources.base import Source, Unreadable

SOURCES: tuple[Source, ...] = (csv.SOURCE, parquet.SOURCE, xes.SOURCE)


def source_of(path: Path) -> Source:
    """The source that reads files that end like `path`; raises `Unreadable` if none does."""
    name = path.name.lower()
    for source in SOURCES:
        if name.endswith(source.endings):
            return source
    known = ", ".join(ending for source in SOURCES for ending in source.endings)
    raise Unreadable("has an ending that is not read here.", f"Save it as one of: {known}.")
