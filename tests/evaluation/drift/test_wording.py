"""Drift in sentences, and what to do next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from evaluation.drift.calibration import Calibration, SinceTraining
from evaluation.drift.drift import Drift, RateChange, Window
from evaluation.drift.shifts import Cell, Shift
from evaluation.drift.wording import MOST, findings
from evaluation.statistics.metrics import Figure
from tests.factories.office import office
from training.splits import Period

SPAN = Period(datetime(2024, 1, 1), datetime(2024, 4, 1))
RATE = Figure(0.12, 0.1, 0.14, 900)
HELD = Calibration(50, 50, Figure(1.0, 0.8, 1.3, 500), False)
SINCE = SinceTraining(900, 0.5, 400)
OFF = Calibration(20, 41, Figure(0.49, 0.3, 0.8, 500), True)


def shift(name: str, cell: Cell, before: float = 0.4, now: float = 0.6) -> Shift:
    """A shift that raises an alarm."""
    return Shift(name, cell, before, now, 0.5, 0.0005)


MOVED = shift("attribute.suspects", Cell(2.0, "at_most"))
GAPS = shift("attribute.suspects", Cell(None, "missing"), 0.03, 0.2)


def made(**changes: Any) -> Drift:
    """A drift without any alarm, but for what is changed."""
    parts: dict[str, Any] = {
        "question": "risk",
        "period": SPAN,
        "previous": SPAN,
        "trained": SPAN,
        "now": Window(500, 500, 0.1, Figure(0.06, 0.04, 0.09, 500)),
        "windows": {"training": Window(9000, 900, 0.1, RATE), "previous": Window(5, 5, 0.1, RATE)},
        "surveyed": True,
        "shifts": {},
        "untested": (),
        "rates": {},
        "calibration": HELD,
        "since": None,
    }
    return Drift(**(parts | changes))


@pytest.mark.parametrize(
    ("shifts", "otherwise"),
    [
        ((), False),
        ((MOVED,), False),
        ((MOVED, GAPS), True),
        ((shift("events.appeal", Cell(None, "missing")),), False),
    ],
)
def test_gaps_in_attributes_are_filling_otherwise(
    shifts: tuple[Shift, ...], otherwise: bool
) -> None:
    """An attribute that is missing more often is a change of the data, a step not taken is none."""
    found = made(shifts={"training": shifts})
    assert found.filled_otherwise is otherwise
    assert found.any_alarm is bool(shifts)


@pytest.mark.parametrize(
    ("moved", "en", "zh"),
    [
        (
            MOVED,
            "number of suspects: at most 2",
            "嫌疑人人数：不超过2的案件占60.0%，训练期为40.0%。",
        ),
        (
            GAPS,
            "number of suspects: not recorded",
            "嫌疑人人数：无记录的案件占20.0%，训练期为3.0%。",
        ),
        (
            shift("attribute.charge", Cell("theft", "level")),
            "charge: theft",
            "罪名：theft的案件占60.0%，训练期为40.0%。",
        ),
        (
            shift("attribute.charge", Cell(None, "other")),
            "charge: a rare value",
            "罪名：其他少见取值的案件占60.0%，训练期为40.0%。",
        ),
        (
            shift("attribute.appealed", Cell(0.0, "at_most")),
            "was appealed: no",
            "上诉：否的案件占60.0%，训练期为40.0%。",
        ),
        (
            shift("own_score", Cell(0.05, "at_most")),
            "estimated risk by the case's own facts: at most 0.05",
            "按案件自身情况估计的风险：不超过0.05的案件占60.0%，训练期为40.0%。",
        ),
    ],
)
def test_inputs_in_words(moved: Shift, en: str, zh: str) -> None:
    """Meaning, where it moved, and the shares now and before, in both languages."""
    (finding,) = findings(made(shifts={"training": (moved,)}), office())
    now, before = f"{moved.now:.1%}", f"{moved.before:.1%}"
    tail = f" in {now} of the cases, in the time trained on in {before}."
    assert (finding.what.say("en"), finding.what.say("zh")) == (en + tail, zh)
    assert finding.next.say("en")
    assert finding.next.say("zh")


def test_outcomes_in_words() -> None:
    """Base rate and calibration with their intervals; reviews that were not drawn are named."""
    changed = made(rates={"training": RateChange(0.001, True)}, calibration=OFF, surveyed=False)
    rate, level = findings(changed, office())
    assert rate.what.say("en") == (
        "The base rate is 6.0% (4.0% to 9.0%); it was 12.0% (10.0% to 14.0%) in the time trained "
        "on. These are not random reviews alone."
    )
    assert "基准比率为6.0%（4.0%至9.0%）" in rate.what.say("zh")
    assert "不限于随机评查" in rate.what.say("zh")
    assert "expected 41 cases" in level.what.say("en")
    assert "0.49（0.30至0.80）" in level.what.say("zh")


def test_many_inputs_are_counted_and_the_same_cases_shown_once() -> None:
    """Five inputs are put in words, the rest counted; equal shares are one finding."""
    shifts = [
        shift("attribute.suspects", Cell(2.0, "at_most"), 0.4, 0.6 + i / 100) for i in range(8)
    ]
    shown = findings(made(shifts={"previous": (*shifts, shifts[0])}), office())
    assert len(shown) == MOST + 1
    assert shown[-1].what.say("en").endswith("in the period before: 3.")


def test_a_level_that_is_off_since_training_is_said() -> None:
    """It counts as the period's own alarm does; a small ratio, however sure, counts nothing."""
    found = made(since=SINCE)
    assert found.any_alarm
    assert found.level_is_off
    (finding,) = findings(found, office())
    assert "the first 400 already showed" in finding.what.say("en")
    assert not made(since=SinceTraining(90_000, 1.05, 400)).any_alarm
