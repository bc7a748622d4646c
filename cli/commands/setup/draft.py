"""`triage draft`: an office file from tables, or rules from their log, for a person to complete."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import BadInput, Fault
from cases.files import check_file, unless_other
from cases.language.catalogues import Language
from cases.language.messages import Message, _, ngettext
from cli.arguments import FILE, OFFICE, TEXT, DataFolder, SetAside, SpokenIn, argument, option
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.draft.draft import Draft

DRAFT = _(
    "Write an office file for the tables of an office: every guess with why, for you to check."
)
TABLE = _("TABLE")
OF_THE_PROCESS = _(
    "Instead, write rules of the process that the log of this office suggests; none is in force."
)
NEXT_DECIDE = _(
    "Next: read them, and copy those that must hold into the office file without their `#`."
)


def draft(
    tables: Annotated[
        list[str] | None, argument(TABLE, _("Files, or with --database names of tables."))
    ] = None,
    *,
    out: Annotated[Path, option("--out", FILE, _("The office file to write, or its part."))],
    database: Annotated[
        str | None,
        option("--database", TEXT, _("SQLAlchemy URL of the database that has these tables.")),
    ] = None,
    no_questions: Annotated[
        bool,
        typer.Option("--no-questions", help=str(_("Ask nothing; leave all open in the file."))),
    ] = False,
    process: Annotated[Path | None, option("--process", OFFICE, OF_THE_PROCESS)] = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Read the tables, find what their columns are, and write an office file.

    With `process`, read the tables of that office file and write rules that their log suggests.
    """
    check_file(out)
    if process is not None:
        _check_alone(tables, database)
        _draft_process(process, data, out, set_aside, language)
    elif data or set_aside:
        problem = _("`--data` and `--set-aside` belong to `--process`.")
        raise BadInput([Fault("draft", problem, _("Leave them out."))])
    elif tables:
        _draft_office(tables, database, out, no_questions=no_questions, language=language)
    else:
        remedy = _("Name tables, or with --process an office file.")
        raise BadInput([Fault("draft", _("has nothing to read."), remedy)])


def _check_alone(tables: list[str] | None, database: str | None) -> None:
    """`BadInput` if tables are named although the office file has them."""
    if tables or database:
        problem = _("`--process` reads the tables that its office file names.")
        raise BadInput([Fault("draft", problem, _("Name no others."))])


def _draft_process(
    process: Path,
    data: Path | None,
    out: Path,
    set_aside: Path | None,
    language: Language | None,
) -> None:
    from cli.files.office import workspace_of
    from policies.process.drafting.candidates import drafted_process
    from policies.process.drafting.writing import process_toml

    terminal = Terminal.of(language, process)
    with terminal.progress() as tell:
        drafted = drafted_process(workspace_of(process, data, set_aside, language).tables(tell))
    text = process_toml(drafted, terminal.language)
    unless_other(out, lambda path: path.write_text(text, encoding="utf-8"))
    rules = ngettext(
        "{count} rule is suggested by {cases:,} closed cases; none is in force.",
        "{count:,} rules are suggested by {cases:,} closed cases; none is in force.",
        len(drafted.candidates),
        cases=drafted.cases,
    )
    terminal.show(rules, _("Written: {file}", file=str(out)), NEXT_DECIDE)


def _draft_office(
    tables: list[str],
    database: str | None,
    out: Path,
    *,
    no_questions: bool,
    language: Language | None,
) -> None:
    from cases.draft.drafting import draft_office
    from cases.draft.office_file import office_toml
    from cli.files.raw_tables import read_database, read_files
    from cli.show.questions import asked, can_ask

    terminal = Terminal.of(language)
    folder = _folder([] if database else tables, out)
    with terminal.progress() as tell:
        if database is None:
            raws = read_files([Path(table) for table in tables], folder, tell)
        else:
            raws = read_database(tables, database, folder, tell)
        drafted = draft_office(raws, terminal.language)
    _show(terminal, drafted)
    if can_ask() and not no_questions:
        drafted = asked(terminal, drafted)
    text = office_toml(drafted)
    unless_other(out, lambda path: path.write_text(text, encoding="utf-8"))
    terminal.show(_("Written: {file}", file=str(out)), _next(out, folder))


def _folder(files: Sequence[str], out: Path) -> Path:
    """The folder that the paths of the office file start from: its own where that has them all."""
    from cli.files.raw_tables import absolute

    own, paths = absolute(out).parent, [absolute(file) for file in files]
    if all(path.is_relative_to(own) for path in paths):
        return own
    return Path(os.path.commonpath([path.parent for path in paths]))


def _show(terminal: Terminal, drafted: Draft) -> None:
    """Which column is which, and how sure that is."""
    from cases.draft.office_file import SURE

    heads = _("table"), _("file"), _("column"), _("taken from"), _("how sure")
    terminal.table(
        heads,
        (
            (table.name, table.raw.path or table.raw.name, ours, guess.theirs, SURE[guess.sure])
            for table in drafted.tables
            for ours, guess in table.guesses.items()
        ),
    )
    for table in drafted.tables:
        for column in table.not_found:
            terminal.show(
                _(
                    "NOT FOUND: no column seems to be `{column}` of the {table} table, which it "
                    "must have. Name it in the office file.",
                    column=column.name,
                    table=table.name,
                )
            )


def _next(out: Path, folder: Path) -> Message:
    from cli.files.raw_tables import absolute

    if folder == absolute(out).parent:
        return _("Next: triage check {file}", file=str(out))
    return _("Next: triage check {file} --data {folder}", file=str(out), folder=str(folder))
