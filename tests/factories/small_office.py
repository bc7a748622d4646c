"""A small made-up office in which suspects and returns raise the risk, and time shifts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from cases.tables.tables import EVENTS, REVIEWS, Tables, case_columns
from models.bundle.bundle import Bundle
from tests.factories.office import office

COMPLEXITY = {
    "meaning": {"en": "many suspects"},
    "any_of": [{"event": "returned"}],
}
FIRST = datetime(2024, 1, 1)
UNTIL = datetime(2024, 8, 1)  # by when most of its cases are reviewed
HOSTILE = "<script>alert('x')</script> & \"quoted\""


def small_office(count: int = 600, seed: int = 1, **changes: object) -> Tables:
    """Tables of `count` closed cases, one a day over; four in five reviewed at random."""
    random = np.random.default_rng(seed)
    description = office(**({"complexity": COMPLEXITY} | changes))
    opened = [FIRST + timedelta(hours=6 * i) for i in range(count)]
    closed = [day + timedelta(days=int(random.integers(5, 40))) for day in opened]
    suspects = random.integers(1, 6, count).astype(float)
    charge = random.choice(["theft", "fraud", "assault"], count)
    returned = random.random(count) < 0.1 + 0.1 * (suspects > 3)
    risk = 1 / (1 + np.exp(2.2 - 0.5 * suspects - 1.5 * returned + 0.7 * (charge == "fraud")))
    bad = random.random(count) < risk
    ids = [f"c{i:05d}" for i in range(count)]
    cases = {
        "case_id": ids,
        "opened_at": opened,
        "closed_at": closed,
        "kind": random.choice(["arrest", "prosecution"], count),
        "unit": random.choice(["first", "second"], count),
        "handler": random.choice([f"h{i}" for i in range(8)], count),
        "suspects": suspects,
        "charge": charge,
        "appealed": random.random(count) < 0.2,
    }
    happened = [(i, opened[i], "accepted") for i in range(count)]
    happened += [(i, opened[i] + timedelta(days=2), "returned") for i in np.flatnonzero(returned)]
    events = {
        "case_id": [ids[i] for i, _, _ in happened],
        "at": [at for _, at, _ in happened],
        "recorded_at": [at for _, at, _ in happened],
        "activity": [activity for _, _, activity in happened],
        "actor": ["a"] * len(happened),
        "sequence": range(len(happened)),
    }
    drawn = np.flatnonzero(random.random(count) < 0.8)
    named = np.random.default_rng([seed, 1]).choice(["evidence", "evidence;facts", ""], count)
    reviews = {
        "case_id": [ids[i] for i in drawn],
        "reviewed_at": [closed[i] + timedelta(days=3) for i in drawn],
        "reviewer": ["r"] * len(drawn),
        "kind": ["random"] * len(drawn),
        "grade": ["bad" if bad[i] else "good" for i in drawn],
        "inclusion_probability": [0.8] * len(drawn),
        "dimensions": [named[i] if bad[i] and named[i] else None for i in drawn],
        "hours": [None] * len(drawn),
        "reading": [None] * len(drawn),
        "risk_shown": [None] * len(drawn),
    }
    return Tables.of(
        description,
        pl.DataFrame(cases, schema=case_columns(description)),
        events=pl.DataFrame(events, schema=EVENTS),
        reviews=pl.DataFrame(reviews, schema=REVIEWS),
    )


def without_reviews(count: int = 600, **changes: object) -> Tables:
    """The same office, whose file describes no reviews."""
    tables = small_office(count, reviews=None, **changes)
    return Tables.of(tables.office, tables.case_rows, events=tables.event_rows)


def without(bundle: Bundle, **reasons: Any) -> Bundle:
    """The bundle as if some of its questions had not been trained, each for a reason."""
    questions = {code: one for code, one in bundle.questions.items() if code not in reasons}
    about = {**bundle.about, "not_trained": reasons}
    return replace(bundle, questions=questions, about=about)
