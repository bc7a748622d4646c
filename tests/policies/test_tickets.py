"""Numbers for a draw: spread evenly, made again by anybody, apart in every draw."""

from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cases.integrity.canonical import Domain
from policies.tickets import tickets


def test_a_ticket_is_the_hash_described() -> None:
    """Domain, list of two, and each text with its length."""

    def sized(text: bytes) -> bytes:
        return len(text).to_bytes(8, "big") + text

    content = sized(b"plumbline draw of cases v1") + b"L" + (2).to_bytes(8, "big")
    content += b"S" + sized(b"seed") + b"S" + sized(b"case")
    whole = hashlib.sha256(content).digest()
    quarters = [int.from_bytes(whole[8 * i : 8 * i + 8], "big") for i in range(4)]
    expected = [(quarter >> 11) / 2**53 for quarter in quarters]
    assert tickets(Domain.PLAN_DRAW, "seed", ["case"]).tolist() == [expected]


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_seed_and_name_do_not_run_into_each_other(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    """`a` and `b:c` are not `a:b` and `c`."""
    first, second = (tickets(Domain.PLAN_DRAW, seed, [name]) for seed, name in (left, right))
    assert np.array_equal(first, second) == (left == right)


def test_draws_of_one_seed_have_nothing_in_common() -> None:
    """A case's number in one draw says nothing of any number in another."""
    cases = ["x", "second:x"]
    drawn = tickets(Domain.PLAN_DRAW, "s", cases), tickets(Domain.SECOND_READING, "s", cases)
    assert len(np.unique(np.concatenate(drawn))) == 16


def test_numbers_are_spread_evenly() -> None:
    """Mean and spread of 10,000 names, within five standard errors; nobody has none."""
    numbers = tickets(Domain.PLAN_DRAW, "seed", [str(number) for number in range(10_000)])
    assert numbers.shape == (10_000, 4)
    assert np.all((numbers >= 0) & (numbers < 1))
    assert np.all(np.abs(numbers.mean(axis=0) - 1 / 2) < 5 / np.sqrt(12 * 10_000))
    assert np.all(np.abs(np.corrcoef(numbers.T) - np.eye(4)) < 5 / np.sqrt(10_000))
    assert tickets(Domain.PLAN_DRAW, "seed", []).shape == (0, 4)
