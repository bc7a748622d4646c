"""A directory on both databases, with a clock and a ledger that tests read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from ledger.ledger import Entry
from serving.access import passwords
from serving.access.directory import Directory


@dataclass
class Clock:
    """A clock that tests set."""

    now: int = 1_000_000_000

    def __call__(self) -> int:
        """The time."""
        return self.now


@dataclass
class Recorded:
    """What was appended to the ledger."""

    entries: list[Entry] = field(default_factory=list)

    def __call__(self, entry: Entry) -> None:
        """Keep it."""
        self.entries.append(entry)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(dict(entry.content) for entry in self.entries)

    @property
    def last(self) -> dict[str, Any]:
        """The last content."""
        return dict(self.entries[-1].content)


@dataclass
class CountedHasher:
    """A quick hasher that counts what it verified."""

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    verified: int = 0

    def hash(self, password: str) -> str:
        """The hash."""
        return self.hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        """Whether it is right; counted."""
        self.verified += 1
        return self.hasher.verify(stored, password)


@pytest.fixture(autouse=True)
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountedHasher:
    """Passwords are hashed quickly, and checks are counted."""
    counted = CountedHasher()
    monkeypatch.setattr(passwords, "HASHER", counted)
    passwords._nobodys.cache_clear()
    return counted


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def recorded() -> Recorded:
    """The ledger."""
    return Recorded()


@pytest.fixture
def directory(tmp_path: Path, clock: Clock, recorded: Recorded) -> Iterator[Directory]:
    """An empty directory."""
    opened = Directory.at(tmp_path, recorded, clock)
    yield opened
    opened.close()
