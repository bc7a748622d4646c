"""Planning: which plans were promised, whose draw was ordered, and which were drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from cases.language.messages import Sayable, _
from serving.work.step import Step, Taken


class Promised(Step):
    """Everything that a plan depends on was fixed before its draw, under this hash.

    `key` is that of the form, `units` are those whose cases it is of (None: of all).
    """

    code: ClassVar[str] = "promised"
    says: ClassVar[Sayable] = _("a plan was promised before its draw")
    key: str
    commitment: str
    units: tuple[str, ...] | None = None


class Ordered(Step):
    """A draw is to be made, before anything of it is known.

    `key` is that of the form, or the hash of the commitment that is opened: a draw of one key is
    made once, with the `parameters` (JSON values) and the seed of the first order. `beacon` is the
    value that the commitment waited for, `units` are those whose cases it is of (None: of all).
    """

    code: ClassVar[str] = "draw_ordered"
    says: ClassVar[Sayable] = _("the draw of a plan was ordered")
    key: str
    parameters: dict[str, Any]
    commitment: str | None = None
    beacon: str | None = None
    units: tuple[str, ...] | None = None


class Drawn(Step):
    """What was ordered under this key was drawn; `plan` is the plan it became."""

    code: ClassVar[str] = "drawn"
    says: ClassVar[Sayable] = _("a plan was drawn")
    key: str


@dataclass(frozen=True)
class Planning:
    """How planning stands: promises by hash, orders and what became of them by key."""

    steps: ClassVar[tuple[type[Step], ...]] = (Promised, Ordered, Drawn)

    promised: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))
    ordered: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))
    drawn: Mapping[str, Taken] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, taken: Sequence[Taken]) -> Planning:
        """How it stands after these steps: of two with one key the first counts."""
        promised, ordered, drawn = dict(self.promised), dict(self.ordered), dict(self.drawn)
        for one in taken:
            step = one.step
            if isinstance(step, Promised):
                promised.setdefault(step.commitment, one)
            elif isinstance(step, Ordered):
                ordered.setdefault(step.key, one)
            elif isinstance(step, Drawn) and step.key in ordered:
                drawn.setdefault(step.key, one)
        return Planning(promised, ordered, drawn)
