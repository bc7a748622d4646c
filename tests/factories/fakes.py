"""Models that can be worked out by hand, their office, a closed case, a ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit

from cases.language.texts import Text
from cases.numeric import Floats
from cases.progress import Progress
from cases.tables.tables import Tables
from features.online.features import FewFeatures
from ledger.chain import Verdict
from ledger.ledger import Entry
from ledger.records import Kind, Record
from ledger.tree import Tree
from models.calibration.conformal import Cutoffs
from models.estimators.scorer import OnFrames
from models.matrix import Columns
from models.questions.start import Start
from models.reasons.reasons import Reason
from serving.use_cases.asked.given import GivenCase, GivenEvent
from serving.use_cases.context import ServiceContext
from tests.factories.office import tables


class FakeModel:
    """Risk is a tenth for each suspect and each event recorded by the moment.

    A case is complex with a tenth for each suspect, and takes a day for each.
    """

    codes: tuple[str, ...] = ("risk", "complexity", "effort")
    about: Mapping[str, Any] = {"trained_until": "2026-01-01"}
    start: Start | None = None
    content_hash = "0" * 64

    def __contains__(self, code: str) -> bool:
        return code in self.codes

    def few_features(self, tables: Tables, moments: pl.DataFrame, *codes: str) -> FewFeatures:
        """The cases of the moment rows, with their risk already."""
        assert set(codes) <= set(self.codes)
        risks = _risks(tables, moments.join(tables.case_rows, on="case_id"))
        names = ["suspects", "risk", "risk_low", "risk_high"]
        return FewFeatures.of(risks.select("case_id", "moment", *names))

    def answer(self, code: str, x: FewFeatures) -> pl.DataFrame:
        """The answer to the question, per row."""
        assert code in self.codes
        suspects = pl.col("suspects")
        columns = {
            "risk": ["risk", "risk_low", "risk_high"],
            "complexity": [(suspects / 10).alias("complex_probability")],
            "effort": [
                suspects.alias("effort"),
                (suspects / 2).alias("effort_low"),
                (suspects * 1.5).alias("effort_high"),
            ],
        }
        return x.frame.select("case_id", "moment", *columns[code])

    def explain(
        self,
        code: str,
        x: FewFeatures,
        top: int,
        *,
        against: int = 0,
        among: FewFeatures | None = None,
    ) -> Mapping[str, Sequence[Reason]]:
        """One reason per case, which says the language it is put into."""
        del among, against
        assert code in self.codes
        return {
            case: (
                Reason("attribute.suspects", 0.5, 0.1, Text(en=f"en: {case}", zh=f"zh: {case}")),
            )[:top]
            for case in x["case_id"]
        }

    def question(self, kind: type[Any]) -> FakeModel:
        """What a question can do beyond answering; all of it stands here."""
        assert kind.code in self.codes
        return self

    def score(
        self, tables: Tables, as_of: datetime, progress: Progress, *, closed_after: datetime | None
    ) -> pl.DataFrame:
        """Every closed case without a review, as the question of risk would give them."""
        progress("scoring", 1.0)
        reviewed = tables.review_rows.filter(pl.col("reviewed_at") <= as_of)
        cases = tables.case_rows.filter(pl.col("closed_at") <= as_of)
        cases = cases.join(reviewed, on="case_id", how="anti").with_columns(moment="closed_at")
        if closed_after is not None:
            cases = cases.filter(pl.col("closed_at") > closed_after)
        return _risks(tables, cases).drop("moment").sort("case_id")

    def cutoffs(self, complex_error: float, simple_error: float) -> Cutoffs:
        """With errors of 5 % and 20 % simple below two suspects, complex from five on."""
        return Cutoffs(3 * complex_error, 2.25 * simple_error)

    def remaining(self, tables: Tables, as_of: datetime) -> pl.DataFrame:
        """Half a day for each suspect of an open case."""
        is_open = pl.col("closed_at").is_null() | (pl.col("closed_at") > as_of)
        cases = tables.case_rows.filter(is_open)
        return cases.select("case_id", "handler", remaining_effort=pl.col("suspects") / 2)


class Additive(OnFrames):
    """Log-odds `sum of weight * value` plus `together` times the product of the first two.

    The product's share is split evenly between the two, as Shapley values would.
    """

    def __init__(self, weights: Mapping[str, float], together: float = 0.0) -> None:
        self.columns = Columns(tuple(weights), {})
        self._weights, self._together = np.array([*weights.values()], dtype=float), together

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row."""
        return self.contributions_of(matrix).sum(axis=1)

    def contributions_of(self, matrix: Floats) -> Floats:
        """What each column adds, and 0 as the constant."""
        values = np.nan_to_num(matrix)
        adds = values * self._weights
        if self._together:
            adds[:, :2] += self._together / 2 * values[:, [0]] * values[:, [1]]
        return np.column_stack([adds, np.zeros(len(matrix))])

    def probability(self, x: pl.DataFrame) -> Floats:
        """The probability per row."""
        return np.asarray(expit(self.raw(x)))


class BrokenModel(FakeModel):
    """A model whose error message holds what nobody may see."""

    def few_features(self, tables: Tables, moments: pl.DataFrame, *codes: str) -> FewFeatures:
        """Fail."""
        raise RuntimeError(f"the secret of {tables.case_rows} at {moments} for {codes}")


