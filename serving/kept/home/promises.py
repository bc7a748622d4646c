"""Promised plans until their draw: the commitment, to be published, and its secret seed.

The seed is a file that only the user who runs the service can read; it is shown to nobody before
the draw, and stands in the drawn plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cases.errors import BadInput, Fault
from cases.files import folder_in_place
from cases.language.messages import _
from policies.seeds import LONGEST_SEED
from policies.spot_check.commitment import Commitment, read_commitment, seed_hash
from policies.spot_check.committed import OpenedCommitment

PROMISES = "commitments"  # the folder, in that of the office's models
COMMITMENT_FILE, SEED_FILE = "commitment.json", "seed.txt"


@dataclass(frozen=True)
class Promise:
    """A commitment with its secret seed."""

    commitment: Commitment
    secret_seed: str

    def opened(self, beacon_value: str | None) -> OpenedCommitment:
        """With what its draw needs."""
        return OpenedCommitment(self.commitment, self.secret_seed, beacon_value)


def keep_promise(home: Path, promise: Promise) -> None:
    """Keep it in the office's `home`, whole or not at all; `BadInput` if that cannot be."""

    def make(folder: Path) -> None:
        folder.mkdir(mode=0o700)  # only this user can read in it
        (folder / COMMITMENT_FILE).write_text(promise.commitment.text, "utf-8")
        (folder / SEED_FILE).touch(mode=0o600)
        (folder / SEED_FILE).write_text(promise.secret_seed, "utf-8")

    folder_in_place(home / PROMISES / promise.commitment.hash, make)


def read_promise(home: Path, commitment_hash: str) -> Promise:
    """What was kept under this hash; `BadInput` if it is not there, or not as it was kept."""
    folder = home / PROMISES / commitment_hash
    commitment = read_commitment(folder / COMMITMENT_FILE)
    try:
        with (folder / SEED_FILE).open(encoding="utf-8") as file:
            seed = file.read(LONGEST_SEED + 1)
    except (OSError, ValueError):
        seed = ""
    if commitment.hash != commitment_hash or seed_hash(seed) != commitment.seed:
        problem = _("is not as it was kept when the plan was promised.")
        remedy = _("Put the folder back from a copy; without its seed nothing can be drawn.")
        raise BadInput([Fault(_("the commitment"), problem, remedy)])
    return Promise(commitment, seed)
