"""Whether facts can come in: checked as the rows of a file are, and each only once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.model import Office
from cases.tables.arrivals.changes import Change, changed
from cases.tables.arrivals.fitting import checked, frame_of
from cases.tables.arrivals.once import Row, Standing, standings
from cases.tables.tables import Tables
from ledger.ledger import Entry
from serving.access.caller import may_review
from serving.memory.facts import facts_entry, key_hash, rows_hash
from serving.use_cases.asked.faults import fault, refuse
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import Receipt

HANDLED = _("handles or handled this case, and nobody reviews such a case.")
BY_ANOTHER = _("Have another person review it; a check of one's own is of another kind.")
NO_CASE = _("is not a case of this office.")
CONTRADICTED = _("is there already, and says another thing.")
CORRECT_THERE = _("Leave it out; a row that is there is corrected in the office's own table.")
NUMBERED = re.compile(r"^\w+\[(\d+)\]")


@dataclass(frozen=True)
class Coming:
    """Rows of a table that are sent with a key, and fit."""

    office: Office
    table: str
    key: str
    rows: Sequence[Row | Change]
    known: int
    position: int  # the last record that they were checked with

    @property
    def entry(self) -> Entry:
        """What is recorded of them."""
        return facts_entry(self.office, self.table, self.key, self.rows, self.known, self.position)


def check_mine(context: ServiceContext, table: str, rows: Sequence[Row]) -> None:
    """`BadInput` for rows of cases that this caller is not answered about, or that nobody has.

    It is the same fault for both: a case of another unit is as if not there.
    """
    if context.scope is None:
        return
    mine = {*context.known([str(row["case_id"]) for row in rows])}
    refuse(
        fault(f"{table}[{place}].case_id", NO_CASE, _("Correct the id, or leave the row out."))
        for place, row in enumerate(rows)
        if row["case_id"] not in mine
    )


def receipt(context: ServiceContext, table: str, key: str, rows: Sequence[Row]) -> Receipt | None:
    """Of the same request, if it was taken before.

    `Refused` if the key was another request's, or if this one did not count.
    """
    before = context.remembered.receipts.get(key_hash(key))
    if before is None:
        return None
    is_unknown = before.rows_hash is None and context.scope is None  # erased: nobody can compare
    if not is_unknown and before.rows_hash != rows_hash(table, rows):
        raise Refused(
            _(
                "This key came with another request before. Send new facts with a new key, and "
                "the same ones exactly as they were."
            )
        )
    if not before.has_counted:
        raise Refused(
            _(
                "Something that came in at the same moment contradicts this. Look at both, and "
                "send what is right with a new key."
            )
        )
    return before


def coming(context: ServiceContext, table: str, key: str, rows: Sequence[Row]) -> Coming:
    """Rows that can come in; `BadInput` with the field of every fault if they cannot."""
    if table == "cases":
        return _cases(context, key, rows)
    if table == "reviews":
        refuse(_of_own_cases(context.tables, rows))
    at = list(standings(context.tables, table, rows))
    refuse(
        fault(f"{table}[{place}]", CONTRADICTED, CORRECT_THERE)
        for place, standing in enumerate(at)
        if standing is Standing.CONTRADICTED
    )
    new = [place for place, standing in enumerate(at) if standing is Standing.NEW]
    frame = frame_of(context.office, table, [rows[place] for place in new])
    _check(context.tables, table, frame, new)
    known, position = len(rows) - len(new), context.remembered.position
    return Coming(context.office, table, key, rows, known, position)


def _of_own_cases(tables: Tables, rows: Sequence[Row]) -> Iterator[Fault]:
    """Reviews by who handles or handled the case; the office's own checks may be."""
    for place, row in enumerate(rows):
        reviewer, is_check = row.get("reviewer"), row.get("kind") in tables.office.check_words
        if reviewer is None or is_check:
            continue
        if not may_review(tables, str(reviewer), str(row["case_id"])):
            yield fault(f"reviews[{place}].reviewer", HANDLED, BY_ANOTHER)


def _cases(context: ServiceContext, key: str, rows: Sequence[Row]) -> Coming:
    tables = context.tables
    counts = Counter(row["case_id"] for row in rows)
    refuse(
        fault(f"cases[{place}].case_id", _("stands more than once."), _("Give every case once."))
        for place, row in enumerate(rows)
        if counts[row["case_id"]] > 1
    )
    changes = Change.of(tables, rows)
    new = [place for place, change in enumerate(changes) if change.is_new]
    _check(tables, "cases", changed(tables, (changes[place] for place in new)).cases, new)
    known, position = len(rows) - len(new), context.remembered.position
    return Coming(tables.office, "cases", key, changes, known, position)


def _check(tables: Tables, table: str, frame: pl.DataFrame, places: Sequence[int]) -> None:
    """`BadInput` if a file with these rows would be refused; `places` are theirs in the request."""
    found = checked(tables, {table: frame}) if frame.height else None
    if found is not None and found.faults:
        raise BadInput(list(_at(places, found.faults)))


def _at(places: Sequence[int], faults: Sequence[Fault]) -> Iterator[Fault]:
    """The faults with the places that their rows have in the request."""

    def place(found: re.Match[str]) -> str:
        whole, number = found.group(0), found.group(1)
        return whole.replace(f"[{number}]", f"[{places[int(number)]}]")

    for one in faults:
        yield replace(one, column=NUMBERED.sub(place, str(one.column)))
