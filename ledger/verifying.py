"""Whether a ledger holds: every record, the checkpoints, and the texts beside records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine

from cases.language.messages import _
from ledger.chain import Bad, Verdict, verified, wrong_beside
from ledger.checkpoints import NoCheckpoint, read_checkpoint, read_verifier_key
from ledger.pieces import Row
from ledger.records import Kind, Malformed, Record
from ledger.store import database, reading
from ledger.store.faults import plainly
from ledger.store.tables import has_tables
from ledger.tree import Tree

NUMBER = itemgetter(0)
BESIDE = b'"beside":'  # in the line of every record with texts
KEPT = _("A checkpoint that is kept in the ledger {problem}")


class NoLedger(Exception):
    """There is no ledger at that place."""


def verify(place: Path | str, *notes: str) -> Verdict:
    """Check every record of a SQLite file or of a PostgreSQL URL, which is only read.

    Also the checkpoints kept there and given; the first bad one is named. The key is the one that
    the ledger was opened with: a ledger that was written anew with another key does not fit the
    notes that were kept outside. `NoLedger` where there is none, `NoCheckpoint` for a given note
    that this ledger did not sign, `Unusable` for one that cannot be read.
    """
    with plainly():
        engine = database.engine_of(place, writes=False)
        try:
            if not has_tables(engine):
                raise NoLedger
            return verified_all(engine, notes)
        finally:
            engine.dispose()


def verified_all(engine: Engine, notes: Iterable[str]) -> Verdict:
    """As `verify`, of a ledger that is open."""
    try:
        key = public_key(engine)
    except (Malformed, NoCheckpoint) as error:
        return Verdict(Tree(), None, Bad(1, error.problem))
    given = [read_checkpoint(note, key) for note in notes]
    try:
        kept = [read_checkpoint(note, key) for note in reading.notes(engine)]
    except NoCheckpoint as error:
        return Verdict(Tree(), None, Bad(None, KEPT.filled(problem=error.problem)))
    lines: dict[int, bytes] = {}
    verdict = verified(_noted(reading.rows(engine), lines), [*given, *kept])
    covered = max((checkpoint.size for checkpoint in given), default=0)
    verdict = replace(verdict, covered=covered)
    return verdict if verdict.bad else _with_beside(engine, verdict, lines)


def public_key(engine: Engine) -> Ed25519PublicKey:
    """The key in the first record; `Malformed` or `NoCheckpoint` if it holds none."""
    return read_verifier_key(str(reading.first(engine).content.get("key")))[1]


def _with_beside(engine: Engine, verdict: Verdict, lines: dict[int, bytes]) -> Verdict:
    """The verdict, bad if a text beside a record is another one, or is gone and was not erased."""
    with closing(reading.every_text(engine)) as texts:
        bad = next(_wrong_beside(engine, texts, lines, verdict.tree.size), None)
    return verdict if bad is None else replace(verdict, bad=bad)


def _wrong_beside(
    engine: Engine,
    texts: Iterator[tuple[int, str, str, str]],
    lines: dict[int, bytes],
    size: int,
) -> Iterator[Bad]:
    started = [*islice(texts, 1)]  # what is erased from now on is still among these
    erased: defaultdict[str, set[str]] = defaultdict(set)
    for record in reading.records(engine, Kind.ERASURE):
        said = record.content
        erased[str(said.get("number"))].add(str(said.get("name")))
    places = ((number, None, "", "") for number in lines)
    every = merge(places, started, texts, key=NUMBER)
    for number, beside in groupby(every, key=NUMBER):
        found = {name: (salt, text) for _number, name, salt, text in beside if name is not None}
        line = lines.get(number)
        record_at = reading.record(engine, number) if line is None else Record.read(line)
        if record_at is None or number > size:
            continue
        wrong = wrong_beside(record_at, found, erased.get(str(number), ()))
        if wrong is not None:
            yield Bad(number, wrong)


def _noted(rows: Iterable[Row], lines: dict[int, bytes]) -> Iterator[Row]:
    """The rows; `lines` is given those of records with texts beside them, in order."""
    for row in rows:
        if BESIDE in row.line:
            lines[row.number] = row.line
        yield row
