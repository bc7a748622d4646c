"""`python -m serving.running SOCKET WORKER RENEWAL`: watch workers on an open socket.

`SOCKET` is its number, `WORKER` the module that answers, `RENEWAL` the one that checks the office
for the workers that come next; `TRIAGE_WORKERS` says how many workers there are.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from pathlib import Path

from serving.running import logs
from serving.running.supervisor import Supervisor


def main() -> int:
    """Watch until the end; the exit code."""
    logs.configure()
    number, worker, renewal = sys.argv[1:]
    workers = int(os.environ.get("TRIAGE_WORKERS", "1"))
    with (
        socket.socket(fileno=int(number)) as listening,
        tempfile.TemporaryDirectory(prefix="plumbline-") as metrics,
    ):
        supervised = Supervisor(listening, worker, renewal, dict(os.environ), Path(metrics))
        return asyncio.run(supervised.run(workers))


if __name__ == "__main__":
    sys.exit(main())
