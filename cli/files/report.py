"""The report in the form that the ending of its file asks for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

from cases.files import folder_in_place, replaced
from cases.language.catalogues import SOURCE, Language, languages
from cases.language.messages import _
from cases.progress import Progress
from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest
from evaluation.intake.audit import KEPT
from evaluation.promotion.last_year import last_year_efforts
from evaluation.report.export import as_json
from evaluation.report.kept import kept_report
from evaluation.report.model_card import model_card
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary, summarise
from models.bundle.bundle import Bundle
from models.registry import Registry, office_name
from serving.kept.folders import read_kept, texts_of
from serving.kept.home.reports import REPORTS, SHOWN, VALUES, page_file
from serving.kept.intake.checks import verified_intake
from serving.kept.intake.folder import COMMAND, SHEET_FILE
from serving.kept.plan_checks import verified_plan
from serving.kept.printing import print_page

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


def tracks_in(folder: Path) -> pl.DataFrame:
    """The tracks of a kept intake and what is audited of them (`evaluation.intake.audit.KEPT`).

    `Refused` if it is not what it was made from.
    """
    verified_intake(folder, _("Its audited cases are not counted."))
    sheet = read_kept(folder / SHEET_FILE, COMMAND, texts_of)
    if not KEPT.keys() <= set(sheet.columns):
        return pl.DataFrame(schema=KEPT)
    lines = sheet.select(pl.col(name).cast(kind) for name, kind in KEPT.items())
    # `write_for_people` puts an apostrophe before what a spreadsheet would run
    return lines.with_columns(pl.col("case_id").str.replace("^'", ""))


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


def keep_report(summary: ReportSummary, until: datetime, home: Path) -> list[Path]:
    """Keep a report, which knows records up to a moment, for the pages, in every language.

    Gives back its files; no page shows them until their hashes are recorded.
    """
    target = home / REPORTS / f"asked-{until:%Y-%m-%d}-{secrets.token_hex(4)}"
    names: list[str] = []

    def make(folder: Path) -> None:
        folder.mkdir()
        names.extend(path.name for path in write_kept(summary, until, sorted(languages()), folder))

    folder_in_place(target, make)
    return [target / name for name in names]


def write_kept(
    summary: ReportSummary, until: datetime, spoken: Iterable[Language], folder: Path
) -> list[Path]:
    """Write into a folder what the office keeps of a report: pages, values, what pages show."""
    pages = {page_file(folder, code): code for code in spoken}
    values = folder / VALUES
    write_report(summary, {**pages, values: SOURCE})
    _write(kept_report(summary, until).model_dump_json(), folder / SHOWN)
    return [*pages, values, folder / SHOWN]


def _write(text: str, target: Path) -> None:
    replaced(target, lambda path: path.write_text(text, "utf-8"))
