"""What the risk model must beat, fitted on the same cases; the rule of thumb is in `start.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from cases.numeric import Floats
from models.estimators.boosting import dataset
from models.estimators.estimator import TrainingSample
from models.matrix import Columns


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
    """Logistic regression on the same features: imputed, scaled, codes one-hot."""

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
        self.columns_ = columns
        self.pipeline_ = Pipeline([("shape", shape), ("fit", LogisticRegression(max_iter=2000))])
        matrix = columns.matrix(sample.x)
        self.pipeline_.fit(matrix, sample.y, fit__sample_weight=sample.weight)
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """The logistic probability per row."""
        return np.asarray(self.pipeline_.predict_proba(self.columns_.matrix(x))[:, 1])


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
