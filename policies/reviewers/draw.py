"""Who reviews which case: first reviewers, then for second readings somebody else.

Both draws are those of `policies.assignment`: who may, a balance of work, a random draw from
published probabilities. Every reading counts the same as work.

The probabilities of the first reviewers are those of their draw. Those of the second are
conditional on all first reviewers as they were drawn: whoever reviews a case first has none for
its second reading, and what the first draw gave to somebody counts as work they have. Given the
first reviewers, each second reading goes to each reviewer with exactly the published probability.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import polars as pl
from pydantic import Field

from cases.integrity.canonical import Domain, digest
from cases.language.messages import Sayable, _
from cases.office.base import Share
from cases.office.model import Model
from policies.assignment import eligibility as assignment
from policies.assignment.assign import (
    Decided,
    Line,
    completed,
    drawn_among,
    input_hash,
    usual_capacity,
)
from policies.assignment.checks import check_input
from policies.assignment.loads import loaded
from policies.assignment.result import AssignmentParameters, DrawnAssignment, chances_hash
from policies.reviewers.eligibility import CASES, REVIEWERS, eligibility
from policies.reviewers.words import TO_REVIEWERS, WAITING
from policies.seeds import LONGEST_SEED, commitment
from policies.tickets import FORMAT

Reading = Literal["first", "second"]
READINGS: tuple[Reading, ...] = ("first", "second")
A_READING = 1.0  # what each counts as work


class ReviewerParameters(Model):
    """What was requested; with the input it determines who reviews what."""

    plan: str = Field(description="the id of the plan")
    as_of: datetime = Field(description="when the cases are given to reviewers")
    seed: str = Field(min_length=1, max_length=LONGEST_SEED, description="what the draw depends on")
    floor: Share = Field(default=0.1, description="share of an even draw that each eligible keeps")
    other_unit: bool = Field(default=False, description="whether own units are excluded")

    def of_reading(self, reading: Reading) -> AssignmentParameters:
        """Those of one of the two draws; each has a seed of its own."""
        seed = digest(Domain.REVIEWER_SEED, [self.seed, self.plan, reading])
        return AssignmentParameters(as_of=self.as_of, seed=seed, floor=self.floor)


class Given(NamedTuple):
    """A reading of a case, and who was drawn for it; None with the reason why nobody was."""

    case_id: str
    reading: Reading
    reviewer: str | None
    probability: float | None
    eligible: int
    why: Sayable


@dataclass(frozen=True)
class DrawnReviewers:
    """Who reviews what, and all that it was drawn from.

    `cases`, `reviewers` and `recusals` are the input; in both draws `handler` stands for the
    reviewer.
    """

    parameters: ReviewerParameters
    cases: pl.DataFrame
    reviewers: pl.DataFrame
    recusals: pl.DataFrame
    draws: Mapping[Reading, DrawnAssignment]

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Every reading, by case and then first and second."""
        found = [one for reading in READINGS for one in self._given(reading)]
        return tuple(sorted(found, key=lambda one: (one.case_id, one.reading)))

    def _given(self, reading: Reading) -> Iterator[Given]:
        drawn = self.draws[reading]
        columns = ("case_id", "handler", "probability", "eligible")
        for case_id, reviewer, probability, eligible in drawn.lines.select(columns).iter_rows():
            why = drawn.why[case_id]
            yield Given(case_id, reading, reviewer, probability, eligible, why)

    @cached_property
    def notes(self) -> tuple[Sayable, ...]:
        """What had to give way, and what was not looked at."""
        of_party = self.recusals["case_id"].null_count()
        notes = [note for reading in READINGS for note in self.draws[reading].notes]
        if of_party:
            notes.append(
                _(
                    "Recusals of reviewers that name a party and no case: {count}. Parties of "
                    "closed cases are not known, so these were not looked at: name the cases.",
                    count=of_party,
                )
            )
        return tuple(dict.fromkeys(notes))

    @cached_property
    def draw_id(self) -> str:
        """A short name that two equal draws share and two different ones do not."""
        text = f"{FORMAT}|{self._input_hash}|{self.parameters.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def _input_hash(self) -> str:
        return input_hash(self.cases, self.reviewers, self.recusals)

    def describe(self) -> dict[str, Any]:
        """What was drawn from what, as plain values for JSON."""
        return {
            "format": FORMAT,
            "draw_id": self.draw_id,
            "parameters": self.parameters.model_dump(mode="json"),
            "seed_commitment": commitment(self.parameters.seed),
            "input_hash": self._input_hash,
            "chances_hash": {
                reading: chances_hash(drawn.chances) for reading, drawn in self.draws.items()
            },
            "counts": {reading: drawn.counts for reading, drawn in self.draws.items()},
            "notes": [str(note) for note in self.notes],
        }


