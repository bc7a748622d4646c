"""The demo office keeps to the model that its document states."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from cases.demo import make_demo, simulate
from cases.demo.clock import END, START, in_hours, off_hours
from cases.demo.dimensions import DIMENSIONS, NAMED, with_dimensions
from cases.demo.draws import Term, total
from cases.demo.files import truth_table
from cases.demo.model import DEFECT
from cases.demo.people import draw_severity
from cases.demo.process import EFFORT, RETURN
from cases.demo.reviews import GRADES, NEW_RULES, NEWS, STEPS, draw_reviews, realise, realise_again
from cases.demo.staffing import OVERRIDES, RIGHT_SHARE, draw_overrides
from cases.errors import BadInput
from cases.language.messages import Sayable
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.as_of import closing_moments, cut
from features.catalogue import catalogue
from features.conditions import holding
from policies.rulebook import mandatory

DOCUMENT = Path(__file__).parents[2] / "docs" / "demo_office.md"
FILES = (
    "cases.csv",
    "events.parquet",
    "handlers.csv",
    "intake.csv",
    "office.toml",
    "overrides.csv",
    "recusals.csv",
    "reviews.csv",
)
AFTER_CLOSING = (
    "archived",
    "later_not_prosecuted",
    "later_withdrawn",
    "later_acquitted",
    "petition_changed",
    "compensation_granted",
    "supervision_unsupported",
)
col = pl.col


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office of 6,000 cases."""
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, cases=6_000, seed=1)
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> Tables:
    """Its tables, as every command reads them."""
    return read_tables(load_office(folder / "office.toml"), folder)


@pytest.fixture(scope="module")
def truth(folder: Path) -> pl.DataFrame:
    """What is kept from the office."""
    return pl.read_parquet(folder / "truth.parquet")


def written(folder: Path) -> dict[str, bytes]:
    """The bytes of every file in the folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """The same number of cases and seed write the same bytes, file by file."""
    for name in ("one", "two"):
        make_demo(tmp_path / name, cases=500, seed=7)
    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_another_seed_another_office(tmp_path: Path) -> None:
    """Another seed changes every table but not the office file."""
    for seed in (7, 8):
        make_demo(tmp_path / str(seed), cases=500, seed=seed)
    one, two = written(tmp_path / "7"), written(tmp_path / "8")
    assert {name for name in one if one[name] == two[name]} == {"office.toml"}


def test_files(folder: Path) -> None:
    """The folder holds the office's files and the truth, and nothing else."""
    assert sorted(written(folder)) == sorted([*FILES, "truth.parquet", "truth_reviewers.parquet"])


def test_truth_is_no_table_of_the_office(folder: Path, tables: Tables) -> None:
    """The office file does not name the truth, and no table has its columns."""
    assert "truth" not in (folder / "office.toml").read_text(encoding="utf-8")
    hidden = {"defect_probability", "effort_days", "complex", "weakness", "skill", "overload"}
    for rows in (tables.case_rows, tables.event_rows, tables.review_rows, tables.handler_rows):
        assert not hidden & set(rows.columns)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(cases=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_any_small_office_is_read_without_a_fault(
    tmp_path_factory: pytest.TempPathFactory, cases: int, seed: int
) -> None:
    """Whatever the size and the seed, the checks find no fault and no case is lost."""
    folder = tmp_path_factory.mktemp("small")
    tables = read_tables(load_office(make_demo(folder, cases=cases, seed=seed)), folder)
    assert tables.case_rows.height == cases
    assert set(tables.event_rows["case_id"]) <= set(tables.case_rows["case_id"])
    assert set(tables.review_rows["case_id"]) <= set(tables.case_rows["case_id"])
    assert pl.read_parquet(folder / "truth.parquet").height == cases


@pytest.mark.parametrize(("cases", "seed", "faults"), [(0, 1, 1), (1, -1, 1), (-3, -3, 2)])
def test_impossible_sizes_are_refused(tmp_path: Path, cases: int, seed: int, faults: int) -> None:
    """Fewer than one case and a negative seed are faults, and nothing is written."""
    with pytest.raises(BadInput) as caught:
        make_demo(tmp_path / "none", cases=cases, seed=seed)
    assert len(caught.value.faults) == faults
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["cases.csv", "office.toml"])
def test_files_of_others_are_never_written_over(tmp_path: Path, name: str) -> None:
    """A folder that holds an office of its own, or anything else, is refused and kept."""
    (tmp_path / name).write_text("the only copy")
    with pytest.raises(BadInput, match="is a folder that holds other files"):
        make_demo(tmp_path, cases=10)
    assert written(tmp_path) == {name: b"the only copy"}


