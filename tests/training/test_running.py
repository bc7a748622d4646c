"""What is asked of running cases is trained, kept and answered, in a batch and for a few alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests.alerts.overruns import probabilities
from features.as_of import open_moments
from features.feature import LIMIT
from features.online.sums import prepare
from models.bundle.bundle import Bundle
from models.questions.overruns import OverrunQuestion
from policies.clocks.waiting import waiting_clocks
from serving.use_cases.watching.expected import expected
from tests.factories.office import tables as written
from tests.factories.small_office import small_office
from training import landmarks
from training.labels import remaining_labels, risk_labels
from training.run import train
from training.running import overruns
from training.running.overruns import overrun_labels, overruns_lack
from training.running.risk import running_risk_labels

UNTIL = datetime(2024, 6, 1)
LIMIT_OF_20_DAYS = {"code": "closing", "meaning": {"en": "closing"}, "days": 20}
RUNNING = ("remaining", "overruns", "running_risk")


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The made-up office, half of whose cases are closed too late."""
    return small_office(600, limits=[LIMIT_OF_20_DAYS])


@pytest.fixture(scope="module")
def bundle(tables: Tables) -> Bundle:
    """What it has learnt."""
    return train(tables, UNTIL)


@pytest.fixture(scope="module")
def restored(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The same, saved and loaded again."""
    folder: Path = tmp_path_factory.mktemp("running")
    bundle.save(folder)
    return Bundle.load(folder, bundle.office)


def test_an_office_with_limits_has_all_of_it(bundle: Bundle) -> None:
    """Remaining time, overruns and the risk of running cases."""
    assert set(RUNNING) <= set(bundle.questions)
    assert bundle.about["landmarks"] > 0
    assert bundle.about["clocks"] > bundle.about["overrun_clocks"] > 0


@pytest.mark.parametrize("code", ["remaining", "running_risk"])
def test_answers_are_those_of_a_batch(
    code: str, tables: Tables, bundle: Bundle, restored: Bundle
) -> None:
    """At running moments a few cases that are looked up get the same, also after loading."""
    batch = bundle.predict(code, tables, open_moments(tables, UNTIL))
    prepared = small_office(600, limits=[LIMIT_OF_20_DAYS])
    prepare(prepared)
    few = rows(open_moments(prepared, UNTIL))
    found = restored.answer(code, restored.few_features(prepared, few, code))
    assert_frame_equal(found, batch, rel_tol=1e-9, abs_tol=1e-9)
    estimate, low, high = (batch[name] for name in batch.columns[2:])
    assert (low <= estimate).all()
    assert (estimate <= high).all()


def test_running_risks_have_reasons(tables: Tables, bundle: Bundle) -> None:
    """Sentences with a fact of the case, as for risk."""
    x = bundle.features(tables, open_moments(tables, UNTIL), "running_risk")
    reasons = bundle.explain("running_risk", x, top=3)
    assert any(reasons.values())
    assert all(reason.raises for of_case in reasons.values() for reason in of_case)


def test_what_is_foreseen_of_clocks(tables: Tables, bundle: Bundle) -> None:
    """Of each clock that is not overrun a probability, of the open cases alone."""
    foreseen = probabilities(tables, bundle.question(OverrunQuestion), UNTIL)
    clocks = waiting_clocks(tables, rows(open_moments(tables, UNTIL)))
    assert set(foreseen) == set(clocks.select("case_id", LIMIT).rows())
    chance = [foreseen[clock] for clock in clocks.select("case_id", LIMIT).iter_rows()]
    order = pl.DataFrame({"left": clocks["clock.left"], "chance": chance})
    assert order.select(pl.corr("left", "chance", method="spearman")).item() < -0.5


def test_a_case_can_be_asked_about_without_a_clock(
    tables: Tables, bundle: Bundle, restored: Bundle
) -> None:
    """As every question can be, from its features alone; the same of few and after loading."""
    moments = open_moments(tables, UNTIL)
    answer = bundle.predict("overruns", tables, moments)
    few = restored.few_features(tables, rows(moments), "overruns")
    assert_frame_equal(restored.answer("overruns", few), answer)
    assert answer["overrun"].is_between(0, 1).all()


def test_what_is_expected_of_a_case_is_said(tables: Tables, bundle: Bundle) -> None:
    """Of an open case how long it takes and how likely a defect is, with reasons; else nothing."""
    still_open = rows(open_moments(tables, UNTIL))["case_id"]
    said = [str(each) for each in expected(bundle, tables, still_open[0], UNTIL, with_risk=True)]
    assert said[0].startswith("Half of such cases are closed within ")
    assert said[1].startswith("Of 100 such cases a review finds a defect in ")
    (alone,) = expected(bundle, tables, still_open[0], UNTIL, with_risk=False)
    assert str(alone) == said[0]
    closed = next(name for name in tables.case_rows["case_id"] if name not in set(still_open))
    assert expected(bundle, tables, closed, UNTIL, with_risk=True) == []
    bare = bundle
    for code in RUNNING:
        bare = bare.without(code, "there was none.")
    assert expected(bare, tables, still_open[0], UNTIL, with_risk=True) == []
    assert expected(None, tables, still_open[0], UNTIL, with_risk=True) == []


def test_overruns_are_those_of_the_clock(tables: Tables) -> None:
    """Known once the limit is over or the case is closed; each look is before that."""
    labels = overrun_labels(tables, UNTIL).join(tables.case_rows, on="case_id")
    assert labels["case_id"].n_unique() > 300
    open_days = (labels["closed_at"].dt.date() - labels["opened_at"].dt.date()).dt.total_days()
    assert (labels["y"] == (open_days > 20)).all()
    assert (labels["known_at"] > labels["moment"]).all()
    assert (labels["known_at"] <= UNTIL).all()


def test_of_many_clocks_that_were_not_overrun_some_stand_for_all(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were are all kept; together the weights count what there is."""
    every = overrun_labels(tables, UNTIL)
    kept = every["y"].sum()
    monkeypatch.setattr(overruns, "MOST", int(kept + 0.3 * (every.height - kept)))
    some = overrun_labels(tables, UNTIL)
    overrun, of_all = (set(each.filter(y=1)["case_id"]) for each in (some, every))
    assert len(overrun ^ of_all) <= 0.05 * len(of_all)  # what counts as settled differs a little
    assert some.height < 0.7 * every.height
    assert some["weight"].sum() == pytest.approx(every["weight"].sum(), rel=0.2)


def test_open_cases_tell_of_clocks_that_held_as_of_those_that_did_not() -> None:
    """Over, started anew in time and ended in time are known while the case is open; else not."""
    limit = LIMIT_OF_20_DAYS | {"restarts": ["returned"], "end": "decided"}
    opened = datetime(2026, 6, 1)
    lines = ["case_id|opened_at|closed_at|kind|unit|handler|suspects|appealed"]
    lines += [f"{name}|2026-06-01|-|theft|u1|h1|1|-" for name in ("anew", "ended", "over", "runs")]
    happened = ["case_id|at|activity", "anew|2026-06-11|returned", "ended|2026-06-11|decided"]
    happened += ["over|2026-06-28|accepted", "runs|2026-06-02|accepted"]
    office = written("\n".join(lines), "\n".join(happened), limits=[limit])
    labels = overrun_labels(office, datetime(2026, 6, 25))
    assert {(case, y) for case, y in labels.select("case_id", "y").iter_rows()} >= {
        ("anew", 0),
        ("ended", 0),
        ("over", 1),
    }
    assert (labels["moment"] >= opened).all()
    assert (labels.filter(case_id="anew")["known_at"] == datetime(2026, 6, 11)).all()
    early = overrun_labels(office, datetime(2026, 6, 20))
    assert set(early["case_id"]) == {"anew", "ended"}  # of the others nothing is known


def test_too_few_overruns_are_said(tables: Tables) -> None:
    """With what to do."""
    assert "needs 50 of each" in str(overruns_lack(overrun_labels(tables, UNTIL).head(60)))


def test_later_rows_change_no_label(tables: Tables) -> None:
    """Of clocks and of running risks: cut at a day they are those of the tables of that day."""
    early = datetime(2024, 4, 1)
    closed = pl.when(pl.col("closed_at") <= early).then("closed_at").alias("closed_at")
    before = Tables.of(
        tables.office,
        cases=tables.case_rows.filter(pl.col("opened_at") <= early).with_columns(closed),
        events=tables.event_rows.filter(pl.col("recorded_at") <= early),
        reviews=tables.review_rows.filter(pl.col("reviewed_at") <= early),
    )
    assert_frame_equal(overrun_labels(before, early), overrun_labels(tables, early))
    assert_frame_equal(running_risk_labels(before, early), running_risk_labels(tables, early))


def test_a_running_case_is_judged_by_what_a_review_found_later(tables: Tables) -> None:
    """At a moment while it was open, with the outcome of its review."""
    labels = running_risk_labels(tables, UNTIL).join(tables.case_rows, on="case_id")
    assert labels["case_id"].is_unique().all()
    assert (labels["moment"] > labels["opened_at"]).all()
    assert (labels["moment"] <= labels["closed_at"]).all()
    assert set(labels["y"]) == {0, 1}


def test_every_reviewed_case_is_learnt_from_however_many_cases_there_are(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there may be few landmarks of all cases, reviewed ones are as many as before."""
    monkeypatch.setattr(landmarks, "MOST", 100)
    found = running_risk_labels(tables, UNTIL)
    assert set(found["case_id"]) == set(risk_labels(tables, UNTIL)["case_id"])


@pytest.mark.parametrize("at", ["intake", "closing"])
def test_no_case_is_looked_at_after_its_review(at: str) -> None:
    """A review while the case is open ends what can be learnt from its run."""
    whole = small_office(600, limits=[LIMIT_OF_20_DAYS], risk={"at": at})
    opened = pl.col("case_id").replace_strict(
        whole.case_rows["case_id"], whole.case_rows["opened_at"], return_dtype=pl.Datetime("us")
    )
    soon = whole.review_rows.with_columns(reviewed_at=opened + pl.duration(days=2))
    reviews = soon if at == "intake" else whole.review_rows
    asked = Tables.of(whole.office, cases=whole.case_rows, events=whole.event_rows, reviews=reviews)
    found = running_risk_labels(asked, UNTIL).join(asked.review_rows, on="case_id")
    assert found.height > 200
    assert (found["moment"] < found["reviewed_at"]).all()


def test_limits_need_a_clock_to_be_asked_about() -> None:
    """What is only counted in features has no overruns to foresee."""
    unwatched = small_office(60, limits=[LIMIT_OF_20_DAYS | {"watched": False}])
    at = moments_of(remaining_labels(unwatched, UNTIL).select("case_id", "moment"))
    assert waiting_clocks(unwatched, rows(at)).is_empty()
