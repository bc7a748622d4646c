"""Deciding: what people decided about cases that were drawn or given, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import Field

from cases.language.messages import Sayable, _
from serving.work.step import Step, Taken

LONGEST_REASON = 4_000  # letters


class Overridden(Step):
    """A case is taken out of the plan, or reviewed though it was not drawn.

    Why stands in its row of the override table, which is recorded with it.
    """

    code: ClassVar[str] = "overridden"
    says: ClassVar[Sayable] = _("somebody departed from a draw")
    case_id: str
    decided: Literal["listed", "left_out"]


class Accepted(Step):
    """A new case goes to the handler that was suggested."""

    code: ClassVar[str] = "accepted"
    says: ClassVar[Sayable] = _("the handler suggested for a new case was accepted")
    case_id: str
    handler: str


class Designated(Step):
    """A new case goes to another handler than was suggested (None: nobody was), with the reason.

    Where the case table has the case, its row of the override table is recorded with it.
    """

    code: ClassVar[str] = "designated"
    says: ClassVar[Sayable] = _("a handler was designated for a new case")
    case_id: str
    handler: str
    suggested: str | None
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class SentBack(Step):
    """A new case goes to nobody here, with the reason."""

    code: ClassVar[str] = "sent_back"
    says: ClassVar[Sayable] = _("a new case was sent back")
    case_id: str
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


@dataclass(frozen=True)
class Deciding:
    """What was decided: of each plan its overrides by case, and of each new case who gets it.

    Of two overrides of one case in one plan, and of two decisions about one new case, the first
    counts.
    """

    steps: ClassVar[tuple[type[Step], ...]] = (Overridden, Accepted, Designated, SentBack)

    overridden: Mapping[tuple[str | None, str], Taken] = field(
        default_factory=lambda: MappingProxyType({})
    )
    about_new: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, taken: Sequence[Taken]) -> Deciding:
        """How it stands after these steps."""
        overridden, about_new = dict(self.overridden), dict(self.about_new)
        for one in taken:
            step = one.step
            if isinstance(step, Overridden):
                overridden.setdefault((step.plan, step.case_id), one)
            elif isinstance(step, Accepted | Designated | SentBack):
                about_new.setdefault(step.case_id, one)
        return Deciding(overridden, about_new)
