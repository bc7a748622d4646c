"""Where an office is, from the command line or the environment, and whether all of it is right.

| Variable | Is | If unset |
|---|---|---|
| `TRIAGE_OFFICE` | the office file | refused |
| `TRIAGE_DATA` | the folder its tables are in | the office file's own |
| `TRIAGE_HOME` | where models are kept | `.triage` next to the office file |
| `TRIAGE_SET_ASIDE` | the file that faulty rows are written to | a faulty row is refused |
| `TRIAGE_LANGUAGE` | the language of the answers, and of that file | the office's |
| `TRIAGE_CHECKED` | the folder of the tables that `triage serve` has read and checked | read anew |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases.errors import Refused
from cases.language.catalogues import Language, languages
from cases.language.messages import _, listed
from cases.office.loading import load_office
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from models.registry import Registry


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


def check(workspace: Workspace, progress: Progress = silent) -> Tables:
    """The office's checked tables, where all that a worker needs is there and right.

    Raises what `worker.load_context` raises; quicker, as it does not load the champion.
    """
    office = workspace.served_office()
    Registry(workspace.home).check_champion(office)
    return workspace.tables_of(office, progress)
