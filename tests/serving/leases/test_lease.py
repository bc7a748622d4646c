"""Tests of leases: one process at a time, also after a kill, and none that comes back late."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from cases.errors import BadInput
from ledger.store.database import engine_of
from serving.leases.lease import FILE, Lease, Lost, Taken, holder_of, leased

NAME = "work"


class Clock:
    """A clock that a test sets, in milliseconds."""

    def __init__(self) -> None:
        self.time = 0

    def __call__(self) -> int:
        """The time."""
        return self.time


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the table."""
    with leased(tmp_path, NAME):
        pass
    return tmp_path


def lease(home: Path, clock: Clock) -> Lease:
    """A lease of ten seconds, not taken yet."""
    return Lease(engine_of(home / FILE), NAME, 10, clock)


def test_one_has_it_until_it_is_given_back(tmp_path: Path) -> None:
    """Another is refused meanwhile; one of another name is not."""
    with leased(tmp_path, NAME) as mine:
        assert holder_of(tmp_path, NAME) == mine.holder
        with pytest.raises(Taken, match="Another process"), leased(tmp_path, NAME):
            pass
        with leased(tmp_path, "other"):
            pass
    assert holder_of(tmp_path, NAME) is None
    with leased(tmp_path, NAME) as again:
        assert again.holder != mine.holder


def test_after_a_kill_it_runs_out(home: Path) -> None:
    """Until then it is taken, and from then on anybody can have it."""
    clock = Clock()
    killed, other = lease(home, clock), lease(home, clock)
    killed.take()
    clock.time = 10_000
    with pytest.raises(Taken):
        other.take()
    clock.time = 10_001
    other.take()


def test_who_comes_back_late_can_do_nothing(home: Path) -> None:
    """Neither what only the holder may do, nor renew, nor take it from the new holder."""
    clock = Clock()
    late, other = lease(home, clock), lease(home, clock)
    late.take()
    clock.time = 20_000
    other.take()
    with pytest.raises(Lost), late.owning():
        pytest.fail("somebody else owns it")
    with pytest.raises(Lost):
        late.renew()
    with pytest.raises(Lost):
        late.check()
    late.give_back()
    other.check()
    with other.owning():
        pass


def test_late_is_not_lost_while_nobody_else_came(home: Path) -> None:
    """It lasts again from then."""
    clock = Clock()
    late, other = lease(home, clock), lease(home, clock)
    late.take()
    clock.time = 20_000
    with late.owning():
        pass
    with pytest.raises(Taken):
        other.take()


def test_nobody_takes_it_while_it_is_owned(home: Path) -> None:
    """However long that lasts: the other one waits, and has it after that."""
    clock, events = Clock(), list[str]()
    slow, other = lease(home, clock), lease(home, clock)
    slow.take()

    def take() -> None:
        other.take()
        events.append("taken")

    with slow.owning():
        clock.time = 20_000
        waiting = threading.Thread(target=take)
        waiting.start()
        waiting.join(0.2)
        events.append("recorded")
    waiting.join()
    assert events == ["recorded", "taken"]


def test_it_is_renewed_while_the_work_goes_on(tmp_path: Path) -> None:
    """Long after it would have run out it is still ours."""
    with leased(tmp_path, NAME, seconds=0.4) as mine:
        time.sleep(1)
        assert holder_of(tmp_path, NAME) == mine.holder


def test_of_many_at_the_same_moment_one_has_it(home: Path) -> None:
    """Sixteen threads, each with a connection of its own."""
    clock, taken = Clock(), list[str]()
    together = threading.Barrier(16)

    def take() -> None:
        one = lease(home, clock)
        together.wait()
        try:
            one.take()
        except Taken:
            return
        taken.append(one.holder)

    threads = [threading.Thread(target=take) for _number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """In a sentence with what to do."""
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(BadInput, match="cannot be used"), leased(tmp_path, NAME):
        pass


def test_a_file_that_is_locked_for_long_is_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody does at length what the lease is for."""
    monkeypatch.setattr("ledger.store.database.PATIENCE", 0.05)
    connection = sqlite3.connect(home / FILE, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(Taken):
        lease(home, Clock()).take()
    connection.close()


def test_a_fault_of_the_database_is_not_said_to_be_another_process(home: Path) -> None:
    """As where the table is gone."""
    connection = sqlite3.connect(home / FILE)
    connection.execute("DROP TABLE leases")
    connection.close()
    with pytest.raises(BadInput, match="cannot be used"):
        lease(home, Clock()).take()


def test_nothing_says_whose_it_is(home: Path) -> None:
    """The holder is random: no process, machine or user."""
    clock = Clock()
    lease(home, clock).take()
    connection = sqlite3.connect(home / FILE)
    name, holder, until = connection.execute("SELECT * FROM leases").fetchone()
    connection.close()
    assert (name, len(holder), until) == (NAME, 32, 10_000)
