"""Requests generated from the service's own description, by schemathesis with all its checks.

    python benchmarks/schemathesis_run.py OFFICE [--data DIR] [--examples N]

Needs the dependency group `figures` (`pip install --group figures`). Starts the service of an
office that has a champion and has schemathesis make up to `N` requests of every operation of
`/docs.json` in each of its phases, right and wrong ones: no answer may be 5xx, differ from its
schema, accept what the schema forbids, or take longer than `SECONDS`. What the schema allows may be
refused with a 422: that a case is known to the office, say, is not in a schema.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.serving_latency import running_office
from serving.workspace import Workspace

SECONDS = 5  # that an answer may take
SETTINGS = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


def main() -> None:
    """Run; the exit code is that of schemathesis."""
    parser = argparse.ArgumentParser(description="Requests made from the description.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--examples", type=int, default=1500)
    given = parser.parse_args()
    place = Workspace.of(given.office, given.data)
    with running_office(place, workers=2) as office, tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "settings.toml")
        settings.write_text(SETTINGS, "utf-8")
        program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings))
        command = [
            *(*program, "run", str(office.base_url.join("/docs.json"))),
            *("--url", str(office.base_url), "--checks", "all", "--mode", "all"),
            *("--header", f"Authorization: {office.headers['Authorization']}"),
            *("--max-examples", str(given.examples), "--max-response-time", str(SECONDS)),
            *("--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all"),
            *("--continue-on-failure", "--request-timeout", "120", "--seed", "1", "--no-color"),
        ]
        sys.exit(subprocess.run(command, cwd=folder, check=False).returncode)  # noqa: S603


if __name__ == "__main__":
    main()
