"""Whether what an office file says of its limits can be counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cases.errors import Fault
from cases.language.messages import Sayable, _
from cases.office.model import Limit, Office

WEEK = range(1, 8)


def activities_of(limit: Limit) -> Iterator[tuple[str, str]]:
    """Each activity of its clock, next to its start and end, with the key it stands under."""
    for name in ("restarts", "suspends", "resumes"):
        for activity in getattr(limit, name):
            yield name, activity
    for extension in limit.extensions:
        yield "extensions", extension.event


def unfit_limits(office: Office, name: str) -> Iterator[Fault]:
    """Faults in what starts, stops and changes a clock, in its dates and in the days it counts."""
    works = any(day in WEEK for day in office.working_hours.days)
    for limit in office.limits:
        key = f"limits.{limit.code}"
        for part, problem, remedy in _faults(limit, works=works):
            yield Fault(name, problem, remedy, column=f"{key}.{part}")
        for activity in _in_two_parts(limit):
            problem = _("is two things to this limit.")
            remedy = _(
                "Name it once among start, end, restarts, suspends, resumes and extensions; only "
                "`start`, and a paired one of `resumes`, may also be one of `restarts`."
            )
            yield Fault(name, problem, remedy, column=key, value=activity)


def _in_two_parts(limit: Limit) -> list[str]:
    named = Counter(
        [limit.start, limit.end, *(activity for _key, activity in activities_of(limit))]
    )
    if limit.start in limit.restarts:
        named[limit.start] -= 1
    if limit.is_paired:
        named.subtract({*limit.resumes} & {*limit.restarts})
    return [activity for activity, times in named.items() if times > 1]


def _faults(limit: Limit, *, works: bool) -> Iterator[tuple[str, Sayable, Sayable]]:
    """The key, what is wrong with it and what to do."""
    if limit.days < 1:
        yield (
            "days",
            _("is less than one day, and clocks count whole days."),
            _("Give one day or more."),
        )
    if limit.resumes and not limit.suspends:
        yield (
            "resumes",
            _("resumes a clock that nothing suspends."),
            _("Name under `suspends` what suspends it, or remove `resumes`."),
        )
    if limit.suspends and not limit.resumes and not limit.restarts:
        yield (
            "suspends",
            _("suspends a clock that nothing sets going again."),
            _("Name what does under `resumes` or `restarts`."),
        )
    if limit.valid_from and limit.valid_until and limit.valid_from > limit.valid_until:
        yield (
            "valid_until",
            _("is before `valid_from`."),
            _("Correct one of the two days."),
        )
    if limit.months is not None and limit.counts == "working_days":
        yield (
            "months",
            _("are counted in days, working or not."),
            _("Leave out `months`, or count days."),
        )
    if "warn_days" in limit.model_fields_set and limit.warn_days >= limit.days:
        yield (
            "warn_days",
            _("is not less than `days`: the clock would warn from its first day on."),
            _("Give fewer days."),
        )
    if not works and (limit.counts == "working_days" or limit.ends_on_working_day):
        part = "counts" if limit.counts == "working_days" else "ends_on_working_day"
        yield (
            part,
            _("asks for working days, and no day of the week is one."),
            _("Name the working days under [working_hours], from 1, Monday, to 7."),
        )
