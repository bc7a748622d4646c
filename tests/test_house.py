"""The house rules that no other tool checks."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cases.language.catalogues import FOLDER

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


SERVED = ("cases", "features", "ledger", "models", "policies", "serving")
MOST_ENTRIES = 14  # of a folder: what can be taken in at a glance
MOST_LINES = 400  # of a file


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


def sources(*folders: str) -> list[Path]:
    """The Python files in these folders of the repository."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_a_folder_can_be_taken_in_at_a_glance(folder: str) -> None:
    """No folder has more entries than fit; a room that grows is divided by subject."""
    rooms = {path.parent for path in sources(folder)}
    entries = {
        str(room.relative_to(ROOT)): sum(path.name != "__pycache__" for path in room.iterdir())
        for room in rooms
    }
    assert {room: count for room, count in entries.items() if count > MOST_ENTRIES} == {}


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "benchmarks"])
def test_no_file_is_long(folder: str) -> None:
    """A file that grows beyond this has two subjects."""
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in sources(folder)
    }
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.parametrize(
    "path",
    [path for path in sources(*PACKAGES) if ">>> " in path.read_text("utf-8")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_examples_of_docstrings_are_true(path: Path) -> None:
    """What a docstring shows comes out as it is shown."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(parts))
    assert doctest.testmod(module).failed == 0


def test_helpers_are_not_imported_from_tests() -> None:
    """What several tests use stands in a factory or a `conftest.py`."""
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources("tests", "benchmarks")
        for module in imported(path)
        if module.rpartition(".")[2].startswith("test_")
    ]
    assert wrong == []


def imported(path: Path) -> list[str]:
    """The modules that a file imports from."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]


def test_the_files_that_changes_touch_are_there() -> None:
    """`docs/changing.md` names files; those in pointed brackets are to be made."""
    text = (ROOT / "docs" / "changing.md").read_text("utf-8")
    named = set(re.findall(r"`([\w./-]+\.(?:py|md|po))`", text))
    to_be_made = {"locale/eo/LC_MESSAGES/plumbline.po", "glossary.md"}
    assert sorted(path for path in named - to_be_made if not (ROOT / path).exists()) == []


def test_the_wheel_and_the_bento_carry_the_catalogues() -> None:
    """They are no Python, so that each tool must be told of them."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    bento = (ROOT / "bentofile.yaml").read_text("utf-8")
    assert FOLDER == ROOT / "locale"
    assert {*PACKAGES, "locale", "offices"} == set(packages)
    assert all(f'"/{folder}/"' in bento for folder in (*SERVED, "locale"))


def test_the_catalogues_do_not_stand_in_for_the_locale_module() -> None:
    """Python has a module of this name; a folder without `__init__.py` leaves it alone."""
    assert not (ROOT / "locale" / "__init__.py").exists()
    command = [sys.executable, "-c", "import locale; locale.getlocale()"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  a fixed command
