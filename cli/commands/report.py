"""`triage report`: the audit report and its other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cases.language.catalogues import Language
from cases.language.messages import _
from cli.arguments import (
    CODE,
    FOLDER,
    NUMBER,
    DataFolder,
    OfficeFile,
    Out,
    SetAside,
    SpokenIn,
    option,
    whole,
)
from cli.arguments import language as spoken
from cli.console import Terminal

REPORT = _("Write the audit report: .html, .pdf (needs Chromium), .json, or .md for a model card.")


def report(
    office: OfficeFile,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
    also: Annotated[
        list[Language] | None,
        option(
            "--also",
            CODE,
            _(
                "Another language to write it in, from the same figures, to a file with its code "
                "in the name; several for more."
            ),
            parser=spoken,
        ),
    ] = None,
    plans: Annotated[
        list[Path] | None,
        option(
            "--plan",
            FOLDER,
            _("Folder of a drawn plan: what became of it; several for more."),
        ),
    ] = None,
    intakes: Annotated[
        list[Path] | None,
        option(
            "--intake",
            FOLDER,
            _("Folder of a kept intake: how its audited tracks turned out; several for more."),
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help=str(_("Keep it for the pages of the service, too."))),
    ] = False,
    number: Annotated[
        int | None,
        option(
            "--version",
            NUMBER,
            _("Of this version, whatever its verdict; by default of the champion."),
            parser=whole,
        ),
    ] = None,
) -> None:
    """Write the report of the champion, or of a version, as of the newest record."""
    from cli.files.ledger import ledger_of, record
    from cli.files.office import check_out, opened, workspace_of
    from cli.files.report import ENDINGS, keep_report, report_files, summary_of, write_report
    from evaluation.promotion.last_year import last_year_backtest
    from serving.kept.folders import file_hashes
    from serving.use_cases.recording.records import report_record

    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    files = report_files(out_file, terminal.language, also or [])
    for file in files:
        check_out(workspace, file, ENDINGS)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        tables, bundle = opened(workspace, tell, number)
        tried = last_year_backtest(workspace.home, tables, bundle, tell)
        summary = summary_of(
            workspace.home, tables, bundle, tried, plans or [], tell, number, intakes or []
        )
        write_report(summary, files)
        kept = keep_report(summary, tables.latest_record, workspace.home) if keep else []
        hashes = file_hashes([*files, *kept])
        record(ledger, report_record(hashes, bundle.content_hash, tables.data_hash))
    terminal.show(*(_("Written: {file}", file=str(file)) for file in files))
