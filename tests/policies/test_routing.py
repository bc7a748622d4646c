"""Which track a new case belongs to, and the sentence why."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from cases.office.model import Intake
from policies.routing import route

MINORS = {
    "code": "juvenile",
    "meaning": {"en": "a suspect is a juvenile", "zh": "涉未成年人案件"},
    "when": [{"attribute": "juvenile", "equals": True}],
}
INTAKE = Intake.model_validate({"rules": [MINORS]})


def one(p: float, low: float | None = 0.05, high: float | None = 0.15, **rule: Any) -> Any:
    """The routing of a single case."""
    text = pl.String
    settled = {name: pl.Series([rule.get(name)], dtype=text) for name in ("rule", "track")}
    frame = pl.DataFrame({"case_id": ["c"], "complex_probability": [p]}).with_columns(**settled)
    routing = route(frame, INTAKE, low, high)
    return routing.tracks.row(0, named=True) | {"why": routing.why["c"]}


@pytest.mark.parametrize(
    ("p", "low", "high", "track", "why"),
    [
        (0.049, 0.05, 0.15, "simple", "4.9%, below 5%, where at most 5% of complex cases"),
        (0.05, 0.05, 0.15, "person", "simple below 5%, complex from 15% on"),
        (0.149, 0.05, 0.15, "person", "cannot tell"),
        (
            0.15,
            0.05,
            0.15,
            "complex",
            "15.0%, not below 15%, where at most 20% of simple cases",
        ),
        (0.09, 0.1, 0.1, "simple", "below 10%"),
        (0.1, 0.1, 0.1, "complex", "not below 10%"),
        (0.01, None, 0.15, "person", "too few outcomes known"),
        (0.99, 0.05, None, "person", "too few outcomes known"),
        (0.5, None, None, "person", "too few outcomes known"),
    ],
)
def test_track_and_why(
    p: float, low: float | None, high: float | None, track: str, why: str
) -> None:
    """Below the one cut-off simple, from the other on complex, between them a person decides."""
    routed = one(p, low, high)
    assert routed["track"] == track
    assert why in routed["why"].say("en")
    assert "复杂概率" in routed["why"].say("zh")


def test_rules_come_first() -> None:
    """A case that a rule settles is on its track, whatever the estimate says, and says so."""
    routed = one(0.01, rule="juvenile", track="complex")
    assert (routed["track"], routed["rule"]) == ("complex", "juvenile")
    assert routed["why"].say("en") == "Rule juvenile: a suspect is a juvenile."
    assert routed["why"].say("zh") == "规则juvenile：涉未成年人案件。"


def test_no_cases() -> None:
    """An empty frame is routed to an empty one."""
    kinds = {"case_id": pl.String, "complex_probability": pl.Float64}
    empty = pl.DataFrame(schema=kinds | dict.fromkeys(("rule", "track"), pl.String))
    routing = route(empty, INTAKE, 0.1, 0.2)
    assert (routing.tracks.height, routing.why) == (0, {})
