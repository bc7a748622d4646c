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
from cases.language.catalogues import Language
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables, moments_of, rows
from features.as_of import closing_moments, open_moments, reviewed_by
from features.build import build
from features.catalogue import catalogue, fingerprint, intake_features
from features.conditions import satisfying
from models.bundle import files
from models.calibration.conformal import Cutoffs, Outcomes
from models.questions.complexity import ComplexityModel
from models.questions.effort import KIND, EffortModel
from models.questions.risk import RiskModel
from models.reasons.reasons import Reason, explain, explain_linear
from models.reasons.wording import Value, Wording

FORMAT = 3
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

    `routing` holds what the cut-offs between simple and complex are set by, wherever there is
    a complexity model. `usual` holds, by question (`risk`, `complexity`), the usual value of
    every feature among the cases that model was trained on. `about` says when, on what and
    with which versions it was trained (JSON values), and under `not_trained` why a model is
    None, by question. What such a model would have to answer is `Refused` for that reason.
    """

    office: Office
    risk: RiskModel | None
    complexity: ComplexityModel | None
    routing: Outcomes | None
    effort: EffortModel | None
    usual: dict[str, dict[str, Value]]
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

        `risk_low <= risk <= risk_high`: see `models/calibration/level_and_interval.py`.
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
        return self.complexities(self.intake_features(tables, moments))

    def effort_at(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """`case_id, moment, effort, effort_low, effort_high` per row of `moments`.

        In the office's unit: the expected effort, and between which two values it lies in
        four cases of five.
        """
        return self.efforts(self.intake_features(tables, moments))

    def intake_features(self, tables: Tables, moments: Frame) -> pl.DataFrame:
        """What `complexities`, `complexity_reasons` and `efforts` are computed from.

        `case_id, moment` and the intake features per row of `moments`, sorted by the first two.
        """
        return _features(tables, moments, intake_features(self.office), silent)

    def complexities(self, x: pl.DataFrame) -> pl.DataFrame:
        """As `complexity_at`, per row of what `intake_features` returned."""
        probability = pl.Series("complex_probability", self._complexity().predict(x))
        return x.select("case_id", "moment").with_columns(probability)

    def efforts(self, x: pl.DataFrame) -> pl.DataFrame:
        """As `effort_at`, per row of what `intake_features` returned."""
        model = self._effort()
        low, high = model.interval(x)
        return x.select("case_id", "moment").with_columns(
            effort=pl.Series(model.predict(x)),
            effort_low=pl.Series(low),
            effort_high=pl.Series(high),
        )

    def cutoffs(self, complex_error: float, simple_error: float) -> Cutoffs:
        """Below which probability a case may be called simple, from which on complex."""
        return self._complexity().cutoffs(self._routing(), complex_error, simple_error)

    def routed(self, complex_error: float, simple_error: float) -> pl.DataFrame:
        """How often such cut-offs have erred so far, by year; see `Outcomes.running`."""
        return self._routing().running(complex_error, simple_error)

    def remaining_effort(self, tables: Tables, as_of: datetime) -> pl.DataFrame:
        """What is left to do of every case open at `as_of`, sorted by `case_id`.

        Columns `case_id, handler, kind` (as known by then, null where unknown), `age_days` and
        `remaining_effort`, the expected effort times the share of it that is still to come.
        """
        model = self._effort()
        asked = rows(open_moments(tables, as_of))
        opened = asked.select("case_id", moment="opened_at")
        x = self.intake_features(tables, moments_of(opened))
        cases = x.select("case_id", KIND, effort=pl.Series(model.predict(x))).join(
            asked, on="case_id"
        )
        age = (as_of - cases["opened_at"]).dt.total_microseconds() / 86_400_000_000
        left = model.remaining(cases[KIND], age.to_numpy())
        return cases.select(
            "case_id",
            "handler",
            "kind",
            age_days=age,
            remaining_effort=pl.col("effort") * pl.Series(left),
        ).sort("case_id")

    def reasons(
        self, x: pl.DataFrame, language: Language, top: int = 5
    ) -> dict[str, tuple[Reason, ...]]:
        """At most `top` reasons per case of what `features` returned; see `models.reasons.reasons`.

        The strongest first.
        """
        trees = self._risk().trees_
        wording = Wording(catalogue(self.office), self.usual["risk"], language)
        found = explain(trees, x, wording, top)
        return dict(zip(x["case_id"].to_list(), found, strict=True))

    def complexity_reasons(
        self, x: pl.DataFrame, language: Language, top: int = 3
    ) -> dict[str, tuple[Reason, ...]]:
        """At most `top` reasons per case of what `intake_features` returned, the strongest first.

        What speaks for complex has a positive contribution, what for simple a negative one.
        """
        linear = self._complexity().linear_
        wording = Wording(catalogue(self.office), self.usual["complexity"], language)
        return dict(
            zip(x["case_id"].to_list(), explain_linear(linear, x, wording, top), strict=True)
        )

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
            "routing": None if self.routing is None else self.routing.as_json(),
            "effort": None if self.effort is None else self.effort.as_json(),
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
            routing, effort = described["routing"], described["effort"]
            bundle = cls(
                office,
                None if risk is None else RiskModel.from_json(risk, texts["risk.txt"]),
                None if complexity is None else ComplexityModel.from_json(complexity),
                None if routing is None else Outcomes.from_json(routing),
                None if effort is None else EffortModel.from_json(effort),
                {question: dict(values) for question, values in described["usual"].items()},
                dict(described["about"]),
            )
            bundle._check_gaps()
            return bundle

    def _risk(self) -> RiskModel:
        if self.risk is None:
            raise self._nothing_about("risk")
        return self.risk

    def _complexity(self) -> ComplexityModel:
        if self.complexity is None:
            raise self._nothing_about("complexity")
        return self.complexity

    def _routing(self) -> Outcomes:
        if self.routing is None:
            raise self._nothing_about("complexity")
        return self.routing

    def _effort(self) -> EffortModel:
        if self.effort is None:
            raise self._nothing_about("effort")
        return self.effort

    def _nothing_about(self, question: str) -> Refused:
        why = self.about["not_trained"][question]
        return Refused(f"This model says nothing about {question}; when it was trained: {why}")

    def _check_gaps(self) -> None:
        models = {"risk": self.risk, "complexity": self.complexity, "effort": self.effort}
        missing = {question for question, model in models.items() if model is None}
        if missing != set(self.about["not_trained"]):
            raise ValueError("it does not say why a model is missing")
        if (self.routing is None) != (self.complexity is None):
            raise ValueError("a complexity model and what routes by it belong together")
        explained = {"risk": self.risk, "complexity": self.complexity}
        for question, model in explained.items():
            if model is not None and set(self.usual[question]) != set(model.names):
                raise ValueError("it does not say what is usual")


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
