"""What was known at a moment: all that a model learns from or is asked with is cut here.

Cases and their attributes, events, reviews and everything counted over other cases. An event
is known when it is recorded, an attribute when the office file says, a grade when it is final.
No other file on a model's way compares the times of the tables with a moment. The few files of
evaluation that do look back on purpose; a test lists them. (`moment` and `known_at` of labels
are made here; training and evaluation select labels by them.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import narwhals as nw

from cases.office.model import CLOSING, INTAKE, Office
from cases.tables.tables import CASES, Frame, Tables, case_columns
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
    return _moments(tables, "closed_at", after, until)


def reviewed_by(tables: Tables, until: datetime) -> Frame:
    """`case_id` of the cases with a review made by `until`, the grade final or not."""
    return tables.reviews.filter(nw.col("reviewed_at") <= until).select("case_id").unique()


def open_moments(tables: Tables, as_of: datetime) -> Frame:
    """The cases open at `as_of`: `row`, `case_id`, `moment` (that day) and what was known then."""
    still = nw.col("closed_at").is_null() | (nw.col("closed_at") > as_of)
    case_ids = tables.cases.filter(nw.col("opened_at") <= as_of, still).select("case_id")
    return cut(tables, case_ids.with_columns(moment=nw.lit(as_of).cast(nw.Datetime("us")))).cases


def intake_moments(tables: Tables, *, after: datetime | None, until: datetime) -> Frame:
    """`case_id, moment` of the cases opened in (after, until], at their opening."""
    return _moments(tables, "opened_at", after, until)


def _moments(tables: Tables, column: str, after: datetime | None, until: datetime) -> Frame:
    moments = tables.cases.select("case_id", moment=nw.col(column)).filter(
        nw.col("moment") <= until
    )
    return moments if after is None else moments.filter(nw.col("moment") > after)


def final_reviews(tables: Tables, until: datetime) -> Frame:
    """The reviews whose grade is final by `until`, with `known_at`, when it became so."""
    return _known_reviews(tables).filter(nw.col("known_at") <= until)


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


def _known_reviews(tables: Tables) -> Frame:
    reviews = tables.office.reviews
    maturity = timedelta(days=reviews.maturity_days if reviews else 0)
    return tables.reviews.with_columns(known_at=nw.col("reviewed_at") + maturity)


def known_when(office: Office, column: str) -> str:
    """When a column of the case table is known: intake, closing or an activity."""
    if column == "handler":
        return office.handler_known
    if column == "closed_at":
        return CLOSING
    return INTAKE if column in CASES else office.attributes[column].known


def cut(tables: Tables, moments: Frame) -> Known:
    """The tables as they were known at each row of `moments` (`case_id`, `moment`)."""
    numbered = moments.select("case_id", "moment").with_row_index(
        "row", order_by=["case_id", "moment"]
    )
    events = computed_once(
        tables.events.join(numbered, on="case_id").filter(nw.col("recorded_at") <= nw.col("moment"))
    )
    cases = computed_once(_with_checks(tables, _cut_cases(tables, numbered, events)))
    return Known(tables.office, cases, events)


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
        yield _sweep(by_key, questions, by, list(columns)).rename(columns)


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


def _shown_columns(office: Office, columns: Sequence[str]) -> dict[str, str]:
    """For each column that is not known at intake, the column that says since when it is."""
    late = (column for column in columns if known_when(office, column) != INTAKE)
    return {f"shown__{column}": column for column in late}


def _with_shown(tables: Tables, columns: list[str]) -> Frame:
    """Cases with the moment from which each late column was known; null for not yet."""
    cases = _cases(tables)
    for shown, column in _shown_columns(tables.office, columns).items():
        moment = known_when(tables.office, column)
        if moment == CLOSING:
            cases = cases.with_columns(nw.col("closed_at").alias(shown))
            continue
        happened = tables.events.filter(nw.col("activity") == moment)
        first = happened.group_by("case_id").agg(nw.col("recorded_at").min().alias(shown))
        cases = cases.join(first, on="case_id", how="left")
    return cases


def _by_key(office: Office, marks: list[Marks], key: tuple[str, ...], measures: set[str]) -> Frame:
    """The marks of these measures by `key`, none of them before the key became known."""
    shown = list(_shown_columns(office, key))
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
    after = closed.with_columns(turn=nw.lit(AFTER_QUESTIONS))
    if source == "finished":
        return after.with_columns(finished=once, finished_seconds=seconds.cast(nw.Float64()))
    reviews = _known_reviews(tables).select("case_id", "known_at", "grade")
    defect = nw.col("grade").is_in(sorted(tables.office.defect_grades))
    return after.join(reviews, on="case_id").with_columns(
        time=nw.max_horizontal("known_at", "closed_at"),
        reviewed=once,
        defects=nw.when(defect).then(once).otherwise(nw.lit(0.0)),
    )


def _sweep(marks: Frame, questions: Frame, key: Sequence[str], columns: list[str]) -> Frame:
    """`row` and the running sums of `columns` per key at each question's `time`."""
    if key:
        marks = marks.join(questions.select(*key).unique(), on=list(key), how="semi")
    marks = marks.with_columns(row=nw.lit(-1, nw.Int64()))
    both = nw.concat([marks, questions.with_columns(turn=nw.lit(QUESTIONS))], how="diagonal")
    sums = nw.col(*columns).fill_null(0.0).cum_sum().over(*key, order_by=["time", "turn"])
    return both.with_columns(sums).filter(nw.col("row") >= 0).select("row", *columns)


def steps_before(tables: Tables, steps: Frame) -> Frame:
    """How often each step of a path had been taken by the end of the previous month.

    `steps` holds `previous_activity`, `activity` and `moment`. Returns these two, `month`
    (the start of the moment's month), `followed` (how often the second came next after the
    first) and `left` (how often anything did). Counted in the order of recording, the only
    order in which later records never come between earlier ones.
    """
    pair = ["previous_activity", "activity"]
    taken = _steps_taken(tables)
    questions = (
        steps.drop_nulls(subset=["previous_activity"])
        .select(*pair, time=_month(nw.col("moment")))
        .unique()
        .with_row_index("row", order_by=[*pair, "time"])
    )
    followed = _sweep(taken.rename({"taken": "followed"}), questions, pair, ["followed"])
    by_first = taken.rename({"taken": "left"}).drop("activity")
    left = _sweep(by_first, questions.drop("activity"), pair[:1], ["left"])
    return (
        questions.join(followed, on="row")
        .join(left, on="row")
        .rename({"time": "month"})
        .drop("row")
    )


def _steps_taken(tables: Tables) -> Frame:
    """How often each step was taken per month, as marks at the start of the next.

    The same for every moment, so it is kept with the tables.
    """
    if tables.parts:
        return nw.concat([_steps_taken(part) for part in tables.parts])
    if "steps" not in tables.memo:
        before = nw.col("activity").shift(1).over("case_id", order_by=["recorded_at", "sequence"])
        taken = (
            tables.events.with_columns(previous_activity=before)
            .drop_nulls(subset=["previous_activity"])
            .with_columns(time=_month(_month(nw.col("recorded_at")) + timedelta(days=32)))
            .group_by("previous_activity", "activity", "time")
            .agg(nw.len().alias("taken"))
            .with_columns(nw.col("taken").cast(nw.Float64()), turn=nw.lit(BEFORE_QUESTIONS))
        )
        tables.memo["steps"] = computed_once(taken)
    kept: Frame = tables.memo["steps"]
    return kept


def _month(time: nw.Expr) -> nw.Expr:
    return time.dt.truncate("1mo")
