"""The house rules that no other tool checks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "cases",
    "features",
    "ledger",
    "models",
    "policies",
    "training",
    "evaluation",
    "serving",
    "cli",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_from_anywhere(package: str, tmp_path: Path) -> None:
    """The installed environment finds every package from another folder."""
    command = [sys.executable, "-c", f"import {package}"]
    subprocess.run(command, cwd=tmp_path, check=True)  # noqa: S603  a fixed command


def test_the_lock_names_no_index() -> None:
    """The lock holds hashes and no address of an index."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"index-url|https?://", lock)
