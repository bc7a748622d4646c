"""Seeds, their commitments and tickets."""

from __future__ import annotations

import hashlib

import pytest

from policies.seeds import LONGEST_SEED, commitment, fresh_seed, is_committed, tickets


def test_a_ticket_can_be_made_with_a_hash_function_alone() -> None:
    """Its quarters are the first 53 bits of each quarter of SHA-256, as shares of one."""
    digest = hashlib.sha256(b"dice:c7").digest()
    quarters = [int.from_bytes(digest[i : i + 8], "big") >> 11 for i in (0, 8, 16, 24)]
    assert tickets("dice", ["c7"]).tolist() == [[quarter / 2**53 for quarter in quarters]]


def test_a_fresh_seed_is_new_each_time_and_not_too_long() -> None:
    """128 random bits."""
    seeds = {fresh_seed() for _number in range(5)}
    assert len(seeds) == 5
    assert all(len(seed) == 32 <= LONGEST_SEED for seed in seeds)


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        (None, True),
        (commitment("dice"), True),
        (f" {commitment('dice').upper()}\n", True),
        (commitment("other dice"), False),
        ("", False),
    ],
)
def test_a_commitment_binds_to_the_seed(published: str | None, kept: bool) -> None:
    """Blanks and capitals of a copied hash do not matter; another hash does."""
    assert is_committed("dice", published) == kept
