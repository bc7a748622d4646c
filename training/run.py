"""One training run: labels, features, models, and everything a bundle says of itself."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.errors import Refused
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from features.as_of import intake_moments
from features.catalogue import catalogue
from models.bundle.bundle import Bundle, gaps, versions
from models.estimators.boosting import SETTINGS
from models.reasons.reasons import usual_values
from training.fit import (
    complexity_lacks,
    effort_lacks,
    fit_complexity,
    fit_effort,
    fit_risk,
    intake_table,
    risk_lacks,
    risk_table,
    routing_outcomes,
)
from training.labels import (
    complexity_outcomes,
    effort_labels,
    reviewed_moments,
    risk_labels,
    settled,
)


def train(tables: Tables, until: datetime, progress: Progress = silent) -> Bundle:
    """A bundle fitted on what was known by `until`: risk, complexity, effort, or some of them.

    What the office file or the labels do not support is left out; `about["not_trained"]`
    says why, by question. `Refused` names what is missing if nothing can be trained.
    """
    office = tables.office
    reviewed, outcomes = risk_labels(tables, until), complexity_outcomes(tables, until)
    finished, efforts = settled(outcomes, until), effort_labels(tables, until)
    lacking = {
        "risk": risk_lacks(reviewed, office),
        "complexity": complexity_lacks(finished, office),
        "effort": effort_lacks(efforts),
    }
    not_trained = {question: why for question, why in lacking.items() if why is not None}
    if len(not_trained) == len(lacking):
        raise Refused(" ".join(["Nothing can be trained.", *gaps(not_trained)]))
    risk, complexity, effort, routing = None, None, None, None
    usual = {}
    if "risk" not in not_trained:
        x = risk_table(tables, reviewed_moments(tables, until), progress)
        risk = fit_risk(x, reviewed, office)
        usual["risk"] = usual_values(x, catalogue(office), risk.names)
    if not {"complexity", "effort"} <= set(not_trained):
        x = intake_table(tables, intake_moments(tables, after=None, until=until), progress)
    if "complexity" not in not_trained:
        complexity = fit_complexity(x, finished, office)
        routing = routing_outcomes(x, outcomes, office, until)
        asked = x.join(finished, on=["case_id", "moment"], how="semi")
        usual["complexity"] = usual_values(asked, catalogue(office), complexity.names)
    if "effort" not in not_trained:
        effort = fit_effort(x, efforts, office, until)
    about = {
        "trained_until": until.isoformat(),
        "data_hash": tables.data_hash,
        "versions": versions(),
        "reviewed_cases": reviewed.height,
        "defects": int(reviewed["y"].sum()),
        "complexity_cases": finished.height,
        "complex": int(finished["y"].sum()),
        "effort_cases": efforts.filter(pl.col("effort").is_not_null()).height,
        "not_trained": not_trained,
        "risk_features": list(risk.names) if risk else [],
        "risk_rounds": risk.rounds_ if risk else 0,
        "settings": SETTINGS,
    }
    return Bundle(office, risk, complexity, routing, effort, usual, about)
