"""Tests of what holds a training to the past that the champion learnt from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cases.errors import Refused
from cases.language.messages import Message
from cases.progress import silent
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest
from evaluation.promotion import candidate, gate
from evaluation.promotion.candidate import train_candidate
from evaluation.promotion.same_past import changes, keep, kept, learnt_from
from evaluation.promotion.worth import Worth
from models.bundle.bundle import Bundle
from models.registry import Registry
from tests.factories.small_office import UNTIL

CASES = 100
THEN = pl.DataFrame(
    {
        "case_id": [f"c{number}" for number in range(CASES)],
        "moment": [datetime(2024, 1, 1) + timedelta(days=number) for number in range(CASES)],
        "y": [number % 10 == 0 for number in range(CASES)],
        "attribute.suspects": [float(number) for number in range(CASES)],
        "attribute.charge": ["theft", "fraud"] * (CASES // 2),
    },
    schema_overrides={"moment": pl.Datetime("us"), "y": pl.Int8},
)


def otherwise(first: int, name: str, value: pl.Expr) -> pl.DataFrame:
    """The cases, the first of them with another value in a column."""
    row = pl.int_range(pl.len())
    return THEN.with_columns(pl.when(row < first).then(value).otherwise(name).alias(name))


@pytest.mark.parametrize(
    ("now", "gone", "outcomes", "facts", "too_many"),
    [
        (THEN, 0, 0, {}, False),
        (otherwise(2, "y", 1 - pl.col("y")), 0, 2, {}, False),
        (otherwise(3, "y", 1 - pl.col("y")), 0, 3, {}, True),
        (THEN[2:], 2, 0, {}, False),
        (THEN[3:], 3, 0, {}, True),
        (otherwise(3, "moment", pl.col("moment") + timedelta(days=1)), 3, 0, {}, True),
        (
            otherwise(3, "attribute.charge", pl.lit("murder")),
            0,
            0,
            {"attribute.charge": 3},
            True,
        ),
        (
            otherwise(3, "attribute.suspects", pl.lit(None)),
            0,
            0,
            {"attribute.suspects": 3},
            True,
        ),
        (otherwise(9, "attribute.suspects", pl.col("attribute.suspects") + 1e-12), 0, 0, {}, False),
        (THEN.drop("attribute.charge"), 0, 0, {}, False),
    ],
)
def test_what_differs_is_counted(
    now: pl.DataFrame, gone: int, outcomes: int, facts: dict[str, int], too_many: bool
) -> None:
    """Cases that are gone or moved, other outcomes, other facts; last digits are no change."""
    found = changes(THEN, now)
    assert (found.gone, found.outcomes, found.facts) == (gone, outcomes, facts)
    assert found.too_many is too_many


def test_results_that_come_in_late_change_nothing() -> None:
    """Cases that only the newer tables know are counted nowhere."""
    found = changes(THEN[:50], THEN)
    assert (found.cases, found.gone, found.too_many) == (50, 0, False)
    assert not changes(THEN[:0], THEN).too_many


def test_what_was_learnt_from_is_kept_beside_the_model(
    tables: Tables, bundle: Bundle, tmp_path: Path
) -> None:
    """Outcomes and the case's own facts, without quantities of other cases."""
    keep(tmp_path, tables, bundle)
    found = kept(tmp_path, bundle)
    assert found is not None
    assert found.height == bundle.about["reviewed_cases"]
    assert {"attribute.suspects", "process.count.returned"} < set(found.columns)
    assert not [name for name in found.columns if name.startswith(("workload.", "history."))]
    assert not changes(found, learnt_from(tables, bundle, UNTIL)).facts


def test_what_cannot_be_read_was_not_kept(tables: Tables, bundle: Bundle, tmp_path: Path) -> None:
    """A file that is not there, or not as it was written, is as none."""
    assert kept(tmp_path, bundle) is None
    keep(tmp_path, tables, bundle)
    (file,) = (tmp_path / "learnt").iterdir()
    file.write_bytes(b"no table")
    assert kept(tmp_path, bundle) is None


def test_a_changed_past_is_refused_unless_it_was_corrected(
    tables: Tables, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turned outcomes stop a candidate that would be promoted; the reason given stands with it."""

    def uncompared(*_: object) -> pl.DataFrame:
        raise Refused("nothing to compare on.")

    monkeypatch.setattr(candidate, "find_leaks", lambda *_: ())
    monkeypatch.setattr(candidate, "find_proxies", lambda *_: ())
    monkeypatch.setattr(candidate, "last_year_backtest", lambda *_: Backtest(*[None] * 7))
    monkeypatch.setattr(gate, "judge", lambda *_: Worth(True, Message("Good.")))
    monkeypatch.setattr(gate, "later_scores", uncompared)
    registry, later = Registry(tmp_path), {**bundle.about, "trained_until": UNTIL.isoformat()}
    turned = pl.when(pl.col("grade") == "good").then(pl.lit("bad")).otherwise(pl.lit("good"))
    fifth = pl.int_range(pl.len()) % 5 == 0
    grades = pl.when(fifth).then(turned).otherwise("grade").alias("grade")
    changed = tables.with_rows(reviews=tables.review_rows.with_columns(grades))

    def trained(of: Tables, fitted: Bundle, corrected: str = "") -> tuple[bool, str]:
        monkeypatch.setattr(candidate, "train", lambda *_: fitted)
        until = datetime.fromisoformat(fitted.about["trained_until"])
        verdict = train_candidate(of, registry, until, silent, corrected).verdict
        return verdict.promoted, str(verdict.reason)

    assert trained(tables, bundle) == (True, "Good.")
    promoted, reason = trained(changed, replace(bundle, about=later))
    assert not promoted
    assert "have another outcome (at most 2% may differ in any one respect). The" in reason
    assert "`triage train OFFICE --corrected REASON`" in reason
    promoted, reason = trained(changed, replace(bundle, about=later), "grades were mixed up")
    assert promoted
    assert reason.endswith("The past was corrected: grades were mixed up")
    (tmp_path / "learnt").rename(tmp_path / "lost")
    promoted, reason = trained(tables, replace(bundle, about=later))
    assert promoted
    assert "was not kept, so it cannot be said" in reason
