"""A worker over the fake context, for tests that start a real service.

It calls itself, as the version of its model, by the folder of its tables, or else of its code.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from serving.running import worker
from tests.factories.fakes import context

if __name__ == "__main__":
    root = Path(worker.__file__).parents[2]
    name = os.environ.get("TRIAGE_CHECKED", str(root))
    worker.load_context = lambda *_: replace(context(), version=name)  # type: ignore[assignment, misc]
    worker.kernels = lambda: None  # the fake model explains without them
    worker.main()
