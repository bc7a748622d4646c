"""Tests of the leak finder on a small office, clean and with leaks planted in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from cases.errors import Refused
from cases.language.kept import from_json
from cases.language.texts import Text
from cases.office.model import AcceptedLeak, Attribute, Office
from cases.tables.tables import EVENTS, Tables, case_columns
from evaluation.leaks.finder import accepted, as_kept, as_lines, find_leaks, refuse_blatant
from evaluation.leaks.findings import Finding
from evaluation.leaks.power import Trial, knowing_on_the_last_day, questions, too_good
from evaluation.statistics.metrics import Figure
from tests.factories.office import office as made_up
from tests.factories.small_office import small_office, without_reviews
from training.labels import risk_labels

UNTIL = datetime(2025, 6, 1)
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@pytest.fixture(scope="module")
def clean() -> Tables:
    """Nine hundred cases: one in twelve still open, four in five closed ones reviewed."""
    tables = small_office(900)
    still_open = pl.col("case_id").str.ends_with("5") & (pl.col("suspects") > 1)
    cases = tables.case_rows.with_columns(pl.when(~still_open).then("closed_at").alias("closed_at"))
    is_open = cases.filter(pl.col("closed_at").is_null())["case_id"].implode()
    reviews = tables.review_rows.filter(~pl.col("case_id").is_in(is_open))
    return Tables.of(tables.office, cases, events=tables.event_rows, reviews=reviews)


def plant(tables: Tables, name: str, values: pl.Series, kind: str, known: str) -> Tables:
    """The tables with one more attribute."""
    new = Attribute.model_validate({"type": kind, "known": known, "meaning": Text(en=name)})
    attributes = tables.office.attributes | {name: new}
    office = tables.office.model_copy(update={"attributes": attributes})
    cases = tables.case_rows.with_columns(values.alias(name))
    return Tables.of(office, cases, events=tables.event_rows, reviews=tables.review_rows)


def outcome(tables: Tables) -> Floats:
    """The outcome of each case's review: 1, 0, or missing where there is none."""
    labels = risk_labels(tables, UNTIL).select("case_id", pl.col("y").cast(pl.Float64))
    joined = tables.case_rows.join(labels, on="case_id", how="left", maintain_order="left")
    return joined["y"].to_numpy()


def noisy(tables: Tables) -> pl.Series:
    """The outcome, wrong in one case of ten; drawn where there is none."""
    rng, y = np.random.default_rng(1), outcome(tables)
    known = np.where(np.isnan(y), rng.random(y.size) < np.nanmean(y), y == 1)
    return pl.Series(known.astype(bool) ^ (rng.random(y.size) < 0.1))


def since_closing(tables: Tables) -> pl.Series:
    """Days since the closing; zero for open cases."""
    days = (UNTIL - pl.col("closed_at")).dt.total_days().cast(pl.Float64).fill_null(0.0)
    return tables.case_rows.select(days).to_series()


def after_review(tables: Tables) -> pl.Series:
    """A number that stands in seven of ten reviewed cases and nowhere else."""
    filled = pl.col("case_id").is_in(tables.review_rows["case_id"].implode())
    some = ~pl.col("case_id").str.contains("[258]$")
    return tables.case_rows.select(pl.when(filled & some).then(1.0)).to_series()


def of_defects(tables: Tables) -> pl.Series:
    """A code that half of the defective cases have, and no other case."""
    told = (outcome(tables) == 1) & (np.arange(tables.case_rows.height) % 2 == 0)
    return pl.Series(np.where(told, "x", "y"))


def unknown(tables: Tables) -> pl.Series:
    """A code of which UNKNOWN stands in a quarter of the defects and hardly anywhere else."""
    size, rng = tables.case_rows.height, np.random.default_rng(3)
    shares = np.where(outcome(tables) == 1, 0.25, 0.01)
    return pl.Series(np.where(rng.random(size) < shares, "UNKNOWN", rng.choice(["p", "q"], size)))


def at_closing(tables: Tables) -> pl.Series:
    """A flag that tells the outcome and is false until the case is closed."""
    return noisy(tables) & tables.case_rows["closed_at"].is_not_null()


PLANTS = [
    (noisy, "flag", "closing", {"alone it ranks"}),
    (noisy, "flag", "intake", {"alone it ranks"}),
    (since_closing, "number", "intake", {"can be distinguished from"}),
    (after_review, "number", "closing", {"is filled in"}),
    (unknown, "code", "closing", {"the value “unknown”"}),
    (of_defects, "code", "intake", {"the value “x”"}),
    (at_closing, "flag", "intake", {"alone it ranks", "with those of open cases"}),
]


def test_a_clean_office_has_no_finding(clean: Tables) -> None:
    """Suspects and returns raise the risk, open cases have more suspects; neither is a leak."""
    assert find_leaks(clean, UNTIL) == ()


@pytest.mark.parametrize(("made", "kind", "known", "evidence"), PLANTS)
def test_what_is_planted_is_found(
    clean: Tables, made: Callable[[Tables], pl.Series], kind: str, known: str, evidence: set[str]
) -> None:
    """The planted column and no other, with the evidence of its kind; what is blatant stops."""
    tables = plant(clean, "planted", made(clean), kind, known)
    found = find_leaks(tables, UNTIL)
    assert {one.column for one in found} == {"planted"}
    said = " ".join(one.evidence.say("en") for one in found).lower()
    assert all(part in said for part in evidence), said
    with pytest.raises(Refused, match="planted"):
        refuse_blatant(tables.office, found)


