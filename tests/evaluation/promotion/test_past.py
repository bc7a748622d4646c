"""What a candidate is held against."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.promotion.past import before, refusals
from models.bundle.bundle import Bundle
from models.registry import Registry, office_name
from tests.factories.office import OFFICE
from tests.factories.office import office as factory
from tests.factories.small_office import without


def known_by(bundle: Bundle, day: str) -> Bundle:
    """The bundle as if trained on another day."""
    return replace(bundle, about={**bundle.about, "trained_until": f"{day}T00:00:00"})


def promoted(registry: Registry, bundle: Bundle, lost: float) -> None:
    """Make the bundle champion, seen to be worse by `lost` than the one before."""
    version = registry.log(bundle, office_name(bundle.office), {})
    registry.promote(version)
    registry.record(version, "promoted", "it holds", {"gate.auc.worse": lost})


def test_before_the_first_champion_there_is_nothing(bundle: Bundle, tmp_path: Path) -> None:
    """A first candidate is held against nobody, on its first attempt."""
    found, note = before(Registry(tmp_path), bundle.office, bundle)
    assert (found.champion, found.best, found.attempt, note) == (None, None, 1, None)


@pytest.mark.parametrize(
    ("lost", "best"),
    [((0.0,), None), ((0.0, 0.01), 1), ((0.0, 0.02, 0.02), 1), ((0.0, -0.02, 0.01), 2)],
)
def test_the_best_of_the_past_is_that_from_which_most_was_lost(
    bundle: Bundle, tmp_path: Path, lost: tuple[float, ...], best: int | None
) -> None:
    """Steps are added up; the present champion is not one of the past."""
    registry = Registry(tmp_path)
    for number, step in enumerate(lost, start=1):
        promoted(registry, known_by(bundle, f"2024-07-0{number}"), step)
    found, _note = before(registry, bundle.office, known_by(bundle, "2024-08-01"))
    assert found.champion is not None
    assert found.champion.about["trained_until"] == f"2024-07-0{len(lost)}T00:00:00"
    days = None if found.best is None else found.best.about["trained_until"]
    assert days == (None if best is None else f"2024-07-0{best}T00:00:00")


def test_what_cannot_be_loaded_or_answers_nothing_alike_is_passed_over(
    bundle: Bundle, tmp_path: Path
) -> None:
    """A version under other definitions, and one without the question, are no best of the past."""
    attributes = OFFICE["attributes"] | {"extra": OFFICE["attributes"]["appealed"]}
    registry = Registry(tmp_path)
    other = replace(bundle, office=factory(attributes=attributes))
    for number, kept in enumerate((other, without(bundle, risk="few."), bundle, bundle), start=1):
        promoted(registry, known_by(kept, f"2024-07-0{number}"), 0.01)
    found, _note = before(registry, bundle.office, bundle)
    assert found.best is not None
    assert found.best.about["trained_until"] == "2024-07-03T00:00:00"


def test_refusals_on_the_same_outcomes_are_counted(bundle: Bundle, tmp_path: Path) -> None:
    """Only those that knew the same; what was known on another day is other data."""
    registry, office = Registry(tmp_path), bundle.office
    for day in ("2024-07-01", "2024-07-01", "2024-06-01"):
        version = registry.log(known_by(bundle, day), office_name(office), {})
        registry.record(version, "refused", "it does not hold")
    again = known_by(bundle, "2024-07-01")
    registry.log(again, office_name(office), {})
    versions = registry.versions(office_name(office))
    assert refusals(versions, "2024-07-01T00:00:00") == 2
    assert before(registry, office, again)[0].attempt == 3
