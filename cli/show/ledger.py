"""How records of a ledger are shown on a terminal."""

from __future__ import annotations

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cli.console import Terminal
from ledger.ledger import Ledger
from ledger.records import Kind, Record
from serving.use_cases.recording.words import as_text, kind_of, said_of, when

HEADS = (_("Number"), _("When (UTC)"), _("Kind of record"), _("What"))


def show_records(terminal: Terminal, ledger: Ledger, last: int, *kinds: Kind) -> None:
    """The last records of these kinds (none given: all), the newest first, a line each."""
    records = ledger.newest(last, *kinds)
    if not records:
        terminal.show(_("There is no such record."))
    terminal.show(*map(_line, records))


def _line(record: Record) -> Sayable:
    number, at, kind, what = _row(record)
    return _("{number}  {at} UTC  {kind}: {what}", number=number, at=at, kind=kind, what=what)


def show_record(terminal: Terminal, ledger: Ledger, number: int) -> None:
    """Everything that a record says, and the texts beside it; `BadInput` if there is none."""
    record = ledger.record(number)
    if record is None:
        remedy = _("There are {count:,}.", count=ledger.size)
        problem = _("there is no such record.")
        raise BadInput([Fault("triage ledger", problem, remedy, value=str(number))])
    said = [(name, as_text(value)) for name, value in record.content.items() if name != "beside"]
    beside = ledger.beside(number)
    erased = sorted(record.content.get("beside", {}).keys() - beside.keys())
    rows = [*zip(HEADS, _row(record), strict=True), *said, *beside.items()]
    rows += [(name, _("(erased)")) for name in erased]
    terminal.table((), [*rows, (_("Hash"), record.hash)])


def _row(record: Record) -> tuple[Sayable | str, ...]:
    """Number, time, kind and what a record says."""
    number = _("{number:,}", number=record.number)
    return number, when(record), kind_of(record), said_of(record)
