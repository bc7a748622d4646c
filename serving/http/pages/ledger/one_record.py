"""`/ledger/record`: everything that one record says, and what stands beside it."""

from __future__ import annotations

from cases.language.messages import _
from serving.http.pages.shell.visit import NotFound, Shown, Visit
from serving.use_cases.recording.words import as_text, kind_of, said_of, when


def show(visit: Visit) -> Shown:
    """The record whose number the address asks for."""
    number = visit.whole_number("number")
    record = None if number is None else visit.ledger.record(number)
    if number is None or record is None:
        raise NotFound
    beside = visit.ledger.beside(number)
    named = record.content.get("beside", {})
    fields = [(name, as_text(value)) for name, value in record.content.items() if name != "beside"]
    values = {
        "number": number,
        "kind": kind_of(record),
        "what": said_of(record),
        "when": when(record),
        "fields": fields,
        "beside": sorted(beside.items()),
        "erased": sorted(named.keys() - beside.keys()),
        "hash": record.hash,
        "previous": record.previous,
        "line": record.line.decode("ascii"),
        "is_last": visit.ledger.record(number + 1) is None,
    }
    return Shown("ledger/record.html", _("Record {number:,}", number=number), values)
