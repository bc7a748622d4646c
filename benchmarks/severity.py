"""Are severe reviewers found, and do the intervals of severity hold? Against a known truth.

Made-up offices of eight reviewers. Either cases were read by two of them, or each case by one,
four cases to a subject (`[reviews] same_subject`). Severities are normal, or one reviewer is 1.0
log-odds above the average, or all are equal; in offices of two districts the cases of one are
worse, and most reviewers read the cases of one district only. True is what a severity adds
to the log-odds of a defect over all cases, less the mean of it over reviewers. Printed are what is
found of the reviewer who is 1.0 (mean, and standard deviation over offices), the share of intervals
that hold the truth at nominal 90 % and 95 %, and how far two in three reviewers are said to differ.

    .venv/bin/python benchmarks/severity.py [OFFICES]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from cases.numeric import Floats, Ints, Z
from training.severity import severities

REVIEWERS = 8
OUTLIER = 1.0  # log-odds above the average reviewer
TO_90 = 1.6448536269514722 / Z  # of a 95 % interval, what a 90 % interval is
STEPS = {4: np.array([-2.8, 0.0, 1.3]), 2: np.array([0.0])}  # between grades; beyond 0 a defect


@dataclass(frozen=True)
class Setting:
    """An office: `groups` cases read twice or subjects of four cases, each case with `grades`."""

    alike: str
    groups: int
    grades: int
    differ: str
    shared_noise: float = 0.0  # correlation of what two readings of a case get wrong
    districts: bool = False


SETTINGS = [
    Setting(alike, groups, grades, differ, noise)
    for alike, groups, grades, noise in (
        ("case", 200, 2, 0.0),
        ("case", 600, 2, 0.0),
        ("case", 600, 4, 0.0),
        ("case", 600, 4, 0.8),
        ("subject", 500, 2, 0.0),
        ("subject", 1500, 4, 0.0),
    )
    for differ in ("normally", "one is 1.0", "not at all")
] + [
    Setting("case", 600, 4, "one is 1.0", districts=True),
    Setting("subject", 1500, 4, "one is 1.0", districts=True),
]


def main(offices: int) -> None:
    """Print a line for each setting."""
    print("alike, groups, grades, reviewers differ: found of 1.0; held of 90 %, of 95 %; spread")
    for setting in SETTINGS:
        rng = np.random.default_rng(2026)
        lines = [_office(rng, setting) for _ in range(offices)]
        found = pl.concat([line for line, _ in lines])
        outlier = found.filter(pl.col("reviewer") == "R0")["severity"]
        error = np.abs((found["severity"] - found["true"]).to_numpy())
        margin = (found["high"] - found["severity"]).to_numpy()
        seen = f"{np.mean(outlier.to_numpy()):.2f} (sd {np.std(outlier.to_numpy()):.2f})"
        print(
            f"{setting.alike:8} {setting.groups:5} {setting.grades}",
            f"{setting.differ:11} {'noise ' + str(setting.shared_noise):10}",
            f"{'districts' if setting.districts else '':10}",
            f"{seen if setting.differ == 'one is 1.0' else '':16}",
            f"{np.mean(error <= TO_90 * margin):.3f} {np.mean(error <= margin):.3f}",
            f"{np.mean([spread for _, spread in lines]):.2f}",
            flush=True,
        )


def _office(rng: np.random.Generator, setting: Setting) -> tuple[pl.DataFrame, float]:
    """What is found of each reviewer next to the truth, and the spread."""
    readings, true = simulated(rng, setting)
    found = severities(readings)
    assert found.spread is not None
    return found.by_reviewer.join(true, on="reviewer"), found.spread.value


def simulated(rng: np.random.Generator, setting: Setting) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings (see `training.readings.like_readings`), and the true severity of each reviewer."""
    per_group = 2 if setting.alike == "case" else 4
    district = rng.integers(0, 2, setting.groups) * setting.districts
    log_odds = np.repeat(rng.normal(-2.3 + 1.5 * district, 1.0), per_group).reshape(-1, per_group)
    own = rng.normal(0, 0.8, log_odds.shape)
    log_odds = log_odds + (own[:, :1] if setting.alike == "case" else own)
    readers = _readers(rng, setting, district, per_group)
    noise = rng.standard_normal(log_odds.shape)
    if setting.shared_noise:
        common = rng.standard_normal((setting.groups, 1))
        noise = np.sqrt([setting.shared_noise, 1 - setting.shared_noise]) @ [
            np.broadcast_to(common, noise.shape).ravel(),
            noise.ravel(),
        ]
    shift = _shift(rng, setting.differ, log_odds)
    value = log_odds + logit(ndtr(noise)).reshape(log_odds.shape) + shift[readers]
    groups = np.arange(setting.groups).repeat(per_group)
    cases = groups if setting.alike == "case" else np.arange(groups.size)
    readings = pl.DataFrame(
        {
            "alike": [setting.alike] * groups.size,
            "group": groups.astype(str),
            "case_id": cases.astype(str),
            "reviewer": [f"R{reader}" for reader in readers.ravel()],
            "rank": np.searchsorted(STEPS[setting.grades], value.ravel()).astype(np.int64),
            "y": value.ravel() > 0,
        }
    ).unique(["case_id", "reviewer"], maintain_order=True)
    true = _marginal(log_odds, shift)
    names = [f"R{reader}" for reader in range(REVIEWERS)]
    return readings.filter(pl.col("reviewer").n_unique().over("group") > 1), pl.DataFrame(
        {"reviewer": names, "true": true - true.mean()}
    )


def _readers(rng: np.random.Generator, setting: Setting, district: Ints, per_group: int) -> Ints:
    """Who reads each case of each group; two of the eight read both districts, if there are two."""
    if setting.districts:
        pool, start = 5, 3 * district[:, None]
    else:
        pool, start = REVIEWERS, np.zeros((setting.groups, 1), dtype=np.int64)
    first = rng.integers(0, pool, (setting.groups, 1))
    if setting.alike == "case":
        further = (first + rng.integers(1, pool, (setting.groups, 1))) % pool
        return np.asarray(start + np.hstack([first, further]))
    return np.asarray(start + rng.integers(0, pool, (setting.groups, per_group)))


def _shift(rng: np.random.Generator, differ: str, log_odds: Floats) -> Floats:
    """What each reviewer adds to the log-odds of a case."""
    if differ == "not at all":
        return np.zeros(REVIEWERS)
    if differ == "normally":
        return rng.normal(0, 0.45, REVIEWERS)
    others = rng.normal(0, 0.3, REVIEWERS - 1)

    def beyond(shift: float) -> float:
        true = _marginal(log_odds, np.array([shift, *others]))
        return float(true[0] - true.mean() - OUTLIER)

    return np.array([brentq(beyond, -2, 8), *others])


def _marginal(log_odds: Floats, shift: Floats) -> Floats:
    """The log-odds of a defect over all cases as each reviewer would grade them."""
    return np.array([logit(expit(log_odds + by).mean()) for by in shift])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
