"""Alerting: of which alerts desks were notified, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from cases.language.messages import Sayable, _
from policies.alerts import Alert, AlertKey, Sort, Stage
from serving.work.step import Step, Taken

LONGEST_REASON = 4_000  # letters
LONGEST_NAME = 200
AT_ONCE = 500  # alerts in one record
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


class Given(BaseModel):
    """An alert as it was given; `probability` is that of what was predicted."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    case_id: str
    sort: Sort
    rule: str
    began: date
    due_on: date | None = None
    stage: Stage | None = None
    probability: float | None = None

    @classmethod
    def of(cls, alert: Alert) -> Given:
        """What is kept of an alert."""
        about = {**alert.key._asdict(), "due_on": alert.due_on}
        return cls(**about, probability=alert.probability)

    @property
    def key(self) -> AlertKey:
        """By which it is known."""
        due_on = self.due_on if self.sort is Sort.HARD else None
        return AlertKey(self.case_id, self.sort, self.rule, self.began, due_on, self.stage)


class DeskNotified(Step):
    """The desk of a unit was notified of these on a day of the office's calendar."""

    code: ClassVar[str] = "desk_notified"
    says: ClassVar[Sayable] = _("the desk of a unit was notified of alerts about running cases")
    day: date
    unit: str | None
    alerts: Annotated[tuple[Given, ...], Field(max_length=AT_ONCE)]


class OfAlert(Step):
    """What somebody did with an alert, on a day of the office's calendar, and why."""

    case_id: str
    sort: Sort
    rule: str
    began: date
    due_on: date | None = None
    stage: Stage | None = None
    day: date
    reason: Reason

    @property
    def key(self) -> AlertKey:
        """The alert."""
        of_limit = (self.due_on, self.stage)
        return AlertKey(self.case_id, self.sort, self.rule, self.began, *of_limit)


class Snoozed(OfAlert):
    """It is put off: it stands in the lists again on the day after `until`."""

    code: ClassVar[str] = "alert_snoozed"
    says: ClassVar[Sayable] = _("an alert about a running case was snoozed")
    until: date


class Closed(OfAlert):
    """Nothing more is to be done about it; as long as it is the same it does not come back."""

    code: ClassVar[str] = "alert_closed"
    says: ClassVar[Sayable] = _("an alert about a running case was closed")


@dataclass(frozen=True)
class AlertCourse:
    """What became of an alert: when and how its desk was notified, and the steps that counted."""

    notified: Taken | None = None
    given: Given | None = None
    taken: tuple[Taken, ...] = ()

    @property
    def notice(self) -> DeskNotified | None:
        """The step in which its desk was notified."""
        step = self.notified.step if self.notified else None
        return step if isinstance(step, DeskNotified) else None

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is to be done about it."""
        return bool(self.taken) and isinstance(self.taken[-1].step, Closed)

    @property
    def snoozed_until(self) -> date | None:
        """The day until which it was put off last; None if it never was."""
        step = self.taken[-1].step if self.taken else None
        return step.until if isinstance(step, Snoozed) else None

    def after(self, one: Taken) -> AlertCourse:
        """After a step of somebody; once it is closed nothing counts."""
        return self if self.is_closed else replace(self, taken=(*self.taken, one))


UNTOUCHED = AlertCourse()


@dataclass(frozen=True)
class Alerting:
    """What became of alerts: those of which a desk was notified, or that somebody dealt with."""

    steps: ClassVar[tuple[type[Step], ...]] = (DeskNotified, Snoozed, Closed)

    courses: Mapping[AlertKey, AlertCourse] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, key: AlertKey) -> AlertCourse:
        """What became of an alert."""
        return self.courses.get(key, UNTOUCHED)

    @property
    def notified(self) -> dict[AlertKey, date]:
        """The alerts that were given to a desk, and on which day."""
        days = ((key, one.notice) for key, one in self.courses.items())
        return {key: notice.day for key, notice in days if notice is not None}

    def within(self, case_ids: Collection[str]) -> Alerting:
        """What became of the alerts of these cases alone."""
        return Alerting({key: one for key, one in self.courses.items() if key.case_id in case_ids})

    def after(self, taken: Sequence[Taken]) -> Alerting:
        """How it stands after these steps; of two notices of one alert the first counts."""
        courses = dict(self.courses)
        for one in taken:
            step = one.step
            if isinstance(step, OfAlert):
                courses[step.key] = courses.get(step.key, UNTOUCHED).after(one)
            elif isinstance(step, DeskNotified):
                for given in step.alerts:
                    before = courses.get(given.key, UNTOUCHED)
                    if before.notified is None:
                        courses[given.key] = replace(before, notified=one, given=given)
        return Alerting(courses) if taken else self
