"""Where trained bundles are kept: MLflow's tracking store and model registry.

The only file that imports mlflow, and only when something is kept or the store is not the
embedded one: the import takes seconds. So it is with what a bundle is made of.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from cases.errors import Refused, shorten
from cases.language.catalogues import SOURCE
from cases.language.kept import as_json, from_json
from cases.language.messages import Message, Sayable, _, sentences
from cases.office.model import Office
from models.bundle.description import check_saved
from models.embedded_store import folder_of, read
from models.questions.start import StartKind

if TYPE_CHECKING:
    from models.bundle.bundle import Bundle

CANDIDATE, CHAMPION = "candidate", "champion"
TRAIN_FIRST = _(
    "Train first: `triage train OFFICE`. With too few reviews for a model it makes a start to plan "
    "by."
)
What = Literal["promoted", "refused", "restored", "unreadable"]
EVENT = "event "  # how the name of an event's tag begins
LONGEST_REASON = 4_800  # characters; stores take 5,000 and more
LONGEST_PARAMETER = 500  # characters


@dataclass(frozen=True)
class Event:
    """What was decided about a version, when (UTC, ISO 8601) and why.

    The reason is plain English where a message would have been too long to be kept. What another
    program has kept there is `unreadable`, and its reason is what stands there.
    """

    at: str
    what: What
    reason: Sayable | str


@dataclass(frozen=True)
class Version:
    """A kept bundle: the registered name and number, its aliases, when it was made (ms).

    `trained_until` is the time of what it knows (ISO; empty in stores of older programs), `start`
    what it starts by if it has no fitted model of risk, `events` what was decided about it, in
    order of time.
    """

    name: str
    number: str
    aliases: tuple[str, ...]
    created: int
    source: str
    run_id: str
    trained_until: str = ""
    start: StartKind | None = None
    events: tuple[Event, ...] = ()

    @property
    def was_promoted(self) -> bool:
        """Whether it is the champion, or has been."""
        decided = {event.what for event in self.events}
        return CHAMPION in self.aliases or bool(decided & {"promoted", "restored"})


class Registry:
    """Bundles by office and version, with the aliases `candidate` and `champion`.

    At `MLFLOW_TRACKING_URI` if that is set, else embedded: runs in `home/mlflow.db`,
    files in `home/artifacts`. What is logged names no user, machine or source path.
    Every method raises `Refused` if the store cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()

    def log(self, bundle: Bundle, office_name: str, metrics: Mapping[str, float]) -> Version:
        """Keep the bundle and its metrics, as candidate."""
        name = registered_name(office_name)
        with _plainly():
            experiment = self._experiment(name)
            title = str(bundle.about["trained_until"])
            run_id = self._client.create_run(experiment, run_name=title).info.run_id
            self._log_facts(run_id, bundle, metrics)
            source, model_id = self._log_bundle(experiment, run_id, bundle)
            self._client.set_terminated(run_id)
            if not self._client.search_registered_models(f"name = '{name}'"):
                self._client.create_registered_model(name)
            made = self._client.create_model_version(
                name, source, run_id, tags=_tags(bundle), model_id=model_id
            )
            self._client.set_registered_model_alias(name, CANDIDATE, made.version)
        versions = self.versions(office_name)
        return next(version for version in versions if version.number == str(made.version))

    def promote(self, version: Version) -> None:
        """Make a version the champion of its office."""
        with _plainly():
            self._client.set_registered_model_alias(version.name, CHAMPION, version.number)

    def record(
        self,
        version: Version,
        what: What,
        reason: Sayable | str,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Keep with a version what was decided about it, why and by which figures."""
        key = f"{EVENT}{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        value = json.dumps({"what": what, "reason": _kept_reason(reason)}, ensure_ascii=False)
        with _plainly():
            self._client.set_model_version_tag(version.name, version.number, key, value)
            self._client.log_batch(version.run_id, metrics=_metrics(figures or {}))

    def figures(self, version: Version) -> dict[str, float]:
        """The figures kept with a version, by name."""
        with _plainly():
            return dict(self._client.get_run(version.run_id).data.metrics)

    def champion(self, office: Office) -> Bundle:
        """The champion of the office; `Refused`, with what to do, if there is none."""
        return self.load(self.champion_version(office), office)

    def check_champion(self, office: Office) -> None:
        """`Refused` as `champion`, found without loading it where its files are on this machine."""
        version = self.champion_version(office)
        folder = folder_of(version.source)
        if folder is None:
            self.load(version, office)
        else:
            check_saved(folder, office)

    def champion_version(self, office: Office) -> Version:
        """Which version is the champion; `Refused`, with what to do, if none is."""
        champions = [v for v in self.versions(office_name(office)) if CHAMPION in v.aliases]
        if not champions:
            raise Refused(sentences(_("This office has no champion model yet."), TRAIN_FIRST))
        return champions[0]

    def tried(self, office: Office) -> tuple[Sayable, ...]:
        """That a version newer than the champion was refused and why, of the newest such."""
        newer = takewhile(lambda v: CHAMPION not in v.aliases, self.versions(office_name(office)))
        refused = ((v, event) for v in newer for event in v.events if event.what == "refused")
        return tuple(_refused(version, event) for version, event in islice(refused, 1))

    def version(self, office: Office, number: int) -> Version:
        """The version of that number; `Refused` if there is none."""
        versions = self.versions(office_name(office))
        found = next((version for version in versions if version.number == str(number)), None)
        if found is None:
            no_such = _(
                "There is no version {number}. See `triage models OFFICE`.", number=str(number)
            )
            raise Refused(no_such)
        return found

    def load(self, version: Version, office: Office) -> Bundle:
        """The bundle kept as `version`; `Refused` as `Bundle.load` says."""
        from models.bundle.bundle import Bundle  # noqa: PLC0415  (a second or more)

        here = folder_of(version.source)
        if here is not None:
            return Bundle.load(here, office)
        with tempfile.TemporaryDirectory() as folder:
            with _plainly():
                fetched = self._fetch(version.source, folder)
            return Bundle.load(fetched, office)

    def versions(self, office_name: str) -> tuple[Version, ...]:
        """Every version kept for the office, newest first."""
        name = registered_name(office_name)
        entries, aliases = self._embedded(name) or self._asked(name)
        versions = [_version(entry, aliases) for entry in entries]
        return tuple(sorted(versions, key=lambda version: -int(version.number)))

    def _embedded(self, name: str) -> tuple[Sequence[Any], Mapping[str, Any]] | None:
        """What the embedded store has of a name; None if MLflow must be asked."""
        if os.environ.get("MLFLOW_TRACKING_URI"):
            return None
        return read(self._database, name) if self._database.exists() else ((), {})

    def _asked(self, name: str) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """The same from MLflow."""
        chosen = f"name = '{name}'"
        with _plainly():
            models = self._client.search_registered_models(chosen)
            entries = self._client.search_model_versions(chosen) if models else []
        return entries, models[0].aliases if models else {}

    @property
    def _database(self) -> Path:
        return self.home / "mlflow.db"

    @cached_property
    def _uri(self) -> str:
        address = os.environ.get("MLFLOW_TRACKING_URI")
        if address:
            return address
        from sqlalchemy import URL  # noqa: PLC0415  (a part of mlflow's seconds)

        self.home.mkdir(parents=True, exist_ok=True)
        # With the driver's name, or MLflow makes a folder named like the escaped address.
        database = self._database.as_posix()
        return URL.create("sqlite+pysqlite", database=database).render_as_string()

    @cached_property
    def _client(self) -> Any:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        with warnings.catch_warnings():
            # MLflow 3.17 itself uses a loader that SQLAlchemy 2.1 has deprecated.
            warnings.filterwarnings("ignore", message="The ``noload`` loader strategy")
            mlflow = _mlflow()
            logging.getLogger("mlflow").setLevel(logging.WARNING)  # it logs every new table
            return mlflow.MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)

    def _experiment(self, name: str) -> str:
        experiment = self._client.get_experiment_by_name(name)
        if experiment is not None:
            return str(experiment.experiment_id)
        embedded = self._uri.startswith("sqlite")
        artifacts = (self.home / "artifacts").as_uri() if embedded else None
        return str(self._client.create_experiment(name, artifact_location=artifacts))

    def _log_facts(self, run_id: str, bundle: Bundle, metrics: Mapping[str, float]) -> None:
        param = _mlflow().entities.Param
        reasons = {code: str(reason) for code, reason in bundle.not_trained.items()}
        facts = {**bundle.about, "not_trained": reasons}
        params = [param(key, str(value)[:LONGEST_PARAMETER]) for key, value in facts.items()]
        self._client.log_batch(run_id, metrics=_metrics(metrics), params=params)

    def _log_bundle(self, experiment: str, run_id: str, bundle: Bundle) -> tuple[str, str]:
        """Upload the bundle's text files; where they are and the id MLflow gave them."""
        logged = self._client.create_logged_model(experiment, "bundle", source_run_id=run_id)
        with tempfile.TemporaryDirectory() as folder:
            bundle.save(Path(folder))
            self._client.log_model_artifacts(logged.model_id, folder)
        self._client.finalize_logged_model(logged.model_id, "READY")
        return str(logged.artifact_location), str(logged.model_id)

    def _fetch(self, source: str, folder: str) -> Path:
        fetch = _mlflow().artifacts.download_artifacts
        return Path(fetch(artifact_uri=source, dst_path=folder, tracking_uri=self._uri))


def _mlflow() -> Any:
    import mlflow  # noqa: PLC0415  (seconds, for those who use a registry)

    return mlflow


def _metrics(figures: Mapping[str, float]) -> list[Any]:
    metric, now = _mlflow().entities.Metric, int(time.time() * 1000)
    return [metric(key, value, now, 0) for key, value in figures.items()]


def office_name(office: Office) -> str:
    """The name an office's bundles are kept under."""
    return office.office.name.say(SOURCE)


def registered_name(office_name: str) -> str:
    """A name that every store accepts, distinct for distinct offices.

    >>> registered_name("Test office")
    'plumbline-test-office-d287e742'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", office_name.lower()).strip("-")[:40]
    digest = hashlib.sha256(office_name.encode()).hexdigest()[:8]
    return "-".join(part for part in ("plumbline", slug, digest) if part)


def _tags(bundle: Bundle) -> dict[str, str]:
    """What a list of versions shows without loading any."""
    known = {"trained_until": str(bundle.about["trained_until"])}
    return known | ({"start": bundle.start.kind} if bundle.start else {})


def _version(entry: Any, aliases: Mapping[str, Any]) -> Version:
    number, tags = str(entry.version), entry.tags
    return Version(
        entry.name,
        number,
        tuple(sorted(alias for alias, aliased in aliases.items() if str(aliased) == number)),
        int(entry.creation_timestamp),
        entry.source,
        entry.run_id,
        tags.get("trained_until", ""),
        next((kind for kind in get_args(StartKind) if tags.get("start") == kind), None),
        tuple(_event(key, tags[key]) for key in sorted(tags) if key.startswith(EVENT)),
    )


def _refused(version: Version, event: Event) -> Message:
    return _(
        "Version {number} was tried on {day} and refused: {reason}",
        number=version.number,
        day=datetime.fromisoformat(event.at).date(),
        reason=event.reason,
    )


def _event(key: str, value: str) -> Event:
    """A decision as `record` kept it; `unreadable` if it is anything else."""
    at = key.removeprefix(EVENT)
    try:
        kept = json.loads(value)
        what, reason = kept["what"], from_json(kept["reason"])
        if what not in get_args(What):
            raise ValueError(f"{what!r} is not a decision")
    except (ValueError, LookupError, TypeError, RecursionError):
        return Event(at, "unreadable", shorten(value))
    return Event(at, what, reason if isinstance(reason, Sayable) else str(reason))


def _kept_reason(reason: Sayable | str) -> Any:
    """The reason as JSON values; in English, cut short, where that would be too long."""
    kept = as_json(reason)
    fits = len(json.dumps(kept, ensure_ascii=False)) <= LONGEST_REASON
    return kept if fits else str(reason)[:LONGEST_REASON]


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn every error of MLflow or its store into a sentence that says what to do."""
    try:
        yield
    except Exception as error:  # MLflow, SQLAlchemy and HTTP each raise their own
        if isinstance(error, Refused):
            raise
        raise Refused(
            _(
                "The model store cannot be used ({error}). Look at the address in "
                "MLFLOW_TRACKING_URI, or, if that is not set, at the folder TRIAGE_HOME.",
                error=type(error).__name__,
            )
        ) from error
