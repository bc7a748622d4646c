"""One training run: labels, features, models, and everything a bundle says of itself."""

from __future__ import annotations

from datetime import datetime

from cases.errors import Refused
from cases.progress import Progress, silent
from cases.tables import Tables
from features.catalogue import catalogue
from models.boosting import SETTINGS
from models.bundle import Bundle, gaps, versions
from models.reasons import usual_values
from training.fit import (
    complexity_lacks,
    fit_complexity,
    fit_risk,
    intake_table,
    risk_lacks,
    risk_table,
)
from training.labels import complexity_labels, finished_moments, reviewed_moments, risk_labels


def train(tables: Tables, until: datetime, progress: Progress = silent) -> Bundle:
    """A bundle fitted on what was known by `until`: risk, complexity, or both.

    What the office file or the labels do not support is left out; `about["not_trained"]`
    says why, by question. `Refused` names what is missing if neither can be trained.
    """
    office = tables.office
    reviewed, finished = risk_labels(tables, until), complexity_labels(tables, until)
    lacking = {
        "risk": risk_lacks(reviewed, office),
        "complexity": complexity_lacks(finished, office),
    }
    not_trained = {question: why for question, why in lacking.items() if why is not None}
    if len(not_trained) == len(lacking):
        raise Refused(" ".join(["Nothing can be trained.", *gaps(not_trained)]))
    risk, complexity, usual = None, None, {}
    if "risk" not in not_trained:
        x = risk_table(tables, reviewed_moments(tables, until), progress)
        risk = fit_risk(x, reviewed, office)
        usual = usual_values(x, catalogue(office), risk.names)
    if "complexity" not in not_trained:
        x = intake_table(tables, finished_moments(tables, until), progress)
        complexity = fit_complexity(x, finished, office)
    about = {
        "trained_until": until.isoformat(),
        "data_hash": tables.data_hash,
        "versions": versions(),
        "reviewed_cases": reviewed.height,
        "defects": int(reviewed["y"].sum()),
        "complexity_cases": finished.height,
        "complex": int(finished["y"].sum()),
        "not_trained": not_trained,
        "risk_features": list(risk.names) if risk else [],
        "risk_rounds": risk.rounds_ if risk else 0,
        "settings": SETTINGS,
    }
    return Bundle(office, risk, complexity, usual, about)
