"""`triage draft`: an office file from the tables as they are, for a person to complete."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.files import check_file, unless_other
from cases.language.messages import Message, _
from cli.arguments import FILE, TEXT, SpokenIn, argument, option
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.draft.draft import Draft

DRAFT = _(
    "Write an office file for the tables of an office: every guess with why, for you to check."
)
TABLE = _("TABLE")


def draft(
    tables: Annotated[list[str], argument(TABLE, _("Files, or with --database names of tables."))],
    *,
    out: Annotated[Path, option("--out", FILE, _("The office file to write."))],
    database: Annotated[
        str | None,
        option("--database", TEXT, _("SQLAlchemy URL of the database that has these tables.")),
    ] = None,
    no_questions: Annotated[
        bool,
        typer.Option("--no-questions", help=str(_("Ask nothing; leave all open in the file."))),
    ] = False,
    language: SpokenIn = None,
) -> None:
    """Read the tables, find what their columns are, and write an office file."""
    from cases.draft.drafting import draft_office
    from cases.draft.office_file import office_toml
    from cli.files.raw_tables import read_database, read_files
    from cli.show.questions import asked, can_ask

    terminal = Terminal.of(language)
    check_file(out)
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
