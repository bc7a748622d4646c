"""A trained bundle: the features, the models, their calibration and where they come from.

Saved as text: LightGBM's own format for the trees, JSON for everything else, and a
SHA-256 for each file. Nothing in a bundle is ever executed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from cases.errors import Refused
from cases.office import Language, Office
from cases.progress import Progress, silent
from cases.tables import Frame, Tables
from features.as_of import closing_moments, reviewed_by
from features.build import build
from features.catalogue import catalogue, fingerprint
from models import files
from models.calibrated import CalibratedTrees
from models.complexity import ComplexityModel
from models.population import rows, satisfying
from models.reasons import Reason, explain
from models.risk import RiskModel
from models.wording import Value, Wording

FORMAT = 1
LIBRARIES = ("plumbline", "lightgbm", "polars", "narwhals", "numpy")


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries a score depends on."""
    return {name: version(name) for name in LIBRARIES}


@dataclass(frozen=True)
class Bundle:
    """What `training.run.train` returns and the registry keeps.

    `usual` holds the usual value of every risk feature among the cases trained on;
    `about` says when, on what and with which versions it was trained (JSON values).
    """

    office: Office
    risk: RiskModel
    complexity: ComplexityModel | None
    usual: dict[str, Value]
    about: dict[str, Any]

    def score(self, tables: Tables, as_of: datetime, progress: Progress = silent) -> pl.DataFrame:
        """Risk of every case that could be spot-checked at `as_of`, sorted by `case_id`.

        Those are the cases closed by `as_of`, of the kind the risk model is for, that
        nobody had reviewed by then. Columns: `case_id, closed_at, kind, unit, handler`
        (empty text where unknown), `risk, risk_low, risk_high`.
        """
        closed = closing_moments(tables, after=None, until=as_of)
        asked = satisfying(tables, closed, self.office.risk.among).join(
            reviewed_by(tables, as_of), on="case_id", how="anti"
        )
        facts = asked.select("case_id", "moment", "closed_at", "kind", "unit", "handler")
        cases = rows(facts)
        risks = self.score_moments(tables, asked.select("case_id", "moment"), progress)
        scored = cases.join(risks, on=["case_id", "moment"]).drop("moment")
        return scored.with_columns(pl.col(pl.String).fill_null("")).sort("case_id")

    def score_moments(
        self, tables: Tables, moments: Frame, progress: Progress = silent
    ) -> pl.DataFrame:
        """`case_id, moment, risk, risk_low, risk_high` per row of `moments`.

        `risk_low <= risk <= risk_high`: see `models/calibration.py`.
        """
        return self.risks(self.features(tables, moments, progress))

    def features(self, tables: Tables, moments: Frame, progress: Progress = silent) -> pl.DataFrame:
        """What `risks` and `reasons` are computed from, per row of `moments`.

        `case_id, moment` and the risk model's features, sorted by the first two.
        """
        return _features(tables, moments, self.risk, progress)

    def risks(self, x: pl.DataFrame) -> pl.DataFrame:
        """As `score_moments`, per row of what `features` returned."""
        low, high = self.risk.interval(x)
        risk = self.risk.predict(x)
        return x.select("case_id", "moment").with_columns(
            risk=pl.Series(risk), risk_low=pl.Series(low), risk_high=pl.Series(high)
        )

    def complexity_at(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """`case_id, moment, complex_probability` per row of `moments`.

        `Refused` if the office file did not say what makes a case complex.
        """
        if self.complexity is None:
            raise Refused(
                "This model says nothing about complexity: the office file had no [complexity] "
                "when it was trained. Add it and train again."
            )
        x = _features(tables, moments, self.complexity, silent)
        probability = pl.Series("complex_probability", self.complexity.predict(x))
        return x.select("case_id", "moment").with_columns(probability)

    def reasons(
        self, x: pl.DataFrame, language: Language, top: int = 5
    ) -> dict[str, tuple[Reason, ...]]:
        """At most `top` reasons per case of what `features` returned; see `models.reasons`.

        The strongest first.
        """
        wording = Wording(catalogue(self.office), self.usual, language)
        found = explain(self.risk.trees_, x, wording, top)
        return dict(zip(x["case_id"].to_list(), found, strict=True))

    def save(self, folder: Path) -> None:
        """Write the bundle's files into `folder`, which is made if need be."""
        texts = {"risk.txt": self.risk.trees_.text()}
        if self.complexity is not None:
            texts["complexity.txt"] = self.complexity.trees_.text()
        described = {
            "format": FORMAT,
            "fingerprint": fingerprint(self.office),
            "risk": self.risk.as_json(),
            "complexity": None if self.complexity is None else self.complexity.as_json(),
            "usual": self.usual,
            "about": self.about,
        }
        files.write(folder, texts, described)

    @classmethod
    def load(cls, folder: Path, office: Office) -> Bundle:
        """The bundle saved in `folder`, for the office it was trained for.

        `Refused` if a file is missing, altered or malformed, or if the office file now
        describes other features than the bundle was trained on.
        """
        texts, described = files.read(folder)
        with files.plainly(folder):
            if described["format"] != FORMAT:
                raise ValueError(f"format {described['format']} is not {FORMAT}")
            _check_fingerprint(described["fingerprint"], office)
            complexity = described["complexity"]
            return cls(
                office,
                RiskModel.from_json(described["risk"], texts["risk.txt"]),
                complexity and ComplexityModel.from_json(complexity, texts["complexity.txt"]),
                dict(described["usual"]),
                dict(described["about"]),
            )


def _check_fingerprint(saved: str, office: Office) -> None:
    if saved != fingerprint(office):
        raise Refused(
            "The model was trained on other features than the office file describes now. "
            "Train again (`triage train`), or take the office file it was trained with."
        )


def _features(
    tables: Tables, moments: Frame, model: CalibratedTrees, progress: Progress
) -> pl.DataFrame:
    return rows(build(tables, moments, model.names, progress)).sort("case_id", "moment")
