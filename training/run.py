"""One training run: labels, features, models, and everything a bundle says of itself."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.progress import Progress, silent
from cases.tables import Tables
from features.catalogue import catalogue
from models.boosting import SETTINGS
from models.bundle import Bundle, versions
from models.complexity import ComplexityModel
from models.reasons import usual_values
from training.fit import enough, fit_complexity, fit_risk, intake_table, risk_table
from training.labels import complexity_labels, finished_moments, reviewed_moments, risk_labels


def train(tables: Tables, until: datetime, progress: Progress = silent) -> Bundle:
    """A bundle fitted on what was known by `until`.

    Where the office file states what makes a case complex, the bundle can say that too.
    `Refused` names what is missing if there are too few outcomes to learn from.
    """
    labels = risk_labels(tables, until)
    enough(labels, "reviewed cases with a defect", "reviewed cases without one")
    x = risk_table(tables, reviewed_moments(tables, until), progress)
    risk = fit_risk(x, labels, tables.office)
    complexity, complex_cases = _complexity(tables, until, progress)
    about = {
        "trained_until": until.isoformat(),
        "data_hash": tables.data_hash,
        "versions": versions(),
        "reviewed_cases": labels.height,
        "defects": int(labels["y"].sum()),
        "complexity_cases": complex_cases.height,
        "complex": int(complex_cases["y"].sum()),
        "risk_features": list(risk.names),
        "risk_rounds": risk.rounds_,
        "settings": SETTINGS,
    }
    usual = usual_values(x, catalogue(tables.office), risk.names)
    return Bundle(tables.office, risk, complexity, usual, about)


def _complexity(
    tables: Tables, until: datetime, progress: Progress
) -> tuple[ComplexityModel | None, pl.DataFrame]:
    labels = complexity_labels(tables, until)
    if tables.office.complexity is None:
        return None, labels
    enough(labels, "closed cases that proved complex", "closed cases that did not")
    x = intake_table(tables, finished_moments(tables, until), progress)
    return fit_complexity(x, labels, tables.office), labels
