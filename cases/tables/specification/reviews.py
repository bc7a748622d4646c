"""The review table: how cases were graded."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.office.model import CLOSING, Office
from cases.office.reviews import CONSOLIDATED, FIRST, READINGS, SECOND, Dimension, Grade
from cases.tables.specification.parts import (
    FLAG,
    NUMBER,
    READ,
    TEXT,
    Check,
    Column,
    Frames,
    Link,
    TableSpec,
    linked,
)
from cases.tables.values import EARLIEST, LATEST, TIME, before, listed, whole_days

MOST_HOURS = 1_000  # of one review


def _declared(office: Office) -> tuple[Check, ...]:
    return (
        *_kind_checks(office),
        *_grade_checks(office),
        *_dimension_checks(office),
        *_reading_checks(office),
    )


def _kind_checks(office: Office) -> tuple[Check, ...]:
    """Where kinds are told apart, every row must be of one of them."""
    if office.reviews is None or not office.reviews.kinds:
        return ()
    kind = pl.col("kind")
    return (
        Check(
            "kind",
            _("is not a kind of review of the office file."),
            _("Correct it, or say under [reviews.kinds] which kind it is."),
            kind.is_null() | ~kind.is_in(list(office.reviews.kinds)),
        ),
    )


def _grade_checks(office: Office) -> tuple[Check, ...]:
    """A grade must be declared, and in force on the day of the review."""
    if office.reviews is None:
        return ()
    day, grade = pl.col("reviewed_at").dt.date(), pl.col("grade")
    outside = [
        (grade == declared.code) & ~_in_force(day, declared) for declared in office.reviews.grades
    ]
    return (
        Check(
            "grade",
            _("is not a grade of the office file."),
            _("Correct it, or declare it under [[reviews.grades]]."),
            ~grade.is_in(list(office.present_grades)),
        ),
        Check(
            "grade",
            _("was not in force on the day of the review."),
            _("Correct the grade or the day, or the dates of the grade under [[reviews.grades]]."),
            pl.any_horizontal(outside),
        ),
    )


def _dimension_checks(office: Office) -> tuple[Check, ...]:
    """A dimension that a review names must be declared, if any are, and in force that day."""
    declared = office.reviews.dimensions if office.reviews else {}
    if not declared:
        return ()
    day, named = pl.col("reviewed_at").dt.date(), listed(pl.col("dimensions"))
    outside = [
        named.list.contains(code) & ~_in_force(day, dimension)
        for code, dimension in declared.items()
    ]
    return (
        Check(
            "dimensions",
            _("names a dimension that the office file does not have."),
            _("Separate several by `;`; correct it, or declare it under [reviews.dimensions]."),
            named.list.set_difference(list(declared)).list.len() > 0,
        ),
        Check(
            "dimensions",
            _("names a dimension that was not in force on the day of the review."),
            _("Correct it or the day, or the dates of the dimension under [reviews.dimensions]."),
            pl.any_horizontal(outside),
        ),
    )


def _in_force(day: pl.Expr, declared: Grade | Dimension) -> pl.Expr:
    return day.is_between(
        declared.valid_from or EARLIEST.date(), declared.valid_until or LATEST.date()
    )


def _reading_checks(office: Office) -> tuple[Check, ...]:
    """A second reader is another person, and a grade is consolidated from two of its case."""
    reading, day = pl.col("reading"), pl.col("reviewed_at").dt.date()
    is_review, is_second = ~_is_known_check(office), reading == SECOND
    is_first = (reading.is_null() | (reading == FIRST)) & is_review
    first_reader = pl.col("reviewer").filter(is_first)
    earliest = (day.filter(one).min().over("case_id") for one in (is_first, is_second))
    both = pl.max_horizontal(*(one.fill_null(LATEST.date()) for one in earliest))
    return (
        Check(
            "reading",
            _("is not `first`, `second` or `consolidated`."),
            _("Correct it; a blank is a first reading."),
            ~reading.is_in(list(READINGS)),
        ),
        Check(
            "reading",
            _("is the reading of a check of the office's own; only a review has one."),
            _("Leave it blank, or correct the kind of the row."),
            reading.is_not_null() & ~is_review,
        ),
        Check(
            "reading",
            _("is a second reading by who made the first."),
            _("Correct the reviewer or the reading; a second reader is another person."),
            is_second
            & (first_reader.n_unique().over("case_id") == 1)
            & (first_reader.first().over("case_id") == pl.col("reviewer")),
        ),
        Check(
            "reading",
            _("is of a case that had no first and second reading by that day."),
            _("Add both readings, or correct the reading or its day."),
            (reading == CONSOLIDATED) & (both > day),
        ),
    )


def _of_its_case(office: Office) -> tuple[Check, ...]:
    """What a review of a closed case may not be before; all else, not before the opening."""
    review = _of_closed(office)
    closed_at = linked("cases", "closed_at")
    return (
        Check(
            "case_id",
            _("is a case that is still open; only closed cases are reviewed."),
            _("Fill in the case's closing date, or remove the review."),
            pl.col(linked("cases", "case_id")).is_not_null()
            & pl.col(closed_at + READ).is_null()
            & review,
        ),
        Check(
            "reviewed_at",
            _("is before the case was closed."),
            _("Correct the review's date or the case's closing date."),
            before("reviewed_at", closed_at) & review,
        ),
        Check(
            "reviewed_at",
            _("is before the case was opened."),
            _("Correct the date of the review or check, or the case's opening date."),
            before("reviewed_at", linked("cases", "opened_at")) & ~review,
        ),
    )


def _is_check(office: Office) -> pl.Expr:
    """Whether a row is a check of the office's own; without [reviews] any row may be one."""
    if office.reviews is None:
        return pl.lit(value=True)
    return _is_known_check(office)


