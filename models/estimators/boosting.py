"""Gradient-boosted trees on a feature frame: LightGBM, the same result on every run.

LightGBM imports scikit-learn and pandas, which takes more than a second: it is imported where
trees are grown, or where there are no kernels to ask them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from cases.numeric import Floats
from models.estimators.estimator import TrainingSample
from models.estimators.scorer import OnFrames
from models.matrix import Changes, Columns
from models.trees.compiled import at_hand, changed_scores, contributions, kernels, scores
from models.trees.forest import Forest, forest
from models.trees.tree_text import check_trees, without_parameters

if TYPE_CHECKING:
    import lightgbm as lgb

# Labels are scarce and boosting on few of them overfits quickly: small trees, slow
# learning, every tree on a part of the cases and of the columns.
SETTINGS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "cat_smooth": 30.0,
    "max_cat_threshold": 16,
    # The same trees on every machine. On so few cases a second thread gains little.
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "seed": 2026,
    "verbosity": -1,
}
MOST_ROUNDS = 400
PATIENCE = 30


@dataclass(frozen=True)
class Trees(OnFrames):
    """Fitted trees, as a booster or as its text, and the columns they read."""

    columns: Columns
    trees: lgb.Booster | str

    def text(self) -> str:
        """The trees in LightGBM's text format."""
        if isinstance(self.trees, str):
            return self.trees
        return without_parameters(str(self.trees.model_to_string()))

    def as_json(self) -> dict[str, Any]:
        """The columns."""
        return {"columns": self.columns.as_json()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Trees:
        """The trees that `as_json` and `text` wrote; `ValueError` if they are malformed."""
        columns = Columns.from_json(saved["columns"])
        check_trees(text, len(columns.names))
        trees = cls(columns, text)
        if at_hand() is None or trees._forest is None:
            trees.booster  # noqa: B018  it will be asked, and says what is wrong with its text
        return trees

    @cached_property
    def booster(self) -> lgb.Booster:
        """The trees as LightGBM has them; `ValueError` if it cannot read their text."""
        if not isinstance(self.trees, str):
            return self.trees
        lightgbm = _lightgbm()
        try:
            return lightgbm.Booster(model_str=self.trees)
        except lightgbm.basic.LightGBMError as error:
            raise ValueError(str(error)) from None

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row, shape (rows,)."""
        compiled = at_hand() if isinstance(self.trees, str) else None
        if compiled is None or self._forest is None:
            return self._predict(matrix, raw_score=True)
        return scores(compiled, self._forest, matrix)

    def contributions_of(self, matrix: Floats) -> Floats:
        """Exact additive contributions in log-odds, shape (rows, columns + 1), base last.

        TreeSHAP (Lundberg, Erion, Lee 2018, arXiv:1802.03888); a row sums to its `raw_of`.
        """
        compiled, trees = kernels(), self._forest
        if compiled is None or trees is None:
            return self._predict(matrix, pred_contrib=True)
        return contributions(compiled, trees, matrix)

    def changed(self, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,)."""
        compiled, trees = kernels(), self._forest
        if compiled is None or trees is None:
            return self.raw_of(changes.applied(matrix))
        return changed_scores(compiled, trees, matrix, changes)

    @cached_property
    def _forest(self) -> Forest | None:
        return forest(self.text())

    def _predict(self, matrix: Floats, **options: bool) -> Floats:
        if not len(matrix):  # LightGBM refuses no rows
            return np.empty((0, len(self.columns.names) + 1) if "pred_contrib" in options else 0)
        return np.asarray(self.booster.predict(matrix, num_threads=1, **options), dtype=np.float64)


def _lightgbm() -> Any:
    return import_module("lightgbm")


def fit_trees(
    columns: Columns, sample: TrainingSample, rounds: int, monotone: Mapping[str, int]
) -> Trees:
    """Trees boosted for `rounds` rounds; `monotone` says +1 or -1 for a column's name.

    Their sum is the log-odds of a case without the sample's offset.
    """
    settings, data = _settings(columns, monotone), dataset(columns, sample)
    booster = _lightgbm().train(settings, data, num_boost_round=rounds)
    if sample.offset is not None:
        _add(booster, sample.level)
    return Trees(columns, booster)


def fit_folds(
    columns: Columns,
    folds: Sequence[tuple[TrainingSample, TrainingSample]],
    monotone: Mapping[str, int],
) -> tuple[list[Trees], int]:
    """Trees fitted on the earlier part of every fold, and after how many rounds.

    All are boosted together, round by round, until log loss over the later parts of all folds
    stops falling.
    """
    boosters = [_boosting(columns, earlier, later, monotone) for earlier, later in folds]
    sizes = np.array([len(later) for _earlier, later in folds])
    least, best = np.inf, 1
    for done in range(1, MOST_ROUNDS + 1):
        for booster in boosters:
            booster.update()
        loss = float(sizes @ [booster.eval_valid()[0][2] for booster in boosters])
        if loss < least:
            least, best = loss, done
        elif done - best == PATIENCE:
            break
    for booster, (earlier, _later) in zip(boosters, folds, strict=True):
        for _round in range(booster.current_iteration() - best):
            booster.rollback_one_iter()
        if earlier.offset is not None:
            _add(booster, earlier.level)
    return [Trees(columns, booster) for booster in boosters], best


def _boosting(
    columns: Columns, earlier: TrainingSample, later: TrainingSample, monotone: Mapping[str, int]
) -> lgb.Booster:
    """A booster of no trees yet that learns from `earlier` and is watched on `later`."""
    settings = _settings(columns, monotone)
    data = dataset(columns, earlier, settings)
    booster = _lightgbm().Booster(settings, data)
    check = data.create_valid(
        later.matrix(columns),
        later.y,
        weight=later.weight,
        init_score=None if later.offset is None else later.offset + earlier.level,
        params=settings,
    )
    return booster.add_valid(check, "later")


def dataset(
    columns: Columns, sample: TrainingSample, settings: Mapping[str, object] | None = None
) -> lgb.Dataset:
    """The sample as LightGBM takes it."""
    return _lightgbm().Dataset(
        sample.matrix(columns),
        sample.y,
        weight=sample.weight,
        init_score=None if sample.offset is None else sample.offset + sample.level,
        categorical_feature=columns.codes,
        params=None if settings is None else dict(settings),
    )


def _add(booster: lgb.Booster, constant: float) -> None:
    """Add `constant` to every score, in the first tree, as LightGBM does with its own start."""
    for leaf in range(booster.dump_model(num_iteration=1)["tree_info"][0]["num_leaves"]):
        booster.set_leaf_output(0, leaf, booster.get_leaf_output(0, leaf) + constant)


def _settings(columns: Columns, monotone: Mapping[str, int]) -> dict[str, object]:
    directions = [monotone.get(name, 0) for name in columns.names]
    return SETTINGS | ({"monotone_constraints": directions} if any(directions) else {})
