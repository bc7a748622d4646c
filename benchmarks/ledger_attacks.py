"""Who sees what was done to a ledger: fourteen attacks, three readers, both databases.

    .venv/bin/python -m benchmarks.ledger_attacks

The attacks are those of `tests/ledger/attacks.py`, by somebody who may write to the whole
database and has the key. The stand-alone verifier is asked about the SQLite file, too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from ledger import alone
from ledger.checkpoints import NoCheckpoint
from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from ledger.store.faults import Unusable
from ledger.verifying import verify
from tests.cases.sources import postgres
from tests.ledger.attacks import ATTACKS, CHAIN, EARLIER, OUTSIDE, READERS
from tests.ledger.databases import carry_out, put_in, stored_in

ENTRIES = [Entry(Kind.PLAN, {"plan_id": f"p{number}"}) for number in range(10)]
NOTE = "outside.txt"
BACK = "ALTER TABLE records RENAME COLUMN sort TO kind"


def main() -> None:
    """Print a table for each database."""
    with tempfile.TemporaryDirectory() as folder:
        attacked("SQLite", Path(folder), None)
    with tempfile.TemporaryDirectory() as folder, postgres.server() as url:
        attacked("PostgreSQL", Path(folder), url)


def attacked(database: str, home: Path, url: str | None) -> None:
    """Make a ledger, attack it again and again, and print who saw it."""
    with Ledger.at(home, url) as ledger:
        ledger.append(*ENTRIES[: EARLIER - 1])
        ledger.checkpoint()
        ledger.append(*ENTRIES[EARLIER - 1 :])
        (home / NOTE).write_text(ledger.checkpoint(), encoding="utf-8")
    stored, seen = stored_in(home, url), Counter[str]()
    readers = [*READERS, *(["stand-alone, outside checkpoint"] if url is None else [])]
    print(f"\n{database}: seen by\n{'':18}" + "".join(f"{reader:>20}" for reader in READERS))
    for name, (attack, expected) in ATTACKS.items():
        done, found = attack(stored), {}
        for reader in readers:
            put_in(home, url, replace(done, notes=[]) if reader == CHAIN else done)
            found[reader] = sees(reader, home, url)
            if done.statement:
                carry_out(home, url, BACK)
        seen.update(reader for reader, is_seen in found.items() if is_seen)
        assert {reader for reader in READERS if found[reader]} == expected, name
        print(f"{name:18}" + "".join(f"{'yes' if found[r] else 'no':>20}" for r in READERS))
    print(", ".join(f"{reader}: {seen[reader]} of {len(ATTACKS)}" for reader in readers))


def sees(reader: str, home: Path, url: str | None) -> bool:
    """Whether a reader sees that something was done."""
    if reader not in READERS:
        command = [sys.executable, "-I", str(alone.__file__), str(home / FILE), "--checkpoint"]
        done = subprocess.run([*command, home / NOTE], check=False, capture_output=True)  # noqa: S603
        return done.returncode == 3
    notes = [(home / NOTE).read_text("utf-8")] if reader == OUTSIDE else []
    try:
        return verify(url or home / FILE, *notes).bad is not None
    except (Unusable, NoCheckpoint):
        return True


if __name__ == "__main__":
    main()
