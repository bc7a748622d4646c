"""What an office knows of a case on the day it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from cases.demo.clock import LAST_DAY, SATURDAY, day_of
from cases.demo.draws import Draws, col, number
from cases.numeric import Floats

KINDS = ("arrest_review", "prosecution_review")
ARREST_SHARE = 0.4
BUREAUS, WEAK_BUREAUS = 12, 3
FEBRUARY = 1
CAMPAIGN = (datetime(2025, 6, 1), datetime(2025, 9, 1))  # months with a third more cases


@dataclass(frozen=True)
class Charge:
    """A charge: how often it comes and what such cases are like.

    `work` multiplies the effort, `volumes` is the usual number of evidence volumes,
    `money` the usual amount involved (thousand yuan; 0 where none is stated).
    """

    group: str
    share: float
    work: float
    volumes: float
    money: float = 0.0


CHARGES = {
    "theft": Charge("property", 0.20, 0.8, 2.0, 8.0),
    "robbery": Charge("property", 0.05, 1.2, 3.0, 15.0),
    "telecom_fraud": Charge("economic", 0.11, 1.7, 9.0, 300.0),
    "illegal_fundraising": Charge("economic", 0.04, 2.2, 18.0, 4_000.0),
    "injury": Charge("violent", 0.14, 1.0, 2.5),
    "affray": Charge("violent", 0.07, 1.2, 3.0),
    "dangerous_driving": Charge("public_safety", 0.20, 0.5, 1.2),
    "traffic_death": Charge("public_safety", 0.05, 0.9, 2.0),
    "drug_dealing": Charge("drugs", 0.11, 1.1, 3.0),
    "bribery": Charge("duty", 0.03, 2.0, 12.0, 800.0),
}
UNIT_OF_GROUP = {"economic": "U4", "duty": "U5", "drugs": "U6"}
JUVENILE_UNIT = "U7"
GENERAL_UNITS = ("U1", "U2", "U3")


def draw_intake(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """`count` cases with their intake facts, in order of opening (`opened`, in days)."""
    names = np.array(list(CHARGES))
    shares = np.array([charge.share for charge in CHARGES.values()])
    charge = names[rng.choice(len(names), count, p=shares / shares.sum())]
    kind = np.array(KINDS)[(rng.random(count) >= ARREST_SHARE).astype(int)]
    cases = pl.DataFrame(
        {"case": np.arange(count), "opened": _openings(rng, count), "kind": kind, "charge": charge}
    )
    usual = pl.DataFrame(
        [{"charge": name, **vars(charge)} for name, charge in CHARGES.items()]
    ).drop("share")
    cases = cases.join(usual, on="charge", how="left", maintain_order="left")
    cases = cases.rename({"group": "charge_group"})
    return _with_unit(rng, _with_facts(rng, cases)).with_columns(case_id=_case_id())


def _openings(rng: np.random.Generator, count: int) -> Floats:
    """Sorted opening days: seasons, growth, a quiet February and a campaign in 2025."""
    day = np.arange(int(LAST_DAY))
    year, part = day / 365.25, (day % 365.25) / 365.25
    weight = (1 + 0.06 * year) * (1 + 0.18 * np.sin(2 * np.pi * (part - 0.35)))
    weight = weight * np.where(part * 12 // 1 == FEBRUARY, 0.7, 1.0)
    weight = weight * np.where(
        (day >= day_of(CAMPAIGN[0])) & (day < day_of(CAMPAIGN[1])), 1.35, 1.0
    )
    weight = weight * np.where(day % 7 >= SATURDAY, 0.02, 1.0)
    chosen = rng.choice(day, count, p=weight / weight.sum())
    return np.sort(chosen + rng.random(count))


def _with_facts(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """Persons, evidence, police bureau and the hidden weakness of the evidence."""
    draw, many = Draws(rng, cases.height), number(col("work") > 1)
    gang = 6 * number(draw.happens(0.04))
    mean = cases.select(suspects=0.45 * col("work") + gang, victims=0.8 + 2 * many)
    bureau = rng.integers(1, BUREAUS + 1, cases.height)
    cases = cases.with_columns(
        suspects=1 + draw.times(mean["suspects"]),
        victims=draw.times(mean["victims"]),
        police_bureau=pl.Series([f"P{number:02d}" for number in bureau], dtype=pl.String),
        weak_bureau=pl.Series(bureau > BUREAUS - WEAK_BUREAUS),
        weakness=draw.normal(),
    )
    volumes = draw.waiting(col("volumes") * col("suspects").sqrt(), 0.55)
    held = pl.when(col("charge") == "dangerous_driving").then(0.15).otherwise(0.6)
    return cases.with_columns(
        juvenile=draw.happens(0.06),
        prior_record=draw.happens(0.25),
        defender=draw.happens(0.55),
        cross_region=draw.happens(0.05 * col("work")),
        evidence_volumes=volumes.round().clip(lower_bound=1),
        amount=draw.waiting(col("money"), 0.9).round(1),
        detained=draw.happens(held),
        days_held=1 + 13 * draw.share(),
    )


def _with_unit(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    general = pl.Series(np.array(GENERAL_UNITS)[rng.integers(0, len(GENERAL_UNITS), cases.height)])
    by_group = col("charge_group").replace_strict(UNIT_OF_GROUP, default=None)
    return cases.with_columns(
        unit=pl.when("juvenile").then(pl.lit(JUVENILE_UNIT)).otherwise(by_group.fill_null(general))
    )


def _case_id() -> pl.Expr:
    """Such as A-000017 (arrest review) and P-000018 (prosecution review)."""
    letter = col("kind").str.slice(0, 1).str.to_uppercase()
    return letter + "-" + (col("case") + 1).cast(pl.String).str.zfill(6)
