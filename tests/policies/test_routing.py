"""Which track a new case belongs to, and the sentence why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from cases.office.model import Intake
from policies.routing import audited, route, tracked

MINORS = {
    "code": "juvenile",
    "meaning": {"en": "a suspect is a juvenile", "zh": "涉未成年人案件"},
    "when": [{"attribute": "juvenile", "equals": True}],
}


@dataclass(frozen=True)
class Cuts:
    """The cut-offs of a test."""

    simple_below: float | None
    complex_from: float | None
    simple_held: bool = False
    complex_held: bool = False


INTAKE = Intake.model_validate({"rules": [MINORS]})


def one(p: float, low: float | None = 0.05, high: float | None = 0.15, **rule: Any) -> Any:
    """The routing of a single case."""
    text = pl.String
    settled = {name: pl.Series([rule.get(name)], dtype=text) for name in ("rule", "track")}
    frame = pl.DataFrame({"case_id": ["c"], "complex_probability": [p]}).with_columns(**settled)
    routing = route(frame, INTAKE, Cuts(low, high), "s")
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
    routing = route(empty, INTAKE, Cuts(0.1, 0.2), "s")
    assert (routing.tracks.height, routing.why) == (0, {})


def many(count: int) -> pl.DataFrame:
    """Cases called simple, complex and neither, in turn; a rule settles the last."""
    probabilities = [(0.01, 0.9, 0.1)[case % 3] for case in range(count)]
    rule = [None] * (count - 1) + ["juvenile"]
    return pl.DataFrame(
        {
            "case_id": [f"c{case}" for case in range(count)],
            "complex_probability": probabilities,
            "rule": rule,
            "track": [code and "complex" for code in rule],
        },
        schema_overrides={"rule": pl.String, "track": pl.String},
    )


def test_the_audit_draws_its_share_of_what_is_called() -> None:
    """Of those called simple and those called complex a tenth each; tolerance three errors."""
    tracks = audited(tracked(many(6000), 0.05, 0.15), 0.1, "seed")
    assert set(tracks["called"].drop_nulls()) == {"simple", "complex"}
    for called in ("simple", "complex"):
        own = tracks.filter(called=called)
        assert set(own["audit_probability"]) == {0.1}
        share = (own["track"] == "person").mean()
        assert share == pytest.approx(0.1, abs=3 * (0.1 * 0.9 / own.height) ** 0.5)
    rest = tracks.filter(pl.col("called").is_null())
    assert rest["audit_probability"].is_null().all()
    assert rest["track"].to_list()[-1] == "complex"


def test_the_draw_of_a_case_depends_on_nothing_else() -> None:
    """The same case and seed are drawn alike in whatever company; another seed draws others."""
    whole = audited(tracked(many(300), 0.05, 0.15), 0.3, "seed")
    part = audited(tracked(many(300)[100:], 0.05, 0.15), 0.3, "seed")
    assert part["track"].to_list() == whole["track"][100:].to_list()
    other = audited(tracked(many(300), 0.05, 0.15), 0.3, "other")
    assert other["track"].to_list() != whole["track"].to_list()
    none = audited(tracked(many(300), 0.05, 0.15), 0.0, "seed")
    assert none["track"].to_list() == tracked(many(300), 0.05, 0.15)["track"].to_list()


def test_an_audited_case_says_so() -> None:
    """The sentence says what the estimate calls it, and that chance gave it to a person."""
    always = INTAKE.model_copy(update={"audit_share": 1.0})
    routing = route(many(3)[:1], always, Cuts(0.05, 0.15), "seed")
    assert routing.tracks["track"].to_list() == ["person"]
    assert routing.why["c0"].say("en").startswith("Drawn at random: of the cases that the estimate")


def test_a_cut_off_that_is_held_back_is_named() -> None:
    """Where more were missed than allowed, it is not said that too few outcomes are known."""
    routing = route(many(3)[:1], INTAKE, Cuts(None, 0.15, simple_held=True), "seed")
    assert "held back" in routing.why["c0"].say("en")
