"""One training run: every question fitted that can be, and what a bundle says of itself."""

from __future__ import annotations

from datetime import datetime

from cases.language.kept import as_json
from cases.language.messages import Sayable, _
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from features.catalogue import catalogue
from models.bundle.bundle import Bundle, versions
from models.estimators.boosting import SETTINGS
from models.questions.questions import QUESTIONS
from models.reasons.parts import mean_contributions
from models.reasons.usual import usual_values
from training.questions import TRAININGS, Fitted, Past, start

FITTING = _("fitting the models")
LATEST = 1000  # cases that a single case is compared with


def train(tables: Tables, until: datetime, progress: Progress = silent) -> Bundle:
    """A bundle fitted on what was known by `until`: all questions, or some of them.

    What the office file or the labels do not support is left out; `Bundle.not_trained` says
    why, by question. Risk is always there: a start where no model can be fitted.
    """
    past = Past(tables, until, progress)
    trainings = {
        code: prepare(past)
        for code, prepare in TRAININGS.items()
        if QUESTIONS[code].unasked(tables.office) is None
    }
    lacking = {code: t.lacks for code, t in trainings.items() if t.lacks is not None}
    fitted = {}
    for done, (code, training) in enumerate(trainings.items()):
        progress(FITTING, done / len(trainings))
        if code not in lacking:
            fitted[code] = training.fit()
    progress(FITTING, 1.0)
    features = catalogue(tables.office)
    about = {
        "trained_until": until.isoformat(),
        "data_hash": tables.data_hash,
        "versions": versions(),
        "not_trained": {code: as_json(reason) for code, reason in lacking.items()},
        "settings": SETTINGS,
    }
    for facts in (*(t.facts for t in trainings.values()), *(f.facts for f in fitted.values())):
        about |= facts
    return Bundle(
        tables.office,
        {code: result.question for code, result in fitted.items()},
        {
            code: usual_values(result.cases, features, _mean_contributions(result))
            for code, result in fitted.items()
        },
        about,
    )


def with_start(bundle: Bundle, tables: Tables, because: Sayable) -> Bundle:
    """The bundle with the start in place of its model of risk, of what was known then."""
    until = datetime.fromisoformat(bundle.about["trained_until"])
    fitted = start(tables, until, because)
    usual = usual_values(fitted.cases, catalogue(tables.office), _mean_contributions(fitted))
    return Bundle(
        bundle.office,
        {**bundle.questions, fitted.question.code: fitted.question},
        {**bundle.usual, fitted.question.code: usual},
        {**bundle.about, **fitted.facts},
    )


def _mean_contributions(result: Fitted) -> dict[str, float]:
    """What each feature adds in the mean of the latest cases; 0 where nothing is explained."""
    question = result.question
    if question.explained is None or result.cases.is_empty():
        return dict.fromkeys(question.names, 0.0)
    latest = result.cases.sort("moment", "case_id").tail(LATEST)
    means = mean_contributions(question.explained.model, latest)
    return dict(zip(question.names, means.tolist(), strict=True))
