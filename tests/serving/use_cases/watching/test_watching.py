"""The alerts of a day: for all and for some, with predictions and without."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from cases.language.messages import say
from evaluation.backtests.alerts.against_clock import AgainstClock
from evaluation.statistics.metrics import Figure
from serving.access.caller import Scope
from serving.use_cases.context import ServiceContext
from serving.use_cases.watching import watching
from serving.use_cases.watching.standing import State, notices
from serving.use_cases.watching.watching import Watch, moment_of, watched
from serving.work.alerting import Alerting
from serving.work.work import Work
from tests.factories.office import OFFICE
from tests.serving.use_cases.watching.alerts import steps_of, taken
from tests.serving.use_cases.watching.office import office_of

LATER = datetime(2026, 11, 28, 12)
LAST = datetime(2026, 6, 30, 23, 59, 59, 999999)


def cases(watch: Watch) -> list[str]:
    """Whose alerts there are, in order."""
    return [one.alert.key.case_id for one in watch.several]


def test_a_demo_is_watched_on_the_last_day_of_its_events() -> None:
    """Any other office today, whatever its tables know; the future is not watched."""
    assert moment_of(office_of().tables, LATER) == LAST
    assert moment_of(office_of().tables, datetime(2026, 6, 1, 9)).day == 1
    real = office_of(office=OFFICE["office"]).tables
    assert moment_of(real, LATER) == datetime.combine(LATER.date(), time.max)


def test_who_may_see_some_cases_is_answered_as_if_there_were_no_others() -> None:
    """With a budget of one the only breach of the own unit is given, whatever others have."""
    context = office_of(alerts={"per_day": 1})
    assert cases(watched(context, LAST)) == ["near", "over", "step"]
    narrowed = watched(context.within(Scope(frozenset(["u2"]))), LAST)
    assert [(one.alert.key.case_id, one.state) for one in narrowed.several] == [("step", State.NEW)]


def with_work(context: ServiceContext, alerting: Alerting) -> ServiceContext:
    """The office after something was done with alerts."""
    remembered = replace(context.remembered, work=Work(alerting=alerting))
    return context.remembering(remembered)


def test_what_desks_were_notified_of_stands_so() -> None:
    """And is not computed anew."""
    context = office_of()
    first = watched(context, LAST)
    steps = steps_of(notices(context.office, first.several, first.today))
    second = watched(with_work(context, Alerting().after(taken(*steps))), LAST)
    assert {one.state for one in second.several} == {State.NOTIFIED}
    assert all(
        one.alert is other.alert for one, other in zip(first.several, second.several, strict=True)
    )


def tried(predicted: float, low: float) -> AgainstClock:
    """How predictions did: their share, and the lower end of their gain over the clock."""
    gain = Figure(low + 0.1, low, low + 0.2, 100)
    return AgainstClock(100, Figure(predicted, 0.1, 0.9, 100), Figure(0.2, 0.1, 0.3, 100), gain)


@pytest.mark.parametrize(("low", "is_used"), [(0.01, True), (0.0, False), (-0.1, False)])
def test_predictions_are_given_only_where_they_were_better_than_the_clock(
    monkeypatch: pytest.MonkeyPatch, low: float, is_used: bool
) -> None:
    """Beyond chance; else that is said."""
    monkeypatch.setattr(watching, "tried_before", lambda _model: tried(0.8, low))
    monkeypatch.setattr(watching, "predicted", lambda *_of: {("early", "month"): 0.9})
    found = watched(office_of(), LAST)
    assert ("early" in cases(found)) is is_used
    assert found.predictions is not None
    assert ("withheld" not in say(found.predictions, "en")) is is_used


def test_without_a_model_nothing_is_said_of_predictions() -> None:
    """Clocks and process need none."""
    assert watched(office_of(), LAST).predictions is None