def draw_reviewers(
    cases: pl.DataFrame,
    reviewers: pl.DataFrame,
    recusals: pl.DataFrame,
    parameters: ReviewerParameters,
) -> DrawnReviewers:
    """Draw who reviews each of `cases` (columns of `CASES`), and who reads which of them again.

    `reviewers` have the columns of `REVIEWERS`, `recusals` are those of reviewers. `BadInput` for
    amounts that cannot be compared, `ValueError` for frames that contradict themselves. A
    reading that nobody may take, or for which nobody has room left, is in the answer, with what
    would change it.
    """
    cases = completed(cases, CASES).sort("case_id")
    reviewers = completed(reviewers, REVIEWERS).sort("reviewer")
    recusals = completed(recusals, assignment.RECUSALS)
    people, to_read = _as_handlers(reviewers), _as_cases(cases)
    check_input(to_read, people, recusals, TO_REVIEWERS)
    hash_of_input = input_hash(cases, reviewers, recusals)
    day, other_unit = parameters.as_of.date(), parameters.other_unit

    may = eligibility(to_read, people, recusals, day, other_unit=other_unit)
    first = drawn_among(may, parameters.of_reading("first"), hash_of_input)
    drawn = first.lines.drop_nulls("handler")
    readers = dict(drawn.select("case_id", "handler").iter_rows())

    busier = loaded(people, to_read, readers)
    twice = to_read.join(cases.filter("second_review"), on="case_id", how="semi")
    can_be = twice.filter(pl.col("case_id").is_in(list(readers)))
    may = eligibility(can_be, busier, recusals, day, other_unit=other_unit, first=readers)
    waiting = twice.join(can_be, on="case_id", how="anti")["case_id"]
    lines = tuple(Line(case_id, None, "unassigned", None, 0, WAITING) for case_id in waiting)
    apart = Decided(busier, can_be, {}, lines)
    second = drawn_among(may, parameters.of_reading("second"), hash_of_input, apart)
    return DrawnReviewers(
        parameters, cases, reviewers, recusals, {"first": first, "second": second}
    )


def eligible_for(
    case: pl.DataFrame,
    reviewers: pl.DataFrame,
    recusals: pl.DataFrame,
    day: date,
    *,
    other_unit: bool,
    first: Mapping[str, str] | None = None,
) -> frozenset[str]:
    """Which of these reviewers may take one case, as a draw would see it.

    The frames have the columns of `draw_reviewers`, `case` has one row; `first` is who reads it
    first.
    """
    to_read = _as_cases(completed(case, CASES))
    people = _as_handlers(completed(reviewers, REVIEWERS))
    recusals = completed(recusals, assignment.RECUSALS)
    may = eligibility(to_read, people, recusals, day, other_unit=other_unit, first=first)
    return frozenset(people["handler"].filter(pl.Series(may.eligible[0])))


def _as_handlers(reviewers: pl.DataFrame) -> pl.DataFrame:
    """The reviewers with the columns of handlers, and a capacity each."""
    people = completed(
        reviewers.rename({"reviewer": "handler"}).with_columns(
            load=pl.col("open_cases").cast(pl.Float64) * A_READING
        ),
        assignment.HANDLERS,
    )
    return people.with_columns(pl.col("capacity").fill_null(usual_capacity(people)))


def _as_cases(cases: pl.DataFrame) -> pl.DataFrame:
    """The cases with the columns of new cases, and `handled_by`."""
    alike = completed(cases.with_columns(effort=pl.lit(A_READING)), assignment.CASES)
    return alike.with_columns(cases["handled_by"])
