"""Is the kind of risk model that was chosen the right one? The chosen kind beside every kind alone.

    python benchmarks/model_kinds.py police_complaints [--first 2003] [--last 2008] [--data DIR]
    python benchmarks/model_kinds.py eu_state_aid
    python benchmarks/model_kinds.py road_traffic_fines
    python benchmarks/model_kinds.py demo [--reviews 2000] [--seeds 20]

On a real office models are fitted at the start of every year on what was known by then, and
judged on the cases of that year. The state aid has no reviews: there the outcome is that a case
proved complex, from the facts at intake. On the demo office one office of 50,000 cases is made
and its features are built once; each seed draws which of the first 70 % were reviewed, and
what was found, by the hidden probability of a defect. The later 30 % judge, each counting by
that probability as a defect and by the rest as none: the AUC has no error of the outcomes.

Prints AUC, of the chosen kind, of trees and regression alone and half and half, and of the
report's baseline, and how far the chosen kind is behind the better of trees and regression, where
the baseline (`models/estimators/baselines.py`) counts as a regression too.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from cases.demo import TRUTH, make_demo
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.as_of import closing_moments
from features.catalogue import intake_features
from models.estimators.baselines import Logistic
from models.estimators.boosting import fit_trees
from models.estimators.calibrated import PRIOR_VARIANCE, CalibratedModel
from models.estimators.estimator import TrainingSample
from models.estimators.kinds import Blend
from models.estimators.linear import fit_linear
from models.questions.risk import RiskModel
from training.fit import intake_table, risk_table
from training.labels import complexity_labels, finished_moments, reviewed_moments, risk_labels

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
YEARS = {
    "police_complaints": (2003, 2008),
    "eu_state_aid": (2010, 2017),
    "road_traffic_fines": (2007, 2012),
}
DEMO_CASES, DEMO_SEED, EARLIER = 50_000, 202, 0.7


@dataclass(frozen=True)
class Trial:
    """Cases to learn from, later ones to rank, and how likely each of these is a defect."""

    name: str
    sample: TrainingSample
    later: pl.DataFrame
    truth: Floats
    model: CalibratedModel


def main() -> None:
    """Fit, rank, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("office", choices=[*YEARS, "demo"])
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--first", type=int)
    arguments.add_argument("--last", type=int)
    arguments.add_argument("--reviews", type=int, default=2_000)
    arguments.add_argument("--seeds", type=int, default=20)
    asked = arguments.parse_args()
    if asked.office == "demo":
        report(demo(asked.reviews, asked.seeds))
    else:
        first, last = YEARS[asked.office]
        report(real(asked.office, asked.data, asked.first or first, asked.last or last))


def real(name: str, data: Path, first: int, last: int) -> Iterator[Trial]:
    """A trial a year."""
    with tempfile.TemporaryDirectory() as folder:
        office = load_office(ROOT / "offices" / f"{name}.toml")
        tables = read_tables(office, data, set_aside=Path(folder) / "aside.csv")
    until = tables.latest_record
    if office.reviews is not None:
        x = risk_table(tables, reviewed_moments(tables, until))
        of_office = RiskModel.of(office)
        names, monotone = of_office.names, of_office.monotone
    else:
        x = intake_table(tables, finished_moments(tables, until))
        names, monotone = intake_features(office), {}
    outcomes = sample(x, labels(tables, until))
    for year in range(first, last + 1):
        start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
        known, model = sample(x, labels(tables, start)), CalibratedModel(names, monotone)
        of_year = (outcomes.x["moment"] > start) & (outcomes.x["moment"] <= end)
        later = outcomes.x.filter(of_year)
        yield Trial(str(year), known, later, outcomes.y[of_year.to_numpy()], model)


def labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """Reviews; where there are none whether a case proved complex."""
    if tables.office.reviews is not None:
        return risk_labels(tables, until)
    proved = complexity_labels(tables, until)
    return proved.with_columns(weight=pl.lit(1.0), surveyed=pl.lit(True), severity=pl.lit(0.0))


