"""What an office plans by while no model of risk is in use, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cases.language.messages import Sayable, _, ngettext, sentences

StartKind = Literal["points", "equal"]  # the rule of thumb, or equal risks
INSTEAD: dict[StartKind, Sayable] = {
    "points": _("The start: cases are ranked by the office's rule of thumb."),
    "equal": _(
        "The start: all cases have the same risk; the rules and the random draw decide which to "
        "check."
    ),
}


@dataclass(frozen=True)
class Start:
    """The start: what it goes by, why there is no model, and how many reviews set its level."""

    kind: StartKind
    because: Sayable
    reviewed: int

    @property
    def says(self) -> Sayable:
        """That there is no model yet and why, and what the list goes by instead."""
        no_model = _("No model of risk is in use yet: {reason}", reason=self.because)
        return sentences(no_model, INSTEAD[self.kind], self._level)

    @property
    def _level(self) -> Sayable:
        if not self.reviewed:
            return _("No review says yet how high the risks are.")
        return ngettext(
            "How high the risks are comes from {count:,} reviewed case.",
            "How high the risks are comes from {count:,} reviewed cases.",
            self.reviewed,
        )
