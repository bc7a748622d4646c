"""Facts that came in, as texts beside a record, so that each can be erased, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from math import isfinite
from typing import Any

import polars as pl

from cases.office.model import Office
from cases.tables.arrivals.changes import Change
from cases.tables.arrivals.once import Row
from cases.tables.specification import SPECIFICATIONS
from ledger.chain import ALTERED_BESIDE
from ledger.ledger import Entry
from ledger.records import Kind, Malformed
from serving.use_cases.remembered import name_of

BEFORE = "before"


def facts_entry(
    office: Office, table: str, key: str, rows: Sequence[Row | Change], known: int, position: int
) -> Entry:
    """The entry of rows that came in; `known` of them were there already.

    They were checked with all that was recorded up to `position`.

    The record holds counts and the hash of the key; the rows stand beside it.
    """
    content = {
        "office": name_of(office),
        "table": table,
        "key": key_hash(key),
        "rows": len(rows),
        "known": known,
        "position": position,
    }
    return Entry(Kind.FACTS, content, {str(at): _text(row) for at, row in enumerate(rows)})


def key_hash(key: str) -> str:
    """What is kept of the key of a request: SHA-256 (hex)."""
    return hashlib.sha256(key.encode()).hexdigest()


def rows_hash(table: str, rows: Iterable[Row]) -> str:
    """What rows that are sent again are compared by; it is not kept in the ledger."""
    total = hashlib.sha256(table.encode())
    for row in rows:
        total.update(_written(row).encode() + b"\n")
    return total.hexdigest()


def _text(row: Row | Change) -> str:
    if isinstance(row, Change):
        return _written({"row": row.row, BEFORE: row.before})
    return _written({"row": row})


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=datetime.isoformat)


def rows_of(office: Office, table: str, texts: Mapping[str, str]) -> list[Row]:
    """The rows that still stand beside a record, in order; `Malformed` if one is none of ours."""
    types = SPECIFICATIONS[table].schema_of(office)
    with _altered():
        return [_row(fact["row"], types) for fact in _read(texts)]


def changes_of(office: Office, texts: Mapping[str, str]) -> list[Change]:
    """As `rows_of`, of changes of cases."""
    types = SPECIFICATIONS["cases"].schema_of(office)
    with _altered():
        return [
            Change(
                _row(fact["row"], types),
                None if fact[BEFORE] is None else _row(fact[BEFORE], types),
            )
            for fact in _read(texts)
        ]


def given_of(texts: Mapping[str, str]) -> list[tuple[str, str, float | None]]:
    """Case, handler and effort of each case that an intake gave; `Malformed` for another text."""
    with _altered():
        return [_given(*given) for given in _read(texts)]


@contextmanager
def _altered() -> Iterator[None]:
    """`Malformed` where somebody put another text in the place of one."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise Malformed(ALTERED_BESIDE) from None


def _read(texts: Mapping[str, str]) -> list[Any]:
    """What the texts say, in order."""
    return [READER.decode(texts[name]) for name in sorted(texts, key=int)]


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


READER = json.JSONDecoder(parse_constant=_no_number)


def _given(case_id: object, handler: object, effort: object) -> tuple[str, str, float | None]:
    return _name(case_id), _name(handler), None if effort is None else _number(effort)


def _row(row: Mapping[str, Any], types: Mapping[str, pl.DataType]) -> Row:
    """The values as the tables have them; without what the office file has no column for now."""
    read = {name: _value(value, types[name]) for name, value in row.items() if name in types}
    _name(read["case_id"])
    return {name: value for name, value in read.items() if value is not _OTHER}


_OTHER = object()  # a value of another type than the column has


def _value(value: Any, kind: pl.DataType) -> object:
    if value is None:
        return None
    if isinstance(kind, pl.Datetime):
        return _moment(value) if isinstance(value, str) else _OTHER
    if kind.is_numeric():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return _number(value) if is_number else _OTHER
    if kind == pl.Boolean():
        return value if isinstance(value, bool) else _OTHER
    return _name(value) if isinstance(value, str) else _OTHER


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        raise ValueError("moments of tables have no zone")
    return moment


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("is no number")
    return float(value)


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("is no text")
    value.encode()  # no half of a character
    return value
