"""What was known at a moment: all that a model learns from or is asked with is cut here.

Cases and their attributes, events, reviews and everything counted over other cases. An event
is known when it is recorded, an attribute when the office file says, a grade when it is final.
No other file on a model's way compares the times of the tables with a moment. The few files of
evaluation that do look back on purpose; a test lists them. (`moment` and `known_at` of labels
are made here; training and evaluation select labels by them.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import narwhals as nw
import polars as pl

from cases.numeric import Flags
from cases.office.model import CLOSING, INTAKE, Conditions, Office
from cases.tables.tables import CASES, Frame, Tables, case_columns
from cases.tables.tables import rows as collected
from features.feature import OfOthers, lasting

# What can be added up over other cases. Outcomes and durations count strictly before the
# moment, so that a case never counts itself; openings and closings count at the moment.
MARKS = {
    "opened": ("opened",),
    "closed": ("closed",),
    "finished": ("finished", "finished_seconds"),
    "reviewed": ("reviewed", "defects"),
}
OWN = "own::"  # no name holds a colon, no total two in a row
BEFORE_QUESTIONS, QUESTIONS, AFTER_QUESTIONS = 0, 1, 2  # order at the same instant


@dataclass(frozen=True)
class Known:
    """What was known at each moment row.

    `cases` has one row per moment row: `row`, `case_id`, `moment` and the columns of the
    case table, called as `column_of` says, null while hidden, and counts of the office's own
    checks (`check_column`). `events` has `row`, `moment`
    and the columns of the event table, only what was recorded by the moment.
    """

    office: Office
    cases: Frame
    events: Frame
    # `conditions.held_each`, already planned.
    held_each: Callable[[Sequence[Conditions]], list[Flags]] | None = None

    @cached_property
    def asked(self) -> pl.DataFrame:
        """When each case was opened, closed and asked about, in the order of `row`."""
        columns = ("row", "case_id", "moment", "opened_at", "closed_at")
        found = collected(self.cases.select(*columns))
        return found if found["row"].is_sorted() else found.sort("row")


def column_of(office: Office, name: str) -> str:
    """The column of what is known of a case that holds `name`, an attribute or built in.

    An attribute may have the name of something that is computed, such as `events`, so
    attributes are renamed here.
    """
    return OWN + name if name in office.attributes else name


def _cases(tables: Tables) -> Frame:
    """The case table with its attributes renamed (`column_of`)."""
    columns = {name: column_of(tables.office, name) for name in tables.office.attributes}
    return tables.cases.rename(columns)


def closing_moments(tables: Tables, *, after: datetime | None, until: datetime) -> Frame:
    """`case_id, moment` of the cases closed in (after, until], at their closing."""
    closed = tables.cases.select("case_id", moment=nw.col("closed_at"))
    return _between(closed, after, until)


def risk_moments(tables: Tables, *, after: datetime | None, until: datetime) -> Frame:
    """`case_id, moment` of the cases that came to the moment of `risk.at` in (after, until].

    An activity is its first record in the case; a case without one has not come to it.
    """
    at = tables.office.risk.at
    if at == CLOSING:
        return closing_moments(tables, after=after, until=until)
    if at == INTAKE:
        return intake_moments(tables, after=after, until=until)
    return _between(_first_records(tables, at, "moment"), after, until)


def reviewed_by(tables: Tables, until: datetime) -> Frame:
    """`case_id` of the cases with a review made by `until`, the grade final or not."""
    return tables.reviews.filter(nw.col("reviewed_at") <= until).select("case_id").unique()


def open_moments(tables: Tables, as_of: datetime) -> Frame:
    """`case_id, moment` of the cases open at `as_of`, at that moment."""
    still = nw.col("closed_at").is_null() | (nw.col("closed_at") > as_of)
    case_ids = tables.cases.filter(nw.col("opened_at") <= as_of, still).select("case_id")
    return case_ids.with_columns(moment=nw.lit(as_of).cast(nw.Datetime("us")))


def intake_moments(tables: Tables, *, after: datetime | None, until: datetime) -> Frame:
    """`case_id, moment` of the cases opened in (after, until], at their opening."""
    opened = tables.cases.select("case_id", moment=nw.col("opened_at"))
    return _between(opened, after, until)


def _between(moments: Frame, after: datetime | None, until: datetime) -> Frame:
    moments = moments.filter(nw.col("moment") <= until)
    return moments if after is None else moments.filter(nw.col("moment") > after)


def _first_records(tables: Tables, activity: str, name: str) -> Frame:
    """`case_id` and, called `name`, when the activity was first recorded in the case."""
    happened = tables.events.filter(nw.col("activity") == activity)
    return happened.group_by("case_id").agg(nw.col("recorded_at").min().alias(name))


def final_reviews(tables: Tables, until: datetime) -> Frame:
    """The reviews whose grade is final by `until`, with `known_at`, when it became so."""
    return _with_known(tables.office, tables.reviews).filter(nw.col("known_at") <= until)


def final_readings(tables: Tables, until: datetime) -> Frame:
    """Of the `final_reviews` those that a reviewer made alone: no consolidated grades."""
    return _known_readings(tables).filter(nw.col("known_at") <= until)


def check_column(kind: str, measure: str) -> str:
    """The column of what is known of a case that counts its own checks; no name holds a colon."""
    return f"{kind}::{measure}"


def _with_checks(tables: Tables, cases: Frame) -> Frame:
    """`cases` with how many checks of each kind were made by the moment, and how many failed."""
    kinds = tables.office.check_kinds
    if not kinds:
        return cases
    failed = nw.col("grade").is_in(sorted(tables.office.defect_grades))
    of_kind = {kind: nw.col("kind").is_in(tables.office.kinds_called(kind)) for kind in kinds}
    once = {check_column(kind, "made"): test for kind, test in of_kind.items()}
    once |= {check_column(kind, "failed"): test & failed for kind, test in of_kind.items()}
    made = tables.checks.join(cases.select("row", "case_id", "moment"), on="case_id")
    counts = (
        made.filter(nw.col("reviewed_at") <= nw.col("moment"))
        .with_columns(**{name: test.cast(nw.Float64()) for name, test in once.items()})
        .group_by("row")
        .agg(nw.col(*once).sum())
    )
    wide = cases.join(counts, on="row", how="left")
    return wide.with_columns(nw.col(*once).fill_null(0.0))


def _known_readings(tables: Tables) -> Frame:
    return _with_known(tables.office, tables.readings)


def _with_known(office: Office, reviews: Frame) -> Frame:
    maturity = timedelta(days=office.reviews.maturity_days if office.reviews else 0)
    return reviews.with_columns(known_at=nw.col("reviewed_at") + maturity)


def known_when(office: Office, column: str) -> str:
    """When a column of the case table is known: intake, closing or an activity."""
    if column == "handler":
        return office.handler_known
    if column == "closed_at":
        return CLOSING
    return INTAKE if column in CASES else office.attributes[column].known


def cut(tables: Tables, moments: Frame) -> Known:
    """The tables as they were known at each row of `moments` (`case_id`, `moment`)."""
    rows = computed_once(numbered(moments))
    events = events_at(tables, rows)
    cases = computed_once(cases_at(tables, rows, events))
    return Known(tables.office, cases, events)


def numbered(moments: Frame) -> Frame:
    """`row`, counted in the order of `case_id` and `moment`, and these two."""
    order = ["case_id", "moment"]
    return moments.select(*order).with_row_index("row", order_by=order)


def events_at(tables: Tables, rows: Frame) -> Frame:
    """The events recorded by the moment of each of the `numbered` rows (`Known.events`)."""
    events = tables.events.join(rows, on="case_id")
    return events.filter(nw.col("recorded_at") <= nw.col("moment"))


def cases_at(tables: Tables, rows: Frame, events: Frame) -> Frame:
    """The case of each of the `numbered` rows as known then (`Known.cases`), by its `events_at`."""
    return _with_checks(tables, _cut_cases(tables, rows, events))


def computed_once(frame: Frame) -> Frame:
    """The frame, computed now if it is in memory: a lazy one is computed at every use."""
    return frame.collect().lazy() if frame.implementation.is_polars() else frame


def _cut_cases(tables: Tables, moments: Frame, events: Frame) -> Frame:
    """The case of each row of `moments`, what was not known at the moment hidden."""
    office = tables.office
    columns = [name for name in case_columns(office) if name != "case_id"]
    activities = _revealing_activities(office, columns)
    cases = moments.join(_cases(tables), on="case_id", how="left")
    if activities:
        happened = {f"seen_{i}": nw.col("activity") == a for i, a in enumerate(activities)}
        seen = (
            events.filter(nw.col("activity").is_in(activities))
            .with_columns(**{name: test.cast(nw.Int8()) for name, test in happened.items()})
            .group_by("row")
            .agg(nw.col(*happened).max())
        )
        cases = cases.join(seen, on="row", how="left")
    visible = {
        INTAKE: nw.col("opened_at") <= nw.col("moment"),
        CLOSING: nw.col("closed_at") <= nw.col("moment"),
    } | {activity: nw.col(f"seen_{i}") == 1 for i, activity in enumerate(activities)}
    return cases.select(
        "row",
        "case_id",
        "moment",
        *(
            nw.when(visible[known_when(office, name)]).then(nw.col(column)).alias(column)
            for name, column in ((name, column_of(office, name)) for name in columns)
        ),
    )


def _revealing_activities(office: Office, columns: list[str]) -> list[str]:
    """The activities that make one of these columns known, in order."""
    known = {known_when(office, column) for column in columns}
    return sorted(known - {INTAKE, CLOSING})


def running_totals(tables: Tables, known: Known, totals: Sequence[OfOthers]) -> Iterator[Frame]:
    """For each key, `row` and one column per total, for the rows whose key is known.

    A sweep in order of time: every mark is added at its time and subtracted when its window
    ends; the running sum, read at a moment, is the total. Marks are whole numbers, so sums
    are exact in whatever order an engine adds up one instant.
    """
    marks = list(_marks(tables, totals))
    for key in sorted({total.key for total in totals}):
        columns = {total.measure: total.column for total in totals if total.key == key}
        by = [column_of(tables.office, name) for name in key]
        questions = known.cases.select("row", *by, time=nw.col("moment"))
        if by:
            questions = questions.drop_nulls(subset=by)
        by_key = _by_key(tables.office, marks, key, set(columns))
        yield sweep(by_key, questions, by, list(columns)).rename(columns)


def counted(tables: Tables, columns: Sequence[str]) -> dict[str, Frame]:
    """By source of `MARKS`, a row per thing that counts: for those who look totals up.

    The `columns` of its case (called as `column_of` says), since when each late one was known
    (`shown_columns`; null for not yet), `time`, `turn` and the marks.
    """
    cases = _with_shown(tables, sorted(columns))
    names = [column_of(tables.office, name) for name in columns]
    kept = [*names, *shown_columns(tables.office, columns), "time", "turn"]
    return {
        source: _source(tables, cases, source).select(*kept, *marks)
        for source, marks in MARKS.items()
    }


@dataclass(frozen=True)
class Marks:
    """What some measures gain or lose at `time`: the case's columns, `turn` and the measures."""

    rows: Frame
    measures: list[str]


