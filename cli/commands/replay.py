"""`triage replay`: what each way to choose would have found where outcomes are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from cases.errors import BadInput, Fault
from cases.files import replaced
from cases.language.messages import _
from cases.tables.cells.moments import Every
from cli.arguments import (
    FILE,
    NUMBER,
    DataFolder,
    First,
    Last,
    OfficeFile,
    SetAside,
    SpokenIn,
    counted,
    lasting,
    option,
    positive,
)
from cli.arguments import share as read_share
from cli.console import Terminal

REPLAY = _(
    "Where outcomes are known: what this draw, chance and the top of the list would have found."
)


def replay(
    office: OfficeFile,
    *,
    first: First,
    last: Last,
    data: DataFolder = None,
    set_aside: SetAside = None,
    capacity: Annotated[
        int | None,
        counted("--capacity", _("How many cases of a period are reviewed."), positive),
    ] = None,
    share: Annotated[
        float | None,
        option(
            "--share",
            NUMBER,
            _("Instead: which share; by default the office file's."),
            parser=read_share,
        ),
    ] = None,
    every: Annotated[Every, lasting("--every", _("How long a period is."))] = "month",
    retrain: Annotated[
        Every, lasting("--retrain", _("How often models are fitted again."))
    ] = "year",
    seeds: Annotated[int, counted("--seeds", _("How many draws of each way."), positive)] = 1,
    out_file: Annotated[
        Path | None,
        option("--out", FILE, _("Where to write it as HTML, period by period.")),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Replay the office's reviews; the page is written where `out_file` says."""
    from cli.files.office import check_out, workspace_of
    from cli.show.replay import show_replay
    from evaluation.replay.page import render_replay
    from evaluation.replay.results import replay as replay_all

    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    if out_file is not None:
        check_out(workspace, out_file, (".html",))
    if faults := list(_contradictions(first.date(), last.date(), capacity, share)):
        raise BadInput(faults)
    with terminal.progress() as tell:
        result = replay_all(
            workspace.tables(tell),
            first=first.date(),
            last=last.date(),
            capacity=capacity,
            share=share,
            every=every,
            retrain=retrain,
            seeds=seeds,
            progress=tell,
        )
    show_replay(terminal, result)
    if out_file is not None:
        page = render_replay(result, terminal.language)
        replaced(out_file, lambda path: path.write_text(page, "utf-8"))
        terminal.show(_("Written: {file}", file=str(out_file)))


def _contradictions(
    first: date, last: date, capacity: int | None, share: float | None
) -> Iterator[Fault]:
    """What of the request contradicts itself."""
    if last < first:
        problem = _("{last} is before {first}.", last=last, first=first)
        yield Fault("triage replay", problem, _("Exchange them."))
    if capacity is not None and share is not None:
        problem = _("`--capacity` and `--share` set the same thing.")
        yield Fault("triage replay", problem, _("Give one of them."))
