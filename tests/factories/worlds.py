"""Random small offices, and the same offices as they stood at an earlier horizon."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from cases.office.model import CLOSING, INTAKE, Office
from cases.tables.tables import EVENTS, REVIEWS, Tables, case_columns
from features.as_of import known_when
from tests.factories import office as factories

START = datetime(2024, 1, 1)
WHOLE_DAY = timedelta(days=1, microseconds=-1)  # what stands for a date without a time
SPAN = 60  # days an office's tables cover
ACTIVITIES = ("accepted", "returned", "decided")
MOMENTS = (INTAKE, CLOSING, *ACTIVITIES)
TYPES = ("number", "flag", "code", "code", "date")


@dataclass(frozen=True)
class World:
    """An office's whole tables, and what of them had been written down by `horizon`."""

    whole: Tables
    earlier: Tables
    horizon: datetime
    moments: pl.DataFrame


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world; sizes shrink, the rows themselves come from one seed."""
    rng = random.Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311 (test data)
    sizes = [draw(st.integers(0, largest)) for largest in (8, 30, 12)]
    office = random_office(rng)
    cases = random_cases(rng, office, 1 + sizes[0])
    events = random_events(rng, cases, sizes[1])
    reviews = random_reviews(rng, cases, sizes[2])
    horizon = random_time(rng)
    earlier = (
        cases_at(rng, office, cases, events, horizon),
        events.filter(pl.col("recorded_at") <= horizon),
        reviews.filter(
            pl.col("reviewed_at") + timedelta(days=office.reviews.maturity_days) <= horizon
        ),
    )
    return World(
        Tables.of(office, cases, events=events, reviews=reviews),
        Tables.of(office, earlier[0], events=earlier[1], reviews=earlier[2]),
        horizon,
        random_moments(rng, earlier[0], horizon),
    )


def random_office(rng: random.Random) -> Office:
    """The test office with everything switched on and known at random moments."""
    attributes = {
        f"own_{i}": {"type": kind, "known": rng.choice(MOMENTS), "meaning": {"en": kind}}
        for i, kind in enumerate(TYPES)
    }
    start = rng.choice(["opened", *ACTIVITIES])
    ends = [name for name in ("closed", *ACTIVITIES) if name != start]
    limit = {
        "meaning": {"en": "limit"},
        "days": rng.choice([1, 5, 20.5]),
        "start": start,
        "end": rng.choice(ends),
    }
    return factories.office(
        attributes=attributes,
        handler_known=rng.choice(MOMENTS),
        limits=[limit | {"code": "limit", "kinds": rng.choice([[], ["k1"]])}],
        reviews=factories.OFFICE["reviews"] | {"maturity_days": rng.choice([0, 0.5, 7])},
        risk={
            "similar_by": rng.choice([[], ["own_2"], ["own_2", "own_3"]]),
            "use_handler": True,
        },
    )


def random_time(rng: random.Random) -> datetime:
    """Mostly the first or last instant of a day, so that many things happen at one instant."""
    within = rng.choice([*[timedelta()] * 2, WHOLE_DAY, timedelta(hours=9), timedelta(hours=20)])
    return START + timedelta(days=rng.randrange(SPAN)) + within


def random_value(rng: random.Random, kind: str) -> Any:
    """A value of an attribute's type, or none."""
    value = {
        "number": rng.randrange(5) / 2,
        "flag": rng.random() < 0.5,
        "code": rng.choice("abc"),
        "date": random_time(rng),
    }[kind]
    return value if rng.random() < 0.8 else None


def random_cases(rng: random.Random, office: Office, count: int) -> pl.DataFrame:
    """Cases of few kinds, units and handlers; some stay open."""
    records = []
    for i in range(count):
        opened, closed = sorted([random_time(rng), random_time(rng)])
        records.append(
            {
                "case_id": f"c{i}",
                "opened_at": opened,
                "closed_at": closed if rng.random() < 0.8 else None,
                "kind": rng.choice(["k1", "k2", None]),
                "unit": rng.choice(["u1", "u2"]),
                "handler": rng.choice(["h1", "h2", None]),
            }
            | {name: random_value(rng, a.type) for name, a in office.attributes.items()}
        )
    return pl.DataFrame(records, schema=case_columns(office))


def random_events(rng: random.Random, cases: pl.DataFrame, count: int) -> pl.DataFrame:
    """Events at any time, many recorded later than they happened."""
    records = []
    for i in range(count):
        at = random_time(rng)
        late = timedelta(days=rng.choice([0, 0, 1, 3, 25]))
        records.append(
            {
                "case_id": rng.choice(cases["case_id"]),
                "at": at,
                "recorded_at": at + late,
                "activity": rng.choice(ACTIVITIES),
                "actor": rng.choice(["h1", "h2", None]),
                "sequence": i,
            }
        )
    return pl.DataFrame(records, schema=EVENTS)


def random_reviews(rng: random.Random, cases: pl.DataFrame, count: int) -> pl.DataFrame:
    """Reviews of closed cases, from the day of closing on."""
    closed = cases.drop_nulls("closed_at").select("case_id", "closed_at").rows()
    records = []
    for case_id, closed_at in (rng.choice(closed) for _ in range(count if closed else 0)):
        reviewed_at = closed_at + timedelta(days=rng.choice([0, 0, 1, 10]))
        record = {"case_id": case_id, "reviewed_at": reviewed_at, "kind": "random"}
        record["reading"] = rng.choice([None, "first", "second"])
        records.append(record | {"grade": rng.choice(["good", "bad"])})
    return pl.DataFrame(records, schema=REVIEWS)


def cases_at(
    rng: random.Random,
    office: Office,
    cases: pl.DataFrame,
    events: pl.DataFrame,
    horizon: datetime,
) -> pl.DataFrame:
    """The case table at the horizon; what was not known yet holds something else."""
    recorded = events.filter(pl.col("recorded_at") <= horizon)
    seen = set(recorded.select("case_id", "activity").rows())
    late = ["handler", *office.attributes]
    types = {"handler": "code"} | {name: a.type for name, a in office.attributes.items()}
    records = []
    for case in cases.filter(pl.col("opened_at") <= horizon).to_dicts():
        if case["closed_at"] and case["closed_at"] > horizon:
            case["closed_at"] = None
        happened = {INTAKE} | {
            activity for activity in ACTIVITIES if (case["case_id"], activity) in seen
        }
        happened |= {CLOSING} if case["closed_at"] else set()
        unknown = [name for name in late if known_when(office, name) not in happened]
        records.append(case | {name: random_value(rng, types[name]) for name in unknown})
    return pl.DataFrame(records, schema=case_columns(office))


def random_moments(rng: random.Random, cases: pl.DataFrame, horizon: datetime) -> pl.DataFrame:
    """Openings, closings, the horizon itself and any time before it."""
    records = []
    for case in cases.to_dicts():
        times = {case["opened_at"], horizon, min(random_time(rng), horizon)}
        times |= {case["closed_at"]} if case["closed_at"] else set()
        records += [{"case_id": case["case_id"], "moment": time} for time in sorted(times)]
    return pl.DataFrame(records, schema={"case_id": pl.String, "moment": pl.Datetime("us")})
