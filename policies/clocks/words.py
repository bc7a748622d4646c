"""What a clock shows, in sentences: how it stands, and what each event did to it."""

from __future__ import annotations

from cases.language.messages import Message, Sayable, _, sentences
from cases.office.model import Office
from policies.clocks.reading import Effect, Reading, State, Step

OPENING, CLOSING = _("opening of the case"), _("closing of the case")
SAID: dict[Effect, Message] = {
    Effect.STARTED: _("{day}: it started ({event}); days allowed: {allowed}."),
    Effect.RESTARTED: _("{day}: it started anew ({event}); days allowed: {allowed}."),
    Effect.SUSPENDED: _("{day}: it was suspended ({event}); days used: {used} of {allowed}."),
    Effect.RESUMED: _("{day}: it was resumed ({event}); days used: {used} of {allowed}."),
    Effect.EXTENDED: _(
        "{day}: it was given more days, {gave} ({event}); days used: {used} of {allowed}."
    ),
    Effect.ENDED: _("{day}: it ended ({event}); days used: {used} of {allowed}."),
    Effect.CLOSED: _(
        "{day}: it ended because the case was closed, without the event that ends it; days used: "
        "{used} of {allowed}."
    ),
    Effect.NOT_STARTED: _("{day}: {event} changed nothing, because it had not started."),
    Effect.STARTED_ALREADY: _("{day}: {event} changed nothing, because it had started already."),
    Effect.RUNS_ALREADY: _("{day}: {event} changed nothing, because it was running already."),
    Effect.SUSPENDED_ALREADY: _(
        "{day}: {event} changed nothing, because it was suspended already."
    ),
    Effect.SUSPENDED_TOO: _(
        "{day}: it stayed suspended, from now on also because of {event}; days used: {used} of "
        "{allowed}."
    ),
    Effect.STAYS_SUSPENDED: _(
        "{day}: {event} did not set it going again, because it is still suspended for another "
        "reason."
    ),
    Effect.EXTENDED_ENOUGH: _(
        "{day}: {event} gave no more days, because it had done so as often as it may."
    ),
    Effect.ENDED_ALREADY: _("{day}: {event} changed nothing, because it had ended."),
}
STANDS: dict[State, Message] = {
    State.NOT_STARTED: _("{limit}: not started; days allowed: {allowed}."),
    State.RUNNING: _("{limit}: days used: {used} of {allowed}; days left: {left}."),
    State.SUSPENDED: _(
        "{limit}: suspended since {suspended}; days used: {used} of {allowed}; days left: {left}."
    ),
    State.ENDED: _("{limit}: ended on {ended}; days used: {used} of {allowed}."),
}
OVERRUN = {
    State.RUNNING: _("{limit}: overrun since {since}; days over: {over}; days allowed: {allowed}."),
    State.SUSPENDED: _(
        "{limit}: suspended since {suspended}, and overrun since {since}; days over: {over}; days "
        "allowed: {allowed}."
    ),
    State.ENDED: _(
        "{limit}: ended on {ended}, overrun since {since}; days over: {over}; days allowed: "
        "{allowed}."
    ),
}


def stands(office: Office, reading: Reading) -> Sayable:
    """How a clock stands at its moment, with its last day if it runs."""
    template = (OVERRUN if reading.overrun_by else STANDS)[reading.state]
    sentence = template.filled(
        limit=limit_name(office, reading.code),
        used=reading.used,
        allowed=reading.allowed,
        left=reading.left,
        suspended=reading.suspended_since,
        ended=reading.ended_on,
        since=reading.overrun_since,
        over=reading.overrun_by,
    )
    if reading.state is not State.RUNNING or reading.due_on is None:
        return sentence
    return sentences(sentence, _last_day(reading).filled(due=reading.due_on))


def _last_day(reading: Reading) -> Message:
    if reading.overrun_by:
        return _("Its last day was {due}.")
    if reading.moved:
        return _("Its last day is {due}, the first working day after the days would be over.")
    return _("Its last day is {due}.")


def explained(office: Office, reading: Reading) -> tuple[Sayable, ...]:
    """What each event did, a sentence or two each, in order."""
    return tuple(_step(office, step) for step in reading.steps)


def limit_name(office: Office, code: str) -> Sayable:
    """What a limit is called."""
    return next(limit.meaning for limit in office.limits if limit.code == code)


def _step(office: Office, step: Step) -> Sayable:
    sentence = SAID[step.effect].filled(
        day=step.day,
        event=_event(office, step),
        used=step.used,
        allowed=step.allowed,
        gave=step.gave,
    )
    if step.event is None:
        return sentence
    recorded = step.event.recorded_at.date()
    if recorded == step.day:
        return sentence
    return sentences(sentence, _("It was recorded on {day} only.", day=recorded))


def _event(office: Office, step: Step) -> Sayable:
    """The activity by its name in quotation marks; the opening or closing of the case."""
    if step.event is None:
        return OPENING if step.effect is Effect.STARTED else CLOSING
    return _("“{activity}”", activity=office.moment_name(step.event.activity))
