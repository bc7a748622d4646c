"""What every table must satisfy: each rule finds the rows that break it and says so.

A rule is the sentence an official reads together with the expression that finds the
rows, so the two cannot drift apart. Pandera runs them; all rules of a table are run
over all its rows, and every row that breaks one is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandera.polars as pa
import polars as pl

from cases.errors import Fault
from cases.office.model import INTAKE, Office
from cases.tables.sheets import READ, REQUIRED, ROW, Sheet, schema_of
from cases.tables.tables import OVERRIDDEN
from cases.tables.values import listed

EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)
COINCIDENCE = 0.001  # a blank column less likely than this is not blank by chance


@dataclass(frozen=True)
class Rule:
    """Rows for which `broken` is true have a fault in `column`; null is not broken."""

    column: str
    problem: str
    remedy: str
    broken: pl.Expr


def value_rules(columns: dict[str, pl.DataType], required: tuple[str, ...]) -> list[Rule]:
    """The rules of single values: there where they must be, and of their column's type."""
    rules = [_present(column) for column in required]
    for column, kind in columns.items():
        if isinstance(kind, pl.Datetime):
            rules += _date_rules(column)
        elif kind == pl.Float64:
            rules.append(_number(column))
        elif kind == pl.Boolean:
            rules.append(_flag(column))
    return rules


def _present(column: str) -> Rule:
    return Rule(
        column,
        "is blank.",
        f"Fill in the {column} of this row, or remove the row.",
        pl.col(column + READ).is_null(),
    )


def _unread(column: str) -> pl.Expr:
    return pl.col(column).is_null() & pl.col(column + READ).is_not_null()


def _number(column: str) -> Rule:
    return Rule(
        column,
        "is not a number.",
        "Write digits with a decimal point, without spaces, thousands separators or units.",
        _unread(column),
    )


def _flag(column: str) -> Rule:
    return Rule(
        column,
        "is not a flag.",
        "Write true or false, yes or no, 1 or 0, 是 or 否.",
        _unread(column),
    )


def _date_rules(column: str) -> list[Rule]:
    shaped = pl.col(column + READ).str.contains(r"^\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}.*)?$")
    return [
        Rule(
            column,
            "is a date or time that does not exist.",
            "Look up the right one.",
            _unread(column) & shaped,
        ),
        Rule(
            column,
            "is not a date.",
            "Write it like 2024-03-31 or 2024-03-31T09:30, "
            "or give the table's `date_format` in the office file.",
            _unread(column) & ~shaped,
        ),
        Rule(
            column,
            f"is not between the years {EARLIEST.year} and {LATEST.year}.",
            "Look up the right date, or leave it blank if there is none.",
            (pl.col(column) < EARLIEST) | (pl.col(column) >= LATEST),
        ),
    ]


def before(column: str, other: str) -> pl.Expr:
    """Whether `column` lies before `other`; a date without a time lies in the whole of its day."""
    time, limit = pl.col(column), pl.col(other)
    whole_day = time.dt.time() == pl.time(0)
    return pl.when(whole_day).then(time.dt.date() < limit.dt.date()).otherwise(time < limit)


CASE_RULES = (
    Rule(
        "case_id",
        "is the id of more than one row.",
        "Keep one row per case.",
        pl.col("case_id").is_not_null() & pl.col("case_id").is_duplicated(),
    ),
    Rule(
        "closed_at",
        "is before the case was opened.",
        "Correct the opening or the closing date.",
        before("closed_at", "opened_at"),
    ),
)


HANDLER_RULES = (
    Rule(
        "handler",
        "is the handler of more than one row.",
        "Keep one row per handler; separate several kinds by `;`.",
        pl.col("handler").is_not_null() & pl.col("handler").is_duplicated(),
    ),
    Rule(
        "capacity",
        "is below zero.",
        "Say how much the handler can bear beside the others, 0 if nothing.",
        pl.col("capacity") < 0,
    ),
    Rule(
        "most_open",
        "is below zero.",
        "Give the most cases the handler can have open at once, or leave it blank.",
        pl.col("most_open") < 0,
    ),
    Rule(
        "absent_until",
        "is before the absence begins.",
        "Correct one of the two days.",
        pl.col("absent_until") < pl.col("absent_from"),
    ),
)

RECUSAL_RULES = (
    Rule(
        "handler",
        "is recused from nothing.",
        "Give a case_id or a party, or remove the row.",
        pl.all_horizontal(pl.col("handler").is_not_null(), pl.col("case_id", "party").is_null()),
    ),
)


