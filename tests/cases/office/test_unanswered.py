"""An attribute of which nobody has said when it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from cases.office.model import Office
from cases.tables.tables import case_columns
from features.catalogue import catalogue
from tests.factories.files import FILES, load, write
from tests.factories.office import OFFICE, office

WAITING = {**OFFICE["attributes"], "appealed": OFFICE["attributes"]["appealed"] | {"known": "?"}}


def test_nothing_can_see_it() -> None:
    """It is no attribute, so neither a feature nor a column of the case table comes of it."""
    made = office(attributes=WAITING)
    assert list(made.unanswered) == ["appealed"]
    assert "appealed" not in made.attributes
    assert "attribute.appealed" not in catalogue(made)
    assert "appealed" not in case_columns(made)


def test_it_is_forgotten_by_what_is_kept() -> None:
    """The values that are kept with a plan are the same as without it."""
    without = {name: fact for name, fact in WAITING.items() if name != "appealed"}
    kept = office(attributes=WAITING).model_dump(mode="json")
    assert kept == office(attributes=without).model_dump(mode="json")
    assert Office.model_validate(kept).unanswered == {}


@pytest.mark.parametrize(
    "use",
    [
        {"fairness": ["appealed"]},
        {"risk": {"among": [{"attribute": "appealed", "equals": True}]}},
        {"effort": {"attribute": "appealed"}},
    ],
    ids=["fairness", "a condition", "effort"],
)
def test_what_names_it_is_refused(use: dict[str, object]) -> None:
    """With what to do about it."""
    with pytest.raises(BadInput, match=r"Say it under \[attributes.appealed\]"):
        office(attributes=WAITING, **use)


def test_its_values_are_checked_all_the_same(tmp_path: Path) -> None:
    """What cannot be read is a fault now and not on the day of the answer."""
    file = FILES["office.toml"].replace('known = "closing"', 'known = "?"')
    clean = load(write(tmp_path, **{"office.toml": file}))
    assert "detained" not in clean.case_rows.columns
    wrong = FILES["cases.csv"].replace(",yes", ",perhaps")
    with pytest.raises(BadInput, match=r"perhaps.*is not a flag"):
        load(write(tmp_path, **{"office.toml": file, "cases.csv": wrong}))