def _marks(tables: Tables, totals: Sequence[OfOthers]) -> Iterator[Marks]:
    """Every gain and, where a window ends, every loss."""
    cases = _with_shown(tables, sorted({column for total in totals for column in total.key}))
    measures = {total.measure: total for total in totals}
    for source, marks in MARKS.items():
        wanted = {name: total for name, total in measures.items() if total.mark in marks}
        if not wanted:
            continue
        rows = _source(tables, cases, source)
        gains = {name: nw.col(total.mark) for name, total in wanted.items()}
        yield Marks(rows.with_columns(**gains), list(gains))
        for window in sorted({total.window for total in wanted.values()} - {None}, key=str):
            ending = {name: total for name, total in wanted.items() if total.window == window}
            losses = {name: -nw.col(total.mark) for name, total in ending.items()}
            yield Marks(rows.with_columns(time=_end(window), **losses), list(losses))


def _end(window: int | str | None) -> nw.Expr:
    if isinstance(window, int):
        return nw.col("time") + timedelta(days=window)
    return nw.col("time").dt.truncate("1d") + timedelta(days=1)


def shown_columns(office: Office, columns: Sequence[str]) -> dict[str, str]:
    """For each column that is not known at intake, the column that says since when it is."""
    late = (column for column in columns if known_when(office, column) != INTAKE)
    return {f"shown__{column}": column for column in late}


