"""Scores out of time: nobody is asked about a case by a model that could have seen it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from training.rolling import out_of_time


def cases(*days: str) -> pl.DataFrame:
    """One case per day."""
    moments = [datetime.fromisoformat(day) for day in days]
    schema = {"case_id": pl.String, "moment": pl.Datetime("us")}
    return pl.DataFrame({"case_id": list(days), "moment": moments}, schema=schema)


def test_each_quarter_by_what_came_before() -> None:
    """The score of a case is given at the end of the quarter before its own, if one can be."""
    asked_at = []

    def score(origin: datetime, asked: pl.DataFrame) -> pl.Series | None:
        asked_at.append((origin.date().isoformat(), asked["case_id"].to_list()))
        return None if origin.year < 2023 else pl.Series([float(origin.month)] * asked.height)

    four = cases("2023-03-31", "2023-04-01", "2023-06-30", "2023-11-01")
    found = out_of_time(four, datetime(2023, 12, 31), score)
    assert asked_at == [
        ("2022-12-31", ["2023-03-31"]),
        ("2023-03-31", ["2023-04-01", "2023-06-30"]),
        ("2023-09-30", ["2023-11-01"]),
    ]
    assert found["case_id"].to_list() == ["2023-04-01", "2023-06-30", "2023-11-01"]
    assert found["score"].to_list() == [3.0, 3.0, 9.0]
    assert (found["origin"] < found["moment"]).all()


def test_no_cases() -> None:
    """Without cases there is nothing to score, and the columns stand."""
    found = out_of_time(cases(), datetime(2023, 12, 31), lambda *_: None)
    assert found.columns == ["case_id", "moment", "score", "origin"]
    assert found.is_empty()
