"""XES event logs (IEEE 1849), plain or packed with gzip, streamed.

One row per event. Columns are the keys of the event's attributes, and `case:<key>`
for those of its trace. Attributes within attributes are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
from lxml import etree

from cases.language.messages import _
from cases.progress import Progress
from cases.sources import base
from cases.sources.base import Bounded, Source, Unreadable, checked_names, content_of

CHUNK = 50_000  # events held as Python objects at a time
TRACE, EVENT, ATTRIBUTE = 2, 3, 4  # depths: log, trace, event, attribute of the event

Row = dict[str, str | None]


def read(path: Path, progress: Progress) -> pl.DataFrame:
    """One row per event, every column as text, blank values as null.

    Raises `Unreadable` if the file is not well-formed XML, declares a document type
    (through which XML can name other files and grow without end), or holds no event.
    """
    with content_of(path, progress) as stream:
        chunks = [_frame(rows) for rows in _events(stream)]
    if not chunks:
        raise Unreadable(_("holds no event."), _("Give an XES log with traces and events."))
    frame = pl.concat(chunks, how="diagonal")
    checked_names(frame.columns)
    return frame


def _frame(rows: list[Row]) -> pl.DataFrame:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return pl.from_dicts(rows, schema=dict.fromkeys(keys, pl.String))


def _events(stream: Bounded) -> Iterator[list[Row]]:
    """The log's events, at most about `CHUNK` at a time."""
    log = _Log()
    # Only a document type can declare entities, and `_Log` refuses one; "internal" leaves
    # `&amp;` and so on, which False would hand over unread.
    parser = etree.XMLParser(
        target=log, resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        while piece := stream.read():
            parser.feed(piece)
            if len(log.rows) >= CHUNK:
                yield log.taken()
        parser.close()
    except etree.XMLSyntaxError as error:
        reason = " ".join(error.msg.split())
        problem = _("is not well-formed XML: {reason}.", reason=reason)
        raise Unreadable(problem, _("Export the log again.")) from None
    if log.rows:
        yield log.taken()


class _Log:
    """Takes a log from the parser element by element; no tree is ever built."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._depth = 0
        self._trace: Row | None = None
        self._event: Row | None = None
        self._event_seen = False

    def taken(self) -> list[Row]:
        """The rows so far, which are then forgotten."""
        rows, self.rows = self.rows, []
        return rows

    def doctype(self, *_name: str | None) -> None:
        raise Unreadable(
            _("declares a document type, which an XES log never needs."),
            _("Remove the DOCTYPE."),
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition("}")[2]
        if name == "trace" and self._depth == TRACE:
            self._trace, self._event_seen = {}, False
        elif name == "event":
            self._start_event()
        elif self._event is not None and self._depth == ATTRIBUTE:
            _keep(self._event, "", attributes)
        elif self._trace is not None and self._depth == EVENT:
            if self._event_seen:
                raise Unreadable(
                    _("has a trace with an attribute after its events."),
                    _("Export the log with the attributes of a trace first, as the standard says."),
                )
            _keep(self._trace, "case:", attributes)

    def _start_event(self) -> None:
        if self._trace is None or self._depth != EVENT:
            raise Unreadable(
                _("has an event outside any trace."),
                _("Export the log with one trace per case."),
            )
        self._event, self._event_seen = {}, True

    def end(self, _tag: str) -> None:
        if self._depth == EVENT and self._event is not None and self._trace is not None:
            self.rows.append(self._event | self._trace)
            self._event = None
        elif self._depth == TRACE:
            self._trace = None
        self._depth -= 1

    def close(self) -> None:
        """Called by the parser; there is no tree to hand over."""


def _keep(row: Row, prefix: str, attributes: Mapping[str, str]) -> None:
    """Put an attribute `<string key="…" value="…"/>` into `row`."""
    key = attributes.get("key", "").strip()
    if key:
        row[prefix + key] = attributes.get("value") or None
    if len(row) > base.MOST_COLUMNS:
        checked_names(list(row))


SOURCE = Source(endings=(".xes", ".xes.gz"), read=read)
