"""What is packed for a machine without this repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADED = "import serving.service, serving.worker, sys; print(*sys.modules)"


def test_a_bento_holds_every_package_that_a_worker_loads() -> None:
    """Each of our own packages that is imported stands in `bentofile.yaml`."""
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    own = {path.parent.name for path in ROOT.glob("*/__init__.py")} & loaded
    packed = (ROOT / "bentofile.yaml").read_text("utf-8")
    assert {"cases", "serving"} <= own
    assert [name for name in sorted(own) if f'"/{name}/"' not in packed] == []
