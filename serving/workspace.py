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

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cases.errors import BadInput, Fault, Refused
from cases.language.catalogues import Language, languages
from cases.language.messages import _, listed, ngettext
from cases.office.loading import load_office
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from ledger.ledger import FILE, Ledger
from ledger.records import Malformed
from ledger.store.faults import LOOK, Unusable
from models.registry import Registry
from serving.memory.taking_in import Present, present
from serving.use_cases.remembered import Remembered

WHERE = _("The ledger")
LEDGER = "TRIAGE_LEDGER"  # the variable; only there, because its URL may hold a password


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
    ledger: str | None = field(default=None, repr=False)  # the URL of a database

    @classmethod
    def of(
        cls,
        office: Path,
        data: Path | None = None,
        home: Path | None = None,
        set_aside: Path | None = None,
        language: Language | None = None,
        ledger: str | None = None,
    ) -> Workspace:
        """The workspace of `office`; what is left out lies next to the office file."""
        folder = office.resolve().parent
        return cls(
            office.resolve(),
            (data or folder).resolve(),
            (home or folder / ".triage").resolve(),
            set_aside.resolve() if set_aside else None,
            language,
            ledger,
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
        ledger = environment.get(LEDGER) or None
        return cls.of(Path(office), data, home, set_aside, language, ledger)

    def to_environment(self) -> dict[str, str]:
        """What `from_environment` reads back."""
        variables = {
            "OFFICE": self.office,
            "DATA": self.data,
            "HOME": self.home,
            "SET_ASIDE": self.set_aside or "",
            "LANGUAGE": self.language or "",
            "LEDGER": self.ledger or "",
        }
        return {f"TRIAGE_{name}": str(value) for name, value in variables.items()}

    def opened_ledger(self) -> Ledger:
        """The ledger of the office, made if there is none; `Unusable` if it cannot be opened."""
        return Ledger.at(self.home, self.ledger)

    def served_office(self) -> Office:
        """The office, speaking the language of the workspace; `BadInput` for faults of its file."""
        office = load_office(self.office)
        return office.speaking(self.language) if self.language else office

    def tables(self, progress: Progress = silent) -> Tables:
        """The office's checked tables, with what the ledger remembers of it.

        `BadInput` for faults of office file and tables, and a ledger that cannot be read.
        """
        return self.present(progress).tables

    def present(self, progress: Progress = silent) -> Present:
        """As `tables`, and what the ledger adds to them."""
        read = self.read(load_office(self.office), progress)
        if self.ledger is None and not (self.home / FILE).exists():
            return Present(read, Remembered())
        with readable(), self.opened_ledger() as ledger:
            return with_warning(present(read, ledger))

    def read(self, office: Office, progress: Progress = silent) -> Tables:
        """The office's checked tables as its files have them."""
        return read_tables(
            office,
            self.data,
            set_aside=self.set_aside,
            language=self.language,
            progress=progress,
        )


@contextmanager
def readable() -> Iterator[None]:
    """`BadInput` for a ledger that cannot be read."""
    try:
        yield
    except Unusable as error:
        problem = _("cannot be read ({reason}).", reason=error.reason)
        raise BadInput([Fault(WHERE, problem, error.remedy)]) from None
    except Malformed as error:
        problem = _("has a record that {problem}", problem=error.problem)
        raise BadInput([Fault(WHERE, problem, LOOK)]) from None


def with_warning(now: Present) -> Present:
    """What is present, with a warning in the reading report of what does not fit any more."""
    count, report = now.remembered.left_out, now.tables.report
    if not count or report is None:
        return now
    problem = ngettext(
        "has {count:,} row that came in and does not fit to the tables any more.",
        "has {count:,} rows that came in and do not fit to the tables any more.",
        count,
    )
    remedy = _("They are left out: the office's tables have changed, or something was erased.")
    warnings = (*report.warnings, Fault(WHERE, problem, remedy))
    return replace(now, tables=replace(now.tables, report=replace(report, warnings=warnings)))


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
    return workspace.read(office, progress)
