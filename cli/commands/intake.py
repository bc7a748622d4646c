"""`triage intake` and `triage shares`: new cases, and whether the draws kept what was published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import Refused
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.progress import Progress
from cli.arguments import (
    FILE,
    FOLDER,
    DataFolder,
    OfficeFile,
    OnDay,
    Seed,
    SetAside,
    SpokenIn,
    argument,
    option,
)
from cli.console import Terminal

if TYPE_CHECKING:
    import polars as pl

    from cases.integrity.manifest import Manifest
    from ledger.ledger import Ledger
    from models.bundle.bundle import Bundle
    from serving.use_cases.context import ServiceContext
    from serving.use_cases.intake.suggesting import IntakeSuggestions

    Drawn = tuple[pl.DataFrame, pl.DataFrame]  # the probabilities published, and the lines drawn

INTAKE = _("Suggest for new cases a track, the effort to expect, and a handler by random draw.")
SHARES = _("Test whether handlers got the shares of cases that were published before the draws.")
SUGGESTING = _("suggesting")


def intake(
    office: OfficeFile,
    *,
    cases: Annotated[
        Path, option("--cases", FILE, _("File of the new cases, as the case table is."))
    ],
    out_folder: Annotated[Path, option("--out", FOLDER, _("Folder for what is suggested."))],
    data: DataFolder = None,
    set_aside: SetAside = None,
    as_of: OnDay = None,
    after: Annotated[
        list[Path] | None,
        option(
            "--after",
            FOLDER,
            _("Folder of an intake that neither the tables nor the ledger have; several."),
        ),
    ] = None,
    seed: Seed = None,
    language: SpokenIn = None,
) -> None:
    """Suggest for the new cases of a file and write it into a folder."""
    import polars as pl

    from cli.files.ledger import ledger_of
    from cli.files.office import opened_now, workspace_of
    from cli.show.folders import hash_of
    from cli.show.intake import show_intake
    from serving.kept.intake.checks import given_in
    from serving.kept.intake.folder import check_intake_folder
    from serving.use_cases.context import ServiceContext
    from serving.use_cases.remembered import GIVEN

    check_intake_folder(out_folder)
    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        now, champion = opened_now(workspace, tell)
        given = pl.concat([pl.DataFrame(schema=GIVEN), *map(given_in, after or ())])
        context = ServiceContext(now.tables, champion, remembered=now.remembered)
        suggestions, manifest = suggest_and_write(
            context,
            champion,
            cases,
            out_folder,
            terminal.language,
            tell,
            ledger,
            home=workspace.home,
            as_of=as_of,
            seed=seed,
            given=given,
        )
    show_intake(terminal, suggestions)
    terminal.show(_("Written: {folder}", folder=str(out_folder)), hash_of(manifest))


def suggest_and_write(
    context: ServiceContext,
    champion: Bundle,
    cases: Path,
    folder: Path,
    language: Language,
    tell: Progress,
    ledger: Ledger,
    *,
    home: Path,
    as_of: datetime | None = None,
    seed: str | None = None,
    given: pl.DataFrame | None = None,
) -> tuple[IntakeSuggestions, Manifest]:
    """Suggestions for the cases in the file `cases`, written into `folder`, and its manifest.

    They are recorded in the ledger, and kept in the office's `home` for pages.
    """
    from cases.tables.arrivals.new_cases import read_new_cases
    from cli.files.ledger import record
    from serving.kept.folders import made_from
    from serving.kept.home.intakes import keep_intake
    from serving.kept.intake.folder import write_intake
    from serving.use_cases.intake.suggesting import intake as suggest
    from serving.use_cases.recording.records import intake_record

    new = read_new_cases(context.tables, cases, tell)
    tell(SUGGESTING, 0.0)
    suggestions = suggest(context, new, as_of, seed, given)
    made = made_from(context.tables, champion)
    manifest = write_intake(suggestions, context.office, language, made, folder)
    keep_intake(home, suggestions, context.office, language, made)
    record(ledger, intake_record(context.office, suggestions, manifest, made))
    tell(SUGGESTING, 1.0)
    return suggestions, manifest


def shares(
    folders: Annotated[
        list[Path], argument(_("FOLDER..."), _("Folders that `triage intake` wrote."))
    ],
    language: SpokenIn = None,
) -> None:
    """Test the draws of several intakes together; exit code 3 if they differ."""
    import polars as pl

    from cli.show.intake import show_shares
    from evaluation.intake.shares import check_shares

    intakes = dict(map(_verified_intake, folders))  # one that is named twice counts once
    _check_once(intakes.values())
    kinds = pl.concat(chances.select("case_id", "kind") for chances, _lines in intakes.values())
    result = check_shares(intakes.values(), kinds.unique("case_id"))
    show_shares(Terminal.of(language), result)
    if not result.agree:
        raise typer.Exit(3)


def _verified_intake(folder: Path) -> tuple[str, Drawn]:
    """The id of a kept intake and its draw; `Refused` if it is not what it was made from."""
    from serving.kept.intake.checks import verified_intake

    kept = verified_intake(folder, _("Nothing is tested with it."))
    return kept.manifest["assignment_id"], (kept.chances, kept.lines)


def _check_once(intakes: Iterable[Drawn]) -> None:
    """`Refused` if a case was drawn in two intakes: of two draws somebody could keep the better."""
    import polars as pl

    drawn = pl.concat(chances.select("case_id").unique() for chances, _lines in intakes)
    for case in drawn.filter(pl.col("case_id").is_duplicated())["case_id"].sort().head(1):
        message = _("Case {case} was drawn in two of these intakes. Nothing is tested.", case=case)
        raise Refused(message)
