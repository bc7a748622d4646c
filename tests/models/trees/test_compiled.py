"""The compiled kernels say what LightGBM says."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.numeric import Floats
from models.matrix import Changes
from models.trees import compiled
from models.trees.compiled import changed_scores, contributions, kernels, scores
from models.trees.forest import Forest, forest
from models.trees.tree_text import check_trees, without_parameters

CLOSE = 1e-5
COLUMNS = 6
CODES = [4, 5]


def cases(seed: int, rows: int) -> Floats:
    """Numbers with ties and zeros, some of them missing, and two codes, some never seen."""
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.normal(size=rows),
            random.integers(-2, 3, rows),
            random.exponential(size=rows) * (random.random(rows) < 0.5),
            np.where(random.random(rows) < 0.4, np.nan, random.normal(size=rows)),
            random.integers(0, 70, rows),
            random.integers(0, 4, rows),
        ]
    ).astype(float)
    x[random.random(x.shape) < 0.05] = np.nan
    return x


def booster(seed: int, leaves: int, rounds: int, **settings: object) -> lgb.Booster:
    """Trees fitted on such cases, read back from their text as a bundle reads them."""
    random, x = np.random.default_rng(seed), cases(seed, 400)
    score = np.nan_to_num(x[:, 0] * x[:, 1]) + 2 * np.isnan(x[:, 3]) + (x[:, 4] % 3 == 0)
    y = (score + random.normal(size=400) > 0.8).astype(float)
    given = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_data_in_leaf": 5,
        "min_data_per_group": 5,
        "cat_smooth": 1.0,
        "max_cat_to_onehot": 3,
        "verbosity": -1,
        "num_threads": 1,
        "seed": seed,
    }
    data = lgb.Dataset(x, y, categorical_feature=CODES, params=given | settings)
    fitted = lgb.train(given | settings, data, rounds)
    text = without_parameters(fitted.model_to_string())
    check_trees(text, COLUMNS)
    return lgb.Booster(model_str=text)


def arrays(trees: lgb.Booster) -> Forest:
    """The same trees as arrays."""
    found = forest(without_parameters(trees.model_to_string()))
    assert found is not None
    return found


def asked(seed: int, rows: int) -> Floats:
    """Cases to explain: new ones, with codes and numbers that no training case had."""
    x = cases(seed + 1, rows)
    x[::7] = np.where(np.arange(COLUMNS) % 2, -1e300, 1e300)
    x[3::11, CODES] = [3e9, -0.5]
    x[1::13, :3] = [1e-36, -0.0, 1e-20]
    return x


@given(
    seed=st.integers(0, 10_000),
    leaves=st.integers(2, 40),
    rounds=st.integers(1, 6),
    rows=st.integers(1, 40),
    zero_as_missing=st.booleans(),
    use_missing=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_scores_and_contributions_are_those_of_lightgbm(
    seed: int, leaves: int, rounds: int, rows: int, zero_as_missing: bool, use_missing: bool
) -> None:
    """On numbers, codes, missing values and zeros that stand for missing: scores to the bit."""
    trees = booster(seed, leaves, rounds, zero_as_missing=zero_as_missing, use_missing=use_missing)
    x, built = asked(seed, rows), kernels()
    assert built is not None
    found = contributions(built, arrays(trees), x)
    assert found.shape == (rows, COLUMNS + 1)
    assert np.abs(found - trees.predict(x, pred_contrib=True)).max() < CLOSE
    score = trees.predict(x, raw_score=True)
    assert np.abs(found.sum(axis=1) - score).max() < CLOSE
    assert (scores(built, arrays(trees), x) == score).all()


@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 10),
    changes=st.lists(
        st.lists(st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, 39)), max_size=3),
        max_size=8,
    ),
    zero_as_missing=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_changed_rows_score_as_lightgbm_says(
    seed: int, rows: int, changes: list[list[tuple[int, int]]], zero_as_missing: bool
) -> None:
    """To the bit, whichever values are changed; a later change of a value counts."""
    trees, x, built = (
        booster(seed, 12, 4, zero_as_missing=zero_as_missing),
        asked(seed, 40),
        kernels(),
    )
    assert built is not None
    flat = [(column, x[row, column]) for of_row in changes for column, row in of_row]
    wanted = Changes(
        np.arange(len(changes)) % rows,
        np.cumsum([0, *map(len, changes)]),
        np.array([column for column, _value in flat], dtype=np.int64),
        np.array([value for _column, value in flat], dtype=np.float64),
    )
    found = changed_scores(built, arrays(trees), x[:rows], wanted)
    applied = wanted.applied(x[:rows])
    assert not changes or (found == trees.predict(applied, raw_score=True)).all()
    assert found.shape == (len(changes),)


def test_many_rows_and_long_paths() -> None:
    """More rows than a block, and leaves with more parts than are told apart by pattern."""
    random = np.random.default_rng(0)
    x = (random.random((3000, 20)) < 0.8).astype(float)
    y = x.cumprod(axis=1).sum(axis=1)  # how many flags in a row: one tree after the other asks
    settings = {"num_leaves": 65, "min_data_in_leaf": 2, "verbosity": -1, "num_threads": 1}
    trees = lgb.train(settings, lgb.Dataset(x, y), 20)
    found, built = arrays(trees), kernels()
    assert built is not None
    assert found.most_parts > built.TABLE_PARTS
    assert len(x) > built.BLOCK
    close = np.abs(contributions(built, found, x) - trees.predict(x, pred_contrib=True))
    assert close.max() < CLOSE


def test_a_tree_of_one_leaf_is_a_constant() -> None:
    """Where nothing could be split, the constant is the base."""
    trees = lgb.train(
        {"verbosity": -1, "objective": "binary"},
        lgb.Dataset(np.zeros((50, 2)), np.arange(50) % 5 == 0),
        2,
    )
    built = kernels()
    assert built is not None
    found = contributions(built, arrays(trees), np.ones((3, 2)))
    assert found == pytest.approx(trees.predict(np.ones((3, 2)), pred_contrib=True))
    assert not found[:, :2].any()


def test_a_tree_of_too_many_nodes_is_left_to_lightgbm() -> None:
    """A tree has a bit for each node, and no more than 64."""
    assert forest(without_parameters(booster(0, 64, 2).model_to_string())) is not None
    large = booster(0, 80, 2, min_data_in_leaf=1)
    assert max(tree["num_leaves"] for tree in large.dump_model()["tree_info"]) > 65
    assert forest(without_parameters(large.model_to_string())) is None


def test_no_rows() -> None:
    """No case has no contributions."""
    built = kernels()
    assert built is not None
    found = contributions(built, arrays(booster(0, 5, 2)), np.empty((0, COLUMNS)))
    assert found.shape == (0, COLUMNS + 1)


def test_where_nothing_can_be_compiled_there_are_no_kernels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever numba says, it is no crash: the caller goes on without."""

    def failing(_name: str) -> None:
        raise RuntimeError("cannot cache function")

    kernels.cache_clear()
    monkeypatch.setattr(compiled, "import_module", failing)
    assert kernels() is None
    monkeypatch.undo()
    kernels.cache_clear()
    assert kernels() is not None
