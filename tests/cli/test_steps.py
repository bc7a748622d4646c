"""What stands between a fitted model and its use."""

from __future__ import annotations

import copy
from datetime import datetime
from pathlib import Path

import pytest

from cases.errors import Refused
from cases.progress import silent
from cases.tables import Tables
from cli.steps import confirm, train_and_register
from models.boosting import Trees
from models.bundle import Bundle
from models.registry import Registry
from tests.models.small_office import small_office
from training.run import train

UNTIL = datetime(2024, 8, 1)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Eight hundred cases of the made-up office."""
    return small_office(800)


@pytest.fixture(scope="module")
def bundle(tables: Tables) -> Bundle:
    """A bundle of that office."""
    return train(tables, UNTIL)


def test_what_cannot_be_loaded_is_never_champion(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that cannot be read back from the registry is refused and not promoted."""

    def unreadable(*_: object) -> Trees:
        raise ValueError("no such trees")

    monkeypatch.setattr(Trees, "from_text", unreadable)
    registry = Registry(tmp_path)
    with pytest.raises(Refused, match="no such trees"):
        train_and_register(tables, registry, UNTIL, silent)
    with pytest.raises(Refused, match="no champion"):
        registry.champion(tables.office)


def test_what_answers_otherwise_is_refused(tables: Tables, bundle: Bundle) -> None:
    """A kept bundle must answer the latest cases to the bit as the fitted one."""
    confirm(tables, bundle, bundle, UNTIL)
    other = copy.deepcopy(bundle)
    assert other.risk is not None
    other.risk.shift_ += 1e-9
    with pytest.raises(Refused, match="answers otherwise"):
        confirm(tables, bundle, other, UNTIL)