def test_an_office_begun_from_the_demo_is_not_remade(tmp_path: Path) -> None:
    """The demo's office file next to somebody's own tables is not taken for a demo."""
    make_demo(tmp_path, cases=10)
    (tmp_path / "truth.parquet").unlink()
    with pytest.raises(BadInput, match="is a folder that holds other files"):
        make_demo(tmp_path, cases=10)


def test_a_demo_can_be_remade(tmp_path: Path) -> None:
    """The same folder takes the demo again, with another seed."""
    make_demo(tmp_path, cases=10, seed=1)
    make_demo(tmp_path, cases=10, seed=2)
    make_demo(tmp_path / "other", cases=10, seed=2)
    assert all(
        (tmp_path / name).read_bytes() == raw for name, raw in written(tmp_path / "other").items()
    )


def test_a_place_where_no_folder_can_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way gives a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        make_demo(tmp_path / "file", cases=10)


def test_progress_ends_at_one(tmp_path: Path) -> None:
    """Progress never goes back and ends when all is written."""
    steps: list[tuple[str | Sayable, float]] = []
    make_demo(tmp_path, cases=10, progress=lambda *step: steps.append(step))
    done = [share for _what, share in steps]
    assert done == sorted(done)
    assert done[-1] == 1


def test_counts_and_rates(tables: Tables, truth: pl.DataFrame) -> None:
    """Events a case, open cases, shares reviewed, defects and complexity are as documented."""
    cases, every = tables.case_rows, tables.review_rows
    closed = cases["closed_at"].count()
    reviews = every.filter(col("kind") != "double")
    defective = reviews.filter(col("kind") == "random")["grade"].is_in(tables.office.defect_grades)
    assert 18 < tables.event_rows.height / cases.height < 22
    assert 0.02 < cases["closed_at"].null_count() / cases.height < 0.10
    assert 0.12 < reviews.height / closed < 0.20
    assert 0.08 < truth["defect_probability"].mean() < 0.12
    assert 0.07 < defective.mean() < 0.13
    assert 0.08 < truth["complex"].mean() < 0.18
    assert set(every["kind"]) == {"random", "key", "special", "double"}
    assert 0.18 < every.height / reviews.height - 1 < 0.30


def test_handlers_of_the_default_office() -> None:
    """20,000 cases are handled by 60 to 100 people in seven units, each under a code."""
    _, handlers = simulate(np.random.default_rng(2026), 20_000)
    assert 60 <= handlers.height <= 100
    assert handlers["unit"].n_unique() == 7
    assert handlers["handler"].str.contains(r"^H\d{3}$").all()
    assert set(handlers["kinds"]) == {None, "arrest_review", "prosecution_review"}


def test_cases_are_given_to_those_who_take_them(tables: Tables) -> None:
    """A case's handler is of its unit and takes its kind."""
    both = tables.case_rows.drop_nulls("handler").join(
        tables.handler_rows, on="handler", suffix="_of"
    )
    takes = col("kinds").is_null() | col("kinds").str.split(";").list.contains(col("kind"))
    assert both.select(((col("unit") == col("unit_of")) & takes).all()).item()


