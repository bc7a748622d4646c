"""How an intake, and the check of its draws, are shown on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.language.messages import Message, Sayable, _, listed
from cli.console import Terminal
from evaluation.intake.shares import Shares
from evaluation.statistics.saying import interval
from policies.routing import TRACKS
from serving.kept.intake.folder import intake_sheet
from serving.use_cases.intake.suggesting import IntakeSuggestions

SHOWN_FIRST = 10
COUNTED_TRACKS = {
    "simple": _("{count:,} simple"),
    "complex": _("{count:,} complex"),
    "person": _("{count:,} for a person to decide"),
}
COUNTED_HANDLERS = {
    "drawn": _("{count:,} drawn"),
    "designated": _("{count:,} designated"),
    "unassigned": _("{count:,} unassigned"),
}


def show_intake(terminal: Terminal, suggestions: IntakeSuggestions) -> None:
    """The first cases and how many went where."""
    sheet = intake_sheet(suggestions, terminal.language)
    heads = _("case"), _("track"), _("effort"), _("handler"), _("why this track")
    first = sheet.head(SHOWN_FIRST).iter_rows(named=True)
    terminal.table(heads, map(_row, first), lines=True)
    terminal.show(*suggestions.notes)
    tracks = listed(
        _counted(COUNTED_TRACKS, dict(sheet["track"].value_counts(sort=True).iter_rows()))
    )
    terminal.show(_("{cases:,} new cases: {tracks}.", cases=sheet.height, tracks=tracks))
    if suggestions.assignment is not None:
        handlers = listed(_counted(COUNTED_HANDLERS, suggestions.assignment.counts))
        terminal.show(_("Handlers: {how}.", how=handlers))


def show_shares(terminal: Terminal, shares: Shares) -> None:
    """The numbers of cases that the published probabilities do not explain, and the verdict."""
    heads = (
        _("kind"),
        _("handler"),
        _("eligible for"),
        _("expected"),
        _("drawn"),
        _("corrected p"),
    )
    rows = [_share_row(line) for line in shares.differing.iter_rows(named=True)]
    if rows:
        terminal.table(heads, rows)
    terminal.show(shares.sentence)


def _row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """The cells of a line of `intake_sheet`."""
    handler = f"{line['handler'] or '-'}\n{line['how_so'] or ''}"
    return line["case_id"], TRACKS[line["track"]], _effort(line), handler, line["why"]


def _effort(line: Mapping[str, Any]) -> Sayable | str:
    if line["effort"] is None:
        return "-"
    return interval(line["effort"], line["effort_low"], line["effort_high"], ".1f")


def _counted(templates: Mapping[str, Message], counts: Mapping[Any, int]) -> list[Sayable]:
    return [templates[name].filled(count=count) for name, count in counts.items()]


def _share_row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """The cells of a line of `Shares.differing`."""
    return (
        line["kind"] or _("all"),
        line["handler"],
        _("{number:,}", number=line["cases"]),
        _("{number:.1f}", number=line["expected"]),
        _("{number:,}", number=line["drawn"]),
        _("{number:.3f}", number=line["p_corrected"]),
    )
