"""What is answered from now: tables and champion, with everything that the ledger remembers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cases.errors import Refused
from cases.language.messages import _
from features.online.sums import prepare
from ledger.ledger import Entry
from ledger.records import Kind, Malformed, Record
from ledger.store.faults import Unusable
from serving.memory.taking_in import Present, Source, caught_up
from serving.use_cases.context import ServiceContext


class NoLedger(Refused):
    """The ledger cannot be read or written, so nothing is decided."""


class Current:
    """The context that is answered from now. A request takes it once and sees one office.

    Whatever another worker or a command has recorded is in the next `context`.
    """

    def __init__(self, context: ServiceContext, ledger: Source) -> None:
        self._read, self._ledger = context.tables, ledger
        self._context, self._turn = context, threading.Lock()

    @property
    def known(self) -> ServiceContext:
        """The context as it was for the last request, for what must answer without the ledger."""
        return self._context

    @property
    def context(self) -> ServiceContext:
        """With all that is recorded by now; `NoLedger` if that cannot be read."""
        with self._turn, _plainly():
            before = Present(self._context.tables, self._context.remembered)
            now = caught_up(before, self._read, self._ledger)
            if now is not before:
                self._context = _with(self._context, now)
            return self._context

    @property
    def ledger(self) -> Source:
        """The ledger, to look things up in."""
        return self._ledger

    def record(self, entry: Entry) -> int:
        """Append a record, and give back its number; `NoLedger` if that cannot be."""
        return self.record_all(entry)[0].number

    def record_all(self, *entries: Entry) -> list[Record]:
        """Append records, all or none; `NoLedger` if that cannot be.

        A plan makes a checkpoint, as it does where a command draws it.
        """
        with _plainly():
            records = self._ledger.append(*entries)
            if any(entry.kind is Kind.PLAN for entry in entries):
                self._ledger.checkpoint()
            return records


def _with(context: ServiceContext, now: Present) -> ServiceContext:
    """The context as it is now; what was computed of its tables is kept as long as they are."""
    if now.tables is context.tables:
        return context.remembering(now.remembered)
    prepare(now.tables)
    return replace(context, tables=now.tables, remembered=now.remembered)


@contextmanager
def _plainly() -> Iterator[None]:
    """`NoLedger` for a ledger that is damaged, locked, full or gone."""
    try:
        yield
    except (Unusable, Malformed):
        message = _(
            "The ledger cannot be read or written now, and nothing is decided without a record. "
            "Ask again later; those who run this service find the reason with `triage verify`."
        )
        raise NoLedger(message) from None