def test_every_event_is_within_its_case(tables: Tables) -> None:
    """Nothing happens before opening; after closing only what is known to come after it."""
    events = tables.event_rows.join(tables.case_rows, on="case_id")
    assert events.filter(col("at") < col("opened_at")).is_empty()
    late = events.filter(col("at") > col("closed_at"))
    assert set(late["activity"]) <= set(AFTER_CLOSING)
    assert events.filter(
        col("activity").is_in(AFTER_CLOSING) & col("closed_at").is_null()
    ).is_empty()


def test_nothing_is_later_than_the_end(tables: Tables) -> None:
    """Every moment lies between the start and the day the tables were taken."""
    events, reviews, cases = tables.event_rows, tables.review_rows, tables.case_rows
    assert cases["opened_at"].min() >= START
    for column in (cases["closed_at"], events["recorded_at"], reviews["reviewed_at"]):
        assert column.max() < END


def test_milestones_come_in_order(tables: Tables) -> None:
    """Acceptance, assignment, decision, judgment and conclusion follow each other."""
    order = [
        "accepted",
        "assigned",
        "rights_notified",
        "approved",
        "decided",
        "judged",
        "concluded",
    ]
    first = tables.event_rows.filter(col("activity").is_in(order)).pivot(
        "activity", index="case_id", values="at", aggregate_function="min"
    )
    for before, after in pairwise(order):
        assert first.filter(col(before) > col(after)).is_empty()


def test_some_work_is_recorded_late_and_out_of_hours(tables: Tables) -> None:
    """Day-to-day work is sometimes entered later, sometimes done in the evening."""
    events = tables.event_rows
    late = (events["recorded_at"] - events["at"]).dt.total_hours() >= 24
    hour = events["at"].dt.hour()
    off = (hour >= 18) | (events["at"].dt.weekday() > 5)
    assert events.filter(col("recorded_at") < col("at")).is_empty()
    assert 0.01 < late.mean() < 0.06
    assert 0.005 < off.mean() < 0.10


def test_statutory_limits_hold(tables: Tables) -> None:
    """An arrest review is decided within its seven days, or the next working day."""
    decided = tables.event_rows.filter(col("activity") == "decided").select("case_id", "at")
    arrests = tables.case_rows.filter(col("kind") == "arrest_review").join(decided, on="case_id")
    assert (arrests["at"] - arrests["opened_at"]).dt.total_hours().max() <= (7 + 2) * 24


def test_a_case_is_returned_at_most_twice_and_comes_back(tables: Tables) -> None:
    """Every return is followed by a resubmission unless the police still have the case."""
    counts = tables.event_rows.group_by("case_id").agg(
        returned=(col("activity") == "returned").sum(),
        back=(col("activity") == "resubmitted").sum(),
        decided=(col("activity") == "decided").any(),
    )
    assert counts["returned"].max() == 2
    assert counts.filter(col("decided") & (col("returned") != col("back"))).is_empty()


def test_reviews_follow_closing_and_leave_the_latest_cases_out(tables: Tables) -> None:
    """Reviews come at least a week after closing, one per case but for double reviews."""
    both = tables.review_rows.join(tables.case_rows, on="case_id")
    assert both.filter(col("kind") != "double")["case_id"].is_unique().all()
    assert (both["reviewed_at"] - both["closed_at"]).dt.total_days().min() >= 5


def test_a_double_review_is_a_second_reading_of_a_reviewed_case(tables: Tables) -> None:
    """Another reviewer grades the case later; the chance that it was chosen stays the same."""
    double = tables.review_rows.filter(col("kind") == "double")
    first = tables.review_rows.filter(col("kind") != "double")
    both = double.join(first, on="case_id", suffix="_first")
    assert both.height == double.height == double["case_id"].n_unique()
    assert (both["reviewer"] != both["reviewer_first"]).all()
    assert (both["reviewed_at"] > both["reviewed_at_first"]).all()
    chance = col("inclusion_probability")
    assert both.select(chance.eq_missing(col("inclusion_probability_first")).all()).item()


