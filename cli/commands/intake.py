"""`triage intake` and `triage shares`: new cases, and whether the lot kept what it published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from cases.errors import Refused
from cases.office.model import Office
from cases.progress import Progress
from cases.tables.new_cases import read_new_cases
from cases.tables.tables import Tables
from cli import steps
from cli.arguments import DataFolder, OfficeFile, OnDay, SetAside
from cli.files.intake import (
    check_intake_folder,
    given_in,
    intake_sheet,
    read_intake,
    verify_intake,
    write_intake,
)
from cli.show.console import out, progress
from evaluation.intake.shares import Shares, check_shares
from models.bundle.bundle import Bundle
from serving.use_cases.intake import GIVEN, Intake
from serving.use_cases.intake import intake as suggest
from serving.use_cases.spot_checks import ServiceContext

SHOWN_FIRST = 10


def intake(
    office: OfficeFile,
    *,
    cases: Annotated[Path, typer.Option(help="File of the new cases, as the case table is.")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for what is suggested.")],
    data: DataFolder = None,
    set_aside: SetAside = None,
    as_of: OnDay = None,
    after: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of an earlier intake whose cases the tables lack; several."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Seed of the draw; by default one nobody can foresee.")
    ] = None,
) -> None:
    """Suggest for new cases a track, the effort to expect, and a handler drawn by lot."""
    check_intake_folder(out_folder)
    place = steps.workspace_of(office, data, set_aside)
    with progress() as tell:
        tables, champion = steps.opened(place, tell)
        given = pl.concat([pl.DataFrame(schema=GIVEN), *map(given_in, after or ())])
        found = suggest_and_write(tables, champion, cases, out_folder, tell, as_of, seed, given)
    show_intake(found, tables.office)
    out.print(f"Written: {out_folder}", markup=False, soft_wrap=True)


def shares(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders that `triage intake` wrote.")
    ],
) -> None:
    """Test whether handlers got the shares of cases that were published before the draws."""
    kept = {}
    for folder in folders:
        told, chances, lines = read_intake(folder)
        verified = verify_intake(told, chances, lines)
        if not verified.matches:
            raise Refused(f"{folder.name}: {verified.sentence} Nothing is tested with it.")
        kept[told["assignment_id"]] = (chances, lines)  # one that is named twice counts once
    _check_once(kept.values())
    kinds = pl.concat(chances.select("case_id", "kind") for chances, _ in kept.values())
    found = check_shares(kept.values(), kinds.unique("case_id"))
    show_shares(found)
    if not found.agree:
        raise typer.Exit(3)


def _check_once(kept: Iterable[tuple[pl.DataFrame, pl.DataFrame]]) -> None:
    """`Refused` if a case was drawn in two intakes: of two draws somebody could keep the better."""
    drawn = pl.concat(chances.select("case_id").unique() for chances, _ in kept)
    for case in drawn.filter(pl.col("case_id").is_duplicated())["case_id"].sort().head(1):
        raise Refused(f"Case {case} was drawn in two of these intakes. Nothing is tested.")


def show_shares(found: Shares) -> None:
    """The numbers of cases that the published chances do not explain, and the verdict."""
    table = Table("kind", "handler", "cases open to", "expected", "drawn", "corrected p")
    for line in found.differing.iter_rows(named=True):
        numbers = (f"{line['cases']:,}", f"{line['expected']:.1f}", f"{line['drawn']:,}")
        cells = (line["kind"] or "all", line["handler"], *numbers, f"{line['p_corrected']:.3f}")
        table.add_row(*(Text(cell, overflow="fold") for cell in cells))
    if table.row_count:
        out.print(table)
    out.print(found.sentence.say("en"), markup=False, soft_wrap=True)


def suggest_and_write(
    tables: Tables,
    champion: Bundle,
    cases: Path,
    folder: Path,
    tell: Progress,
    as_of: datetime | None = None,
    seed: str | None = None,
    given: pl.DataFrame | None = None,
) -> Intake:
    """Suggestions for the new cases in the file `cases`, written into `folder`."""
    new = read_new_cases(tables, cases, tell)
    tell("suggesting", 0.0)
    found = suggest(ServiceContext(tables, champion), new, as_of, seed, given)
    write_intake(found, tables, steps.made_from(tables, champion), folder)
    tell("suggesting", 1.0)
    return found


def show_intake(found: Intake, office: Office) -> None:
    """The first cases and how many went where."""
    sheet = intake_sheet(found, office)
    table = Table("case", "track", "effort", "handler", "why this track", show_lines=True)
    for line in sheet.head(SHOWN_FIRST).iter_rows(named=True):
        effort = "-"
        if line["effort"] is not None:
            effort = f"{line['effort']:.1f} ({line['effort_low']:.1f}-{line['effort_high']:.1f})"
        handler = f"{line['handler'] or '-'}\n{line['how_so'] or ''}"
        cells = (line["case_id"], line["track"], effort, handler, line["why"])
        table.add_row(*(Text(cell, overflow="fold") for cell in cells))
    out.print(table)
    for note in found.notes:
        out.print(note.say(office.language), markup=False)
    tracks = _counted(sheet["track"].value_counts(sort=True).rows())
    out.print(f"{sheet.height:,} new cases: {tracks}.")
    if found.assignment is not None:
        out.print(f"Handlers: {_counted(found.assignment.counts.items())}.")


def _counted(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts)
