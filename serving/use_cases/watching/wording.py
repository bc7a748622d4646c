"""What an alert says: why it is there, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value
from cases.office.model import Limit, Office
from cases.office.work.process import Demand, ProcessRule
from policies.alerts import Sort
from policies.clocks.counting import CLOSED
from policies.clocks.reading import Reading
from policies.clocks.words import CLOSING, stands
from policies.process.breaches import Breach

Says = tuple[Sayable, Sayable]  # why, and what is to be done
SORTS: Mapping[Sort, Sayable] = {
    Sort.HARD: _("time limit"),
    Sort.BREACH: _("breach of the process"),
    Sort.PREDICTED: _("prediction"),
}
PUT_RIGHT: Mapping[Demand, Sayable] = {
    "must_happen": _("Have the missing step done, or entered if it was done."),
    "must_precede": _("Have the missing step done, or entered if it was done."),
    "within": _("Have the step done now, or entered if it was done."),
    "not_after": _(
        "Find out whether the step was entered by mistake; if not, decide what follows."
    ),
    "exclusive": _("Find out which of the steps holds; have the other one put right."),
    "at_most": _("Find out whether the step was entered twice; if not, decide what follows."),
    "by": _("Have the step confirmed by whoever may do it, or correct who did it."),
    "recorded_within": _("Check the days in the file, and ask why they were entered late."),
    "bulk": _("Check the days in the file, and ask why they were entered together."),
}


def of_clock(office: Office, limit: Limit, reading: Reading) -> Says:
    """Of a limit that is overrun or nearly used up."""
    end = _end(office, limit)
    if reading.overrun_by > 0:
        todo = _(
            "Have what ends it done, or entered if it was done: {end}. Note why it was overrun.",
            end=end,
        )
    else:
        todo = _(
            "Have what ends it done: {end}. If the law gives more time, have it entered.", end=end
        )
    return stands(office, reading), todo


def _end(office: Office, limit: Limit) -> Sayable:
    """What ends its clock; an activity in quotation marks."""
    if limit.end == CLOSED:
        return CLOSING
    return _("“{activity}”", activity=office.moment_name(limit.end))


def of_breaches(rule: ProcessRule, several: Sequence[Breach]) -> Says:
    """Of breaches of one rule."""
    return sentences(*(breach.said for breach in several)), PUT_RIGHT[rule.rule]


def of_prediction(limit: Limit, reading: Reading, probability: float) -> Says:
    """Of a limit with days left that will probably be overrun."""
    why = _(
        "{limit}: of 100 such cases about {count:,} overrun it. {left:,} days are left.",
        limit=limit.meaning,
        count=round(100 * probability),
        left=reading.left,
    )
    assert reading.due_on is not None  # noqa: S101  it runs
    todo = _(
        "Find out what holds the case up, while there is time until {day}.",
        day=Value(reading.due_on),
    )
    return why, todo