def test_grades_stand_in_the_code_of_their_day(tables: Tables) -> None:
    """The old code of a grade ends the day before the new rules, where the present one begins."""
    by_grade = {grade: part for (grade,), part in tables.review_rows.group_by("grade")}
    assert by_grade["flawed"]["reviewed_at"].max() < NEW_RULES
    assert by_grade["basically_qualified"]["reviewed_at"].min() >= NEW_RULES


def test_only_defective_reviews_name_dimensions(tables: Tables) -> None:
    """One to three declared dimensions stand where a defect was found, and none elsewhere."""
    reviews = tables.review_rows
    assert tables.office.reviews is not None
    assert list(tables.office.reviews.dimensions) == list(DIMENSIONS)
    bad = reviews["grade"].is_in(tables.office.defect_grades)
    assert (reviews["dimensions"].is_not_null() == bad).all()
    named = reviews["dimensions"].drop_nulls().str.split(";")
    assert set(named.explode()) == set(DIMENSIONS)
    assert set(named.list.len()) == set(range(1, len(NAMED) + 1))
    assert (named.list.n_unique() == named.list.len()).all()


def test_what_moves_a_dimension() -> None:
    """Each dimension is named in the share that its weights foresee, and causes move it."""
    whole, _ = simulate(np.random.default_rng(3), 20_000)
    reviews = whole.select("case_id", grade=pl.lit("unqualified"))
    found = with_dimensions(np.random.default_rng(4), reviews, whole)
    named = found["dimensions"].str.split(";")
    weight = np.exp(whole.select(**{n: total(t) for n, t in DIMENSIONS.items()}).to_numpy())
    alone = (named.list.len() == 1).to_numpy()
    for number, name in enumerate(DIMENSIONS):
        holds = named.list.contains(name).to_numpy()
        expected_share = (weight[:, number] / weight.sum(axis=1))[alone]
        assert abs(holds[alone].mean() - expected_share.mean()) < 0.02
    shares = named.list.len().value_counts(normalize=True).sort("dimensions")["proportion"]
    assert np.abs(shares.to_numpy() - NAMED).max() < 0.02
    evidence, returned = named.list.contains("evidence"), whole["returns"] > 0
    assert evidence.filter(returned).mean() > evidence.filter(~returned).mean() + 0.15


def test_inclusion_probability_by_kind(tables: Tables) -> None:
    """Certain for key reviews, unknown for special ones, that of the draw for random ones."""
    by_kind = {
        kind: set(group["inclusion_probability"])
        for (kind,), group in tables.review_rows.group_by("kind")
    }
    assert by_kind["key"] == {1.0}
    assert by_kind["special"] == {None}
    assert by_kind["random"] == {0.12, 0.15, 0.20}


def test_key_reviews_are_what_the_rules_demand(tables: Tables) -> None:
    """Every key review is of a case that a rule of the office file puts on the list."""
    moments = closing_moments(tables, after=None, until=END).with_columns(moment=nw.lit(END))
    demanded = set(mandatory(tables, moments)["case_id"])
    key = set(tables.review_rows.filter(col("kind") == "key")["case_id"])
    assert key
    assert key <= demanded


def test_mandatory_cases_of_the_past_were_reviewed(tables: Tables) -> None:
    """Cases closed before 2026 that a rule could tell at closing have all been reviewed."""
    closed = closing_moments(tables, after=None, until=START.replace(year=2026))
    demanded = set(mandatory(tables, closed)["case_id"])
    assert demanded <= set(tables.review_rows["case_id"])


def test_every_rule_and_outcome_occurs() -> None:
    """In 20,000 cases every rare key event happens, and stays rare."""
    whole, _ = simulate(np.random.default_rng(2026), 20_000)
    for name in ("withdrawn_indictment", "acquitted"):
        assert 0 < (whole["ending"] == name).sum() < 100
    for name in (*NEWS, "protest_withdrawn"):
        assert 0 < whole[name].count() < 300


