"""Risk: the probability that a review of a case finds a defect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from cases.office.model import CLOSING, Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables, rows
from cases.tables.values import TIME
from features.as_of import Known, reviewed_by
from features.build import built, known_at
from features.catalogue import catalogue, risk_features
from features.conditions import reviewable
from features.online.features import FeatureRows
from models.estimators.calibrated import CalibratedModel
from models.estimators.start import StartModel
from models.questions.question import Question
from models.questions.start import StartKind
from models.reasons.reasons import Explained
from models.reasons.wording import says_risk

FACTS = ("closed_at", "kind", "unit", "handler")
RISKS = ("risk", "risk_low", "risk_high")


class RiskModel(CalibratedModel):
    """What is known at the moment asked about, with the directions the office file states."""

    @classmethod
    def of(cls, office: Office, names: Sequence[str] | None = None) -> Self:
        """Unfitted, for this office; on the risk features called `names`, by default all.

        `BadInput` if the office file gives a direction to a feature no risk model has.
        """
        every, features = risk_features(office), catalogue(office)
        numeric = [name for name in every if features[name].type != "code"]
        faults = list(_unknown_directions(office, numeric))
        if faults:
            raise BadInput(faults)
        rising = dict.fromkeys(office.risk.increasing, 1)
        used = every if names is None else names
        return cls(used, rising | dict.fromkeys(office.risk.decreasing, -1))


@dataclass(frozen=True)
class RiskQuestion(Question):
    """Asked of a case at the moment that the office file says; answers `risk, risk_low, risk_high`.

    `risk_low <= risk <= risk_high`: of 100 cases of such a risk, how many had a defect, 90 % sure
    (`models/calibration/level_and_band.py`).
    """

    code = "risk"
    meaning = _("risk")
    estimate = "risk"
    model: RiskModel | StartModel

    @staticmethod
    def moment(office: Office) -> str:
        """As the office file says (`risk.at`)."""
        return office.risk.at

    @property
    def names(self) -> tuple[str, ...]:
        """The features it reads: risk features, or the lines of the rule of thumb."""
        return tuple(self.model.names)

    @property
    def start(self) -> StartKind | None:
        """What the office starts by; None once a model was fitted."""
        if not isinstance(self.model, StartModel):
            return None
        return "points" if self.model.points else "equal"

    def goes_by(self, points: Mapping[str, float]) -> bool:
        """Whether it is a start by these points."""
        return isinstance(self.model, StartModel) and dict(self.model.points) == dict(points)

    @property
    def judged_by_outcome(self) -> bool:
        """Once it was fitted: the start is what a fitted model has to beat."""
        return self.start is None

    @property
    def kind(self) -> Sayable | None:
        """Which kind of fitted model it is and why, in a sentence."""
        return None if isinstance(self.model, StartModel) else self.model.choice_.says

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """Probability and band per row."""
        risk, low, high = self.model.estimate(x)
        return pl.DataFrame({"risk": risk, "risk_low": low, "risk_high": high})

    @property
    def explained(self) -> Explained | None:
        """What raises or lowers the risk; None where all risks are equal."""
        if not self.names:
            return None
        return Explained(self.model, says_risk)

    def score(
        self,
        tables: Tables,
        as_of: datetime,
        progress: Progress = silent,
        *,
        closed_after: datetime | None = None,
    ) -> pl.DataFrame:
        """Risk of every case that could be spot-checked at `as_of`, sorted by `case_id`.

        Those are the cases of the kind the risk model is for that came to its moment by `as_of`
        (and after `closed_after`, if given), without a review by then. Columns as of `with_facts`.
        """
        reached = reviewable(tables, after=closed_after, until=as_of)
        eligible = reached.join(reviewed_by(tables, as_of), on="case_id", how="anti")
        return self.score_at(tables, eligible.select("case_id", "moment"), as_of, progress)

    def score_at(
        self, tables: Tables, moments: Frame, as_of: datetime, progress: Progress = silent
    ) -> pl.DataFrame:
        """Risk of cases at their `moments` (`case_id, moment`); columns as of `with_facts`."""
        blocks = built(tables, moments, self.names, progress)
        risks = pl.concat(
            pl.concat([x.select("case_id", "moment"), self.answer(x)], how="horizontal")
            for x in blocks
        )
        return with_facts(known_by(tables, risks, as_of), risks)

    def as_json(self) -> dict[str, Any]:
        """The model; with `text` all of it."""
        return {"model": self.model.as_json(), "start": self.start is not None}

    def text(self) -> str:
        """That of the model: its trees, if it has any, in LightGBM's text format."""
        return self.model.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        model = StartModel if saved["start"] else RiskModel
        return cls(model.from_json(saved["model"], text))


def known_by(tables: Tables, cases: pl.DataFrame, as_of: datetime) -> Known:
    """What was known by `as_of` of cases, each `case_id` of them once."""
    return known_at(tables, cases.select("case_id", moment=pl.lit(as_of, TIME)))


def with_facts(known: Known, risks: pl.DataFrame) -> pl.DataFrame:
    """`risks` (`case_id, moment` and the answer) with what was `known` of the cases.

    Columns: `case_id, moment, closed_at` (null while open), `kind, unit, handler` (empty text
    where unknown), `risk, risk_low, risk_high`; sorted by `case_id`. No `moment` where it is the
    closing.
    """
    facts = rows(known.cases.select("case_id", *FACTS))
    asked = ["case_id"] if known.office.risk.at == CLOSING else ["case_id", "moment"]
    scored = risks.join(facts, on="case_id").select(
        *asked, "closed_at", pl.col("kind", "unit", "handler").fill_null(""), *RISKS
    )
    return scored.sort("case_id")


def _unknown_directions(office: Office, numeric: list[str]) -> Iterator[Fault]:
    for key in ("increasing", "decreasing"):
        for name in getattr(office.risk, key):
            if name not in numeric:
                yield Fault(
                    _("office file"),
                    _("is not a numeric feature of the risk model."),
                    did_you_mean(name, numeric, _("Remove it.")),
                    column=f"risk.{key}",
                    value=name,
                )
