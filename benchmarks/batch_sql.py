"""What events say of a case, in DuckDB's SQL: what `batch_features.py` compares with."""

# ruff: noqa: S608  SQL is made of the names of the demo office alone

from __future__ import annotations

from cases.office.model import Office
from features.families.process import by_slug

DAY_US = 86_400e6  # microseconds
LASTING = """
CREATE MACRO is_day(t) AS t = date_trunc('day', t) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND;
CREATE MACRO day_of(t, stop) AS CASE WHEN is_day(stop) THEN date_trunc('day', t) ELSE t END;
CREATE MACRO spent(a, b) AS epoch_us(day_of(b, b)) - epoch_us(day_of(a, b));
"""


def of_events_in_sql(office: Office) -> str:
    """One statement over the tables `asked` and `events`; a row a case."""
    hours, us = office.working_hours, DAY_US
    days = ", ".join(map(str, hours.days))
    by_activity = "".join(
        f""",
        (count(*) FILTER ({which}))::DOUBLE AS "process.count.{slug}",
        (epoch_us(min(t) FILTER ({which})) - epoch_us(any_value(opened_at))) / {us}
            AS "process.days_to.{slug}",
        spent(max(t) FILTER ({which}), any_value(moment)) / {us} AS "process.days_since.{slug}"
        """
        for slug, which in (
            (slug, f"activity = '{code}'") for slug, code in by_slug(office.activities).items()
        )
    )
    return f"""
    WITH happened AS (
        SELECT a.case_id, a.opened_at, a.moment, e."at" AS t, e.recorded_at, e.activity, e.actor,
            lag(e."at") OVER w AS t_before, lag(actor) OVER w AS actor_before
        FROM asked a LEFT JOIN events e ON a.case_id = e.case_id AND e.recorded_at <= a.moment
        WINDOW w AS (PARTITION BY a.case_id ORDER BY e."at", sequence)
    )
    SELECT case_id,
        (epoch_us(min(t)) - epoch_us(any_value(opened_at))) / {us}
            AS "process.days_to_first_event",
        spent(max(t), any_value(moment)) / {us} AS "process.days_since_last_event",
        max(epoch_us(t) - epoch_us(t_before)) / {us} AS "process.longest_gap",
        count(t)::DOUBLE AS "process.events",
        (count(t) - count(DISTINCT activity))::DOUBLE AS "process.repeats",
        count(DISTINCT actor)::DOUBLE AS "process.actors",
        (count(*) FILTER (actor <> actor_before))::DOUBLE AS "process.handovers",
        (count(*) FILTER (t > moment - INTERVAL 3 DAY))::DOUBLE AS "process.events_last_3_days",
        (count(*) FILTER (t > moment - INTERVAL 7 DAY))::DOUBLE AS "process.events_last_7_days",
        (count(*) FILTER (recorded_at >= t + INTERVAL 1 DAY))::DOUBLE AS "process.recorded_late",
        (count(*) FILTER (isodow(t) NOT IN ({days}) OR (t <> date_trunc('day', t) AND
            (hour(t) < {hours.first_hour} OR hour(t) >= {hours.last_hour}))))
            / nullif(count(t), 0) AS "process.off_hours_share"
        {by_activity}
    FROM happened GROUP BY case_id
    """
