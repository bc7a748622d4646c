"""`triage run-due`: what the office file has done by itself, as far as it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cases.language.messages import Sayable, _, ngettext
from cli.arguments import TEXT, DataFolder, OfficeFile, SetAside, SpokenIn, dated, option
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.office.model import Office
    from cli.loop.rounds import Ended
    from policies.schedule import Due

RUN_DUE = _(
    "Do what the schedules of the office file say, as far as it is due: read, train, plan, report, "
    "remind. Run it every hour; two never run at once."
)
DRY_RUN = _("Only show what is due.")
PROGRAM_FAILED = 1  # exit code


def run_due(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    now: Annotated[
        datetime | None,
        dated("--now", _("Do what is due by then; by default by now, on the office's clock.")),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=str(DRY_RUN))] = False,
    seed: Annotated[
        str | None,
        option("--seed", TEXT, _("What all draws depend on; by default seeds nobody can foresee.")),
    ] = None,
    public_url: Annotated[
        str | None,
        option("--public-url", TEXT, _("Address of the pages, to be named in reminders.")),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Do everything that is due, and say how each ended."""
    from cases.tables.cells.zones import wall_clock
    from cli.files.ledger import ledger_of
    from cli.files.office import workspace_of
    from cli.loop.job import Round
    from cli.loop.rounds import do, due_now
    from serving.http.access.site import PUBLIC_URL, site_of
    from serving.leases.lease import leased
    from serving.work.runs import LEASE

    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    described = workspace.served_office()
    now = now or wall_clock(described.office.time_zone)
    found_at = site_of({PUBLIC_URL: public_url or ""}, has_provider=False).public_url
    with ledger_of(workspace) as ledger:
        if dry_run:
            _show_due(terminal, described, due_now(described, ledger, now), now)
            return
        ended: list[Ended] = []
        try:
            with leased(workspace.home, LEASE) as lease, terminal.progress() as tell:
                this = Round(workspace, ledger, lease, now, tell, seed, found_at)
                ended.extend(do(this, due_now(described, ledger, now)))
        finally:
            _show_ended(terminal, ended)
    if not ended:
        _show_next(terminal, described, now)
    if codes := [_exit_code(one.error) for one in ended if one.error is not None]:
        raise typer.Exit(codes[0])


def _exit_code(error: BaseException) -> int:
    return int(getattr(error, "exit_code", PROGRAM_FAILED))


def _show_due(terminal: Terminal, office: Office, dues: Iterable[Due], now: datetime) -> None:
    """What would be done."""
    several = list(dues)
    for due in several:
        terminal.show(_head(due))
    if not several:
        _show_next(terminal, office, now)


def _show_ended(terminal: Terminal, ended: Iterable[Ended]) -> None:
    """How each ended."""
    for one in ended:
        show = terminal.show if one.error is None else terminal.warn
        show(_head(one.due))
        show(*one.said)


def _show_next(terminal: Terminal, office: Office, now: datetime) -> None:
    from policies.schedule import next_moment

    coming = [(next_moment(schedule, now), schedule.code) for schedule in office.schedules]
    if not coming:
        terminal.show(_("The office file has no schedules: see docs/loop.md."))
        return
    at, code = min(coming)
    when = f"{at:%Y-%m-%d %H:%M}"
    terminal.show(_("Nothing is due. Next: `{code}`, {at}.", code=code, at=when))


def _head(due: Due) -> Sayable:
    """Which work, of when, and how often it was missed."""
    code, at = due.schedule.code, f"{due.at:%Y-%m-%d %H:%M}"
    if not due.missed:
        return _("`{code}`, due {at}:", code=code, at=at)
    return ngettext(
        "`{code}`, due {at}, and {count:,} time before, which this makes good:",
        "`{code}`, due {at}, and {count:,} times before, which this makes good:",
        due.missed,
        code=code,
        at=at,
    )
