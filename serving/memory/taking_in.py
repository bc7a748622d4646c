"""Records of the ledger become rows of the tables, and cases that were given to somebody."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from cases.tables.arrivals.changes import Change
from cases.tables.arrivals.fitting import fitted
from cases.tables.arrivals.once import Row
from cases.tables.arrivals.records import Place
from cases.tables.tables import Tables
from ledger.ledger import Entry
from ledger.records import Kind, Record
from serving.memory.facts import changes_of, given_of, rows_hash, rows_of
from serving.use_cases.remembered import GIVEN, Receipt, Remembered, name_of

Texts = Mapping[int, Mapping[str, str]]  # by the number of the record they stand beside
WITH_TEXTS = (Kind.FACTS, Kind.INTAKE)


class Source(Protocol):
    """What is asked of a ledger here; `ledger.ledger.Ledger` says it in full."""

    def since(self, number: int) -> list[Record]:
        """Some of the records after one; none if there are none."""

    def texts(self, first: int, last: int) -> Texts:
        """The texts beside the records from one to another."""

    def append(self, *entries: Entry) -> list[Record]:
        """Write records, all or none."""

    def checkpoint(self) -> str:
        """Sign what there is now: a note to be kept outside."""


@dataclass(frozen=True)
class Present:
    """An office as it is with all that its ledger remembers."""

    tables: Tables
    remembered: Remembered


def present(tables: Tables, ledger: Source) -> Present:
    """The tables as they were read, with everything from the beginning of the ledger."""
    now = Present(tables, Remembered())
    while records := ledger.since(now.remembered.position):
        now = _with_records(now, records, ledger)
    return now


def caught_up(now: Present, tables: Tables, ledger: Source) -> Present:
    """What is `now`, with the records since then; the same value if there are none.

    Where something was erased, all is taken in anew, from the `tables` as they were read.
    """
    while records := ledger.since(now.remembered.position):
        if any(record.kind == Kind.ERASURE for record in records):
            return present(tables, ledger)
        now = _with_records(now, records, ledger)
    return now


def _with_records(now: Present, records: Sequence[Record], ledger: Source) -> Present:
    name = name_of(now.tables.office)
    ours = [
        record
        for record in records
        if record.kind in WITH_TEXTS and record.content.get("office") == name
    ]
    texts = ledger.texts(ours[0].number, ours[-1].number) if ours else {}
    remembered = replace(
        now.remembered,
        tree=now.remembered.tree.grown(record.line for record in records),
        given=_with_given(now.remembered.given, ours, texts),
    )
    facts = [record for record in ours if record.kind == Kind.FACTS]
    found = _with_facts(Present(now.tables, remembered), facts, texts)
    return replace(found, tables=_hashed(found.tables, records))


def _with_facts(now: Present, facts: Sequence[Record], texts: Texts) -> Present:
    """Rows that came in, each request once: of two with one key the first counts."""
    if not facts:
        return now
    office, receipts = now.tables.office, dict(now.remembered.receipts)
    changes: list[Change] = []
    rows: dict[str, list[Row]] = defaultdict(list)
    overtaken: dict[str, set[Place]] = {}  # by key, the places of rows that may have been
    for record in facts:
        key, table = str(record.content["key"]), str(record.content["table"])
        if key in receipts:
            continue
        sent: Sequence[Row]
        beside = texts.get(record.number, {})
        if table == "cases":
            changes += (several := changes_of(office, beside))
            sent = [change.row for change in several]
        else:
            rows[table] += (sent := rows_of(office, table, beside))
        receipts[key] = _receipt(record, table, sent)
        if record.number > record.content.get("position", record.number) + 1:
            end = len(changes if table == "cases" else rows[table])
            overtaken[key] = {(table, place) for place in range(end - len(sent), end)}
    found = fitted(now.tables, changes, rows)
    for key, places in overtaken.items():
        receipts[key] = replace(receipts[key], has_counted=found.refused.isdisjoint(places))
    left_out = now.remembered.left_out + found.left_out
    return Present(found.tables, replace(now.remembered, receipts=receipts, left_out=left_out))


def _receipt(record: Record, table: str, sent: Sequence[Row]) -> Receipt:
    count, known = int(record.content["rows"]), int(record.content["known"])
    whole = rows_hash(table, sent) if len(sent) == count else None
    return Receipt(record.number, count, known, whole)


def _with_given(given: pl.DataFrame, records: Iterable[Record], texts: Texts) -> pl.DataFrame:
    """What was given, with what these intakes gave: of two of one case the first counts."""
    new = [
        (*given_to, record.number)
        for record in records
        if record.kind == Kind.INTAKE
        for given_to in given_of(texts.get(record.number, {}))
    ]
    if not new:
        return given
    further = pl.DataFrame(new, {**GIVEN, "record": pl.Int64()}, orient="row")
    return pl.concat([given, further]).unique("case_id", keep="first", maintain_order=True)


def _hashed(tables: Tables, records: Iterable[Record]) -> Tables:
    """The tables with a `data_hash` that also identifies the facts these records brought."""
    data_hash = tables.data_hash
    for record in records:
        if data_hash and record.kind in (Kind.FACTS, Kind.ERASURE):
            data_hash = hashlib.sha256(f"{data_hash}\n{record.hash}".encode()).hexdigest()
    return tables if data_hash == tables.data_hash else replace(tables, data_hash=data_hash)
