"""Writers that may die: programs that append, and say what was acknowledged.

    python -m tests.ledger.writers HOME COUNT NAME [SECONDS_BACK]

The URL of a server is in TRIAGE_LEDGER. A line is written as soon as a record is acknowledged: its
number. With SECONDS_BACK the clock of the machine goes back by so many in the middle.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import IO, Self

from ledger.ledger import Entry, Ledger
from ledger.records import Kind
from ledger.store import appending
from ledger.store.faults import Unusable

ROOT = Path(__file__).parents[2]
REFUSED = 7  # exit code of a writer that was told that it cannot write


class Writers:
    """Programs that append, and every acknowledgement that has arrived: writer, its turn, record.

    The turn of a record is how many the writer had written before it.
    """

    def __init__(self, home: Path, url: str | None, writers: int, each: int, back: int = 0) -> None:
        environment = dict(os.environ) | ({} if url is None else {"TRIAGE_LEDGER": url})
        command = [sys.executable, "-m", "tests.ledger.writers", str(home), str(each)]
        self.programs = [
            subprocess.Popen(  # noqa: S603
                [*command, str(name), str(back)],
                cwd=ROOT,
                env=environment | {"PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in range(writers)
        ]
        self.acknowledged: list[tuple[int, int, int]] = []
        self._readers = [
            threading.Thread(target=self._read, args=(name, program.stdout))
            for name, program in enumerate(self.programs)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: int, lines: IO[str]) -> None:
        with lines:
            for turn, line in enumerate(lines):
                if line.endswith("\n"):  # whole
                    self.acknowledged.append((name, turn, int(line)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill(*range(len(self.programs)))
        self.ended()

    def wait_for(self, count: int) -> None:
        """Wait until so many are acknowledged, or all programs have ended."""
        while len(self.acknowledged) < count and any(p.poll() is None for p in self.programs):
            threading.Event().wait(0.01)

    def kill(self, *names: int) -> None:
        """Kill some of them, as they are."""
        for name in names:
            self.programs[name].send_signal(signal.SIGKILL)

    def ended(self) -> list[int]:
        """Their exit codes, once all have ended and everything that they said was read."""
        codes = [program.wait() for program in self.programs]
        for reader in self._readers:
            reader.join()
        return codes

    def lost(self, ledger: Ledger) -> list[tuple[int, int, int]]:
        """What was acknowledged and is not in the ledger as it was written."""
        there = {
            (record.content["writer"], record.content["turn"], record.number)
            for record in ledger.records(Kind.PLAN)
        }
        return [said for said in self.acknowledged if said not in there]


@contextmanager
def clock_back(seconds: int) -> Iterator[None]:
    """The clock that records are dated by goes back."""
    true = appending.datetime

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return true.now(tz) - timedelta(seconds=seconds)

    appending.datetime = Clock  # type: ignore[misc]
    try:
        yield
    finally:
        appending.datetime = true  # type: ignore[misc]


def write(ledger: Ledger, name: int, turns: range, say: Callable[[int], object]) -> None:
    """Append a record a turn, and say its number."""
    for turn in turns:
        (record,) = ledger.append(Entry(Kind.PLAN, {"writer": name, "turn": turn}))
        say(record.number)


def main() -> None:
    """Be a writer."""
    home, count, name, back = Path(sys.argv[1]), *map(int, sys.argv[2:5])

    def say(number: int) -> None:
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

    try:
        with Ledger.at(home, os.environ.get("TRIAGE_LEDGER")) as ledger:
            write(ledger, name, range(count // 2), say)
            with clock_back(back):
                write(ledger, name, range(count // 2, count), say)
    except Unusable:
        raise SystemExit(REFUSED) from None


if __name__ == "__main__":
    main()
