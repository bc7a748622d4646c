"""`triage ledger` and `erase`: what was recorded, in words; a text beside a record is erased."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cases.language.messages import _, ngettext
from cli.arguments import (
    FILE,
    NUMBER,
    TEXT,
    OfficeFile,
    SpokenIn,
    argument,
    counted,
    option,
    positive,
)
from cli.console import Terminal

LEDGER = _("Show what was recorded: the newest records of the office's ledger, in plain words.")
ERASE = _("Erase a text that stands beside a record; that it was erased, and why, is recorded.")
SHOWN = 20


def ledger(
    office: OfficeFile,
    last: Annotated[
        int, counted("--last", _("How many records, from the newest."), positive)
    ] = SHOWN,
    kind: Annotated[
        str | None, option("--kind", TEXT, _("Only records of this kind, as `plan`."))
    ] = None,
    number: Annotated[
        int | None, counted("--number", _("Only the record of this number, whole."), positive)
    ] = None,
    out_file: Annotated[
        Path | None,
        option("--out", FILE, _("Write every record as a line into this file (.jsonl).")),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Show records, the newest first, or write all of them into a file."""
    from cli.files.ledger import existing_ledger, kind_of, write_lines
    from cli.files.office import check_out, workspace_of
    from cli.show.ledger import show_record, show_records

    terminal, workspace = Terminal.of(language, office), workspace_of(office)
    kinds = () if kind is None else (kind_of(kind),)
    if out_file is not None:
        check_out(workspace, out_file, (".jsonl",))
    with existing_ledger(workspace) as opened:
        if out_file is not None:
            terminal.show(
                ngettext(
                    "{count:,} record written to {file}.",
                    "{count:,} records written to {file}.",
                    write_lines(opened, out_file, *kinds),
                    file=str(out_file),
                )
            )
        elif number is not None:
            show_record(terminal, opened, number)
        else:
            show_records(terminal, opened, last, *kinds)


def erase(
    office: OfficeFile,
    number: Annotated[int, argument(NUMBER, _("Number of the record."), parser=positive)],
    name: Annotated[str, argument(TEXT, _("Name of the text, as `triage ledger --number` says."))],
    reason: Annotated[str, option("--reason", TEXT, _("Why; it is recorded."))],
    is_sure: Annotated[bool, typer.Option("--yes", help=str(_("Do not ask back.")))] = False,
    language: SpokenIn = None,
) -> None:
    """Erase a text for good; only a hash of it remains."""
    from cli.files.ledger import check_text_beside, existing_ledger
    from cli.files.office import workspace_of

    terminal, workspace = Terminal.of(language, office), workspace_of(office)
    with existing_ledger(workspace) as opened:
        check_text_beside(opened, number, name, reason)
        asked = _("This cannot be undone. To erase it, type {name} again:", name=name)
        if not (is_sure or terminal.is_confirmed(asked, name)):
            terminal.show(_("Nothing was erased."))
            return
        record = opened.erase(number, name, reason)
    terminal.show(_("Erased. That is record {number}.", number=record.number))
