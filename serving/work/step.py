"""A step of somebody's work: what is recorded of it, and how it is read back.

What names people or cases, or is a text of a person, stands beside the record and can be erased;
the record itself says which kind of step it was, of which plan, and who took it, by an id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from cases.language.messages import Sayable
from ledger.chain import ALTERED_BESIDE
from ledger.ledger import Entry
from ledger.records import Kind, Malformed, Record

BESIDE = "0"  # the name of the text beside the record


class Step(BaseModel):
    """What somebody did; its fields are kept beside the record, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    code: ClassVar[str]  # what the record calls it
    says: ClassVar[Sayable]  # what happened, in a few words that name nobody
    apart: ClassVar[tuple[str, ...]] = ()  # fields that can be erased alone, and are None then
    plan: str | None = None  # the id of the plan that it belongs to, in the record itself


@dataclass(frozen=True)
class Taken:
    """A step that was taken: its record's number, when (UTC), and by whom (an id).

    `hash` is that of the record (64 hex digits): nobody knows it before the step is recorded.
    """

    step: Step
    record: int
    at: datetime
    by: str | None
    hash: str = ""


class Part(Protocol):
    """How one part of the work stands; unchanging, so that requests can share it."""

    steps: ClassVar[tuple[type[Step], ...]]

    def after(self, taken: Sequence[Taken]) -> Self:
        """How it stands after these steps, all of which are of its `steps`, in order.

        A step that does not fit any more, because another came first, changes nothing.
        """


def step_entry(office: str, step: Step, by: str | None) -> Entry:
    """The entry of a step in the work of an office (`name_of`), taken by a caller (an id)."""
    content = {"office": office, "step": step.code, "plan": step.plan, "by": by}
    apart = {name: text for name in step.apart if (text := getattr(step, name)) is not None}
    whole = step.model_dump_json(exclude={"plan", *step.apart})
    return Entry(Kind.STEP, content, {BESIDE: whole, **apart})


def taken_step(
    record: Record, beside: Mapping[str, str], known: Mapping[str, type[Step]]
) -> Taken | None:
    """The step of a record; None if it was erased, or is of a kind that is not `known`.

    `Malformed` where what stands beside the record is no such step.
    """
    content = record.content
    kind, text = known.get(str(content.get("step"))), beside.get(BESIDE)
    if kind is None or text is None:
        return None
    try:
        step = kind.model_validate_json(text).model_copy(
            update={"plan": content.get("plan"), **{name: beside.get(name) for name in kind.apart}}
        )
    except ValidationError:
        raise Malformed(ALTERED_BESIDE) from None
    by = content.get("by")
    at, who = datetime.fromisoformat(record.at), None if by is None else str(by)
    return Taken(step, record.number, at, who, record.hash)
