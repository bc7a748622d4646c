"""`triage report`: the audit report and its other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cases.language.messages import _
from cli.arguments import FOLDER, DataFolder, OfficeFile, Out, SetAside, SpokenIn, option
from cli.console import Terminal
from cli.files.office import check_out, opened, workspace_of
from cli.files.report import ENDINGS, summary_of, write_report
from evaluation.promotion.last_year import last_year_backtest

REPORT = _("Write the audit report: .html, .pdf (needs Chromium), .json, or .md for a model card.")


def report(
    office: OfficeFile,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
    plans: Annotated[
        list[Path] | None,
        option(
            "--plan",
            FOLDER,
            _("Folder of a drawn plan: what became of it; several for more."),
        ),
    ] = None,
) -> None:
    """Write the report of the champion as of the newest record."""
    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    check_out(workspace, out_file, ENDINGS)
    with terminal.progress() as tell:
        tables, champion = opened(workspace, tell)
        tried = last_year_backtest(workspace.home, tables, champion, tell)
        summary = summary_of(workspace.home, tables, champion, tried, plans or [], tell)
        write_report(summary, terminal.language, out_file)
    terminal.show(_("Written: {file}", file=str(out_file)))
