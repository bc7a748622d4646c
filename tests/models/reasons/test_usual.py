"""What is usual, worked out by hand."""

from __future__ import annotations

import json

import polars as pl
import pytest

from features.catalogue import catalogue
from models.reasons.usual import KEPT_VALUES, Usual, Value, usual_values
from tests.factories.office import office

SUSPECTS, APPEALED, CHARGE = "attribute.suspects", "attribute.appealed", "attribute.charge"


def usual_of(name: str, values: list[float | str | None]) -> Usual:
    """What is usual of one feature with these values."""
    kind = pl.String if name == CHARGE else pl.Float64
    x = pl.DataFrame({name: pl.Series(values, dtype=kind)})
    return usual_values(x, catalogue(office()), {name: 0.25})[name]


@pytest.mark.parametrize(
    ("values", "name", "value", "is_usual"),
    [
        ([1.0, 2.0, 9.0], SUSPECTS, 2.0, True),
        ([1.0, None, None], SUSPECTS, None, True),
        ([1.0, 2.0, None], SUSPECTS, 1.5, True),
        (["b", "a", "b"], CHARGE, "b", True),
        (["b", "a", "b", "c"], CHARGE, "b", True),
        (["b", "a", "b", "c", "d"], CHARGE, "b", False),
        (["b", "a"], CHARGE, "a", True),
        (["b", None, None], CHARGE, None, True),
        (["b", "b", "a", None, None, None, None], CHARGE, None, True),
        (["b", "b", "a", "c", None, None, None], CHARGE, "b", False),
        ([0.0, 1.0, 1.0], APPEALED, 1.0, True),
        ([0.0, 1.0, 1.0, None, None], APPEALED, 1.0, False),
        ([], CHARGE, None, True),
    ],
)
def test_usual_value(
    values: list[float | str | None], name: str, value: Value, is_usual: bool
) -> None:
    """Medians of numbers; of codes and flags the commonest, usual from half of the cases on."""
    usual = usual_of(name, values)
    assert (usual.value, usual.is_usual, usual.contribution) == (value, is_usual, 0.25)


def test_shares_of_codes() -> None:
    """Each value of a code has its share of the cases, no value is one too, and rare is unknown."""
    usual = usual_of(CHARGE, ["a", "a", "b", None, "c"])
    assert usual.shares == (("a", 0.4), ("b", 0.2), ("c", 0.2), (None, 0.2))
    assert (usual.share("a"), usual.share(None), usual.share("z")) == (0.4, 0.2, None)
    assert usual_of(SUSPECTS, [1.0, 2.0]).shares == ()
    many = usual_of(CHARGE, [f"{code:03}" for code in range(2 * KEPT_VALUES)])
    assert len(many.shares) == KEPT_VALUES


@pytest.mark.parametrize(
    ("usual", "stand_ins"),
    [
        (Usual(2.0), [(2.0, 1.0)]),
        (Usual(None), [(None, 1.0)]),
        (Usual("a", (("a", 0.5), ("b", 0.5))), [("a", 1.0)]),
        (Usual("a", (("a", 0.3), (None, 0.1))), [("a", 0.75), (None, 0.25)]),
    ],
)
def test_stand_ins(usual: Usual, stand_ins: list[tuple[Value, float]]) -> None:
    """The usual value stands in alone; where none is, the commonest do by their shares."""
    assert usual.stand_ins == [(value, pytest.approx(weight)) for value, weight in stand_ins]


def test_at_most_five_stand_in() -> None:
    """The work of a substitution is bounded, whatever the number of codes."""
    usual = Usual("0", tuple((str(code), 0.01) for code in range(40)))
    assert usual.stand_ins == [(str(code), pytest.approx(0.2)) for code in range(5)]


@pytest.mark.parametrize("values", [["a", "b", None], ["a"], []])
def test_kept_and_read_back(values: list[str | None]) -> None:
    """What is usual survives JSON."""
    usual = usual_of(CHARGE, values)
    assert Usual.from_json(json.loads(json.dumps(usual.as_json()))) == usual


@pytest.mark.parametrize(
    "change",
    [
        {"value": []},
        {"shares": 5},
        {"shares": [["a"]]},
        {"shares": [[{}, 1]]},
        {"contribution": ""},
    ],
)
def test_malformed(change: dict[str, object]) -> None:
    """What no bundle would hold is refused."""
    with pytest.raises((ValueError, TypeError)):
        Usual.from_json(Usual("a", (("a", 1.0),)).as_json() | change)
