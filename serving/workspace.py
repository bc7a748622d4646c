"""All wiring: from the environment to an application that answers for one office.

| Variable | Is | If unset |
|---|---|---|
| `TRIAGE_OFFICE` | the office file | refused |
| `TRIAGE_DATA` | the folder its tables are in | the office file's own |
| `TRIAGE_HOME` | where models are kept | `.triage` beside the office file |
| `TRIAGE_SET_ASIDE` | the file that faulty rows are written to | a faulty row is refused |
| `TRIAGE_WORKERS` | how many processes answer | 1 |
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from cases.errors import Refused
from cases.office.loading import load_office
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from models.registry import Registry
from serving.http.app import application
from serving.use_cases.spot_checks import ServiceContext


@dataclass(frozen=True)
class Workspace:
    """Where one office is: its file, its tables, its models, and where faulty rows go."""

    office: Path
    data: Path
    home: Path
    set_aside: Path | None = None

    @classmethod
    def of(
        cls,
        office: Path,
        data: Path | None = None,
        home: Path | None = None,
        set_aside: Path | None = None,
    ) -> Workspace:
        """The place of `office`, with what is left out beside the office file."""
        beside = office.resolve().parent
        return cls(
            office.resolve(),
            (data or beside).resolve(),
            (home or beside / ".triage").resolve(),
            set_aside.resolve() if set_aside else None,
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Workspace:
        """As the variables say; `Refused` if no office is named."""
        office = environment.get("TRIAGE_OFFICE")
        if not office:
            raise Refused(
                "No office to serve: set TRIAGE_OFFICE to an office file, or use `triage serve`."
            )
        others = (environment.get(f"TRIAGE_{name}") for name in ("DATA", "HOME", "SET_ASIDE"))
        return cls.of(Path(office), *(Path(other) if other else None for other in others))

    def to_environment(self) -> dict[str, str]:
        """What `from_environment` reads back."""
        places = {
            "OFFICE": self.office,
            "DATA": self.data,
            "HOME": self.home,
            "SET_ASIDE": self.set_aside or "",
        }
        return {f"TRIAGE_{name}": str(path) for name, path in places.items()}

    def tables(self, progress: Progress = silent, office: Office | None = None) -> Tables:
        """The office's checked tables; `BadInput` for faults of office file and tables.

        Of `office` if its file has been loaded already.
        """
        office = office or load_office(self.office)
        return read_tables(office, self.data, set_aside=self.set_aside, progress=progress)


def load_context(place: Workspace, progress: Progress = silent) -> ServiceContext:
    """The office's champion and tables.

    Raises `Refused` if there is no champion and `BadInput` for faults of office file
    and tables.
    """
    office = load_office(place.office)  # one object: features are kept by it
    champion = Registry(place.home).champion(office)
    return ServiceContext(place.tables(progress, office), champion)


def load_application(environment: Mapping[str, str]) -> Starlette:
    """The application of the office that the environment names, loaded once per worker."""
    app = application(load_context(Workspace.from_environment(environment)))
    # What is loaded now lives as long as the worker: kept out of every later collection,
    # which would otherwise stall requests by some 100 ms.
    gc.collect()
    gc.freeze()
    return app


def workers(environment: Mapping[str, str]) -> int:
    """How many processes answer."""
    return int(environment.get("TRIAGE_WORKERS", "1"))
