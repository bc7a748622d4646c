"""What the risk model must beat, fitted on the same cases; the rule of thumb is in `start.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import polars as pl
from scipy.sparse import csc_array
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from cases.numeric import Floats
from models.estimators.boosting import dataset
from models.estimators.estimator import TrainingSample
from models.estimators.ridge_logistic import Regression, mode
from models.matrix import Columns

VARIANCE = 1.0  # of the prior; scikit-learn's default penalty, C = 1


class BaseRate:
    """The same for every case: the share of defects so far."""

    def fit(self, sample: TrainingSample) -> Self:
        """Take the weighted share of defects."""
        self.rate_ = float(np.average(sample.y, weights=sample.weight))
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """That share for every row."""
        return np.full(x.height, self.rate_)


@dataclass
class Logistic:
    """Logistic regression on the same features: imputed, scaled, codes one-hot.

    Prepared and penalised as scikit-learn does by default. Its own solver, L-BFGS, stops long
    before the optimum where columns nearly repeat each other; Newton's method does not.
    """

    names: Sequence[str]

    def fit(self, sample: TrainingSample) -> Self:
        """Fit with an L2 penalty; missing numbers take the median and are marked."""
        columns = Columns.learn(sample.x, self.names)
        codes = columns.codes
        numbers = [i for i in range(len(self.names)) if i not in codes]
        empty: Any = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        shape = ColumnTransformer(
            [
                ("numbers", make_pipeline(empty, StandardScaler()), numbers),
                ("codes", OneHotEncoder(handle_unknown="ignore"), codes),
            ]
        )
        self.columns_, self.shape_ = columns, shape
        # As in `CalibratedModel`: more threads would wait for each other.
        with threadpool_limits(1, user_api="blas"):
            design = csc_array(shape.fit_transform(columns.matrix(sample.x)))
            none = np.zeros(len(sample))
            self.b_ = mode(Regression(design, sample.y, sample.weight, none, VARIANCE))
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """The logistic probability per row."""
        design = self.shape_.transform(self.columns_.matrix(x))
        return np.asarray(expit(design @ self.b_[:-1] + self.b_[-1]))


@dataclass
class PlainLightGBM:
    """LightGBM with default parameters: 100 rounds, uncalibrated."""

    names: Sequence[str]

    def fit(self, sample: TrainingSample) -> Self:
        """Fit on all cases."""
        self.columns_ = Columns.learn(sample.x, self.names)
        data = dataset(self.columns_, sample)
        settings = {"objective": "binary", "deterministic": True, "force_row_wise": True}
        self.booster_ = lgb.train(
            settings | {"seed": 2026, "num_threads": 1, "verbosity": -1}, data
        )
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """LightGBM's own probability per row."""
        return np.asarray(self.booster_.predict(self.columns_.matrix(x), num_threads=1))
