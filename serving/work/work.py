"""The work of an office's people, as it stands after all that the ledger records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from serving.work.alerting import Alerting
from serving.work.deciding import Deciding
from serving.work.planning import Planning
from serving.work.rectifying import Rectifying
from serving.work.reviewing import Reviewing
from serving.work.running import Running
from serving.work.step import Step, Taken


@dataclass(frozen=True)
class Work:
    """How the work stands; each part is changed by its own kinds of steps."""

    reviewing: Reviewing = field(default_factory=Reviewing)
    planning: Planning = field(default_factory=Planning)
    deciding: Deciding = field(default_factory=Deciding)
    rectifying: Rectifying = field(default_factory=Rectifying)
    running: Running = field(default_factory=Running)
    alerting: Alerting = field(default_factory=Alerting)

    def after(self, taken: Iterable[Taken]) -> Work:
        """How it stands after these steps, in order."""
        several = list(taken)
        if not several:
            return self
        parts: dict[str, Any] = {
            name: part.after([one for one in several if isinstance(one.step, part.steps)])
            for name, part in vars(self).items()
        }
        return Work(**parts)


STEPS: dict[str, type[Step]] = {
    step.code: step for part in vars(Work()).values() for step in part.steps
}
