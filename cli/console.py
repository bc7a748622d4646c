"""Where results, progress and faults are shown, and in which language."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from cases.errors import BadInput, Fault, PlumblineError
from cases.language.catalogues import Language, languages, system_language
from cases.language.messages import Message, Sayable, _, ngettext, say
from cases.progress import Progress as Tell

SHOWN_ALIKE = 5
WARNINGS = _("No faults, but look at these:")
OUT = Console(highlight=False, emoji=False)
ERR = Console(stderr=True, highlight=False, emoji=False)


@dataclass(frozen=True)
class Terminal:
    """A terminal, or a log, and the language of who reads it."""

    language: Language
    out: Console = OUT
    err: Console = ERR

    @classmethod
    def of(cls, language: Language | None = None, office: Path | None = None) -> Terminal:
        """In `language`, else in the one the office file names, else in the system's."""
        return cls(language or _language_of(office) or system_language())

    def show(self, *texts: str | Sayable) -> None:
        """Results, each on a line of its own, as they stand: no markup, no emoji."""
        for text in texts:
            self.out.print(self._words(text), markup=False, soft_wrap=True)

    def warn(self, *texts: str | Sayable) -> None:
        """What went wrong, apart from the results."""
        for text in texts:
            self.err.print(self._words(text), markup=False, soft_wrap=True)

    def table(
        self,
        heads: Iterable[str | Sayable],
        rows: Iterable[Iterable[object]],
        *,
        lines: bool = False,
    ) -> None:
        """A table; without `heads` a list of names and values. Cells stand as they are."""
        titles = [self._words(head) for head in heads]
        table = Table(*map(escape, titles), show_header=bool(titles), show_lines=lines)
        for cells in rows:
            table.add_row(*(Text(self._words(cell), overflow="fold") for cell in cells))
        self.out.print(table)

    def is_confirmed(self, question: Sayable, answer: str) -> bool:
        """Whether somebody types `answer`, as `question` asks for."""
        self.show(question)
        try:
            return input().strip() == answer
        except EOFError:
            return False

    @contextmanager
    def progress(self) -> Iterator[Tell]:
        """Bars with the time left on a terminal; in a log, one line per finished step."""
        left = TimeRemainingColumn(elapsed_when_finished=True)
        columns = (TextColumn("{task.description}"), BarColumn(), left)
        with Progress(*columns, console=self.err, disable=not self.err.is_terminal) as bars:
            steps: dict[str, TaskID] = {}
            finished: set[str] = set()

            def tell(what: str | Sayable, done: float) -> None:
                step = self._words(what)
                if step not in steps:
                    steps[step] = bars.add_task(escape(step), total=1.0)
                bars.update(steps[step], completed=done)
                if done >= 1 and step not in finished:
                    finished.add(step)
                    if not self.err.is_terminal:
                        self.warn(_("{step}: done", step=step))

            yield tell

    def _words(self, text: object) -> str:
        """A text in the reader's language, with nothing in it that a terminal would act on."""
        return "".join(map(_harmless, say(text, self.language)))


def _harmless(letter: str) -> str:
    r"""The letter, unless it is one that steers a terminal, such as `\x1b`."""
    steers = unicodedata.category(letter).startswith("C") and letter != "\n"
    return "\N{REPLACEMENT CHARACTER}" if steers else letter


def _language_of(office: Path | None) -> Language | None:
    """The language that an office file names; None while it cannot be read."""
    if office is None:
        return None
    try:
        named = tomllib.loads(office.read_text("utf-8-sig"))["office"]["language"]
    except (OSError, ValueError, LookupError, TypeError):
        return None  # what is wrong with the file is said by who opens it
    return named if named in languages() else None


def show_error(terminal: Terminal, error: PlumblineError) -> None:
    """The error in plain sentences, alike faults grouped."""
    if not isinstance(error, BadInput):
        terminal.warn(error)
        return
    terminal.warn(*fault_lines(error.faults, terminal.language))
    if error.warnings:
        terminal.warn(WARNINGS, *fault_lines(error.warnings, terminal.language))
    count = len(error.faults)
    terminal.warn(
        ngettext(
            "{count:,} fault; nothing was changed.", "{count:,} faults; nothing was changed.", count
        )
    )


def fault_lines(faults: Iterable[Fault], language: Language) -> Iterator[str | Sayable]:
    """One line per fault; of faults of the same kind only the first few, then how many more."""

    kinds: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in sorted(faults, key=_position):
        kind = say(fault.where, language), fault.column or "", _sort_of(fault.problem, language)
        kinds.setdefault(kind, []).append(fault)
    for (where, _column, _problem), same in kinds.items():
        yield from same[:SHOWN_ALIKE]
        if len(same) > SHOWN_ALIKE:
            more = len(same) - SHOWN_ALIKE
            yield _("  … and {more:,} more of this kind in {where}", more=more, where=where)


def _sort_of(problem: str | Sayable, language: Language) -> str:
    """What is wrong, whatever its figures."""
    return problem.template if isinstance(problem, Message) else say(problem, language)


def _position(fault: Fault) -> tuple[str, int]:
    """Where a fault is; the same in every language."""
    return str(fault.where), fault.row or 0
