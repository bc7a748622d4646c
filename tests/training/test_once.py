"""What a run makes once for the same tables."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.office.model import Office
from models.questions.effort import EffortModel
from tests.factories.small_office import small_office
from training.fit import quarter_forecasts
from training.labels import effort_labels
from training.once import fitted_once, forecasts_of, opened_table, reviewed_table

UNTIL = datetime(2025, 1, 1)


def test_a_table_is_made_once_for_a_time() -> None:
    """Asked for again it is the same table; of another time it is another."""
    tables = small_office(60)
    for table in (opened_table, reviewed_table):
        assert table(tables, UNTIL) is table(tables, UNTIL)
        assert table(tables, datetime(2024, 1, 10)).height < table(tables, UNTIL).height


def test_the_same_labels_make_the_same_model() -> None:
    """A model is fitted again only on other labels, or of other tables."""
    calls: list[int] = []

    def fit(_x: pl.DataFrame, labels: pl.DataFrame, _office: Office) -> int:
        calls.append(labels.height)
        return len(calls)

    tables, labels = small_office(60), pl.DataFrame({"case_id": ["a", "b"], "y": [0, 1]})
    models = [
        fitted_once(of, fit)(pl.DataFrame(), known, of.office)
        for of, known in (
            (tables, labels),
            (tables, labels.clone()),
            (tables, labels.head(1)),
            (small_office(60), labels),
        )
    ]
    assert models == [1, 1, 2, 3]


def test_quarters_are_forecast_once() -> None:
    """Of the quarters that were forecast before, the very models are taken."""
    tables = small_office(1500)
    x = opened_table(tables, UNTIL)
    cases = effort_labels(tables, UNTIL).join(x, on=["case_id", "moment"]).sort("moment")
    made = forecasts_of(tables, UNTIL)
    few = quarter_forecasts(cases, lambda: EffortModel.of(tables.office), UNTIL, 2, made)
    more = quarter_forecasts(cases, lambda: EffortModel.of(tables.office), UNTIL, 3, made)
    assert few
    assert [quarter.model for quarter in more[-len(few) :]] == [quarter.model for quarter in few]
    assert all(isinstance(quarter.model, EffortModel) for quarter in more)
