"""What each family of features adds: the model with it against the model without it.

    python benchmarks/ablation.py police_complaints
    python benchmarks/ablation.py eu_state_aid
    python benchmarks/ablation.py demo

Models are fitted at each origin on what was known then, with all features and without one family
(the calendar, which is off by default: with it besides), and score the same later cases. Shown
is what the family adds to AUC and takes from log loss, paired over the cases, with 95%
intervals. Complexity is learnt from the facts of the case alone, so there each fact is a family.
One to four minutes of one core each.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.real_offices import DATA, ROOT
from cases.demo import make_demo
from cases.numeric import Floats, Z
from cases.office.loading import load_office
from cases.office.model import Office
from cases.tables.cells.moments import Every
from cases.tables.reading import read_tables
from cases.tables.tables import Tables, rows
from evaluation.statistics.metrics import auc_gain
from features.build import build
from features.catalogue import catalogue, intake_features, risk_features
from training.fit import fit_complexity, fit_risk
from training.labels import complexity_labels, finished_moments, reviewed_moments, risk_labels
from training.splits import rolling_origin

ALL, CALENDAR = "all", "calendar"
LABELS = {"risk": risk_labels, "complexity": complexity_labels}
Names = tuple[str, ...]
Answer = Callable[[pl.DataFrame], Floats]


@dataclass(frozen=True)
class Trial:
    """An office's question and the origins it is asked at."""

    question: str
    first: date
    last: date
    every: Every


TRIALS = {
    "police_complaints": Trial("risk", date(2003, 1, 1), date(2008, 12, 31), "year"),
    "eu_state_aid": Trial("complexity", date(2010, 1, 1), date(2017, 12, 31), "year"),
    "demo": Trial("risk", date(2025, 1, 1), date(2026, 6, 30), "quarter"),
}


def main(name: str) -> None:
    """Print what each family adds, in the order of the catalogue."""
    trial = TRIALS[name]
    with tempfile.TemporaryDirectory() as folder:
        tables = _tables(name, Path(folder))
        sets = families(tables.office, trial.question)
        scores = scored(tables, trial, sets)
    y, whole = scores["y"].to_numpy().astype(np.float64), scores[ALL].to_numpy()
    print(f"{name}, {trial.question}: {scores.height} cases, log loss {loss(y, whole).mean():.4f}")
    for family in scores.columns[2:]:  # after `y` and all
        other = scores[family].to_numpy()
        having, lacking = (other, whole) if family == CALENDAR else (whole, other)
        gain = auc_gain(y, having, lacking)
        saved = loss(y, lacking) - loss(y, having)
        margin = Z * float(saved.std()) / len(saved) ** 0.5
        ends = (saved.mean(), saved.mean() - margin, saved.mean() + margin)
        size = abs(len(sets[family]) - len(sets[ALL]))
        auc = shown((gain.value, gain.low, gain.high))
        print(f"| {family} ({size}) | {auc} | {shown(ends)} |")


def shown(figure: Sequence[float | None]) -> str:
    """A figure with its interval."""
    value, low, high = (math.nan if one is None else one for one in figure)
    return f"{value:+.4f} ({low:+.4f} to {high:+.4f})"


def _tables(name: str, folder: Path) -> Tables:
    if name == "demo":
        return read_tables(load_office(make_demo(folder, seed=1)), folder)
    return read_tables(load_office(ROOT / "offices" / f"{name}.toml"), DATA)


def families(office: Office, question: str) -> dict[str, Names]:
    """The features of each model that is fitted: all, and all but those of a family."""
    every = risk_features(office) if question == "risk" else intake_features(office)
    parts = [name.partition(".")[0] if question == "risk" else name for name in every]
    sets = {ALL: every}
    for family in dict.fromkeys(parts):
        sets[family] = tuple(
            name for name, part in zip(every, parts, strict=True) if part != family
        )
    if question == "risk":
        days = [name for name, part in catalogue(office).items() if part.family == CALENDAR]
        sets[CALENDAR] = (*every, *days)
    return sets


def scored(tables: Tables, trial: Trial, sets: Mapping[str, Names]) -> pl.DataFrame:
    """`y` and the probability by each set of features, of the later cases."""
    risk = trial.question == "risk"
    labels, moments = LABELS[trial.question], reviewed_moments if risk else finished_moments
    names = list(dict.fromkeys(name for part in sets.values() for name in part))
    x = rows(build(tables, moments(tables, tables.latest_record), names))
    outcomes = labels(tables, tables.latest_record)
    parts = []
    for period in rolling_origin(trial.first, trial.last, trial.every):
        known = labels(tables, period.after)
        later = outcomes.filter(pl.col("moment").is_between(period.after, period.until))
        cases = later.join(x, on=["case_id", "moment"])
        answers = {
            one: pl.Series(fit(trial.question, x, known, tables.office, part)(cases))
            for one, part in sets.items()
        }
        parts.append(cases.select("y").with_columns(**answers))
    return pl.concat(parts)


def fit(
    question: str, x: pl.DataFrame, known: pl.DataFrame, office: Office, names: Names
) -> Answer:
    """Probabilities by a model fitted on the features `names` of what was known."""
    if question == "risk":
        return fit_risk(x, known, office, names).predict
    # A fact that is blank everywhere says nothing: the regression is that without it.
    missing = [name for name in intake_features(office) if name not in names]

    def blanked(cases: pl.DataFrame) -> pl.DataFrame:
        return cases.with_columns(pl.lit(None, cases.schema[name]).alias(name) for name in missing)

    model = fit_complexity(blanked(x), known, office)
    return lambda cases: model.predict(blanked(cases))


def loss(y: Floats, p: Floats) -> Floats:
    """Log loss of each case."""
    return np.asarray(-np.log(np.where(y == 1, p, 1 - p)))


if __name__ == "__main__":
    main(sys.argv[1])
