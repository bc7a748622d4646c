"""What is packed for a machine without this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.factories.client import request
from tests.factories.files import OFFICE

ROOT = Path(__file__).parents[2]
CONTROLLED = """
from serving.service import Plumbline
Plumbline.inner.close_the_control_port()
from bentoml._internal.utils.circus import create_standalone_arbiter
arbiter = create_standalone_arbiter([])
print(arbiter.endpoint, arbiter.pubsub_endpoint)
arbiter.exit_stack.close()
"""
BEGUN = "from serving.service import Plumbline; Plumbline.inner.make_the_first_administrator()"
LOADED = "import serving.service, serving.running.worker, sys; print(*sys.modules)"


def test_a_bento_holds_every_package_that_a_worker_loads() -> None:
    """Each of our own packages that is imported stands in `bentofile.yaml`."""
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    own = {path.parent.name for path in ROOT.glob("*/__init__.py")} & loaded
    packed = (ROOT / "bentofile.yaml").read_text("utf-8")
    assert {"cases", "serving"} <= own
    assert [name for name in sorted(own) if f'"/{name}/"' not in packed] == []


def test_a_built_bento_answers_from_its_own_code_without_another_port(
    tmp_path: Path, start
) -> None:
    """Built, run in its own folder, and asked for spot checks; nothing of this folder is served."""
    home = {"BENTOML_HOME": str(tmp_path / "bentos"), "BENTOML_DO_NOT_TRACK": "True"}
    command = [sys.executable, "-m", "bentoml", "build", "--output", "tag", str(ROOT)]
    subprocess.run(command, cwd=ROOT, env=dict(os.environ) | home, check=True)  # noqa: S603
    (built,) = (tmp_path / "bentos").glob("bentos/plumbline/*/src")
    service = start(root=built)
    service.ready()

    plan = service.asked("POST", "v1/spot_checks", json=request())
    health = service.asked("GET", "healthz").json()

    assert [line["case_id"] for line in plan.json()["lines"]] == ["b", "d"]
    assert health["model_version"] == str(built)


def test_bentoml_serve_controls_its_workers_where_nobody_else_can() -> None:
    """Its process manager listens in a folder of this user's own, not at two ports."""
    command = [sys.executable, "-c", CONTROLLED]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    assert [address.partition(":")[0] for address in done.stdout.split()] == ["ipc", "ipc"]


def test_bentoml_serve_makes_the_first_administrator(tmp_path: Path) -> None:
    """Once; how to get the password is said to the log, not the password."""
    (tmp_path / "office.toml").write_text(OFFICE, "utf-8")
    command, environment = [sys.executable, "-c", BEGUN], dict(os.environ)
    environment["TRIAGE_OFFICE"] = str(tmp_path / "office.toml")
    said = [
        subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout
        for _i in range(2)
    ]
    assert "triage users OFFICE reset admin" in said[0]
    assert said[1] == ""


def test_a_container_holds_every_package() -> None:
    """What is copied into it is what the wheel holds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    lines = (ROOT / "deploy" / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split() for line in lines if line.startswith("COPY ")]
    assert {words[1] for words in copied if words[1:2] == words[2:]} == set(packages)
