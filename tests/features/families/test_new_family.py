"""A new family of features is a module with `features(office)` and a name in the list."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import narwhals as nw
import polars as pl
import pytest

from cases.language.messages import _
from features import catalogue
from features.as_of import closing_moments
from features.build import build
from features.feature import Feature, OfCase
from tests.factories.small_office import UNTIL, small_office


def odd_day(moment: nw.Expr) -> nw.Expr:
    """1 on odd days of the month."""
    return moment.dt.day() % 2


ODD = Feature("parity.odd_day", (OfCase("moment"),), odd_day, "flag", _("day of the month"))
FAMILY = SimpleNamespace(features=lambda _office: (ODD,))


@pytest.fixture
def _with_parity(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Catalogues hold the family, and forget it afterwards."""
    monkeypatch.setattr(catalogue, "FAMILIES", (*catalogue.FAMILIES, FAMILY))
    catalogue._last.clear()
    yield
    catalogue._last.clear()


@pytest.mark.usefixtures("_with_parity")
def test_it_is_built_for_training_and_for_requests() -> None:
    """The risk model may use it, and its value is that of the formula."""
    tables = small_office(60)
    assert ODD.name in catalogue.risk_features(tables.office)
    moments = closing_moments(tables, after=None, until=UNTIL)
    x = build(tables, moments, (ODD.name,)).collect("polars").to_native()
    assert x.height
    assert x.select((pl.col("moment").dt.day() % 2 == pl.col(ODD.name)).all()).item()


def test_models_without_it_are_told_apart(request: pytest.FixtureRequest) -> None:
    """The fingerprint of the definitions changes with the family."""
    office = small_office(10).office
    before = catalogue.fingerprint(office)
    request.getfixturevalue("_with_parity")
    assert catalogue.fingerprint(office) != before