def sample(x: pl.DataFrame, known: pl.DataFrame) -> TrainingSample:
    """What a model learns from, in order of time."""
    cases = known.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    y, weight = (cases[name].cast(pl.Float64).to_numpy() for name in ("y", "weight"))
    offset = cases["severity"].to_numpy() if (cases["severity"] != 0).any() else None
    return TrainingSample(cases, y, weight, cases["surveyed"].to_numpy(), offset)


def demo(reviews: int, seeds: int) -> Iterator[Trial]:
    """A trial a seed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = load_office(make_demo(folder, cases=DEMO_CASES, seed=DEMO_SEED))
        tables = read_tables(office, folder)
        truth = pl.read_parquet(folder / TRUTH).select("case_id", "defect_probability")
    closed = closing_moments(tables, after=None, until=tables.latest_record)
    x = risk_table(tables, closed).join(truth, on="case_id").sort("moment", "case_id")
    earlier = round(EARLIER * x.height)
    later = x[earlier:]
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        reviewed = x[np.sort(random.choice(earlier, reviews, replace=False))]
        found = random.random(reviews) < reviewed["defect_probability"].to_numpy()
        every = np.ones(reviews)
        known = TrainingSample(reviewed, found.astype(float), every, every > 0)
        model = RiskModel.of(office)
        yield Trial(f"seed {seed}", known, later, later["defect_probability"].to_numpy(), model)


def report(trials: Iterator[Trial]) -> None:
    """A line a trial, and the mean."""
    found: list[dict[str, float]] = []
    chosen = Counter[str]()
    for trial in trials:
        trial.model.fit(trial.sample)
        ranked = areas(trial)
        if not found:
            print(f"{'':8} {'cases':>7} {'defects':>7}  {'  '.join(f'{n:>9}' for n in ranked)}")
        defects = int(trial.sample.y.sum())
        print(f"{trial.name:8} {len(trial.sample):7,} {defects:7,}  {line(ranked)}", end="")
        choice = trial.model.choice_
        form = "magnitudes" if trial.model.magnitudes_ else "plain numbers"
        print(f"  regression {choice.share:.0%} ({form}), {trial.model.rounds_} rounds", flush=True)
        found.append(ranked)
        chosen[choice.kind] += 1
    mean = {name: float(np.mean([ranked[name] for ranked in found])) for name in found[0]}
    print(f"{'mean':24}  {line(mean)}")
    print(f"chosen: {dict(chosen)}")
    best = max(mean[name] for name in ("trees", "logistic", "baseline"))
    print(f"behind the better of trees and regression: {best - mean['chosen']:+.4f}, goal 0.005")


def line(ranked: dict[str, float]) -> str:
    """The areas in columns."""
    return "  ".join(f"{area:9.4f}" for area in ranked.values())


def areas(trial: Trial) -> dict[str, float]:
    """AUC of the chosen kind, of every kind, and of the report's baseline."""
    model, cases = trial.model, trial.sample.unweighted()
    form = model.magnitudes_
    linear = fit_linear(model.columns_, cases, PRIOR_VARIANCE, model.monotone, magnitudes=form)
    trees = fit_trees(model.columns_, cases, model.rounds_, model.monotone)
    scores = {
        "chosen": model.scorer_.raw(trial.later),
        "trees": trees.raw(trial.later),
        "logistic": linear.raw(trial.later),
        "half": Blend(linear, trees, 1.0).raw(trial.later),
        "baseline": Logistic(model.names).fit(cases).predict(trial.later),
    }
    # Each case is a defect with its probability and none with the rest.
    y = np.repeat([1, 0], len(trial.truth))
    weight = np.append(trial.truth, 1 - trial.truth)
    return {
        name: float(roc_auc_score(y, np.tile(score, 2), sample_weight=weight))
        for name, score in scores.items()
    }


if __name__ == "__main__":
    main()
