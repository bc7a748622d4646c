"""Seeds: nothing but SHA-256 decides a draw, so that anyone can repeat it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import numpy as np

from cases.numeric import Floats

LONGEST_SEED = 100  # letters


def fresh_seed() -> str:
    """A seed that nobody could have chosen or guessed: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def commitment(seed: str) -> str:
    """SHA-256 (hex) of the seed, to publish before the draw; the seed is revealed after it."""
    return hashlib.sha256(seed.encode()).hexdigest()


def is_committed(seed: str, published: str | None) -> bool:
    """Whether `published` is the commitment to the seed; true where none was published."""
    return published is None or commitment(seed) == published.strip().lower()


def tickets(seed: str, names: Sequence[str]) -> Floats:
    """Four numbers in [0, 1) per name, shape (names, 4): the quarters of its ticket.

    The ticket of a name is the SHA-256 of `seed:name`.
    """
    digests = b"".join(hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in names)
    quarters = np.frombuffer(digests, ">u8").reshape(-1, 4)
    return (quarters >> 11).astype(np.float64) * 2.0**-53
