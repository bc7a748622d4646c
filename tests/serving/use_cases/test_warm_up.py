"""What is made before the first request."""

from __future__ import annotations

import polars as pl

from cases.tables.tables import Tables, case_columns
from serving.use_cases.context import ServiceContext
from serving.use_cases.warm_up import warm_up
from tests.factories.fakes import FakeModel, context


class Counting(FakeModel):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def few_features(self, tables, moments, *codes):
        """As any model."""
        self.asked.append(codes)
        return super().few_features(tables, moments, *codes)


def test_the_features_of_every_answer_are_built_once():
    """Those of the risk of a case, and those of a new case, each as requests ask for them."""
    model = Counting()
    warm_up(context(model))
    assert model.asked == [("risk",), ("complexity", "effort")]


def test_an_office_without_cases_is_ready_too():
    """There is nothing to ask for."""
    office, model = context().office, Counting()
    warm_up(ServiceContext(Tables.of(office, pl.DataFrame(schema=case_columns(office))), model))
    assert model.asked == []
