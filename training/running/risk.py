"""What reviews find later in cases that run now, learnt from reviewed cases at a landmark."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.office.model import Office
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import final_reviews
from features.build import build
from features.catalogue import risk_features
from features.feature import RUNNING
from features.grades import of_last_closing
from models.questions.running_risk import RunningRiskModel
from training.fit import refuse_without, risk_lacks, sample_of
from training.labels import ran, risk_labels, runs
from training.landmarks import one_landmark


def running_risk_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """`risk_labels`, each at a random landmark of its case before the closing and any review.

    Every case has one, so that reviewed cases that ran long count no more than others.
    """
    found = risk_labels(tables, until).drop("moment")
    final = of_last_closing(rows(final_reviews(tables, until)), tables.case_rows)
    reviewed = final.group_by("case_id").agg(pl.col("reviewed_at").min())
    cases = runs(tables, until).join(reviewed, on="case_id").join(found, on="case_id", how="semi")
    cases = cases.with_columns(end=pl.min_horizontal("end", "reviewed_at"))
    at = one_landmark(cases.with_columns(ran=ran()))
    return at.join(found, on="case_id").sort("moment", "case_id")


def running_risk_table(tables: Tables, labels: pl.DataFrame) -> pl.DataFrame:
    """`case_id, moment` and what the model may read, at the landmarks of the labels."""
    at = moments_of(labels.select("case_id", "moment"))
    return rows(build(tables, at, risk_features(tables.office, RUNNING)))


def fit_running_risk(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> RunningRiskModel:
    """The model fitted on `running_risk_labels`; `Refused` if they do not support one."""
    refuse_without(risk_lacks(labels, office))
    return RunningRiskModel.of(office).fit(sample_of(x, labels))
