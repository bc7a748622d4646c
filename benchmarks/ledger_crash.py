"""What is lost where writers and servers die, disks fill up and clocks go back: nothing.

    .venv/bin/python -m benchmarks.ledger_crash [--appends 1000] [--rounds 5]

Eight programs append, in all 1,000 records, and say what was acknowledged. In the middle writers
are killed; PostgreSQL is killed and started again; the disk is full (a small one in memory, which
only root can make); the clock goes back by a day. Afterwards every acknowledged record is looked
for, and every record verified.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.ledger import Ledger
from tests.cases.sources import postgres
from tests.ledger.writers import REFUSED, Writers

EIGHT = 8
DAY = 86_400


def main() -> None:
    """Print what was acknowledged and what was lost, for each way to die."""
    parser = argparse.ArgumentParser(description="Let writers of a ledger die.")
    parser.add_argument("--appends", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    each = given.appends // EIGHT
    for name, disaster in DISASTERS.items():
        for _round in range(given.rounds):
            disaster(name, each)


def writers_die(name: str, each: int) -> None:
    """Four of eight writers are killed at a random moment, in SQLite and in PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        died(f"{name}, SQLite", Path(folder), None, each, lambda writers: kill_four(writers, each))
    with tempfile.TemporaryDirectory() as folder, postgres.server(is_durable=True) as url:
        died(f"{name}, PostgreSQL", Path(folder), url, each, lambda w: kill_four(w, each))


def server_dies(name: str, each: int) -> None:
    """PostgreSQL is killed with all its processes, and started again."""
    with tempfile.TemporaryDirectory() as folder, postgres.server(is_durable=True) as url:

        def kill(writers: Writers) -> None:
            writers.wait_for(chosen(20, each * EIGHT // 2))
            postgres.kill_and_start_again(url)

        died(name, Path(folder), url, each, kill)


def disk_fills(name: str, each: int) -> None:
    """A disk of a few megabytes is filled by somebody else, and emptied again."""
    if os.geteuid() != 0:
        print(f"{name}: only root can make a small disk")
        return
    with small_disk(16) as disk:
        died(
            f"{name}, SQLite", disk / "home", None, each, lambda writers: fill(writers, disk, each)
        )
    with (
        small_disk(160) as disk,
        tempfile.TemporaryDirectory() as folder,
        postgres.server(is_durable=True, within=disk) as url,
    ):
        died(f"{name}, PostgreSQL", Path(folder), url, each, lambda w: fill(w, disk, each))


def clock_goes_back(name: str, each: int) -> None:
    """By a day, for every writer in the middle of its writing."""
    with tempfile.TemporaryDirectory() as folder:
        died(f"{name}, SQLite", Path(folder), None, each, back=DAY)
    with tempfile.TemporaryDirectory() as folder, postgres.server(is_durable=True) as url:
        died(f"{name}, PostgreSQL", Path(folder), url, each, back=DAY)


DISASTERS: dict[str, Callable[[str, int], None]] = {
    "writers killed": writers_die,
    "server killed": server_dies,
    "disk full": disk_fills,
    "clock set back": clock_goes_back,
}


def died(
    name: str,
    home: Path,
    url: str | None,
    each: int,
    disaster: Callable[[Writers], object] = Writers.ended,
    back: int = 0,
) -> None:
    """Let eight writers write, let something happen, and look for what was acknowledged."""
    Ledger.at(home, url).close()
    with Writers(home, url, EIGHT, each, back) as writers:
        disaster(writers)
        codes = writers.ended()
    with Ledger.at(home, url) as ledger:
        lost, verdict, size = writers.lost(ledger), ledger.verify(), ledger.size
    print(
        f"{name}: {len(writers.acknowledged):,} acknowledged, {len(lost)} lost, "
        f"{size - 1:,} there, "
        f"chain {'valid' if verdict.bad is None else verdict.bad.sentence}; "
        f"{sum(code < 0 for code in codes)} writers killed, {codes.count(REFUSED)} told",
        flush=True,
    )
    assert not lost
    assert verdict.bad is None


def chosen(least: int, most: int) -> int:
    """A number at random."""
    return random.randrange(least, most)  # noqa: S311


def kill_four(writers: Writers, each: int) -> None:
    """Kill half of the writers, each at a moment of its own."""
    for name in random.sample(range(EIGHT), EIGHT // 2):
        writers.wait_for(len(writers.acknowledged) + chosen(1, each // 2))
        writers.kill(name)


def fill(writers: Writers, disk: Path, each: int) -> None:
    """Fill the disk at a random moment, and make room again when all writers have ended."""
    writers.wait_for(chosen(20, each * EIGHT // 2))
    ballast = disk / "ballast"
    fill_up(ballast)
    writers.ended()
    ballast.unlink()


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """A folder on a disk of so many megabytes."""
    folder = Path(tempfile.mkdtemp())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)  # noqa: S603
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607
        shutil.rmtree(folder)


def fill_up(file: Path) -> None:
    """Write until nothing more goes."""
    with file.open("wb", buffering=0) as sink:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    sink.write(bytes(size))
            except OSError:
                continue


if __name__ == "__main__":
    main()
