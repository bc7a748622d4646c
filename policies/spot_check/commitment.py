"""A commitment: everything a draw depends on, fixed and published before the draw.

It names the frame, the parameters, the office file with its rules, the model, the version of
the program, and the hash of a seed that the office keeps secret. After the draw the seed is
revealed, and anybody can check that nothing was changed.

A seed that the office knows when it commits can still be one that it searched for: it draws in
private with many seeds and commits to the one whose draw suits it. Against that stands a
*beacon*: a value that will be public at a stated time and that nobody can know before, such as
a round of a public randomness beacon, the numbers of a lottery, or a price index. Its source
and its time are part of the commitment, since an office that could name them afterwards would
choose among values. The seed of the draw is made from both: no one knows it before the beacon's
time, and no one can choose it after.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field, NaiveDatetime

from cases.errors import BadInput, Fault
from cases.integrity.canonical import HASH, Domain, digest
from cases.integrity.document import Document
from cases.language.messages import _
from cases.office.base import Model
from cases.office.model import Office
from policies.seeds import LONGEST_SEED
from policies.spot_check.plan import PlanParameters, columns_of

SHORTEST_SECRET = 16  # letters; a shorter seed could be found by trying
LARGEST_COMMITMENT = 100_000  # bytes

Hash = Annotated[str, Field(pattern=HASH)]


class Beacon(Model):
    """Which public value the draw waits for: whose, and when it becomes known."""

    source: str = Field(min_length=1, max_length=300, description="where anybody can read it")
    time: NaiveDatetime = Field(description="before which nobody knows it, by the office's clock")


@dataclass(frozen=True)
class PlanInputs:
    """What determines a plan: made before the draw, or as it was kept after it.

    `frame` holds the `columns_of` a plan. `parameters` and `office` are plain JSON values, as
    they are kept; the seed among the parameters is that of the draw. `model` is the hash of
    the model's content, `code` the version of this program.
    """

    frame: pl.DataFrame
    parameters: Mapping[str, Any]
    office: Mapping[str, Any]
    model: str
    code: str

    @classmethod
    def of(
        cls, frame: pl.DataFrame, parameters: PlanParameters, office: Office, model: str, code: str
    ) -> PlanInputs:
        """The inputs of a plan to be drawn; its frame in the order in which a plan keeps it."""
        plain = parameters.model_dump(mode="json"), office.model_dump(mode="json")
        return cls(frame.select(columns_of(frame)).sort("case_id"), *plain, model, code)


class Commitment(Document):
    """What an office commits to; to be published, or at least its hash.

    Parameters stand in it as they are, so that anybody can read what was promised; frame,
    office file and model as hashes, since they are long or not public.
    """

    format: Literal[1] = 1
    made_at: NaiveDatetime = Field(description="when the office says it made it")
    frame_cases: int = Field(ge=0, description="cases in the frame")
    frame: Hash
    parameters: dict[str, Any]
    office: Hash
    model: Hash
    code: str = Field(max_length=100)
    seed: Hash = Field(description="hash of the secret seed")
    beacon: Beacon | None = None

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of its text."""
        return digest(Domain.COMMITMENT, self.text)


def commit(
    inputs: PlanInputs, secret_seed: str, made_at: datetime, beacon: Beacon | None = None
) -> Commitment:
    """The commitment to `inputs`; `BadInput` for a seed or a beacon that binds nothing."""
    faults = list(_faults(secret_seed, made_at, beacon))
    if faults:
        raise BadInput(faults)
    return Commitment(
        made_at=made_at,
        frame_cases=inputs.frame.height,
        frame=frame_hash(inputs.frame),
        parameters=without_seed(inputs.parameters),
        office=office_hash(inputs.office),
        model=inputs.model,
        code=inputs.code,
        seed=seed_hash(secret_seed),
        beacon=beacon,
    )


def _faults(secret_seed: str, made_at: datetime, beacon: Beacon | None) -> Iterator[Fault]:
    letters = len(secret_seed)
    if not SHORTEST_SECRET <= letters <= LONGEST_SEED or not secret_seed.isprintable():
        yield Fault(
            _("the commitment"),
            _("is not a secret seed ({letters:,} letters).", letters=letters),
            _(
                "Give {least} to {most} letters or digits, or none: then one is made.",
                least=SHORTEST_SECRET,
                most=LONGEST_SEED,
            ),
            column="seed",
        )
    if beacon is not None and beacon.time <= made_at:
        yield Fault(
            _("the commitment"),
            _("is not a time to come: the value could be known already."),
            _("Name a value that becomes known later."),
            column="beacon",
            value=f"{beacon.time:%Y-%m-%d %H:%M}",
        )


def frame_hash(frame: pl.DataFrame) -> str:
    """SHA-256 (hex) of the `columns_of` a frame, rows in the order in which they stand."""
    return digest(Domain.PLAN_FRAME, frame.select(columns_of(frame)))


def office_hash(office: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of an office file's plain values: rules, grades, kinds of review, and all."""
    return digest(Domain.OFFICE, office)


def seed_hash(secret_seed: str) -> str:
    """SHA-256 (hex) of the secret seed, in a domain of its own."""
    return digest(Domain.SECRET_SEED, secret_seed)


def draw_seed(secret_seed: str, beacon_value: str) -> str:
    """The seed of the draw (hex, 64 letters), from the office's seed and the public value.

    Of the value only letters and digits count, not their case or width: however it is spaced
    and punctuated, it is one value, and its spelling leaves nothing to choose. `BadInput` if
    nothing is left of it.
    """
    plain = unicodedata.normalize("NFKC", beacon_value).casefold()
    value = "".join(letter for letter in plain if letter.isalnum())
    if not value:
        problem, remedy = _("is not a value."), _("Give it as its source published it.")
        raise BadInput([Fault(_("the beacon"), problem, remedy, value=beacon_value)])
    return digest(Domain.DRAW_SEED, [secret_seed, value])


def read_commitment(path: Path) -> Commitment:
    """The commitment in a file; `BadInput` if it is not there or not as it was written."""
    problem = _("is not a commitment.")
    try:
        return Commitment.read(path, LARGEST_COMMITMENT)
    except FileNotFoundError:
        problem = _("is not there.")
    except (OSError, ValueError):
        pass
    raise BadInput([Fault(path.name, problem, _("Give the file that `triage commit` wrote."))])


def without_seed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are published before the draw."""
    return {name: value for name, value in parameters.items() if name != "seed"}
