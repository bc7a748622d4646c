"""The risk and the complexity model of an office."""

from __future__ import annotations

import pytest

from cases.errors import BadInput
from models.questions.complexity import ComplexityModel
from models.questions.risk import RiskModel
from tests.factories.office import office


def test_directions_come_from_the_office_file() -> None:
    """Features named increasing or decreasing get that direction."""
    risk = {"increasing": ["attribute.suspects"], "decreasing": ["process.days_open"]}
    model = RiskModel.of(office(risk=risk))
    assert model.monotone == {"attribute.suspects": 1, "process.days_open": -1}


@pytest.mark.parametrize("name", ["attribute.suspect", "attribute.charge", "attribute.handler"])
def test_direction_of_no_feature(name: str) -> None:
    """A direction for what is not a numeric feature is a fault that names the nearest that is."""
    with pytest.raises(BadInput, match=r"risk\.increasing.*Did you mean"):
        RiskModel.of(office(risk={"increasing": [name]}))


@pytest.mark.parametrize("model", [RiskModel, ComplexityModel])
def test_no_handler_by_default(model: type[RiskModel] | type[ComplexityModel]) -> None:
    """Who handles a case, and how earlier cases of that person went, are no features."""
    names = model.of(office()).names
    assert "attribute.handler" not in names
    assert not [name for name in names if name.startswith("history.handler")]


def test_handler_only_when_switched_on() -> None:
    """The office file can let the handler in."""
    assert "attribute.handler" in RiskModel.of(office(risk={"use_handler": True})).names


def test_complexity_knows_intake_only() -> None:
    """Nothing that is known at closing is a feature of the complexity model."""
    names = ComplexityModel.of(office()).names
    assert "attribute.suspects" in names
    assert "attribute.appealed" not in names
    assert not [name for name in names if name.startswith("process.count")]
