"""The tables and the office file of an office in which everything happens, in any words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from cases.tables.tables import Tables
from tests.factories.office import office, tables
from tests.serving.use_cases.reviewing.office import CASES, EVENTS, REVIEWERS, REVIEWS

Words = Callable[[str], str]
NAMES = ("case_id", "kind", "unit", "handler", "actor", "reviewer", "charge", "party")
HANDLERS = """
handler | unit | kinds | capacity | absent_from | absent_until
h1      | u1   | -     | 1        | -           | -
h2      | u2   | -     | 1        | -           | -
h3      | u1   | -     | 1        | -           | -
h4      | u2   | -     | 1        | -           | -
"""
RECUSALS = """
handler | case_id | party
h3      | -       | p1
"""
NEW = """
n1      | 2026-02-20 | -                | theft | u1   | -       | 1        | theft   | -
n2      | 2026-02-20 | -                | theft | u1   | -       | 1        | theft   | -
n3      | 2026-02-20 | -                | theft | u1   | -       | 1        | theft   | -
"""


def plain(name: str) -> str:
    """As it is."""
    return name


def described(text: Words) -> dict[str, Any]:
    """What the office file says, with its texts."""

    def words(name: str) -> dict[str, str]:
        return {"en": text(name), "zh": text(name)}

    return {
        "office": {"name": words("Office")},
        "attributes": {
            "suspects": {"type": "number", "known": "intake", "meaning": words("suspects")},
            "charge": {"type": "code", "known": "intake", "meaning": words("charge")},
            "appealed": {"type": "flag", "known": "closing", "meaning": words("appealed")},
        },
        "activities": {
            "accepted": {"meaning": words("accepted")},
            "returned": {"meaning": words("returned"), "rework": True},
            "decided": {"meaning": words("decided")},
        },
        "reviews": {
            "maturity_days": 10,
            "grades": [
                {"code": "best", "defect": False, "meaning": words("best")},
                {"code": "good", "defect": False, "meaning": words("good")},
                {"code": "bad", "defect": True, "meaning": words("bad")},
            ],
            "dimensions": {
                "facts": {"meaning": words("facts")},
                "procedure": {"meaning": words("procedure")},
            },
        },
        "rules": [
            {
                "code": "appealed",
                "meaning": words("was appealed"),
                "when": [{"attribute": "appealed", "equals": True}],
            }
        ],
        "spot_checks": {"second_share": 0.5},
        "limits": [
            {
                "code": "month",
                "meaning": words("one month"),
                "days": 30,
                "end": "decided",
                "suspends": ["returned"],
                "resumes": ["accepted"],
            }
        ],
        "process": [
            {
                "code": "accepted_soon",
                "meaning": words("accepted soon"),
                "rule": "within",
                "activity": "accepted",
                "after": "opened",
                "days": 5,
            }
        ],
        "rectification": {"since": "2026-01-01", "check_share": 1.0},
        "goals": {"most_defective": 0.05, "rectified_within_days": 30},
        "schedules": [
            {"code": "nightly", "what": "read", "every": "day"},
            {"code": "monthly", "what": "plan", "every": "month"},
        ],
    }


def tables_of(text: Words) -> Tables:
    """The tables of the office under review, their names as texts."""
    made = tables(CASES + NEW, EVENTS, REVIEWS, HANDLERS, RECUSALS, "", REVIEWERS)
    frames = {
        name: _renamed(rows, text)
        for name in ("cases", "events", "reviews", "handlers", "recusals", "reviewers")
        if (rows := getattr(made, f"{name.removesuffix('s')}_rows")).height
    }
    return Tables.of(office(**described(text)), frames.pop("cases"), **frames)


def _renamed(rows: pl.DataFrame, text: Words) -> pl.DataFrame:
    columns = [name for name in NAMES if name in rows.columns]
    return rows.with_columns(
        pl.col(name).map_elements(text, pl.String(), skip_nulls=True) for name in columns
    )
