"""Writers and servers die, disks fill up, clocks go back: what was acknowledged is there."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from ledger.store import database
from ledger.store.faults import Unusable
from tests.cases.sources import postgres
from tests.ledger.writers import REFUSED, Writers, clock_back, write


def test_writers_are_killed(ledger: Ledger, url: str | None, tmp_path: Path) -> None:
    """In the middle of their writing: the others go on, and nothing that was said is lost."""
    with Writers(tmp_path, url, 3, 40) as writers:
        writers.wait_for(30)
        writers.kill(0, 1)
        writers.ended()
    assert (len(writers.acknowledged) >= 40, writers.lost(ledger)) == (True, [])
    assert ledger.verify().bad is None


def test_the_server_is_killed(tmp_path: Path) -> None:
    """Writers are told; when it runs again everything that was acknowledged is there."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server(is_durable=True) as url:
        Ledger.at(tmp_path, url).close()
        with Writers(tmp_path, url, 2, 1_000) as writers:
            writers.wait_for(30)
            postgres.kill_and_start_again(url)
            assert set(writers.ended()) <= {0, REFUSED}
        with Ledger.at(tmp_path, url) as ledger:
            assert (len(writers.acknowledged) >= 30, writers.lost(ledger)) == (True, [])
            assert ledger.verify().bad is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_server_has_closed_a_connection(ledger: Ledger, url: str) -> None:
    """Who asks does not notice; who appends is told, once, and nothing is written twice."""
    close_all(url)
    assert ledger.size == 1
    close_all(url)
    with pytest.raises(Unusable, match="does not answer"):
        ledger.append(Entry(Kind.PLAN, {}))
    ledger.append(Entry(Kind.PLAN, {}))
    assert (ledger.size, ledger.verify().bad) == (2, None)


def close_all(url: str) -> None:
    """Close all connections to a database."""
    engine = create_engine(url)
    with engine.connect() as own:
        own.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    engine.dispose()


@contextmanager
def files_of(most: int) -> Iterator[None]:
    """No file may be larger than this, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("url", [None])
def test_the_disk_is_full(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing more is acknowledged; what was is there, and it goes on when there is room."""
    said: list[int] = []
    write(ledger, 8, range(5), said.append)
    now = (tmp_path / f"{FILE}-wal").stat().st_size
    with files_of(now + 50_000), ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(write, ledger, name, range(50), said.append) for name in range(4)]
        assert {type(turn.exception()) for turn in turns} == {Unusable}
    numbers = {record.number for record in ledger.records(Kind.PLAN)}
    assert (said[:5], set(said) - numbers) == ([2, 3, 4, 5, 6], set())
    write(ledger, 9, range(3), said.append)
    assert ledger.verify().bad is None


def test_the_clock_goes_back(ledger: Ledger) -> None:
    """Times stay where they were, and the chain holds."""
    said: list[int] = []
    write(ledger, 0, range(2), said.append)
    with clock_back(86_400):
        write(ledger, 0, range(2, 4), said.append)
    times = [record.at for record in ledger.records()]
    assert (times == sorted(times), times[-1][:10], said) == (True, times[0][:10], [2, 3, 4, 5])
    assert ledger.verify().bad is None


def test_an_append_is_on_the_disk_when_it_returns(
    ledger: Ledger, url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is brought there after the commit, and before the answer."""
    if url is not None:
        ledger.append(Entry(Kind.PLAN, {}))
        with database.driver(ledger._engine) as connection:
            flushed = "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()"
            assert connection.execute(flushed).fetchone() == (True,)
        return
    synced: list[int] = []
    fsync = database.os.fsync
    monkeypatch.setattr(
        database.os, "fsync", lambda file: synced.append(ledger.size) or fsync(file)
    )
    (record,) = ledger.append(Entry(Kind.PLAN, {}))
    assert synced == [record.number]
    monkeypatch.setattr(database.os, "fsync", _fails)
    with pytest.raises(Unusable):
        ledger.append(Entry(Kind.PLAN, {}))


def _fails(file: int) -> None:
    raise OSError(5, "the disk is broken")


def test_another_program_that_does_not_end_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said in a sentence after a while."""
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with Ledger.at(tmp_path) as ledger:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unusable, match="does not end"):
            ledger.append(Entry(Kind.PLAN, {}))
        other.close()
        ledger.append(Entry(Kind.PLAN, {}))
