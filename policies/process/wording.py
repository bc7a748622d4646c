"""How a breach is said: one sentence, with each step it rests on, its day, when it was entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from cases.language.messages import Sayable, _, listed, ngettext
from cases.office.model import Office
from features.courses import Happened

MOST_NAMED = 3  # steps in one sentence


class Words:
    """What the office calls its activities and roles, put into sentences."""

    def __init__(self, office: Office) -> None:
        self._activities = office.activities
        self.roles = office.roles

    def activity(self, code: str) -> Sayable | str:
        """What an activity is called; its code where it is not declared."""
        named = self._activities.get(code)
        return code if named is None else named.meaning

    def step(self, event: Happened) -> Sayable:
        """A step with its day, and with the day it was entered where that is another."""
        day, entered = event.at.date(), event.recorded_at.date()
        text = _("“{activity}” ({day})")
        if entered != day:
            text = _("“{activity}” ({day}, entered on {entered})")
        return text.filled(activity=self.activity(event.activity), day=day, entered=entered)

    def steps(self, events: Sequence[Happened]) -> Sayable:
        """Several steps, of many the first ones."""
        named = [self.step(event) for event in events[:MOST_NAMED]]
        left = len(events) - len(named)
        return listed([*named, *([_("{count:,} more", count=left)] if left else [])])

    def missing(self, activity: str, step: Happened) -> Sayable:
        """Of an activity without which a step was made."""
        text = _("“{activity}” is missing before {step}.")
        return text.filled(activity=self.activity(activity), step=self.step(step))

    def missing_at_closing(self, activity: str, closed: date) -> Sayable:
        """Of an activity without which the case was closed."""
        text = _("“{activity}” is missing: the case was closed on {day} without it.")
        return text.filled(activity=self.activity(activity), day=closed)

    def missing_between(self, activity: str, earlier: Happened, step: Happened) -> Sayable:
        """Of an activity without which a step was made once more."""
        text = _("“{activity}” is missing between {earlier} and {step}.")
        named = self.activity(activity)
        return text.filled(activity=named, earlier=self.step(earlier), step=self.step(step))

    def only_after(self, step: Happened, other: Happened) -> Sayable:
        """Of a step that should have come before the other."""
        text = _("{step} came only after {other}.")
        return text.filled(step=self.step(step), other=self.step(other))

    def only_after_closing(self, step: Happened, closed: date) -> Sayable:
        """Of a step that should have come before the closing."""
        return _("{step} came only after the closing ({day}).", step=self.step(step), day=closed)

    def opening(self, day: date) -> Sayable:
        """The opening of a case, from which days are counted."""
        return _("the opening ({day})", day=day)

    def closing(self, day: date) -> Sayable:
        """The closing of a case, which was due."""
        return _("The closing ({day})", day=day)

    def late(self, step: Sayable, days: int, start: Sayable, due: date) -> Sayable:
        """Of a step that came so many days after its last day."""
        return ngettext(
            "{step} came {count} day late: counted from {start}, the last day was {due}.",
            "{step} came {count:,} days late: counted from {start}, the last day was {due}.",
            days,
            step=step,
            start=start,
            due=due,
        )

    def overdue(self, activity: str, start: Sayable, due: date) -> Sayable:
        """Of a step that has not come by its last day."""
        text = _("“{activity}” has not come: counted from {start}, the last day was {due}.")
        return text.filled(activity=self.activity(activity), start=start, due=due)

    def not_closed(self, start: Sayable, due: date) -> Sayable:
        """Of a case that is still open after its last day."""
        text = _("The case is still open: counted from {start}, the last day was {due}.")
        return text.filled(start=start, due=due)

    def not_allowed_after(self, step: Happened, other: Happened) -> Sayable:
        """Of a step that must not come after the other."""
        text = _("{step} is not allowed after {other}.")
        return text.filled(step=self.step(step), other=self.step(other))

    def not_allowed_after_closing(self, step: Happened, closed: date) -> Sayable:
        """Of a step that must not come after the closing."""
        text = _("{step} is not allowed after the closing ({day}).")
        return text.filled(step=self.step(step), day=closed)

    def exclude(self, step: Happened, other: Happened) -> Sayable:
        """Of two steps of which a case may have one."""
        text = _("{step} and {other} exclude each other.")
        return text.filled(step=self.step(step), other=self.step(other))

    def one_too_many(self, step: Happened, earlier: Sequence[Happened]) -> Sayable:
        """Of a step that may not happen so often."""
        text = _("{step} is one more than allowed: before it came {earlier}.")
        return text.filled(step=self.step(step), earlier=self.steps(earlier))

    def not_of_role(self, step: Happened, role: str) -> Sayable:
        """Of a step that somebody else should have made."""
        text = _("{step} was done by somebody who is not “{role}”.")
        return text.filled(step=self.step(step), role=self.roles[role].meaning)

    def same_person(self, step: Happened, other: Happened) -> Sayable:
        """Of two steps that two people should have made."""
        text = _("{step} and {other} were done by the same person.")
        return text.filled(step=self.step(step), other=self.step(other))

    def entered_late(self, events: Sequence[Happened], days: int) -> Sayable:
        """Of steps that were entered on one day, long after they happened."""
        allowed = ngettext("{count} day", "{count:,} days", days)
        text = _("Entered later than allowed ({allowed}): {steps}.")
        return text.filled(allowed=allowed, steps=self.steps(events))

    def in_bulk(
        self, events: Sequence[Happened], entries: int, first: datetime, last: datetime
    ) -> Sayable:
        """Of steps that were entered outside working hours, together with many others."""
        return _(
            "Entered outside working hours, among {entries:,} entries of one person from {first} "
            "to {last}: {steps}.",
            entries=entries,
            first=first,
            last=last,
            steps=self.steps(events),
        )
