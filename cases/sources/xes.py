"""XES event logs (IEEE 1849), plain or packed with gzip, streamed.

One row per event. Columns are the keys of the event's attributes, and `case:<key>`
for those of its trace. Attributes within attributes are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
from lxml import etree

from cases.language.messages import Sayable, _, ngettext
from cases.progress import Progress
from cases.sources import base
from cases.sources.base import (
    LONGEST_CELL,
    Bounded,
    Layout,
    Reading,
    Source,
    Unreadable,
    checked_names,
    content_of,
    long_cell,
    whole,
)

CHUNK = 50_000  # events held as Python objects at a time
TRACE, EVENT, ATTRIBUTE = 2, 3, 4  # depths: log, trace, event, attribute of the event

Row = dict[str, str | None]


def read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """One row per event, every column as text, blank values as null.

    Raises `Unreadable` if the file is not well-formed XML, declares a document type
    (through which XML can name other files and grow without end), or holds no event.
    """
    log = _Log()
    with content_of(path, layout, progress) as stream:
        chunks = [_frame(rows) for rows in _events(stream, log)]
    if not chunks:
        raise Unreadable(_("holds no event."), _("Give an XES log with traces and events."))
    frame = pl.concat(chunks, how="diagonal")
    checked_names(frame.columns)
    return whole(frame, *_notes(log))


def _notes(log: _Log) -> Iterator[Sayable]:
    if log.repeated:
        yield ngettext(
            "{count} attribute stands twice in its event or trace, with the same value.",
            "{count:,} attributes stand twice in their event or trace, with the same value.",
            log.repeated,
        )
    if log.eventless:
        yield ngettext(
            "{count} trace has no event and was left out.",
            "{count:,} traces have no event and were left out.",
            log.eventless,
        )


def _frame(rows: list[Row]) -> pl.DataFrame:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return pl.from_dicts(rows, schema=dict.fromkeys(keys, pl.String))


def _events(stream: Bounded, log: _Log) -> Iterator[list[Row]]:
    """The log's events, at most about `CHUNK` at a time."""
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
        if "too long" in error.msg:
            raise long_cell(log.next_row) from None
        reason = " ".join(error.msg.split())
        problem = _("is not well-formed XML: {reason}.", reason=reason)
        raise Unreadable(problem, _("Export the log again.")) from None
    if log.rows:
        yield log.taken()


class _Log:
    """Takes a log from the parser element by element; no tree is ever built."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.eventless = 0  # traces
        self.repeated = 0  # attributes that say again what stands there
        self.next_row = 2  # of the table
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
            self._keep(self._event, "", attributes)
        elif self._trace is not None and self._depth == EVENT:
            if self._event_seen:
                raise Unreadable(
                    _("has a trace with an attribute after its events."),
                    _("Export the log with the attributes of a trace first, as the standard says."),
                )
            self._keep(self._trace, "case:", attributes)

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
            self.next_row += 1
        elif self._depth == TRACE and self._trace is not None:
            if not self._event_seen:
                self.eventless += 1
            self._trace = None
        self._depth -= 1

    def _keep(self, row: Row, prefix: str, attributes: Mapping[str, str]) -> None:
        """Put an attribute `<string key="…" value="…"/>` into `row`."""
        key, value = prefix + attributes.get("key", "").strip(), attributes.get("value") or None
        if key == prefix:
            return
        if key in row and row[key] == value:
            self.repeated += 1
        elif key in row:
            problem = _("stands twice in one event or trace, with different values.")
            raise Unreadable(problem, _("Keep the right one."), self.next_row, key)
        if value is not None and len(value) > LONGEST_CELL:
            raise long_cell(self.next_row, key)
        row[key] = value
        if len(row) > base.MOST_COLUMNS:
            checked_names(list(row))

    def close(self) -> None:
        """Called by the parser; there is no tree to hand over."""


SOURCE = Source(endings=(".xes", ".xes.gz"), read=read)
