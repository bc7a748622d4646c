"""Scores as sums of groups, against the cases compared with."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from cases.tables.tables import Tables
from features.as_of import closing_moments, intake_moments
from models.bundle.bundle import Bundle
from models.estimators.boosting import fit_trees
from models.estimators.estimator import TrainingSample
from models.estimators.kinds import Blend
from models.estimators.linear import fit_linear
from models.matrix import Columns
from models.reasons.parts import (
    check_sum,
    group_of,
    is_about_the_day,
    mean_contributions,
    parts,
)
from tests.factories.fakes import Additive
from tests.factories.small_office import UNTIL


def features(bundle: Bundle, tables: Tables, code: str) -> pl.DataFrame:
    """What a question is answered from, of all cases."""
    moments = closing_moments if code == "risk" else intake_moments
    return bundle.features(tables, moments(tables, after=None, until=UNTIL), code)


@pytest.mark.parametrize("code", ["risk", "complexity"])
def test_base_and_groups_sum_to_the_score(bundle: Bundle, small_tables: Tables, code: str) -> None:
    """Base and groups sum to the raw score of every case, whatever it is compared with."""
    explained, x = bundle.questions[code].explained, features(bundle, small_tables, code)
    assert explained is not None
    model = explained.model
    for reference in (mean_contributions(model, x), np.zeros(len(model.columns.names))):
        found = parts(model, model.columns.matrix(x), reference)
        assert np.abs(found.base + found.total.sum(axis=1) - model.raw(x)).max() < 1e-6


def test_every_kind_of_model_is_a_sum() -> None:
    """Of trees, of a regression and of both together base and groups sum to the raw score."""
    random = np.random.default_rng(0)
    x = pl.DataFrame(
        {
            "attribute.a": random.normal(size=400),
            "workload.unit_open": [n if n > 0.2 else None for n in random.random(400)],
            "workload.unit_closed": random.random(400),
            "calendar.weekday": random.integers(1, 6, 400).astype(float),
            "attribute.charge": random.choice(["theft", "fraud"], 400),
        }
    )
    y = (random.random(400) < expit(x["attribute.a"].to_numpy())).astype(float)
    sample = TrainingSample(x, y, np.ones(400), np.ones(400, dtype=bool))
    columns = Columns.learn(x, x.columns)
    linear, trees = fit_linear(columns, sample), fit_trees(columns, sample, 20, {})
    for model in (linear, trees, Blend(linear, trees, 0.5)):
        found = parts(model, model.columns.matrix(x), mean_contributions(model, x))
        assert np.abs(found.base + found.total.sum(axis=1) - model.raw(x)).max() < 1e-6
        assert np.allclose(found.total[:, 1], found.columns[:, 1] + found.columns[:, 2])
        assert found.groups == ((0,), (1, 2), (4,))
        assert found.total.std(axis=0)[0] > 0.1


@pytest.mark.parametrize("code", ["risk", "complexity"])
def test_mean_of_the_frame(bundle: Bundle, small_tables: Tables, code: str) -> None:
    """Against a frame, groups add nothing in its mean, and scores are above its mean score."""
    explained, x = bundle.questions[code].explained, features(bundle, small_tables, code)
    assert explained is not None
    model = explained.model
    found = parts(model, model.columns.matrix(x), mean_contributions(model, x))
    raw = model.raw(x)
    assert np.abs(found.total.mean(axis=0)).max() < 1e-9
    assert found.base.mean() == pytest.approx(raw.mean())
    assert found.above == pytest.approx(raw - raw.mean(), abs=1e-6)


def test_same_for_all_is_nothing_of_a_case() -> None:
    """A group that is the same for all cases of the frame adds nothing to any of them."""
    model = Additive({"attribute.a": 1.0, "workload.unit_open": 2.0, "workload.unit_closed": 3.0})
    x = pl.DataFrame(
        {
            "attribute.a": [0.0, 1.0],
            "workload.unit_open": [5.0, 5.0],
            "workload.unit_closed": [1.0, 1.0],
        }
    )
    found = parts(model, model.columns.matrix(x), mean_contributions(model, x))
    assert found.groups == ((0,), (1, 2))
    assert found.total.tolist() == [[-0.5, 0.0], [0.5, 0.0]]
    assert found.base.tolist() == [13.5, 13.5]


def test_level_is_in_the_base() -> None:
    """What the day and the office as a whole add is the level's: in the base, and no group."""
    model = Additive({"attribute.a": 1.0, "calendar.weekday": 0.5, "history.office_defect_rate": 2})
    x = pl.DataFrame(
        {
            "attribute.a": [1.0, 3.0],
            "calendar.weekday": [1.0, 3.0],
            "history.office_defect_rate": [0.1, 0.3],
        }
    )
    found = parts(model, model.columns.matrix(x), mean_contributions(model, x))
    assert found.groups == ((0,),)
    assert found.total[:, 0].tolist() == [-1.0, 1.0]
    # In the mean 2 + 1 + 0.4; the level is 0.5 + 0.2 lower and higher.
    assert found.base == pytest.approx([2.7, 4.1])
    assert found.above == pytest.approx([-1.7, 1.7])


def test_contributions_of_another_score_raise() -> None:
    """Contributions that miss the score by more than a millionth are an error, NaN too."""
    check_sum(np.array([[0.5, 0.25]]), np.array([0.75 + 1e-7]))
    for raw in (0.7501, np.nan):
        with pytest.raises(ArithmeticError, match="miss the score"):
            check_sum(np.array([[0.5, 0.25]]), np.array([raw]))


def test_no_rows() -> None:
    """No case has no parts."""
    model = Additive({"attribute.a": 1.0})
    found = parts(model, np.empty((0, 1)), np.zeros(1))
    assert found.total.shape == (0, 1)


@pytest.mark.parametrize(
    ("name", "group", "about_the_day"),
    [
        ("history.kind_defect_rate_365", "history.kind", False),
        ("workload.unit_open", "workload.unit", False),
        ("process.days_open", "process.days_open", False),
        ("history.office_defect_rate", "history.office", True),
        ("calendar.weekday", "calendar.weekday", True),
    ],
)
def test_groups(name: str, group: str, about_the_day: bool) -> None:
    """Features about the same other cases are one group; calendar and office are the level's."""
    assert (group_of(name), is_about_the_day(name)) == (group, about_the_day)
