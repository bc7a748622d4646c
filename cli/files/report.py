"""The report in the form that the ending of its file asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from cases.files import replaced
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.progress import Progress
from cases.tables.tables import Tables
from cli.files.intake_checks import tracks_in
from cli.files.plan_checks import verified_plan
from cli.files.printing import print_page
from evaluation.backtests.backtest import Backtest
from evaluation.intake.audit import KEPT
from evaluation.promotion.last_year import last_year_efforts
from evaluation.report.export import as_json
from evaluation.report.model_card import model_card
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary, summarise
from models.bundle.bundle import Bundle
from models.registry import Registry, office_name

ENDINGS = (".html", ".pdf", ".json", ".md")
REPORT = _("figures of the report")


def summary_of(
    home: Path,
    tables: Tables,
    bundle: Bundle,
    tried: Backtest,
    plans: Iterable[Path],
    progress: Progress,
    number: int | None = None,
    intakes: Iterable[Path] = (),
) -> ReportSummary:
    """The report's content as of the newest record, with what became of the plans in folders.

    `number` is the version of the bundle, None for the champion.
    `Refused` if a plan or an intake is not what it was made from.
    """
    progress(REPORT, 0.0)
    summary = summarise(
        tables,
        bundle,
        tried,
        now=tables.latest_record,
        efforts=last_year_efforts(home, tables, bundle, progress),
        intakes=pl.concat([pl.DataFrame(schema=KEPT), *map(tracks_in, intakes)]),
        plans=[verified_plan(folder) for folder in plans],
        versions=Registry(home).versions(office_name(tables.office)),
        number=number,
    )
    progress(REPORT, 1.0)
    return summary


def report_files(
    target: Path, language: Language, also: Iterable[Language]
) -> dict[Path, Language]:
    """The files of a report in several languages: `target`, and beside it `report.<code>.html`.

    >>> report_files(Path("report.html"), "en", ["zh"])
    {PosixPath('report.html'): 'en', PosixPath('report.zh.html'): 'zh'}
    """
    others = {target.with_suffix(f".{code}{target.suffix}"): code for code in also}
    return {target: language, **others}


def write_report(summary: ReportSummary, files: Mapping[Path, Language]) -> None:
    """One report, into each of `files` in its language, in the form that its ending asks for.

    The page (.html), the page printed (.pdf), its content (.json) or the model card (.md).
    """
    report = compose(summary)
    for target, language in files.items():
        if target.suffix == ".pdf":
            print_page(render(report, language), target)
            continue
        texts: dict[str, Callable[[], str]] = {
            ".html": partial(render, report, language),
            ".json": partial(as_json, summary),
            ".md": partial(model_card, summary, language),
        }
        _write(texts[target.suffix](), target)


def _write(text: str, target: Path) -> None:
    replaced(target, lambda path: path.write_text(text, "utf-8"))
