"""`triage score`: the risk of every case that can be reviewed, as a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.files import replaced
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.progress import Progress
from cli.arguments import AsOf, ClosedAfter, DataFolder, OfficeFile, Out, SetAside, SpokenIn
from cli.console import Terminal

if TYPE_CHECKING:
    import polars as pl

    from cases.tables.tables import Tables
    from models.bundle.bundle import Bundle

SCORE = _(
    "Write the risk of every case that could be spot-checked, and how many of 100 such "
    "cases had a defect."
)
REVIEWED = _(
    "Instead, those whose outcome the model cannot have learnt from, with the outcome: what "
    "became known after it was trained."
)


def score(
    office: OfficeFile,
    as_of: AsOf,
    out_file: Out,
    *,
    closed_after: ClosedAfter = None,
    reviewed: Annotated[bool, typer.Option("--reviewed", help=str(REVIEWED))] = False,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Score cases with the champion; exit code 3 if there are none to score."""
    from cli.files.office import check_out, opened, workspace_of
    from evaluation.backtests.since import out_of_time_risks

    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    check_out(workspace, out_file, (".csv", ".parquet"))
    with terminal.progress() as tell:
        tables, champion = opened(workspace, tell)
        if reviewed:
            risks, seen = out_of_time_risks(tables, champion, as_of, closed_after, tell)
        else:
            risks, seen = _unreviewed(tables, champion, as_of, closed_after, tell), 0
        _write(risks, out_file)
    terminal.show(*(start.says for start in [champion.start] if start))
    terminal.show(_scored(risks.height, seen, out_file))


def _unreviewed(
    tables: Tables,
    champion: Bundle,
    as_of: datetime,
    closed_after: datetime | None,
    tell: Progress,
) -> pl.DataFrame:
    """Risks of the cases without a review; `Refused`, with why, if there is no such case."""
    from models.questions.risk import RiskQuestion
    from serving.use_cases.asked.named import none_to_check

    risk = champion.question(RiskQuestion)
    risks = risk.score(tables, as_of, tell, closed_after=closed_after)
    if risks.is_empty():
        raise none_to_check(tables, as_of, closed_after)
    return risks


def _scored(cases: int, seen: int, target: Path) -> Sayable:
    written = _("{cases:,} cases scored: {file}", cases=cases, file=str(target))
    if not seen:
        return written
    left_out = ngettext(
        "{count:,} case is left out, because the model has learnt from its outcome.",
        "{count:,} cases are left out, because the model has learnt from their outcome.",
        seen,
    )
    return sentences(left_out, written)


def _write(risks: pl.DataFrame, target: Path) -> None:
    from cases.spreadsheet import write_for_people

    if target.suffix == ".parquet":
        replaced(target, risks.write_parquet)
    else:
        replaced(target, lambda path: write_for_people(risks, path))