def test_complex_is_what_the_office_file_says(tables: Tables, truth: pl.DataFrame) -> None:
    """Of closed cases, the true complexity is the office file's condition."""
    complexity = tables.office.complexity
    assert complexity is not None
    known = cut(tables, closing_moments(tables, after=None, until=END))
    stated = pl.concat(
        holding(known, (test,)).collect("polars").to_native() for test in complexity.any_of
    )
    stated = stated.group_by("case_id").agg(col("holds").any()).join(truth, on="case_id")
    assert stated.filter(col("holds") != col("complex")).is_empty()


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_best_possible_ranking(seed: int) -> None:
    """Ranking by the true probability finds realised defects with AUC 0.78 to 0.84."""
    rng = np.random.default_rng(seed)
    whole, _ = simulate(rng, 20_000)
    defect = realise(rng, whole["log_odds"].to_numpy()) > 0
    assert abs(defect.mean() - whole["defect_probability"].mean()) < 0.01
    assert 0.78 < roc_auc_score(defect, whole["defect_probability"]) < 0.84


def test_severity_shifts_grades_and_nothing_else() -> None:
    """Severer reviewers give worse grades to the same cases, whose badness is unchanged."""
    whole, _ = simulate(np.random.default_rng(3), 5_000)
    badness = realise(np.random.default_rng(4), whole["log_odds"].to_numpy())
    kept = badness.copy()
    mild, severe = (
        draw_reviews(np.random.default_rng(5), whole, badness, np.full(12, shift))
        for shift in (-1.0, 1.0)
    )
    rank = {grade: number for number, grade in enumerate(GRADES)}
    gap = severe["grade"].replace_strict(rank) - mild["grade"].replace_strict(rank)
    assert mild.drop("grade").equals(severe.drop("grade"))
    assert gap.min() >= 0
    assert gap.max() > 0
    assert np.array_equal(badness, kept)


def test_a_just_reviewer_finds_exactly_the_defects() -> None:
    """Without severity, a defect grade is given where the case really is bad."""
    whole, _ = simulate(np.random.default_rng(3), 5_000)
    badness = realise(np.random.default_rng(4), whole["log_odds"].to_numpy())
    reviews = draw_reviews(np.random.default_rng(5), whole, badness, np.zeros(12))
    bad = whole.select("case_id", bad=pl.Series(badness > 0)).join(reviews, on="case_id")
    assert STEPS[1] == 0
    assert bad.filter(col("bad") != col("grade").is_in(GRADES[2:])).is_empty()


def test_reviewers_differ() -> None:
    """Severities spread around a mean of zero."""
    severity = draw_severity(np.random.default_rng(1))
    assert abs(severity.mean()) < 1e-12
    assert severity.std() > 0.2


def test_constraints_name_features_that_exist(tables: Tables) -> None:
    """Every feature the office file constrains is in the catalogue."""
    risk = tables.office.risk
    assert {*risk.increasing, *risk.decreasing} <= set(catalogue(tables.office))


def test_every_activity_of_the_office_file_happens(tables: Tables) -> None:
    """The office file declares what happens; only the rarest may be missing in 6,000 cases."""
    happened = set(tables.event_rows["activity"])
    assert happened <= set(tables.office.activities)
    assert len(set(tables.office.activities) - happened) <= 1


@given(st.lists(st.floats(0, 900), min_size=2, max_size=20))
def test_office_hours_keep_the_order(days: list[float]) -> None:
    """Weekends are moved to Monday morning without changing the order of events."""
    moments = in_hours(np.sort(np.array(days)))
    weekday = (moments.astype("datetime64[D]").astype(int) + 3) % 7
    assert (np.diff(moments) >= np.timedelta64(0)).all()
    assert (weekday < 5).all()


@given(st.floats(0, 900))
def test_evenings_stay_on_their_day(day: float) -> None:
    """Off-hours work is of the same date."""
    moment = off_hours(np.array([day]))[0]
    assert int((moment - np.datetime64(START)) / np.timedelta64(1, "D")) == int(day)


