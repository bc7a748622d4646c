"""How often a report claims a pair of facts where facts only act by themselves.

Made-up offices with six facts and five reviewers of unequal severity. One or two facts act by
themselves, in odds or in shares of cases, so that every pair claimed is false; then a pair acts
beyond them, and is to be found. With `drawn`, reviews are drawn with probabilities that rise with
a risk that no fact tells, and weighted.

    python -m benchmarks.concentrations [--reports 120] [--cases 1200]
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from cases.numeric import Floats
from cases.office.loading import parse_office
from evaluation.quality.concentrations import Concentrations, concentrations

Codes = NDArray[np.str_]
FACTS = ("court", "charge", "path", "evidence", "origin")
LEVELS = np.array(["a", "b", "c", "d"])
OFFICE = parse_office(
    {
        "office": {"name": {"en": "Made up"}},
        "tables": {"cases": {"path": "cases.csv"}},
        "attributes": {
            name: {"type": "code", "known": "intake", "meaning": {"en": name}} for name in FACTS
        },
    },
    "office.toml",
)
CLOSED, DAY = datetime(2024, 1, 1), np.timedelta64(1, "D")
PLANTED = {("court", "a"), ("charge", "a")}


@dataclass(frozen=True)
class Setting:
    """The rate without any effect, what facts and pair add, and how reviews come about.

    An effect multiplies the odds by 4, or adds 0.2 to the rate if `shares`; `pair` is the rate
    in the pair beyond what its facts give.
    """

    rate: float
    main: int
    shares: bool = False
    pair: float = 0.0
    drawn: bool = False


FALSE = [
    Setting(rate, main, shares, drawn=drawn)
    for rate, main, (shares, drawn) in itertools.product(
        (0.05, 0.15, 0.30), (1, 2), ((False, False), (True, False), (False, True))
    )
]
TRUE = [
    Setting(rate, main, pair=pair)
    for rate, main, pair in itertools.product((0.05, 0.15), (0, 1), (0.2, 0.3, 0.4))
]


def main() -> None:
    """Print a line per setting."""
    arguments = argparse.ArgumentParser(description="Claims of pairs, false and true.")
    arguments.add_argument("--reports", type=int, default=120)
    arguments.add_argument("--cases", type=int, default=1200)
    chosen = arguments.parse_args()
    print("rate, main effects, scale, reviews, pair adds: any pair claimed, planted one, seconds")
    for setting in (*FALSE, *TRUE):
        started = time.process_time()
        found = [report(setting, seed, chosen.cases) for seed in range(chosen.reports)]
        taken = (time.process_time() - started) / chosen.reports
        claimed = np.mean([bool(one.found) for one in found])
        planted = np.mean([names_planted(one) for one in found])
        print(
            f"{setting.rate:.0%}, {setting.main}, {'shares' if setting.shares else 'odds'}, "
            f"{'drawn' if setting.drawn else 'all'}, {setting.pair:+.0%}: "
            f"{claimed:.3f}, {planted:.3f}, {taken:.2f}",
            flush=True,
        )


def report(setting: Setting, seed: int, cases: int) -> Concentrations:
    """The search in one made-up office."""
    random = np.random.default_rng(seed)
    pool = cases * (4 if setting.drawn else 1)
    facts = {name: random.choice(LEVELS, pool) for name in FACTS}
    reviewer = random.integers(0, 5, pool)
    hidden = random.normal(0, 1, pool) * setting.drawn
    inside = (facts["court"] == "a") & (facts["charge"] == "a")
    risk = rates(setting, facts, 0.25 * (reviewer - 2) + hidden) + setting.pair * inside
    frame = pl.DataFrame(
        {
            "opened_at": np.datetime64(CLOSED, "us") - random.integers(1, 90, pool) * DAY,
            "closed_at": [CLOSED] * pool,
            "kind": random.choice(LEVELS[:2], pool),
            **facts,
            "reviewer": np.char.add("r", reviewer.astype(str)),
            "y": (random.random(pool) < risk).astype(float),
            "inclusion_probability": np.clip(0.2 * np.exp(0.7 * hidden), 0.05, 1.0),
        }
    )
    chosen = random.random(pool) < frame["inclusion_probability"].to_numpy()
    sample = frame.filter(chosen) if setting.drawn else frame
    return concentrations(OFFICE, sample, surveyed=setting.drawn)


def rates(setting: Setting, facts: dict[str, Codes], other: Floats) -> Floats:
    """The chance of a defect without the pair, shape (cases,)."""
    acting = sum(
        ((facts[name] == "a").astype(float) for name in FACTS[: setting.main]), np.zeros(other.size)
    )
    risk: Floats
    if setting.shares:
        risk = expit(logit(setting.rate) + other) + 0.2 * acting
    else:
        risk = expit(logit(setting.rate) + np.log(4) * acting + other)
    return risk


def names_planted(found: Concentrations) -> bool:
    """Whether the pair that was planted is among those shown."""
    named = [
        {(part.meaning.say("en"), part.level.say("en")) for part in (pair.first, pair.second)}
        for pair in found.found
    ]
    return PLANTED in named


if __name__ == "__main__":
    main()
