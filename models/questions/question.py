"""What a question to a model is: whatever a bundle can hold, ask, explain and save.

To add a question, write one file like `risk.py` next to this one and one line in
`questions.py`; how it is learnt is one function and one line in `training/questions.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import polars as pl

from cases.language.messages import Sayable
from cases.office.model import INTAKE, Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables
from features.build import built
from features.online.features import FeatureRows
from models.reasons.reasons import Explained


class Question(ABC):
    """A fitted model with all that its answers need; frozen.

    `code` names the question in bundles and files, `meaning` where people read it. `estimate`
    is the column of the answer with the one number that stands for it.
    """

    code: ClassVar[str]
    meaning: ClassVar[Sayable]
    estimate: ClassVar[str]

    @staticmethod
    def moment(_office: Office) -> str:
        """Intake, closing or an activity: as of when a case is asked about."""
        return INTAKE

    @staticmethod
    def unasked(_office: Office) -> Sayable | None:
        """Why the office does not ask this; None if it does."""
        return None

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The features it reads, in order."""

    @property
    def judged_by_outcome(self) -> bool:
        """Whether what became of later cases decides about it: the gate reads its backtest."""
        return False

    def features(self, tables: Tables, moments: Frame, progress: Progress = silent) -> pl.DataFrame:
        """What it reads of each row of `moments`, as `features_at` gives it."""
        return features_at(tables, moments, self.names, progress)

    @abstractmethod
    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """The answer's named columns, one row per row of `x`, which holds the features."""

    @property
    def explained(self) -> Explained | None:
        """What the reasons of its answers are made from; None where it gives none."""
        return None

    @abstractmethod
    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""

    def text(self) -> str:
        """What is kept as text in a file of its own; empty if nothing is."""
        return ""

    @classmethod
    @abstractmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """What `as_json` and `text` described.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """


def features_at(
    tables: Tables, moments: Frame, names: Sequence[str], progress: Progress = silent
) -> pl.DataFrame:
    """`case_id, moment` and the features called `names`, sorted by the first two."""
    return pl.concat(built(tables, moments, names, progress))
