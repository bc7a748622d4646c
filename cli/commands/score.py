"""`triage score`: the risk of every closed case, as a file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cases.files import replaced
from cases.language.messages import _
from cases.spreadsheet import write_for_people
from cli.arguments import AsOf, DataFolder, OfficeFile, Out, SetAside, SpokenIn
from cli.console import Terminal
from cli.files.office import check_out, opened, workspace_of
from models.questions.risk import RiskQuestion

SCORE = _("Write the risk, with interval, of every closed case that could be spot-checked.")


def score(
    office: OfficeFile,
    as_of: AsOf,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Score the closed cases with the champion."""
    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    check_out(workspace, out_file, (".csv", ".parquet"))
    with terminal.progress() as tell:
        tables, champion = opened(workspace, tell)
        risks = champion.question(RiskQuestion).score(tables, as_of, tell)
        _write(risks, out_file)
    terminal.show(*(start.says for start in [champion.start] if start))
    terminal.show(_("{cases:,} cases scored: {file}", cases=risks.height, file=str(out_file)))


def _write(risks: pl.DataFrame, target: Path) -> None:
    if target.suffix == ".parquet":
        replaced(target, risks.write_parquet)
    else:
        replaced(target, lambda path: write_for_people(risks, path))
