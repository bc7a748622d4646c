"""Of the alerts that were given, which came true."""

from __future__ import annotations

from datetime import date, datetime

from policies.alerts import Sort
from serving.use_cases.watching.measuring import outcomes
from serving.work.alerting import Alerting, DeskNotified, Given
from tests.serving.use_cases.watching.alerts import taken
from tests.serving.use_cases.watching.office import office_of

FIRST = date(2026, 3, 1)
NOW = datetime(2026, 6, 30, 23, 59, 59)


def notified(day: date, *given: tuple[str, date, date], sort: Sort = Sort.HARD) -> DeskNotified:
    """That a desk was notified of limits of these cases, with their start and last day."""
    alerts = [
        Given(case_id=case, sort=sort, rule="month", began=began, due_on=due)
        for case, began, due in given
    ]
    return DeskNotified(day=day, unit="u1", alerts=tuple(alerts))


def test_alerts_given_in_time_are_judged_once_their_limit_is_over() -> None:
    """`over` was overrun, `done` was, too; the limit of `near` is not over, of `x` there is none.

    What was overrun when the desk was notified came true before.
    """
    done, over = ("done", FIRST, date(2026, 3, 31)), ("over", date(2026, 5, 22), date(2026, 6, 21))
    near = ("near", date(2026, 6, 2), date(2026, 7, 2))
    alerting = Alerting().after(
        taken(
            notified(date(2026, 3, 20), done, sort=Sort.PREDICTED),
            notified(date(2026, 3, 29), done),
            notified(date(2026, 6, 25), over, near),
            notified(date(2026, 6, 1), ("x", FIRST, date(2026, 6, 2))),
        )
    )
    assert outcomes(office_of().tables, alerting, NOW) == {
        Sort.PREDICTED: [True],
        Sort.HARD: [True],
    }
    assert outcomes(office_of().tables, Alerting(), NOW) == {}
