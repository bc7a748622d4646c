"""Records of the ledger become rows of the tables, and cases that were given to somebody."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from cases.office.model import Office
from cases.tables.arrivals.changes import Change
from cases.tables.arrivals.fitting import fitted
from cases.tables.arrivals.once import Row
from cases.tables.arrivals.records import Place
from cases.tables.tables import Tables
from ledger.chain import Verdict
from ledger.ledger import Entry, Ledger
from ledger.records import Kind, Record
from serving.memory.facts import changes_of, given_of, rows_hash, rows_of
from serving.use_cases.remembered import GIVEN, GivenBy, Planned, Receipt, Remembered, name_of
from serving.work.deciding import Designated, SentBack
from serving.work.step import Taken, taken_step
from serving.work.work import STEPS, Work

Texts = Mapping[int, Mapping[str, str]]  # by the number of the record they stand beside
WITH_TEXTS = (Kind.FACTS, Kind.INTAKE, Kind.STEP)


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

    def newest(self, count: int, *kinds: Kind) -> list[Record]:
        """The last records of these kinds (none given: all), the newest first."""

    def record(self, number: int) -> Record | None:
        """The record of a number."""

    def beside(self, number: int) -> Mapping[str, str]:
        """The texts that stand beside a record and were not erased."""

    def verify(self, *notes: str) -> Verdict:
        """Check every record, and the checkpoints kept here and given."""


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


def work_of(office: Office, ledger: Ledger) -> Work:
    """How the work of an office stands, by its ledger alone; no table need be read for it."""
    return work_after(Work(), office, ledger, ledger.records(Kind.STEP))


def work_after(work: Work, office: Office, ledger: Ledger, records: Iterable[Record]) -> Work:
    """How it stands after further records of the ledger."""
    ours = (
        record
        for record in records
        if record.kind == Kind.STEP and record.content.get("office") == name_of(office)
    )
    steps = (taken_step(record, ledger.beside(record.number), STEPS) for record in ours)
    return work.after(step for step in steps if step is not None)


def _with_records(now: Present, records: Sequence[Record], ledger: Source) -> Present:
    name = name_of(now.tables.office)
    ours = [
        record
        for record in records
        if record.kind in WITH_TEXTS and record.content.get("office") == name
    ]
    texts = ledger.texts(ours[0].number, ours[-1].number) if ours else {}
    work = now.remembered.work.after(
        taken
        for record in ours
        if record.kind == Kind.STEP
        and (taken := taken_step(record, texts.get(record.number, {}), STEPS))
    )
    given = _with_given(now.remembered.given, ours, texts)
    decided = now.remembered.work.deciding.about_new
    new = [one for case_id, one in work.deciding.about_new.items() if case_id not in decided]
    remembered = replace(
        now.remembered,
        tree=now.remembered.tree.grown(record.line for record in records),
        given=_as_decided(given, new),
        planned=(*now.remembered.planned, *_planned(records, name)),
        intakes={**now.remembered.intakes, **dict(_intakes(ours))},
        work=work,
    )
    facts = [record for record in ours if record.kind == Kind.FACTS]
    found = _with_facts(Present(now.tables, remembered), facts, texts)
    return replace(found, tables=_hashed(found.tables, records))


def _planned(records: Iterable[Record], name: str) -> Iterator[Planned]:
    """The plans of this office; earlier versions did not record whose a plan was."""
    for record in records:
        if record.kind == Kind.PLAN and record.content.get("office", name) == name:
            yield Planned.of(record)


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


def _as_decided(given: pl.DataFrame, decisions: Sequence[Taken]) -> pl.DataFrame:
    """What was given, with other handlers where people designated them, and none of what went back.

    A case that was designated though it had not been given stands in it, too.
    """
    rows = [
        (step.case_id, step.handler if isinstance(step, Designated) else None, None, one.record)
        for one in decisions
        if isinstance(step := one.step, Designated | SentBack)
    ]
    if not rows:
        return given
    decided = pl.DataFrame(rows, given.schema, orient="row")
    known = given.select("case_id", "effort", "record")
    decided = (
        decided.select("case_id", "handler")
        .join(known, on="case_id", how="left")
        .join(decided.select("case_id", step="record"), on="case_id")
    )
    decided = decided.select(
        "case_id", "handler", "effort", record=pl.col("record").fill_null(pl.col("step"))
    )
    return pl.concat([given.join(decided, on="case_id", how="anti"), decided])


def _intakes(records: Iterable[Record]) -> Iterator[tuple[int, GivenBy]]:
    """The intakes that drew handlers, by record."""
    for record in records:
        code = record.content.get("assignment_id")
        if record.kind == Kind.INTAKE and code is not None:
            manifest = record.content.get("manifest")
            yield record.number, GivenBy(str(code), None if manifest is None else str(manifest))


def _hashed(tables: Tables, records: Iterable[Record]) -> Tables:
    """The tables with a `data_hash` that also identifies the facts these records brought."""
    data_hash = tables.data_hash
    for record in records:
        if data_hash and record.kind in (Kind.FACTS, Kind.ERASURE):
            data_hash = hashlib.sha256(f"{data_hash}\n{record.hash}".encode()).hexdigest()
    return tables if data_hash == tables.data_hash else replace(tables, data_hash=data_hash)
