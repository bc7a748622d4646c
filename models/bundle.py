"""A trained bundle: the features, the models, their calibration and where they come from.

Saved as text: LightGBM's own format for the trees, JSON for everything else, and a
SHA-256 for each file. Nothing in a bundle is ever executed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from models.complexity import ComplexityModel
from models.population import rows, satisfying
from models.reasons import Reason, explain
from models.risk import RiskModel
from models.wording import Value, Wording

FORMAT = 2
LIBRARIES = ("plumbline", "lightgbm", "scikit-learn", "polars", "narwhals", "numpy")


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries a score depends on."""
    return {name: version(name) for name in LIBRARIES}


def gaps(not_trained: Mapping[str, str]) -> list[str]:
    """A sentence per question that no model answers, from why there is none.

    >>> gaps({"risk": "there are no reviews."})
    ['Risk is not trained: there are no reviews.']
    """
    return [
        f"{question.capitalize()} is not trained: {why}" for question, why in not_trained.items()
    ]


@dataclass(frozen=True)
class Bundle:
    """What `training.run.train` returns and the registry keeps.

    `usual` holds the usual value of every risk feature among the cases trained on;
    `about` says when, on what and with which versions it was trained (JSON values), and
    under `not_trained` why a model is None, by question. What such a model would have to
    answer is `Refused` for that reason.
    """

    office: Office
    risk: RiskModel | None
    complexity: ComplexityModel | None
    usual: dict[str, Value]
    about: dict[str, Any]

    def score(
        self,
        tables: Tables,
        as_of: datetime,
        progress: Progress = silent,
        *,
        closed_after: datetime | None = None,
    ) -> pl.DataFrame:
        """Risk of every case that could be spot-checked at `as_of`, sorted by `case_id`.

        Those are the cases closed by `as_of` (and after `closed_after`, if given), of the
        kind the risk model is for, that nobody had reviewed by then. Columns: `case_id,
        closed_at, kind, unit, handler` (empty text where unknown), `risk, risk_low, risk_high`.
        """
        closed = closing_moments(tables, after=closed_after, until=as_of)
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
        return _features(tables, moments, self._risk().names, progress)

    def risks(self, x: pl.DataFrame) -> pl.DataFrame:
        """As `score_moments`, per row of what `features` returned."""
        model = self._risk()
        low, high = model.interval(x)
        risk = model.predict(x)
        return x.select("case_id", "moment").with_columns(
            risk=pl.Series(risk), risk_low=pl.Series(low), risk_high=pl.Series(high)
        )

    def complexity_at(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """`case_id, moment, complex_probability` per row of `moments`."""
        if self.complexity is None:
            raise self._nothing_about("complexity")
        x = _features(tables, moments, self.complexity.names, silent)
        probability = pl.Series("complex_probability", self.complexity.predict(x))
        return x.select("case_id", "moment").with_columns(probability)

    def reasons(
        self, x: pl.DataFrame, language: Language, top: int = 5
    ) -> dict[str, tuple[Reason, ...]]:
        """At most `top` reasons per case of what `features` returned; see `models.reasons`.

        The strongest first.
        """
        wording = Wording(catalogue(self.office), self.usual, language)
        found = explain(self._risk().trees_, x, wording, top)
        return dict(zip(x["case_id"].to_list(), found, strict=True))

    def save(self, folder: Path) -> None:
        """Write the bundle's files into `folder`, which is made if need be."""
        texts = {}
        if self.risk is not None:
            texts["risk.txt"] = self.risk.trees_.text()
        described = {
            "format": FORMAT,
            "fingerprint": fingerprint(self.office),
            "risk": None if self.risk is None else self.risk.as_json(),
            "complexity": None if self.complexity is None else self.complexity.as_json(),
            "usual": self.usual,
            "about": self.about,
        }
        files.write(folder, texts, described)

    @classmethod
    def load(cls, folder: Path, office: Office) -> Bundle:
        """The bundle saved in `folder`, for the office it was trained for.

        `Refused` if a file is missing, altered or malformed, or if the office file now
        defines features or labels otherwise than when the bundle was trained.
        """
        texts, described = files.read(folder)
        with files.plainly(folder):
            if described["format"] != FORMAT:
                raise ValueError(f"format {described['format']} is not {FORMAT}")
            _check_fingerprint(described["fingerprint"], office)
            risk, complexity = described["risk"], described["complexity"]
            bundle = cls(
                office,
                None if risk is None else RiskModel.from_json(risk, texts["risk.txt"]),
                None if complexity is None else ComplexityModel.from_json(complexity),
                dict(described["usual"]),
                dict(described["about"]),
            )
            bundle._check_gaps()
            return bundle

    def _risk(self) -> RiskModel:
        if self.risk is None:
            raise self._nothing_about("risk")
        return self.risk

    def _nothing_about(self, question: str) -> Refused:
        why = self.about["not_trained"][question]
        return Refused(f"This model says nothing about {question}; when it was trained: {why}")

    def _check_gaps(self) -> None:
        models = {"risk": self.risk, "complexity": self.complexity}
        missing = {question for question, model in models.items() if model is None}
        if missing != set(self.about["not_trained"]):
            raise ValueError("it does not say why a model is missing")


def _check_fingerprint(saved: str, office: Office) -> None:
    if saved != fingerprint(office):
        raise Refused(
            "The model was trained under other definitions than the office file gives now. "
            "Train again (`triage train`), or take the office file it was trained with."
        )


def _features(
    tables: Tables, moments: Frame, names: Sequence[str], progress: Progress
) -> pl.DataFrame:
    return rows(build(tables, moments, names, progress)).sort("case_id", "moment")
