"""Backtests kept with the models, so that a report need not fit everything again.

A backtest fits dozens of models; its result is one row per case. The rows are kept
under a name that changes with all they depend on: data, office file, the time trained on,
versions. Figures are computed from them again, so that they follow the code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from cases.errors import BadInput
from cases.files import made_folder, replaced
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest, Outcome, figures
from models.bundle.bundle import Bundle, versions

FOLDER = "backtests"
FORMAT = 1  # of the file, and of what is tried: another number, and all are made again
QUESTIONS = ("risk", "complexity")


def backtest_file(home: Path, tables: Tables, bundle: Bundle, what: str = "scores") -> Path | None:
    """Where a backtest of `bundle` on these tables is kept; None if they are of no files."""
    if not tables.data_hash:
        return None
    made_of = [
        FORMAT,
        tables.data_hash,
        tables.office.model_dump(mode="json"),
        bundle.about["trained_until"],
        sorted(bundle.not_trained),
        bundle.start is None,
        versions(),
    ]
    text = json.dumps(made_of, ensure_ascii=False, sort_keys=True)
    return home / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()}.{what}.parquet"


def keep(tested: Backtest, target: Path) -> None:
    """Keep `tested`; where that cannot be done, the next report takes longer, and that is all."""
    outcomes = {question: getattr(tested, question) for question in QUESTIONS}
    held = {question: outcome for question, outcome in outcomes.items() if outcome is not None}
    parts = [
        outcome.scores.select(pl.lit(question).alias("question"), pl.all())
        for question, outcome in held.items()
    ]
    scores = pl.concat(parts, how="diagonal") if parts else pl.DataFrame({"question": []})
    about = {
        "first": tested.first.isoformat(),
        "last": tested.last.isoformat(),
        "every": tested.every,
        "retrain": tested.retrain,
        **{question: str(outcome.untrained) for question, outcome in held.items()},
    }
    _keep(scores, target, about)


def kept(target: Path, share: float) -> Backtest | None:
    """The backtest kept in `target`, with the figures of a capacity of `share`; None without."""
    try:
        about: dict[str, Any] = pl.read_parquet_metadata(target)
        scores = pl.read_parquet(target)
        return Backtest(
            first=date.fromisoformat(about["first"]),
            last=date.fromisoformat(about["last"]),
            every=about["every"],
            retrain=about["retrain"],
            share=share,
            risk=_outcome(scores, about, "risk", share),
            complexity=_outcome(scores, about, "complexity", share),
        )
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError):
        return None  # not there, or not as it was written: it is made again


def _outcome(
    scores: pl.DataFrame, about: dict[str, Any], question: str, share: float
) -> Outcome | None:
    if question not in about:
        return None
    own = scores.filter(question=question).drop("question")
    answered = [column.name for column in own if column.null_count() < own.height]
    return figures(own.select(answered), int(about[question]), about["every"], share)


def frame_once(target: Path | None, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The frame kept in `target`; where there is none it is made, and kept."""
    try:
        if target is not None:
            return pl.read_parquet(target)
    except (OSError, pl.exceptions.PolarsError):
        pass  # not there, or not as it was written: it is made again
    made = make()
    if target is not None:
        _keep(made, target, {})
    return made


def _keep(frame: pl.DataFrame, target: Path, about: dict[str, str]) -> None:
    with contextlib.suppress(BadInput):
        made_folder(target.parent)
        replaced(target, lambda path: frame.write_parquet(path, metadata=about))
