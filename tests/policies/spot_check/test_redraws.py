"""A frame drawn from twice is reported; the same plan kept twice is not."""

from __future__ import annotations

from policies.spot_check.redraws import KeptDraw, redraws


def said(*draws: KeptDraw) -> list[str]:
    """The reports in English."""
    return [report.say("en") for report in redraws(draws)]


def test_a_redraw_is_reported_with_all_plans_of_its_frame() -> None:
    """In order of name, whichever came first."""
    draws = KeptDraw("second", "f", "2"), KeptDraw("first", "f", "1"), KeptDraw("other", "g", "3")
    assert said(*draws) == ["The same frame was drawn from with different seeds: first, second."]


def test_each_frame_is_reported_by_itself() -> None:
    """Two frames, two sentences."""
    draws = [KeptDraw(f"{frame}{seed}", frame, seed) for frame in "fg" for seed in "12"]
    assert [sentence.split(": ")[1] for sentence in said(*draws)] == ["f1, f2.", "g1, g2."]


def test_one_seed_is_no_redraw() -> None:
    """A copy of a plan, or one seed for several frames."""
    assert said(KeptDraw("a", "f", "1"), KeptDraw("copy", "f", "1"), KeptDraw("b", "g", "1")) == []
    assert said() == []