def _choice(column: str, about: str, codes: tuple[str, ...]) -> Rule:
    """What is suggested and decided about a track or a spot check is one of its codes."""
    return Rule(
        column,
        f"is nothing that can be {column} of a {about.replace('_', ' ')}.",
        f"Write {', '.join(codes[:-1])} or {codes[-1]}.",
        (pl.col("about") == about) & ~pl.col(column).is_in(codes),
    )


OVERRIDE_RULES = (
    Rule(
        "about",
        "is nothing that is suggested.",
        f"Write {', '.join(OVERRIDDEN)}: what the suggestion was about.",
        ~pl.col("about").is_in(list(OVERRIDDEN)),
    ),
    *(
        _choice(column, about, codes)
        for about, codes in OVERRIDDEN.items()
        if codes
        for column in ("suggested", "decided")
    ),
    Rule(
        "decided",
        "is what was suggested, so nothing was overridden.",
        "Correct one of the two, or remove the row.",
        pl.col("decided") == pl.col("suggested"),
    ),
)

RECORDED_BEFORE = Rule(
    "recorded_at",
    "is before the event happened.",
    "Correct the date; something planned for later is an activity of its own, "
    "which happens on the day of the planning.",
    before("recorded_at", "at"),
)

PROBABILITY = Rule(
    "inclusion_probability",
    "is not a probability above 0 and at most 1.",
    "Give the chance with which this case was chosen, or leave it blank if unknown.",
    (pl.col("inclusion_probability") <= 0) | (pl.col("inclusion_probability") > 1),
)

CASE_KNOWN = Rule(
    "case_id",
    "is not a case of the case table.",
    "Add the case, or correct or remove this row.",
    pl.col("case_id").is_not_null() & pl.col("case known").is_null(),
)

# Rules that also look at the case a row belongs to: over rows joined with `case_facts`.
LINKED_RULES = {
    "events": (CASE_KNOWN,),
    "reviews": (
        CASE_KNOWN,
        Rule(
            "case_id",
            "is a case that is still open; only closed cases are reviewed.",
            "Fill in the case's closing date, or remove the review.",
            pl.col("case open"),
        ),
        Rule(
            "reviewed_at",
            "is before the case was closed.",
            "Correct the review's date or the case's closing date.",
            before("reviewed_at", "case closed_at"),
        ),
    ),
    "overrides": (
        CASE_KNOWN,
        Rule(
            "at",
            "is before the case was opened.",
            "Correct the date of the override or the case's opening date.",
            before("at", "case opened_at"),
        ),
    ),
}


def _activity_declared(office: Office) -> Rule:
    return Rule(
        "activity",
        "is not an activity of the office file.",
        "Correct it, or declare it under [activities].",
        ~pl.col("activity").is_in(list(office.activities)),
    )


def _grade_rules(office: Office) -> list[Rule]:
    """A grade must be declared, and in force on the day of the review."""
    if office.reviews is None:
        return []
    day, grade = pl.col("reviewed_at").dt.date(), pl.col("grade")
    outside = [
        (grade == one.code)
        & ~day.is_between(one.valid_from or EARLIEST.date(), one.valid_until or LATEST.date())
        for one in office.reviews.grades
    ]
    return [
        Rule(
            "grade",
            "is not a grade of the office file.",
            "Correct it, or declare it under [[reviews.grades]].",
            ~grade.is_in(list(office.present_grades)),
        ),
        Rule(
            "grade",
            "was not in force on the day of the review.",
            "Correct the grade or the day, or the dates of the grade under [[reviews.grades]].",
            pl.any_horizontal(outside),
        ),
    ]


def _dimension_rules(office: Office) -> list[Rule]:
    """Every dimension that a review names must be declared, if any are."""
    declared = list(office.reviews.dimensions) if office.reviews else []
    if not declared:
        return []
    return [
        Rule(
            "dimensions",
            "names a dimension that the office file does not have.",
            "Separate several by `;`; correct it, or declare it under [reviews.dimensions].",
            listed(pl.col("dimensions")).list.set_difference(declared).list.len() > 0,
        )
    ]


def rules_of(name: str, office: Office) -> list[Rule]:
    """The rules of the table `name` that look at nothing but its own rows."""
    own: dict[str, list[Rule]] = {
        "cases": [*CASE_RULES],
        "events": [RECORDED_BEFORE] + ([_activity_declared(office)] if office.activities else []),
        "reviews": [PROBABILITY, *_grade_rules(office), *_dimension_rules(office)],
        "handlers": [*HANDLER_RULES],
        "recusals": [*RECUSAL_RULES],
        "overrides": [*OVERRIDE_RULES],
        "new_cases": [],
    }
    return value_rules(schema_of(name, office), REQUIRED[name]) + own[name]


