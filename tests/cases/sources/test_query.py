"""A query sees its files and nothing else."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from cases.sources import apart, base, query
from cases.sources.base import Unreadable
from cases.sources.query import run

FILES = {
    "people": pl.DataFrame({"id": ["1", "1", "2"], "age": ["30", None, "41"]}),
    "cases": pl.DataFrame({"id": ["1", "2"], "place": ["north", "south"]}),
}


def test_joins_groups_and_cases() -> None:
    """What the example offices use works: WITH, JOIN, GROUP BY, CASE, SUBSTR."""
    result = run(
        """
        WITH counted AS (
            SELECT id, COUNT(*) AS people, MAX(CAST(age AS DOUBLE)) AS eldest
            FROM people GROUP BY id
        )
        SELECT cases.id AS case_id, SUBSTR(cases.place, 1, 1) AS place, counted.people, eldest,
               CASE WHEN counted.people > 1 THEN 'several' ELSE 'one' END AS how_many
        FROM cases JOIN counted ON cases.id = counted.id
        ORDER BY case_id
        """,
        FILES,
    )
    assert result.rows() == [("1", "n", 2, 30.0, "several"), ("2", "s", 1, 41.0, "one")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{}')",
        "SELECT * FROM READ_CSV('{}')",
        "SELECT * FROM \"read_csv\"('{}')",
        "SELECT * FROM `read_csv`('{}')",
        "SELECT * FROM read_csv/**/('{}')",
        "SELECT * FROM read_parquet('{}')",
        "SELECT * FROM read_ipc('{}')",
        "SELECT * FROM read_json('{}')",
        "SELECT * FROM scan_csv('{}')",
        "SELECT * FROM '{}'",
        'SELECT * FROM "{}"',
    ],
)
def test_other_files_cannot_be_read(sql: str, tmp_path: Path) -> None:
    """No spelling of a table function or path opens a file."""
    path = tmp_path / "secret.csv"
    path.write_text("a\n1\n")
    with pytest.raises(Unreadable):
        run(sql.format(path), FILES)


def test_names_of_the_program_are_not_tables() -> None:
    """Frames that happen to be in memory are out of reach."""
    with pytest.raises(Unreadable, match="relation 'FILES' was not found"):
        run("SELECT * FROM FILES", FILES)


@pytest.mark.parametrize(
    "sql", ["", "SELECT", "DROP", "SELECT 1; SELECT 2", "🙂", "SELECT * FROM x"]
)
def test_errors_are_one_line(sql: str) -> None:
    """What Polars finds wrong is said on one line."""
    with pytest.raises(Unreadable) as fault:
        run(sql, FILES)
    assert "\n" not in str(fault.value.problem)


CROSS = " ".join(f"CROSS JOIN many AS t{number}" for number in range(40))


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT COUNT(*) AS n FROM many {CROSS}",  # noqa: S608  a query of the test's own
        "SELECT LPAD(id, 2000000000, 'x') AS padded FROM many",
    ],
)
def test_a_query_without_end_is_stopped(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its time or its memory, whichever it takes first; the program goes on."""
    monkeypatch.setattr(apart, "MOST_SECONDS", 1)
    monkeypatch.setattr(apart, "MOST_MEMORY", 2**30)
    with pytest.raises(Unreadable, match=r"took more than|cannot be run"):
        run(sql, {"many": pl.DataFrame({"id": [str(number) for number in range(1000)]})})


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is said to be too much."""
    monkeypatch.setattr(apart, "MOST_MEMORY", 2**30)
    frame = pl.DataFrame({"id": ["x" * 200] * 20_000})
    with pytest.raises(Unreadable, match="took more than 1 GiB of memory"):
        run("SELECT a.id, b.id AS other FROM t AS a CROSS JOIN t AS b", {"t": frame})


def test_a_result_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before this process reads it."""
    monkeypatch.setattr(base, "LARGEST_CONTENT", 10_000)
    with pytest.raises(Unreadable, match="holds more than"):
        run("SELECT a.id FROM t AS a CROSS JOIN t", {"t": pl.DataFrame({"id": ["x" * 20] * 50})})


def test_too_much_work_is_too_much_time() -> None:
    """The system ends it where several threads take the time of all processors."""
    assert "took more than" in str(apart._failed(-signal.SIGXCPU, "", apart.Bounds(1, 1)).problem)


def test_a_query_sees_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor anything else of the environment that it does not need."""
    monkeypatch.setenv("TRIAGE_DATABASE_PASSWORD", "secret")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    given = apart._environment()
    assert "secret" not in given.values()
    assert given["PYTHONHASHSEED"] == "0"


def test_a_system_without_bounds_on_memory_reads_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Linux bounds another process."""
    monkeypatch.delattr("resource.prlimit", raising=False)
    assert run("SELECT id FROM cases ORDER BY id", FILES).height == FILES["cases"].height


ENDLESS = """
import polars as pl
from cases.sources.query import run
many = pl.DataFrame({"id": list(range(200_000))})
run("SELECT COUNT(*) AS n FROM many CROSS JOIN many AS b CROSS JOIN many AS c", {"many": many})
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux for the process")
def test_an_interrupt_ends_the_query_too() -> None:
    """Ctrl-C stops both processes."""
    command = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            child = _soon(lambda: children.read_text().strip())
            bound = Path(f"/proc/{child}/oom_score_adj")
            assert _soon(lambda: bound.read_text().strip() == "1000")  # from now on it is ended
            process.send_signal(signal.SIGINT)
            process.wait(60)
        finally:
            process.kill()
    assert _soon(lambda: _has_ended(str(child)))


def _has_ended(number: str) -> bool:
    """Whether a process has ended, though its parent may be gone and nobody has asked."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def _soon(look: Callable[[], str | bool]) -> str | bool:
    """What is found as soon as there is something."""
    while not (found := look()):
        time.sleep(0.01)
    return found


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are private: what is handed over goes, whether the query ran or not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run("SELECT id FROM people", FILES)
    with pytest.raises(Unreadable):
        run("SELECT nothing FROM people", FILES)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As such, and not as a number of the system."""

    def full(*_args: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_ipc", full)
    with pytest.raises(Unreadable, match="the disk is full"):
        run("SELECT id FROM people", FILES)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE people",
        "TRUNCATE TABLE people",
        "INSERT INTO people VALUES ('3', '1')",
        "WITH RECURSIVE r AS (SELECT id FROM people) SELECT * FROM r",
        "WITH/**/RECURSIVE r AS (SELECT id FROM people) SELECT * FROM r",
    ],
)
def test_nothing_but_one_select_is_run(sql: str) -> None:
    """Nor one that could go on for ever."""
    with pytest.raises(Unreadable, match=r"is not one SELECT|may not use RECURSIVE"):
        run(sql, FILES)


def test_memory_follows_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of it, but at least what a small office needs and at most what anything may."""
    bounds = []
    for gib in (1, 16, 64):
        monkeypatch.setattr(apart, "free_memory", lambda gib=gib: gib * 2**30)
        bounds.append(query._bounds(0).memory / 2**30)
    assert bounds == [2, 4, 8]
