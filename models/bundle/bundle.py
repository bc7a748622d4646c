"""A trained bundle: the questions it answers, what is usual, and where it comes from.

Saved as text: JSON, for a question's trees LightGBM's own format, and a SHA-256 for each
file. Nothing in a bundle is ever executed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from cases.errors import Refused
from cases.integrity.canonical import Domain, digest
from cases.language.kept import as_json, from_json
from cases.language.messages import Message, Sayable, _
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables
from features.build import few_built
from features.catalogue import catalogue, fingerprint
from features.families.rule_of_thumb import points
from features.online.features import KEYS, FeatureRows, FewFeatures
from models.bundle import files
from models.bundle.description import FORMAT, check_description, other_definitions
from models.questions.question import Question, features_at
from models.questions.questions import QUESTIONS
from models.questions.risk import RiskQuestion
from models.questions.start import Start
from models.reasons.parts import mean_contributions
from models.reasons.reasons import Reason, explain
from models.reasons.usual import Usual
from models.reasons.wording import Wording

FEWEST_COMPARED = 50  # cases; the mean of fewer says little about what is usual in a frame
LIBRARIES = ("plumbline", "lightgbm", "scikit-learn", "polars", "narwhals", "numpy")
UNKNOWN_THEN = _("there was no such question.")

Asked = TypeVar("Asked", bound=Question)


def versions() -> dict[str, str]:
    """Versions of this program and of the libraries a score depends on."""
    return {name: version(name) for name in LIBRARIES}


def gaps(not_trained: Mapping[str, Sayable]) -> list[Message]:
    """A sentence per question that no model answers, from why there is none.

    >>> str(gaps({"risk": _("there are no reviews.")})[0])
    'No model of risk was trained: there are no reviews.'
    """
    return [
        _(
            "No model of {question} was trained: {reason}",
            question=QUESTIONS[code].meaning,
            reason=reason,
        )
        for code, reason in not_trained.items()
    ]


@dataclass(frozen=True)
class Bundle:
    """What `training.run.train` returns and the registry keeps.

    `questions` are the fitted ones by code. `usual` holds for each what is usual of every
    feature it reads, among the cases it was trained on. `about` says when, on what and with
    which versions it was trained, under `not_trained` why a question is missing, and under `start`
    why risk is answered by a start (all JSON values). Asked a question that is missing, every
    method says why and is `Refused`.
    """

    office: Office
    questions: Mapping[str, Question]
    usual: Mapping[str, Mapping[str, Usual]]
    about: Mapping[str, Any]

    def __contains__(self, code: str) -> bool:
        return code in self.questions

    @property
    def not_trained(self) -> dict[str, Sayable]:
        """Why a question that the office asks is missing, by its code."""
        asked = (code for code, kind in QUESTIONS.items() if kind.unasked(self.office) is None)
        return {code: self._reason(code) for code in asked if code not in self.questions}

    @property
    def judged(self) -> str | None:
        """The question whose outcomes decide about the bundle; None if it has none of that kind."""
        fitted = ((code, self.questions.get(code)) for code in QUESTIONS)
        return next((code for code, asked in fitted if asked and asked.judged_by_outcome), None)

    @property
    def start(self) -> Start | None:
        """What the office starts by, while no model of risk is in use."""
        kind = self.question(RiskQuestion).start if RiskQuestion.code in self else None
        if kind is None:
            return None
        return Start(kind, from_json(self.about["start"]), int(self.about["reviewed_cases"]))

    def without(self, code: str, reason: Sayable) -> Bundle:
        """The bundle without one of its questions, and why."""
        questions = {kept: fitted for kept, fitted in self.questions.items() if kept != code}
        usual = {kept: values for kept, values in self.usual.items() if kept != code}
        reasons = {**self.about["not_trained"], code: as_json(reason)}
        return Bundle(self.office, questions, usual, {**self.about, "not_trained": reasons})

    def question(self, kind: type[Asked]) -> Asked:
        """The fitted question of a class, for what only this question can do."""
        fitted = self._fitted(kind.code)
        if not isinstance(fitted, kind):
            raise TypeError(f"{kind.code} is answered by a {type(fitted).__name__}")
        return fitted

    def features(
        self, tables: Tables, moments: Frame, *codes: str, progress: Progress = silent
    ) -> pl.DataFrame:
        """What these questions are answered and explained from, per row of `moments`.

        `case_id, moment` and the features that any of them reads, sorted by the first two.
        """
        names = dict.fromkeys(name for code in codes for name in self._fitted(code).names)
        return features_at(tables, moments, tuple(names), progress)

    def few_features(self, tables: Tables, moments: pl.DataFrame, *codes: str) -> FewFeatures:
        """As `features`, of a few cases that a request asks about, as arrays."""
        names = dict.fromkeys(name for code in codes for name in self._fitted(code).names)
        return few_built(tables, moments, tuple(names))

    def answer(self, code: str, x: FeatureRows) -> pl.DataFrame:
        """`case_id, moment` and the answer's columns, per row of what `features` returned."""
        answer = self._fitted(code).answer(x)
        return pl.DataFrame([*(x[name] for name in KEYS), *answer.get_columns()])

    def predict(self, code: str, tables: Tables, moments: Frame) -> pl.DataFrame:
        """As `answer`, per row of `moments`."""
        return self.answer(code, self.features(tables, moments, code))

    def explain(
        self,
        code: str,
        x: FeatureRows,
        top: int,
        *,
        against: int = 0,
        among: FeatureRows | None = None,
    ) -> dict[str, tuple[Reason, ...]]:
        """At most `top` reasons per case of what `features` returned, the strongest first.

        After them at most `against` that lower an estimate that is explained one way only (see
        `models.reasons.reasons.explain`). The cases are compared with those of `among`, which has
        the features too; with the latest cases trained on if these are too few or not given.
        """
        question, usual = self._fitted(code), self.usual[code]
        case_ids, explained = x["case_id"].to_list(), question.explained
        if explained is None:
            return dict.fromkeys(case_ids, ())
        if among is not None and among.height >= FEWEST_COMPARED:
            reference = mean_contributions(explained.model, among)
        else:
            reference = np.array([usual[name].contribution for name in question.names])
        wording = Wording(catalogue(self.office), usual)
        reasons = explain(explained, x, wording, reference, top, against)
        return dict(zip(case_ids, reasons, strict=True))

    def save(self, folder: Path) -> None:
        """Write the bundle's files into `folder`, which is made if need be."""
        files.write(folder, self._contents())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what `save` writes: the hash of each file, by its name."""
        return digest(Domain.MODEL, files.hashes(self._contents()))

    def _contents(self) -> dict[str, bytes]:
        """The bytes of every file that `save` writes."""
        texts = {code: question.text() for code, question in self.questions.items()}
        described = {
            "format": FORMAT,
            "fingerprint": fingerprint(self.office),
            "questions": {code: question.as_json() for code, question in self.questions.items()},
            "usual": {
                code: {name: usual.as_json() for name, usual in values.items()}
                for code, values in self.usual.items()
            },
            "about": self.about,
        }
        named = {files.of(code): text for code, text in texts.items() if text}
        return files.contents(named, described)

    @classmethod
    def load(cls, folder: Path, office: Office) -> Bundle:
        """The bundle saved in `folder`, for the office it was trained for.

        `Refused` if a file is missing, altered or malformed, or if the office file now
        defines features or labels differently than when the bundle was trained.
        """
        texts, described = files.read(folder, map(files.of, QUESTIONS))
        with files.plainly(folder):
            check_description(described, office)
            questions = {
                code: QUESTIONS[code].from_json(saved, texts.get(files.of(code), ""))
                for code, saved in described["questions"].items()
            }
            usual = {
                code: {name: Usual.from_json(saved) for name, saved in values.items()}
                for code, values in described["usual"].items()
            }
            bundle = cls(office, questions, usual, dict(described["about"]))
            bundle._check()
            return bundle

    def _fitted(self, code: str) -> Question:
        if code not in self.questions:
            raise Refused(
                _(
                    "This model says nothing about {question}. When it was trained: {reason}",
                    question=QUESTIONS[code].meaning,
                    reason=QUESTIONS[code].unasked(self.office) or self._reason(code),
                )
            )
        return self.questions[code]

    def _reason(self, code: str) -> Sayable:
        reasons = self.about["not_trained"]
        return from_json(reasons[code]) if code in reasons else UNKNOWN_THEN

    def _check(self) -> None:
        """`ValueError` unless its texts can be said and it says what is usual."""
        for kept in _kept_texts(self.about):
            from_json(kept)
        if self.start and not self.question(RiskQuestion).goes_by(points(self.office)):
            raise other_definitions()
        for code, question in self.questions.items():
            features = catalogue(self.office)
            if set(self.usual[code]) != set(question.names):
                raise ValueError("it does not say what is usual")
            moment = question.moment(self.office)
            if not all(features[name].known_at(moment) for name in question.names):
                raise ValueError(f"{code} reads what is not known when it is asked")


def _kept_texts(about: Mapping[str, Any]) -> list[Any]:
    """Why what is missing is, and what the leak finder's findings rest on, as kept."""
    reasons = [*about["not_trained"].values(), *([about["start"]] if "start" in about else [])]
    return reasons + [leak["evidence"] for leak in about.get("leaks") or ()]
