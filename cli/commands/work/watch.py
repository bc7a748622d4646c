"""`triage watch`: the alerts of running cases, of which the desks are notified."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cases.language.messages import _
from cli.arguments import FOLDER, AsOf, DataFolder, OfficeFile, SetAside, SpokenIn, option
from cli.console import Terminal

WATCH = _(
    "Say what is about to go wrong in running cases, and record of what the desks are notified."
)
NOT_TODAY = _(
    "Nothing was recorded, and no desk was notified: that is done only for today on the office's "
    "clock, in a demo for the last day of its events."
)
WATCHING = _("watching running cases")


def watch(
    office: OfficeFile,
    as_of: AsOf,
    *,
    out_folder: Annotated[
        Path, option("--out", FOLDER, _("Folder for alerts.csv and watch.html; older ones go."))
    ],
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Write the alerts of a day into a folder; if it is today, desks are notified of new ones."""
    from cases.files import check_folder
    from cli.files.ledger import keep_checkpoint, ledger_of
    from cli.files.office import workspace_of
    from cli.files.watch import champion_of, is_today, notify, said
    from serving.kept.watch import PAGE, notes, write_watch
    from serving.memory.taking_in import work_of
    from serving.use_cases.watching.watching import raise_alerts
    from serving.use_cases.watching.watching import watch as watch_alone

    check_folder(out_folder)
    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        tables = workspace.tables(tell)
        tell(WATCHING, 0.0)
        champion, lack = champion_of(workspace.home, tables.office)
        found = raise_alerts(tables, champion, as_of)
        records = is_today(tables, as_of)
        if records:
            watched, new = notify(tables, ledger, found, as_of)
        else:
            alerting = work_of(tables.office, ledger).alerting
            watched, new = watch_alone(tables, alerting, found, as_of), 0
        write_watch(watched, tables.office, terminal.language, out_folder)
        recorded = keep_checkpoint(ledger, workspace) if new else None
        tell(WATCHING, 1.0)
    told = said(watched, new) if records else [*notes(watched), NOT_TODAY]
    terminal.show(*told, *([] if lack is None else [lack]))
    terminal.show(_("Written: {folder}", folder=str(out_folder / PAGE)))
    if recorded is not None:
        terminal.show(recorded)