def _is_known_check(office: Office) -> pl.Expr:
    """Whether the office file says that a row is a check of the office's own."""
    return pl.col("kind").is_in(office.check_words).fill_null(value=False)


def _of_closed(office: Office) -> pl.Expr:
    """Whether a row is a review that only a closed case can have: risk is asked at closing."""
    return ~_is_check(office) & (office.risk.at == CLOSING)


def _finish(reviews: pl.DataFrame, finished: Frames, office: Office) -> pl.DataFrame:
    """A review is known when its day is over; one of a closed case never precedes the closing.

    A consolidated grade has the inclusion probability of its readings: its case was chosen once.
    """
    closings = finished["cases"].select("case_id", "closed_at")
    known = whole_days(pl.col("reviewed_at"))
    not_before_closing = pl.max_horizontal(known, "closed_at")
    reviewed_at = pl.when(_of_closed(office)).then(not_before_closing).otherwise(known)
    return (
        reviews.join(closings, on="case_id", how="left", maintain_order="left")
        .with_columns(reviewed_at.alias("reviewed_at"), _chosen_once())
        .drop("closed_at")
    )


def _chosen_once() -> pl.Expr:
    own = pl.col("inclusion_probability")
    of_case = own.drop_nulls().last().over("case_id")
    is_blank = (pl.col("reading") == CONSOLIDATED) & own.is_null()
    return pl.when(is_blank).then(of_case).otherwise(own).alias("inclusion_probability")


REVIEW_TABLE = TableSpec(
    name="reviews",
    meaning="One row for each review of a case, and for each of the office's own checks; "
    "two reviews of a case are two rows, and a grade consolidated from both is a third.",
    row=_("review"),
    columns=(
        Column("case_id", TEXT, "the case", "every row"),
        Column("reviewed_at", TIME, "when it was reviewed", "every row", past=True),
        Column("reviewer", TEXT, "who reviewed it, by a code"),
        Column("kind", TEXT, "the kind of review, by the office's code"),
        Column("grade", TEXT, "the grade it was given", "every row"),
        Column(
            "inclusion_probability",
            NUMBER,
            "the probability with which the case was chosen; blank where unknown",
        ),
        Column("dimensions", TEXT, "in which it has a defect, separated by `;`"),
        Column("hours", NUMBER, "how many hours the review took; blank where not recorded"),
        Column(
            "reading",
            TEXT,
            "`first`, `second` (by another reviewer who does not know the first grade) or "
            "`consolidated` (the grade that both lead to); blank: first",
        ),
        Column(
            "risk_shown",
            FLAG,
            "whether the reviewer saw the estimated risk before grading; blank where not known",
        ),
    ),
    checks=(
        Check(
            "inclusion_probability",
            _("is not a probability above 0 and at most 1."),
            _(
                "Give the inclusion probability with which this case was chosen, "
                "or leave it blank if unknown."
            ),
            (pl.col("inclusion_probability") <= 0) | (pl.col("inclusion_probability") > 1),
        ),
        Check(
            "hours",
            _("is not a number of hours from 0 to 1,000."),
            _("Give the hours that the review took, or leave it blank if unknown."),
            (pl.col("hours") < 0) | (pl.col("hours") > MOST_HOURS),
        ),
    ),
    own_checks=_declared,
    links=(Link("case_id", "cases", own_checks=_of_its_case),),
    finish=_finish,
)