def _with_shown(tables: Tables, columns: list[str]) -> Frame:
    """Cases with the moment from which each late column was known; null for not yet."""
    cases = _cases(tables)
    for shown, column in shown_columns(tables.office, columns).items():
        moment = known_when(tables.office, column)
        if moment == CLOSING:
            cases = cases.with_columns(nw.col("closed_at").alias(shown))
            continue
        cases = cases.join(_first_records(tables, moment, shown), on="case_id", how="left")
    return cases


def _by_key(office: Office, marks: list[Marks], key: tuple[str, ...], measures: set[str]) -> Frame:
    """The marks of these measures by `key`, none of them before the key became known."""
    shown = list(shown_columns(office, key))
    by = [column_of(office, name) for name in key]
    parts = []
    for part in marks:
        wanted = [name for name in part.measures if name in measures]
        if wanted:
            parts.append(part.rows.select(*by, *shown, "time", "turn", *wanted))
    rows = nw.concat(parts, how="diagonal")
    if not shown:
        return rows
    rows = rows.drop_nulls(subset=shown)
    return rows.with_columns(time=nw.max_horizontal("time", *shown)).drop(shown)


def _source(tables: Tables, cases: Frame, source: str) -> Frame:
    """One row per thing that counts: the case's columns, `time`, `turn` and the marks."""
    once = nw.lit(1.0)
    if source == "opened":
        turn = nw.lit(BEFORE_QUESTIONS)
        return cases.with_columns(time=nw.col("opened_at"), turn=turn, opened=once)
    closed = cases.drop_nulls(subset=["closed_at"]).with_columns(time=nw.col("closed_at"))
    if source == "closed":
        return closed.with_columns(turn=nw.lit(BEFORE_QUESTIONS), closed=once)
    seconds = lasting(nw.col("opened_at"), nw.col("closed_at")).dt.total_seconds()
    turn = nw.lit(AFTER_QUESTIONS)
    if source == "finished":
        seconds = seconds.cast(nw.Float64())
        return closed.with_columns(turn=turn, finished=once, finished_seconds=seconds)
    # A review counts from the moment of risk of its case on, so that a case never counts itself.
    # A consolidated grade is of no further reading: those it is made from are counted already.
    reviews = _known_readings(tables).select("case_id", "known_at", "grade")
    asked = risk_moments(tables, after=None, until=datetime.max).rename({"moment": "asked_at"})
    defect = nw.col("grade").is_in(sorted(tables.office.defect_grades))
    return (
        cases.join(reviews, on="case_id")
        .join(asked, on="case_id")
        .with_columns(
            time=nw.max_horizontal("known_at", "asked_at"),
            turn=turn,
            reviewed=once,
            defects=nw.when(defect).then(once).otherwise(nw.lit(0.0)),
        )
    )


def sweep(marks: Frame, questions: Frame, key: Sequence[str], columns: list[str]) -> Frame:
    """`row` and the running sums of `columns` per key at each question's `time`."""
    if key:
        marks = marks.join(questions.select(*key).unique(), on=list(key), how="semi")
    marks = marks.with_columns(row=nw.lit(-1, nw.Int64()))
    both = nw.concat([marks, questions.with_columns(turn=nw.lit(QUESTIONS))], how="diagonal")
    sums = nw.col(*columns).fill_null(0.0).cum_sum().over(*key, order_by=["time", "turn"])
    return both.with_columns(sums).filter(nw.col("row") >= 0).select("row", *columns)
