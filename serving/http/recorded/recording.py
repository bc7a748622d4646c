"""Answers that are recorded before they are sent: nothing is decided without a record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from ledger.ledger import Entry
from serving.access.caller import Caller
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext


class Keyed(NamedTuple):
    """A request with the key by which it is known again (`Idempotency-Key`), and who sent it."""

    key: str | None
    request: Any
    caller: Caller


@dataclass(frozen=True)
class ToRecord:
    """An answer, once its `entry` (of the hash of its text) is recorded.

    What became of it is `settled`, seen with all that was recorded before it: another worker may
    have been first. It raises if this answer must not be given.
    """

    document: BaseModel
    entry: Callable[[str], Entry]
    settled: Callable[[ServiceContext, int], None] | None = None


class Answer(NamedTuple):
    """The text of an answer, and what is to be recorded before it is sent."""

    text: str
    to_record: ToRecord | None = None


def answer_of(found: BaseModel | ToRecord, *, is_numbered: bool) -> Answer:
    """What an operation answers, as text; the number of its record is still to come.

    Not `is_numbered` where the number would tell how much is recorded of cases that the caller may
    not see.
    """
    if isinstance(found, ToRecord):
        return Answer(found.document.model_dump_json(exclude={"record"}), found)
    return Answer(found.model_dump_json(exclude=None if is_numbered else {"record"}))


def recorded(current: Current, answer: Answer, by: str, *, is_numbered: bool) -> str:
    """The text to be sent, once it is recorded; with the number of the record before all else.

    `by` is the id of who asked; `is_numbered` as for `answer_of`.

    Its entry has the SHA-256 of the text without the number, so that whoever has kept an answer
    can show that it is the one that was recorded.
    """
    if answer.to_record is None:
        return answer.text
    text_hash = hashlib.sha256(answer.text.encode()).hexdigest()
    entry = answer.to_record.entry(text_hash)
    number = current.record(replace(entry, content={**entry.content, "by": by}))
    if answer.to_record.settled is not None:
        answer.to_record.settled(current.context, number)
    if not is_numbered:
        return answer.text
    return f'{{"record":{number},{answer.text[1:]}'