def check(office: Office, sheets: dict[str, Sheet]) -> None:
    """Add to every sheet the faults of its rows, and of columns said to be known at intake."""
    for sheet in sheets.values():
        sheet.faults += faults_of(sheet, rules_of(sheet.name, office), sheet.frame)
    if "recusals" in sheets and "handlers" in sheets:
        sheets["recusals"].faults += _unknown_recused(sheets["recusals"], sheets["handlers"])
    if "cases" not in sheets:
        return  # its file is a fault already, and nothing can be said about who belongs to it
    sheets["cases"].faults += unknown_at_intake(sheets["cases"], office)
    facts = case_facts(sheets["cases"].frame)
    for name, rules in LINKED_RULES.items():
        if name in sheets:
            linked = sheets[name].frame.join(facts, on="case_id", how="left", maintain_order="left")
            sheets[name].faults += faults_of(sheets[name], rules, linked)


def _unknown_recused(recusals: Sheet, handlers: Sheet) -> Iterator[Fault]:
    """Recusals of somebody the handler table does not name."""
    unknown = Rule(
        "handler",
        "is not a handler of the handler table.",
        "Add the handler, or correct or remove this row.",
        ~pl.col("handler").is_in(handlers.frame["handler"].drop_nulls().implode()),
    )
    return faults_of(recusals, [unknown], recusals.frame)


def case_facts(cases: pl.DataFrame) -> pl.DataFrame:
    """What `LINKED_RULES` ask of a case: one row per case id."""
    return (
        cases.drop_nulls("case_id")
        .unique("case_id", keep="first", maintain_order=True)
        .select(
            "case_id",
            pl.lit(value=True).alias("case known"),
            pl.col("opened_at").alias("case opened_at"),
            pl.col("closed_at" + READ).is_null().alias("case open"),
            pl.col("closed_at").alias("case closed_at"),
        )
    )


def faults_of(sheet: Sheet, rules: Sequence[Rule], frame: pl.DataFrame) -> Iterator[Fault]:
    """A fault for every row of `frame` that breaks a rule: rule by rule, rows in order.

    `frame` has the rows of the sheet, perhaps with more columns. Rules of columns the
    file lacks are left out: that is one fault of the column, found already.
    """
    rules = [rule for rule in rules if sheet.names[rule.column] in sheet.raw.columns]
    schema = pa.DataFrameSchema(checks=[_check(rule, place) for place, rule in enumerate(rules)])
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        broken = errors.failure_cases.group_by("check", maintain_order=True).agg("index")
        for place, indices in broken.iter_rows():
            yield from _faults(sheet, rules[int(place)], indices)


def _check(rule: Rule, place: int) -> pa.Check:
    def holds(data: pa.PolarsData) -> pl.LazyFrame:
        rows: pl.LazyFrame = data.lazyframe
        return rows.select((~rule.broken).fill_null(value=True).alias("holds"))

    return pa.Check(holds, name=str(place), error=str(place))


def _faults(sheet: Sheet, rule: Rule, indices: list[int]) -> Iterator[Fault]:
    values = sheet.frame.select(ROW, rule.column + READ)[indices]
    column = sheet.names[rule.column]
    for row, value in values.iter_rows():
        yield Fault(sheet.where, rule.problem, rule.remedy, row, column, value)


def unknown_at_intake(cases: Sheet, office: Office) -> Iterator[Fault]:
    """Attributes said to be known at intake that no open case has.

    If a share p of the closed cases has a value, all of n open cases lack it by chance
    with probability (1 - p)^n; below `COINCIDENCE` it is filled in later than intake. The share
    is that of Laplace's rule of succession, so that a handful of cases proves nothing.
    """
    is_open = pl.col("closed_at" + READ).is_null()
    open_cases, closed = cases.frame.filter(is_open), cases.frame.filter(~is_open)
    if open_cases.is_empty() or closed.is_empty():
        return
    for name, attribute in office.attributes.items():
        blank = (closed[name + READ].null_count() + 1) / (closed.height + 2)
        hidden = open_cases[name + READ].null_count() == open_cases.height
        if attribute.known == INTAKE and hidden and blank**open_cases.height < COINCIDENCE:
            yield Fault(
                cases.where,
                f"is blank for all {open_cases.height:,} open cases, so it is not known at intake.",
                f'Say `known = "closing"`, or the activity that fills it in, '
                f"under [attributes.{name}].",
                column=cases.names[name],
            )
