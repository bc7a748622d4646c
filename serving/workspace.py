"""All wiring: from the environment to an application that answers for one office.

| Variable | Is | If unset |
|---|---|---|
| `TRIAGE_OFFICE` | the office file | refused |
| `TRIAGE_DATA` | the folder its tables are in | the office file's own |
| `TRIAGE_HOME` | where models are kept | `.triage` next to the office file |
| `TRIAGE_SET_ASIDE` | the file that faulty rows are written to | a faulty row is refused |
| `TRIAGE_LANGUAGE` | the language of the answers, and of that file | the office's |
| `TRIAGE_WORKERS` | how many processes answer | 1 |
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from cases.errors import Refused
from cases.language.catalogues import Language, languages
from cases.language.messages import _, listed
from cases.office.loading import load_office
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.online.sums import prepare
from models.registry import Registry
from serving.http.app import application
from serving.use_cases.context import ServiceContext


@dataclass(frozen=True)
class Workspace:
    """Where one office is: its file, its tables, its models, and where faulty rows go.

    With a `language` the service answers in that one, whatever the office file says, and the
    file of the faulty rows is in it.
    """

    office: Path
    data: Path
    home: Path
    set_aside: Path | None = None
    language: Language | None = None

    @classmethod
    def of(
        cls,
        office: Path,
        data: Path | None = None,
        home: Path | None = None,
        set_aside: Path | None = None,
        language: Language | None = None,
    ) -> Workspace:
        """The workspace of `office`; what is left out lies next to the office file."""
        folder = office.resolve().parent
        return cls(
            office.resolve(),
            (data or folder).resolve(),
            (home or folder / ".triage").resolve(),
            set_aside.resolve() if set_aside else None,
            language,
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Workspace:
        """As the variables say; `Refused` if no office is named, or no language of ours."""
        office = environment.get("TRIAGE_OFFICE")
        if not office:
            raise Refused(
                _("No office to serve: set TRIAGE_OFFICE to an office file, or use `triage serve`.")
            )
        paths = (environment.get(f"TRIAGE_{name}") for name in ("DATA", "HOME", "SET_ASIDE"))
        data, home, set_aside = (Path(path) if path else None for path in paths)
        language = _language(environment.get("TRIAGE_LANGUAGE"))
        return cls.of(Path(office), data, home, set_aside, language)

    def to_environment(self) -> dict[str, str]:
        """What `from_environment` reads back."""
        variables = {
            "OFFICE": self.office,
            "DATA": self.data,
            "HOME": self.home,
            "SET_ASIDE": self.set_aside or "",
            "LANGUAGE": self.language or "",
        }
        return {f"TRIAGE_{name}": str(value) for name, value in variables.items()}

    def served_office(self) -> Office:
        """The office, speaking the language of the workspace; `BadInput` for faults of its file."""
        office = load_office(self.office)
        return office.speaking(self.language) if self.language else office

    def tables(self, progress: Progress = silent) -> Tables:
        """The office's checked tables; `BadInput` for faults of office file and tables."""
        return self.tables_of(load_office(self.office), progress)

    def tables_of(self, office: Office, progress: Progress = silent) -> Tables:
        """As `tables`, where the office file has been loaded already."""
        return read_tables(
            office,
            self.data,
            set_aside=self.set_aside,
            language=self.language,
            progress=progress,
        )


def _language(code: str | None) -> Language | None:
    if code and code not in languages():
        known = listed(languages())
        raise Refused(
            _("TRIAGE_LANGUAGE is not a language of this program; there are: {codes}.", codes=known)
        )
    return code or None


def load_context(workspace: Workspace, progress: Progress = silent) -> ServiceContext:
    """The office's champion and tables.

    Raises `Refused` if there is no champion and `BadInput` for faults of office file
    and tables.
    """
    # One office for both: what was computed of an office is found again by its identity.
    office = workspace.served_office()
    registry = Registry(workspace.home)
    champion, tried = registry.champion(office), registry.tried(office)
    return ServiceContext(workspace.tables_of(office, progress), champion, tried)


def load_application(environment: Mapping[str, str]) -> Starlette:
    """The application of the office that the environment names, loaded once per worker."""
    context = load_context(Workspace.from_environment(environment))
    prepare(context.tables)
    app = application(context)
    # What is loaded now lives as long as the worker: kept out of every later collection,
    # which would otherwise stall requests by some 100 ms.
    gc.collect()
    gc.freeze()
    return app


def workers(environment: Mapping[str, str]) -> int:
    """How many processes answer."""
    return int(environment.get("TRIAGE_WORKERS", "1"))
