"""Frames and parameters for the tests of policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from policies.spot_check.plan import FRAME, PlanParameters, SpotCheckPlan
from policies.spot_check.planning import draw_plan
from tests.factories.office import rows


def parameters(**changes: Any) -> PlanParameters:
    """A request for four reviews."""
    return PlanParameters(
        **{"as_of": datetime(2024, 7, 1), "capacity": 4, "search_share": 0.5, "seed": "1"} | changes
    )


def plan(text: str, **changes: Any) -> SpotCheckPlan:
    """The plan for an ASCII frame."""
    return draw_plan(rows(text, FRAME).with_columns(UNKNOWN_AS_EMPTY), parameters(**changes))


def frame(risks: Any, handlers: Any = None, units: Any = None, ruled: Any = ()) -> pl.DataFrame:
    """A frame of cases c0, c1, ... with these risks; those in `ruled` are mandatory."""
    risks = np.asarray(risks, float)
    count = len(risks)
    return pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(count)],
            "closed_at": [datetime(2024, 6, 1)] * count,
            "kind": ["k"] * count,
            "unit": [f"u{u}" for u in (units if units is not None else np.zeros(count, int))],
            "handler": [f"h{h}" for h in (handlers if handlers is not None else range(count))],
            "risk": risks,
            "risk_low": risks,
            "risk_high": risks,
            "rule": ["acquittal" if i in ruled else None for i in range(count)],
        },
        schema=FRAME,
    )


UNKNOWN_AS_EMPTY = [pl.col(name).fill_null("") for name in ("kind", "unit", "handler")]
