"""Which quarter the report compares, and with what."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.drift import changes as module
from evaluation.drift.changes import changes
from evaluation.drift.drift import Drift
from models.bundle.bundle import Bundle
from tests.factories.small_office import without
from training.splits import Period

NOW = datetime(2024, 12, 31)


def of_quarters(counts: dict[int, int]) -> pl.DataFrame:
    """Labels of 2024, so many in each quarter, known at once."""
    days = [datetime(2024, 3 * q - 1, 1) for q, count in counts.items() for _ in range(count)]
    return pl.DataFrame({"moment": days, "known_at": days}, schema_overrides=TIMES)


TIMES = {"moment": pl.Datetime("us"), "known_at": pl.Datetime("us")}


@pytest.mark.parametrize(
    ("counts", "quarter"),
    [
        ({1: 200, 2: 200, 3: 200, 4: 200}, 4),
        ({1: 200, 2: 200, 3: 200, 4: 99}, 3),  # fewer than are needed
        ({1: 500, 2: 500, 3: 260, 4: 240}, 3),  # less than half of what is usual
        ({1: 99, 2: 99}, None),
        ({}, None),
    ],
)
def test_the_latest_quarter_of_usual_size(
    tables: Tables,
    bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
    counts: dict[int, int],
    quarter: int | None,
) -> None:
    """The latest quarter with 100 outcomes and half of the median quarter trained on."""
    asked: list[Period] = []
    monkeypatch.setattr(module, "judged_labels", lambda *_: of_quarters(counts))
    monkeypatch.setattr(module, "drift", lambda *args, **_: asked.append(args[2]))
    monkeypatch.setattr(module, "findings", lambda *_: ())
    monkeypatch.setattr(module, "_against_previous", lambda found: found)
    found = changes(tables, bundle, NOW)
    assert (found and found.name) == (quarter and f"2024-Q{quarter}")
    assert [(one.until.month + 2) // 3 for one in asked] == ([quarter] if quarter else [])


def test_what_was_trained_on_is_compared_with_the_quarter_before_alone(
    tables: Tables, bundle: Bundle
) -> None:
    """A quarter that the model learnt from is no later time: only the one before is told."""
    found = changes(tables, bundle, NOW)
    assert found is not None
    trained_until = datetime.fromisoformat(bundle.about["trained_until"])
    assert found.trained_on == (found.drift.period.after < trained_until)
    early = dataclasses.replace(
        bundle, about=bundle.about | {"trained_until": datetime(2024, 12, 1).isoformat()}
    )
    late = changes(tables, early, NOW)
    assert late is not None
    assert late.trained_on
    drift: Drift = late.drift
    assert set(drift.windows) | set(drift.rates) | set(drift.shifts) <= {"previous"}


def test_effort_alone_does_not_drift(tables: Tables, bundle: Bundle) -> None:
    """A bundle that only foresees effort has no rate of an outcome that could change."""
    assert changes(tables, without(bundle, risk="none", complexity="none"), NOW) is None
