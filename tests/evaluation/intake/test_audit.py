"""What the audited cases show of the estimate's errors."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.intake import audit as module
from evaluation.intake.audit import KEPT, audited_tracks

OPENED = datetime(2024, 1, 1)
NOW = datetime(2025, 1, 1)


def lines(*cases: tuple[str, str, str | None, float | None]) -> pl.DataFrame:
    """Lines of kept intakes: case, track, called, audit probability."""
    return pl.DataFrame(cases, schema=KEPT, orient="row")


def closed(**complex_by_case: int) -> pl.DataFrame:
    """Outcomes, one day after another."""
    return pl.DataFrame(
        {
            "case_id": list(complex_by_case),
            "moment": [OPENED] * len(complex_by_case),
            "known_at": [OPENED + timedelta(days=day) for day in range(len(complex_by_case))],
            "y": list(complex_by_case.values()),
        }
    )


def test_audited_tracks_by_hand(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only drawn cases whose outcome is known count; what a rule settles is never audited."""
    outcomes = closed(a=1, b=0, c=1, d=1, e=0, f=1)
    monkeypatch.setattr(module, "complexity_outcomes", lambda *_: outcomes)
    kept = lines(
        ("a", "person", "simple", 0.1),  # called simple, drawn, proved complex: wrong
        ("b", "person", "simple", 0.1),
        ("c", "simple", "simple", 0.1),  # not drawn
        ("d", "person", "complex", 0.1),
        ("e", "person", "complex", 0.1),  # called complex, drawn, proved simple: wrong
        ("f", "person", None, None),  # the estimate cannot tell
        ("g", "person", "simple", 0.1),  # not closed yet
    )
    simple, complicated = audited_tracks(tables, kept, NOW)
    assert (simple.called, simple.cases, simple.drawn) == ("simple", 4, 3)
    assert (simple.wrong.value, simple.wrong.n) == (0.5, 2)
    assert (complicated.called, complicated.cases, complicated.drawn) == ("complex", 2, 2)
    assert (complicated.wrong.value, complicated.wrong.n) == (0.5, 2)


def test_without_an_audit_nothing_is_said(tables: Tables) -> None:
    """An office that draws none has no figure."""
    assert audited_tracks(tables, lines(("a", "simple", "simple", 0.0)), NOW) == ()
    assert audited_tracks(tables, lines(), NOW) == ()
