"""When the course of a case breaks a rule: a function for each sort of rule that one case shows.

They mirror the templates of DECLARE (Pesic, Schonenberg and van der Aalst 2007, DECLARE: full
support for loosely-structured processes): existence, alternate precedence, timed response, not
succession, exclusive choice, absence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby

from cases.language.messages import Sayable
from cases.office.work.process import CLOSED, OPENED, Demand, ProcessRule
from features.courses import Happened
from policies.process.steps import Found, Steps, surely_before
from policies.process.wording import Words

Judge = Callable[[ProcessRule, Steps, Words], Iterator[Found]]


def must_happen(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """The step is missing once what it must come before has come: an activity, or the closing."""
    done, activity = steps.done(rule.activity), rule.activity or ""
    if rule.checkpoint == CLOSED:
        closed = steps.course.closed_at
        if closed is None or any(not surely_before(closed, one.at) for one in done):
            return
        day = closed.date()
        said = words.missing_at_closing(activity, day)
        if done:
            said = words.only_after_closing(done[0], day)
        yield Found(closed, day, tuple(done[:1]), said)
        return
    for step in steps.done(rule.before)[:1]:
        if all(surely_before(step.at, one.at) for one in done):
            said = words.only_after(done[0], step) if done else words.missing(activity, step)
            yield _at(step, (step, *done[:1]), said)


def must_precede(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """Each time, the step must have come since the time before."""
    done, activity = steps.done(rule.activity), rule.activity or ""
    earlier: Happened | None = None
    for step in steps.done(rule.before):
        since = [one for one in done if not earlier or not surely_before(one.at, earlier.at)]
        if all(surely_before(step.at, one.at) for one in since):
            if earlier:
                said = words.missing_between(activity, earlier, step)
                yield _at(step, (earlier, step), said)
            else:
                said = words.only_after(done[0], step) if done else words.missing(activity, step)
                yield _at(step, (step, *done[:1]), said)
        earlier = step


def within(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """Each time the one has come, the other must follow within days, the first not counted.

    Of several times without the other between them the earliest counts.
    """
    answers = _answers(rule, steps)

    def answer(start: Happened) -> Happened | None:
        return next((one for one in answers if not surely_before(one.at, start.at)), None)

    for answered, starts in groupby(_starts(rule, steps), key=answer):
        yield from _late(rule, steps, words, next(starts), answered)


def _starts(rule: ProcessRule, steps: Steps) -> list[Happened]:
    """What the days are counted from; no closing is waited for once there was one."""
    if rule.after == OPENED:
        return [_end_of_case(OPENED, steps.course.opened_at)]
    closed = steps.course.closed_at if rule.activity == CLOSED else None
    done = steps.done(rule.after)
    return done if closed is None else [one for one in done if not surely_before(closed, one.at)]


def _answers(rule: ProcessRule, steps: Steps) -> list[Happened]:
    if rule.activity != CLOSED:
        return steps.done(rule.activity)
    closed = steps.course.closed_at
    return [] if closed is None else [_end_of_case(CLOSED, closed)]


def _end_of_case(end: str, at: datetime) -> Happened:
    """The opening or closing of a case as if it were a step."""
    return Happened(at, at, end, None)


def _late(
    rule: ProcessRule, steps: Steps, words: Words, start: Happened, answer: Happened | None
) -> Iterator[Found]:
    """The breach of `within` for one start and what follows it, if there is one."""
    due = start.at.date() + timedelta(days=rule.days or 0)
    late = ((answer.at if answer else steps.moment).date() - due).days
    if late <= 0:
        return
    counted_from = words.opening(start.at.date()) if rule.after == OPENED else words.step(start)
    said: Sayable
    if answer is None:
        said = words.overdue(rule.activity or "", counted_from, due)
        if rule.activity == CLOSED:
            said = words.not_closed(counted_from, due)
    else:
        closing = rule.activity == CLOSED
        step = words.closing(answer.at.date()) if closing else words.step(answer)
        said = words.late(step, late, counted_from, due)
    real = tuple(one for one in (start, answer) if one and one.activity not in (OPENED, CLOSED))
    since = datetime.combine(due + timedelta(days=1), time.min)
    yield Found(since, start.at.date(), real, said)


def not_after(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """Each time the step comes after the other has come, or after the closing."""
    if rule.after == CLOSED:
        closed = steps.course.closed_at
        for step in steps.done(rule.activity) if closed else ():
            if closed and surely_before(closed, step.at):
                yield _at(step, (step,), words.not_allowed_after_closing(step, closed.date()))
        return
    for other in steps.done(rule.after)[:1]:
        for step in steps.done(rule.activity):
            if surely_before(other.at, step.at):
                yield _at(step, (other, step), words.not_allowed_after(step, other))


def exclusive(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """The first step of another of the activities, once one has come."""
    firsts: dict[str, Happened] = {}
    for step in steps.among(rule.activities):
        if firsts and step.activity not in firsts:
            first = next(iter(firsts.values()))
            yield _at(step, (first, step), words.exclude(first, step))
        firsts.setdefault(step.activity, step)


def at_most(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """Each time beyond the last that is allowed."""
    done, times = steps.done(rule.activity), rule.times or 1
    for number, step in enumerate(done[times:], start=times):
        earlier = done[:number]
        yield _at(step, (*earlier, step), words.one_too_many(step, earlier))


def by(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """Each step that somebody did who has not the role, or who did the other step too."""
    others = steps.done(rule.other_than)
    for step in steps.done(rule.activity):
        if step.actor is None:
            continue
        if rule.role is not None and not words.roles[rule.role].has(step.actor):
            yield _at(step, (step,), words.not_of_role(step, rule.role))
        for other in [other for other in others if other.actor == step.actor][:1]:
            since = max(step.at, other.at)
            yield Found(since, since.date(), (other, step), words.same_person(step, other))


def recorded_within(rule: ProcessRule, steps: Steps, words: Words) -> Iterator[Found]:
    """The steps entered on one day that happened too many days before it."""
    most = timedelta(days=rule.days or 0)
    late = [
        (entered, one)
        for one in steps.among(rule.activities)
        if one.recorded_at - one.at > most  # most are not, and this is quick to see
        and (entered := one.recorded_at.date()) - one.at.date() > most
    ]
    for entered, group in groupby(sorted(late, key=_entered), key=_entered):
        events = tuple(one for _entered_on, one in group)
        since = min(one.recorded_at for one in events)
        yield Found(since, entered, events, words.entered_late(events, rule.days or 0))


def _entered(entry: tuple[date, Happened]) -> date:
    return entry[0]


def _at(step: Happened, events: tuple[Happened, ...], said: Sayable) -> Found:
    """A breach by a step, since that step."""
    return Found(step.at, step.at.date(), events, said)


# Of `bulk`, which takes the entries of all cases, see `bulk.py`.
JUDGES: Mapping[Demand, Judge] = {
    "must_happen": must_happen,
    "must_precede": must_precede,
    "within": within,
    "not_after": not_after,
    "exclusive": exclusive,
    "at_most": at_most,
    "by": by,
    "recorded_within": recorded_within,
}