def _risks(tables: Tables, asked: pl.DataFrame) -> pl.DataFrame:
    known = tables.event_rows.join(asked.select("case_id", "moment"), on="case_id")
    known = known.filter(pl.col("recorded_at") <= pl.col("moment"))
    counts = known.group_by("case_id").agg(events=pl.len().cast(pl.Float64))
    risks = asked.join(counts, on="case_id", how="left")
    points = risks["events"].fill_null(0) + risks["suspects"].fill_null(0)
    # NumPy divides alike however many rows there are; Polars does not, in the last bit.
    risk = pl.Series(np.clip(points.to_numpy() / 10, 0, 1), dtype=pl.Float64)
    return risks.with_columns(risk=risk).with_columns(
        risk_low=(pl.col("risk") - 0.1).clip(0, 1), risk_high=(pl.col("risk") + 0.1).clip(0, 1)
    )


RULES = [
    {
        "code": "appealed",
        "meaning": {"en": "the decision was appealed"},
        "when": [{"attribute": "appealed", "equals": True}],
    }
]
THEFT_ONLY = {"among": [{"attribute": "kind", "equals": "theft"}]}

HANDLERS = """
handler | unit | kinds | capacity | absent_from | absent_until
h1      | u1   | -     | 1        | -           | -
h2      | u2   | -     | 1        | -           | -
h3      | u2   | -     | 1        | -           | -
h4      | u2   | theft | 1        | -           | -
h5      | u2   | -     | 1        | 2026-03-01  | 2026-03-31
"""


def context(model: FakeModel | None = None, **changes: Any) -> ServiceContext:
    """Five cases: d is appealed, e is still open, c has been reviewed."""
    handlers, reviewers = changes.pop("handlers", HANDLERS), changes.pop("reviewers", "")
    office = {"rules": RULES} | changes
    return ServiceContext(
        tables(
            """
            case_id | opened_at  | closed_at  | kind  | unit | handler | suspects | appealed
            a       | 2026-01-01 | 2026-02-01T09:00 | theft | u1   | h1      | 1        | false
            b       | 2026-01-01 | 2026-02-02 | theft | u1   | h2      | 6        | false
            c       | 2026-01-01 | 2026-02-03 | fraud | u2   | h1      | 9        | false
            d       | 2026-01-01 | 2026-02-04 | fraud | u2   | h2      | 2        | true
            e       | 2026-01-01 | -          | fraud | u2   | h2      | 2        | -
            """,
            events="""
            case_id | at         | activity
            a       | 2026-01-01 | accepted
            a       | 2026-01-20 | returned
            a       | 2026-03-01 | decided
            """,
            reviews="""
            case_id | reviewed_at | reviewer | kind   | grade
            c       | 2026-02-20  | r1       | random | good
            """,
            handlers=handlers,
            reviewers=reviewers,
            recusals="""
            handler | case_id | party
            h3      | -       | p1
            """,
            **office,
        ),
        model or FakeModel(),
    )


CASE = GivenCase(
    case_id="x",
    opened_at=datetime(2026, 1, 1),
    closed_at=datetime(2026, 5, 1, 23, 59, 59, 999999),
    kind="theft",
    unit="u1",
    handler="h1",
    attributes={"suspects": 3.0, "charge": "theft", "appealed": False},
    events=(GivenEvent(datetime(2026, 2, 1, 9, 30), "returned"),),
)


def given(case_id: str = "x", **changes: Any) -> GivenCase:
    """A closed case with three suspects and one event."""
    return replace(CASE, case_id=case_id, **changes)


class InMemory:
    """Records and the texts beside them, without salts, hashes of these, or a disk."""

    def __init__(self) -> None:
        self.lines = [Record.after(None, Kind.OPENED, {"name": "test"}, datetime.now(UTC))]
        self.stand_beside: dict[int, dict[str, str]] = {}
        self.covered = 0

    def append(self, *entries: Entry) -> list[Record]:
        """Add records."""
        for entry in entries:
            now = datetime.now(UTC)
            self.lines.append(Record.after(self.lines[-1], entry.kind, entry.content, now))
            if entry.beside:
                self.stand_beside[self.lines[-1].number] = dict(entry.beside)
        return self.lines[-len(entries) :]

    def checkpoint(self) -> str:
        """How many records are covered now, which is no signed note."""
        self.covered = len(self.lines)
        return ""

    def since(self, number: int) -> list[Record]:
        """The records after one."""
        return self.lines[number:]

    def texts(self, first: int, last: int) -> Mapping[int, Mapping[str, str]]:
        """The texts beside the records from one to another."""
        return {at: texts for at, texts in self.stand_beside.items() if first <= at <= last}

    def newest(self, count: int, *kinds: Kind) -> list[Record]:
        """The last records of these kinds, the newest first."""
        found = [line for line in self.lines if not kinds or line.kind in kinds]
        return found[::-1][:count]

    def record(self, number: int) -> Record | None:
        """The record of a number."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else None

    def beside(self, number: int) -> Mapping[str, str]:
        """The texts beside a record."""
        return self.stand_beside.get(number, {})

    def verify(self, *_notes: str) -> Verdict:
        """Nobody can alter what is in memory."""
        return Verdict(Tree().grown(line.line for line in self.lines), self.lines[-1], None)

    def erase(self, number: int, name: str) -> None:
        """Erase a text; that is recorded."""
        del self.stand_beside[number][name]
        self.append(Entry(Kind.ERASURE, {"number": number, "name": name}))
