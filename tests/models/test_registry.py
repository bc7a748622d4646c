"""The registry on its embedded store."""

from __future__ import annotations

import json
import subprocess
import sys
from getpass import getuser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cases.errors import Refused, shorten
from cases.language.messages import _, sentences
from cases.tables.tables import Tables
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from models.registry import (
    EVENT,
    LONGEST_REASON,
    Registry,
    Version,
    office_name,
    registered_name,
)
from tests.factories.small_office import UNTIL


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """An empty registry in a folder of its own."""
    return Registry(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def logged(registry: Registry, bundle: Bundle) -> Version:
    """The bundle, logged once with a metric."""
    return registry.log(bundle, office_name(bundle.office), {"auc": 0.7})


def test_without_champion(registry: Registry, bundle: Bundle) -> None:
    """An office without a champion is asked to train one."""
    with pytest.raises(Refused, match="triage train"):
        registry.champion(bundle.office)


def test_logged_is_candidate(registry: Registry, logged: Version, bundle: Bundle) -> None:
    """What was logged last is the candidate, and not yet the champion."""
    assert logged.aliases == ("candidate",)
    assert registry.versions(office_name(bundle.office)) == (logged,)
    with pytest.raises(Refused):
        registry.champion(bundle.office)


def test_promoted_is_champion(
    registry: Registry, logged: Version, bundle: Bundle, small_tables: Tables
) -> None:
    """The promoted version comes back and scores to the bit as what was logged."""
    registry.promote(logged)
    champion = registry.champion(bundle.office)
    scored = [
        trained.question(RiskQuestion).score(small_tables, UNTIL) for trained in (champion, bundle)
    ]
    assert scored[0].equals(scored[1])


def test_offices_are_apart(registry: Registry, logged: Version) -> None:
    """Another office sees none of these versions."""
    assert registry.versions("Another office") == ()
    assert registered_name("Another office") != logged.name


def test_decisions_are_kept_with_the_version(
    registry: Registry, logged: Version, bundle: Bundle
) -> None:
    """What was decided, why and by which figures comes back with the version, in order."""
    registry.record(logged, "refused", "may be worse：测试 " + "x" * 9_000, {"gate.auc.worse": 0.1})
    registry.record(logged, "promoted", "holds")
    (version,) = registry.versions(office_name(bundle.office))
    assert [event.what for event in version.events] == ["refused", "promoted"]
    assert version.events[0].reason.startswith("may be worse：测试")
    assert version.events[0].at < version.events[1].at
    assert version.trained_until == UNTIL.isoformat()
    assert version.was_promoted
    assert registry._client.get_run(logged.run_id).data.metrics["gate.auc.worse"] == 0.1


def test_reasons_are_kept_for_any_language(
    registry: Registry, logged: Version, bundle: Bundle
) -> None:
    """A message is restored as a message; where it is too long, its English words are kept."""
    reason = sentences(_("Nothing can be trained."), _("{count} days", count=3))
    endless = sentences(*[_("Nothing can be trained.")] * 200)
    for kept in (reason, endless):
        registry.record(logged, "refused", kept)
    (version,) = registry.versions(office_name(bundle.office))
    restored, cut_short = (event.reason for event in version.events[-2:])
    assert restored == reason
    assert cut_short == str(endless)[:LONGEST_REASON]


def test_the_embedded_store_is_read_as_mlflow_gives_it(
    registry: Registry, logged: Version, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions, aliases and decisions, with and without MLflow."""
    found = registry.versions(office_name(bundle.office))
    with monkeypatch.context() as without:
        without.setattr("models.registry.read", lambda *_: None)
        assert registry.versions(office_name(bundle.office)) == found


def test_a_champion_is_checked_without_loading_it(
    registry: Registry, logged: Version, bundle: Bundle
) -> None:
    """What has changed since it was saved is said as loading it would."""
    registry.promote(logged)
    registry.check_champion(bundle.office)
    other = bundle.office.model_copy(update={"activities": {}})
    with pytest.raises(Refused, match="other definitions"):
        registry.check_champion(other)
    source = Path(urlsplit(logged.source).path)
    (altered,) = source.glob("risk.txt")
    kept = altered.read_bytes()
    altered.write_bytes(kept + b" ")
    try:
        with pytest.raises(Refused, match="is not the file that was saved"):
            registry.check_champion(bundle.office)
    finally:
        altered.write_bytes(kept)


@pytest.mark.parametrize(
    "value",
    [
        json.dumps({"what": "refused", "reason": {"template": "{a}", "values": {"b": 1}}}),
        json.dumps({"what": "sold", "reason": "none"}),
        json.dumps({"what": ["sold"], "reason": "none"}),
        "not JSON",
        "{}",
        "[1]",
        "[" * 4_000,
        '{"what": "refused"}',
    ],
)
def test_what_another_program_kept_hides_no_version(
    registry: Registry, logged: Version, bundle: Bundle, value: str
) -> None:
    """It is shown as what it is: something that cannot be read."""
    registry._client.set_model_version_tag(logged.name, logged.number, f"{EVENT}9", value)
    (version,) = registry.versions(office_name(bundle.office))
    assert version.events[-1].what == "unreadable"
    assert version.events[-1].reason == shorten(value)


@pytest.mark.parametrize("name", ["测试院", "A/B: c'd", "x" * 300, ""])
def test_any_office_name_can_be_registered(name: str) -> None:
    """A registered name is short plain ASCII and begins with the program's name."""
    registered = registered_name(name)
    assert registered.startswith("plumbline-")
    assert registered.replace("-", "").isalnum()
    assert registered.isascii()
    assert len(registered) < 70


def test_runs_name_no_user(registry: Registry, logged: Version) -> None:
    """A run carries parameters and metrics, and neither the user nor a source path."""
    run = registry._client.get_run(logged.run_id)
    assert run.data.metrics["auc"] == 0.7
    assert run.data.params["trained_until"] == UNTIL.isoformat()
    assert set(run.data.tags) <= {"mlflow.runName"}
    assert getuser() not in str(run.info.user_id)


def test_models_are_kept_in_any_home(tmp_path: Path, bundle: Bundle) -> None:
    """Whatever the folder is called, the store lies in it, nothing next to it, and it works."""
    name = "why? a%20b #院&c=%"
    home = tmp_path / name
    registry = Registry(home)
    version = registry.log(bundle, office_name(bundle.office), {})
    assert registry.load(version, bundle.office).about == bundle.about
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert sorted(path.name for path in home.iterdir()) == ["artifacts", "mlflow.db"]


def test_no_store_at_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A store that cannot be used is a refusal that names the variable to look at."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://nowhere")
    with pytest.raises(Refused, match="MLFLOW_TRACKING_URI"):
        Registry(tmp_path).versions("Any office")


def test_import_is_paid_for_by_users_only() -> None:
    """Importing the registry, and with it every kind of model, imports no heavy library."""
    heavy = {"mlflow", "lightgbm", "sklearn", "pandas"}
    code = f"import sys, models.registry; sys.exit(bool({heavy} & sys.modules.keys()))"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
