"""Where tables come from: one file per kind of source, chosen by the file's ending."""

from __future__ import annotations

from pathlib import Path

from cases.language.messages import _, listed
from cases.sources import csv, parquet, workbook, xes
from cases.sources.base import Source, Unreadable

SOURCES: tuple[Source, ...] = (csv.SOURCE, workbook.SOURCE, parquet.SOURCE, xes.SOURCE)


def source_of(path: Path) -> Source:
    """The source that reads files that end like `path`; raises `Unreadable` if none does."""
    name = path.name.lower()
    for source in SOURCES:
        if name.endswith(source.endings):
            return source
    endings = listed(ending for source in SOURCES for ending in source.endings)
    problem = _("has an ending that is not read here.")
    raise Unreadable(problem, _("Save it as one of: {endings}.", endings=endings))