def test_two_copies_do_not_excuse_each_other(clean: Tables) -> None:
    """The same leak under two names is blatant twice, in one line."""
    twice = plant(clean, "one", noisy(clean), "flag", "closing")
    twice = plant(twice, "two", noisy(clean), "flag", "closing")
    found = find_leaks(twice, UNTIL)
    (line,) = as_lines(twice.office, found)
    assert (line.columns, line.severity) == (("one", "two"), "blatant")


@pytest.mark.parametrize(
    ("low", "gain", "gain_low", "severity"),
    [
        (0.72, 0.15, 0.05, "suspicious"),  # surely better than all others, yet plausible
        (0.82, 0.15, 0.05, "blatant"),  # and implausible
        (0.82, 0.05, -0.05, "suspicious"),  # perhaps better
        (0.82, -0.02, -0.1, None),  # the others know more
        (0.96, -0.01, -0.03, "blatant"),  # whatever the others know
    ],
)
def test_what_is_too_good(low: float, gain: float, gain_low: float, severity: str | None) -> None:
    """Measured against all the other columns together."""
    assert too_good(low, Figure(gain, gain_low, 1.0, 100)) == severity


@pytest.mark.parametrize(("days", "late"), [(0, True), (3, False)])
def test_what_came_on_the_last_day(clean: Tables, days: int, late: bool) -> None:
    """An event that marks most defects is suspicious if it comes with the closing, not earlier."""
    marks = (outcome(clean) == 1) & (np.random.default_rng(2).random(900) < 0.9)
    at = pl.col("closed_at") - timedelta(days=days)
    marked = clean.case_rows.filter(marks).select("case_id", at.alias("at"), recorded_at=at)
    told = marked.with_columns(
        pl.lit("decided").alias("activity"),
        pl.lit("a").alias("actor"),
        pl.int_range(10_000, 10_000 + pl.len(), dtype=pl.Int64).alias("sequence"),
    )
    events = pl.concat([clean.event_rows, told.select(list(EVENTS))])
    tables = Tables.of(clean.office, clean.case_rows, events=events, reviews=clean.review_rows)
    trial = Trial(tables, next(questions(tables, UNTIL)))
    found = {one.column for one in knowing_on_the_last_day(tables, trial)}
    assert ("process.count.decided" in found) is late


def test_what_is_accepted_does_not_stop(clean: Tables) -> None:
    """With a reason in the office file it is found all the same, and kept with the reason."""
    tables = plant(clean, "planted", noisy(clean), "flag", "closing")
    found = find_leaks(tables, UNTIL)
    stands_by = AcceptedLeak(column="planted", reason="a first reading, made at closing")
    office = tables.office.model_copy(update={"accepted_leaks": (stands_by,)})
    refuse_blatant(office, found)
    assert accepted(office, found[0]) == stands_by.reason
    kept = as_kept(office, found)[0]
    assert (kept["column"], kept["accepted"]) == ("planted", stands_by.reason)
    assert from_json(json.loads(json.dumps(kept["evidence"]))) == found[0].evidence


def test_every_blatant_finding_is_shown(clean: Tables) -> None:
    """The refusal names each, what to do once, and the lines to paste; suspicious ones pass."""

    def one(column: str, severity: str) -> Finding:
        words = Text(en=f"why {column}"), Text(en="look at it")
        return Finding(column, severity, *words)  # type: ignore[arg-type]

    found = [one("a", "blatant"), one("b", "blatant"), one("c", "suspicious")]
    with pytest.raises(Refused) as refused:
        refuse_blatant(clean.office, found)
    said = str(refused.value)
    assert "a: why a" in said
    assert "b: why b" in said
    assert "why c" not in said
    assert said.count("look at it") == 1
    assert '[[accepted_leaks]]\ncolumn = "a"' in said
    refuse_blatant(clean.office, found[2:])


def no_cases() -> Tables:
    """An office without a case."""
    office = made_up()
    return Tables.of(office, pl.DataFrame(schema=case_columns(office)))


def no_attributes() -> Tables:
    """An office that declares no attribute of its own."""
    tables = small_office(200)
    office: Office = tables.office.model_copy(update={"attributes": {}})
    cases = tables.case_rows.select(list(case_columns(office)))
    return Tables.of(office, cases, events=tables.event_rows, reviews=tables.review_rows)


def all_open() -> Tables:
    """An office whose cases are all open."""
    tables = without_reviews(50)
    never = pl.lit(None, pl.Datetime("us")).alias("closed_at")
    return Tables.of(tables.office, tables.case_rows.with_columns(never))


@pytest.mark.parametrize("made", [no_cases, no_attributes, all_open, lambda: small_office(1)])
def test_where_there_is_nothing_to_compare_nothing_is_found(made: Callable[[], Tables]) -> None:
    """Without cases, attributes, closed cases or reviews enough there is no finding, no error."""
    assert find_leaks(made(), UNTIL) == ()