@pytest.mark.parametrize("terms", [DEFECT, EFFORT, RETURN], ids=["defect", "effort", "return"])
def test_the_document_prints_the_model(terms: dict[str, Term]) -> None:
    """docs/demo_office.md has the very table of causes that the code computes with."""
    lines = [f"| {name} | {term.meaning} | {term.weight:+.2f} |" for name, term in terms.items()]
    table = "\n".join(["| Cause | Value | Weight |", "| --- | --- | ---: |", *lines, ""])
    assert table + "\n" in DOCUMENT.read_text(encoding="utf-8")


def test_the_document_prints_what_moves_dimensions() -> None:
    """docs/demo_office.md has the very weights of every dimension."""
    lines = [
        f"| {name} | {cause} | {term.meaning} | {term.weight:+.2f} |"
        for name, terms in DIMENSIONS.items()
        for cause, term in terms.items()
    ]
    assert "\n".join(["", *lines, "", ""]) in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DEFECT)
def test_every_cause_moves_the_truth(name: str) -> None:
    """Each cause but the constant varies between cases."""
    whole, _ = simulate(np.random.default_rng(1), 3_000)
    values = whole.select(DEFECT[name].value.cast(pl.Float64)).to_series()
    assert name == "always" or values.std() > 0.1


def test_another_reading_is_alike_and_as_often_bad() -> None:
    """A second reading has the probability of the log-odds too, and agrees more than by chance."""
    rng, log_odds = np.random.default_rng(1), np.full(20_000, -1.0)
    first = realise(rng, log_odds)
    again = realise_again(rng, log_odds, first)
    assert abs((again > 0).mean() - 1 / (1 + np.e)) < 0.01
    assert 0.75 < np.corrcoef(first, again)[0, 1] < 0.85


def test_a_week_of_new_cases_follows_the_tables(folder: Path, tables: Tables) -> None:
    """The new cases come in on the working days after the tables were taken, under new ids."""
    week = pl.read_csv(folder / "intake.csv", try_parse_dates=True)
    known = tables.case_rows["case_id"].implode()
    assert not week["case_id"].is_in(known).any()
    assert week["opened_at"].is_between(END, END + timedelta(days=7)).all()
    assert week["opened_at"].dt.weekday().max() <= 5
    intake = [name for name, fact in tables.office.attributes.items() if fact.known == "intake"]
    assert set(intake) <= set(week.columns)
    assert week["parties"].str.contains(r"^X\d{4}(;X\d{4})*$").all()


def test_worked_days_are_the_effort_as_written_down(folder: Path, tables: Tables) -> None:
    """Closed cases carry the days worked, close to the true effort; open ones do not."""
    truth = pl.read_parquet(folder / "truth.parquet")
    cases = tables.case_rows.join(truth, on="case_id")
    recorded = cases["worked_days"].is_not_null()
    assert (recorded == cases["closed_at"].is_not_null()).all()
    ratio = (cases.filter(recorded)["worked_days"] / cases.filter(recorded)["effort_days"]).log()
    assert abs(ratio.mean() or 0) < 0.05
    assert "attribute.worked_days" not in catalogue(tables.office)


def test_changed_tracks_are_right_more_often_than_not() -> None:
    """Half the cases prove complex; the decision is right with the probability stated."""
    whole, _ = simulate(np.random.default_rng(2), 5_000)
    cases = pl.concat([whole] * 4).with_columns(truth_table(pl.concat([whole] * 4))["complex"])
    parts = [draw_overrides(np.random.default_rng(seed), cases) for seed in range(20)]
    made = pl.concat(parts).join(cases.unique("case_id"), on="case_id")
    assert [part.height for part in parts] == [OVERRIDES] * 20
    assert (made["at"] >= pl.Series(in_hours(made["opened"].to_numpy()))).all()
    assert (made["suggested"] != made["decided"]).all()
    assert abs(made["complex"].mean() - 0.5) < 0.05
    right = (made["decided"] == "complex") == made["complex"]
    assert abs(right.mean() - RIGHT_SHARE) < 0.04
