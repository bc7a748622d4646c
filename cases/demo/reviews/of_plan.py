"""How the demo's reviewers grade the cases of a plan, which may show them a risk.

What a reviewer has seen in a case is then drawn towards that risk: on the scale of log-odds it
moves by the share `lean` of the way (anchoring and adjustment, Tversky and Kahneman 1974, Science
185).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import logit

from cases.demo.people import REVIEWER_CODES
from cases.demo.reviews.drawn import grades_of
from cases.numeric import Floats

LEAN, LEAN_SPREAD = 0.3, 0.1  # mean and standard deviation over the reviewers


def draw_lean(rng: np.random.Generator) -> Floats:
    """How far each reviewer moves towards a risk that is shown: 0 not at all, 1 all the way."""
    return np.asarray(rng.normal(LEAN, LEAN_SPREAD, len(REVIEWER_CODES)).clip(0, 1))


def graded(asked: pl.DataFrame, reviewers: pl.DataFrame) -> pl.Series:
    """The grade of each reading in `asked`.

    `asked` has `badness` (of the case, as this reading judges it), `reviewer`, `risk` (the plan's)
    and `risk_shown`; `reviewers` has `reviewer, severity, lean` (`truth_reviewers.parquet`).
    """
    known = asked.join(reviewers, on="reviewer", how="left", maintain_order="left")
    seen = (known["badness"] + known["severity"]).to_numpy()
    lean = (known["lean"] * known["risk_shown"].cast(pl.Float64)).to_numpy()
    return grades_of((1 - lean) * seen + lean * logit(known["risk"].to_numpy()))
