"""A small demo office that went through the whole job, made once."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories.command import triage

# What a home holds of the work of people, and of who may enter.
OF_PEOPLE = (
    *("ledger*", "plans", "reviewers", "intakes", "commitments", "reports", "notices"),
    *("*access.sqlite*", "work.*", "drafts.*"),
)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo office that went through the whole job."""

    def make(folder: Path) -> None:
        result = triage("demo", folder, "--cases", 6000, "--seed", 5)
        assert result.exit_code == 0, result.output

    return made_once(tmp_path_factory, "office", make) / "office.toml"


@pytest.fixture
def office_anew(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo office with its models, and a ledger of its own that remembers nothing."""
    home = tmp_path / "home"
    shutil.copytree(office.parent / ".triage", home, ignore=shutil.ignore_patterns(*OF_PEOPLE))
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    return office


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """A folder of this process with what `make` writes; the first who asks makes it."""
    run = tmp_path_factory.getbasetemp()
    shared = run.parent if run.name.startswith("popen-") else run  # as xdist calls its processes'
    folder, done = shared / f"shared-{name}", shared / f"shared-{name}.done"
    with (shared / f"shared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    own = tmp_path_factory.mktemp(name)
    shutil.copytree(folder, own, dirs_exist_ok=True)
    return own
