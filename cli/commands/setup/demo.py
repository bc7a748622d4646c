"""`triage demo`: the whole job on a made-up office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.progress import Progress
from cli.arguments import FOLDER, SpokenIn, argument, counted
from cli.commands.serve import serve
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.tables.tables import Tables
    from evaluation.promotion.candidate import Trained
    from models.bundle.bundle import Bundle
    from serving.use_cases.intake.suggesting import IntakeSuggestions
    from serving.use_cases.spot_checks import PlannedSpotChecks

CAPACITY = 100
THEN_SERVE = _("Then serve it, to this machine alone, until Ctrl-C.")
TO_TRY = (
    _("reviewer: under My work the next case, why it is there, its grade."),
    _("manager: under My work two grades that differ; under Plans a new plan, and a check of one."),
    _("handler: under Rectification a finding to answer."),
    _("clerk: under New cases who could take a case, and with which probability."),
    _("clerk and manager: under Running cases what is about to go wrong, and what to do."),
    _("auditor: under Ledger every record, and whether all of them are as they were written."),
)
DEMO = _("Make the demo office, train, evaluate, plan, report, and show ten cases to check first.")


def demo(
    folder: Annotated[
        Path, argument(FOLDER, _("Where to make it: an empty or new folder."))
    ] = Path("demo"),
    cases: Annotated[int, counted("--cases", _("How many cases."))] = 20_000,
    seed: Annotated[int, counted("--seed", _("Another seed, another office."))] = 2026,
    is_served: Annotated[bool, typer.Option("--serve", help=str(THEN_SERVE))] = False,
    port: Annotated[int, counted("--port", _("Port to listen on."))] = 3000,
    language: SpokenIn = None,
) -> None:
    """Make the demo office and do with it all that the other commands do."""
    from cases.demo import make_demo
    from cases.office.loading import load_office
    from cli.show.intake import show_intake
    from cli.show.plan import show_plan
    from cli.show.training import show_training
    from serving.kept.intake.folder import check_intake_folder
    from serving.kept.plan import check_plan_folder

    check_plan_folder(folder / "plan")
    check_intake_folder(folder / "intake")
    with Terminal.of(language).progress() as tell:
        office = make_demo(folder, cases=cases, seed=seed, progress=tell)
    terminal = Terminal.of(language, office)
    with terminal.progress() as tell:
        trained, suggestions, plan = _whole_job(office, seed, terminal.language, tell)
    show_training(terminal, trained)
    show_intake(terminal, suggestions)
    show_plan(terminal, plan, load_office(office))
    _show_written(terminal, folder)
    if not is_served:
        terminal.show(_("Next: {command}", command=f"triage serve {office}"))
        return
    serve(office, port=port, language=language)


def _whole_job(
    office: Path, seed: int, language: Language, tell: Progress
) -> tuple[Trained, IntakeSuggestions, PlannedSpotChecks]:
    """Train, plan, suggest, report, and let people work with all that."""
    from cases.demo import INTAKE
    from cli.commands.intake import suggest_and_write
    from cli.commands.planning.plan import draw_and_write
    from cli.demo.life import live
    from cli.files.ledger import ledger_of, record, record_training
    from cli.files.office import workspace_of
    from evaluation.promotion.candidate import train_candidate
    from models.registry import Registry
    from policies.spot_check.plan import PlanParameters
    from serving.use_cases.context import ServiceContext
    from serving.use_cases.recording.records import report_record

    workspace, folder = workspace_of(office), office.parent
    with ledger_of(workspace) as ledger:
        tables, registry = workspace.tables(tell), Registry(workspace.home)
        now = tables.latest_record
        trained = train_candidate(tables, registry, now, tell)
        record_training(ledger, trained, now, tables)
        champion = registry.champion(tables.office)
        context = ServiceContext(tables, champion, registry.tried(tables.office))
        parameters = PlanParameters.of(tables.office, as_of=now, capacity=CAPACITY, seed=str(seed))
        plan, _manifest_of_plan = draw_and_write(
            context, champion, parameters, folder / "plan", language, tell, ledger
        )
        suggestions, _manifest_of_intake = suggest_and_write(
            context,
            champion,
            folder / INTAKE,
            folder / "intake",
            language,
            tell,
            ledger,
            home=workspace.home,
            seed=str(seed),
        )
        report = _write_reports(workspace.home, tables, champion, folder, tell)
        record(ledger, report_record(report, champion.content_hash, tables.data_hash))
        live(workspace, context, champion, ledger, language, seed, tell)
    return trained, suggestions, plan


def _write_reports(
    home: Path, tables: Tables, champion: Bundle, folder: Path, tell: Progress
) -> Mapping[str, str]:
    """The audit report in every language there is, also for pages; gives back its hashes."""
    from cases.language.catalogues import languages
    from cli.files.report import keep_report, summary_of, write_report
    from evaluation.promotion.last_year import last_year_backtest
    from serving.kept.folders import file_hashes

    tried = last_year_backtest(home, tables, champion, tell)
    summary = summary_of(home, tables, champion, tried, [folder / "plan"], tell)
    files = {folder / f"report.{code}.html": code for code in sorted(languages())}
    write_report(summary, files)
    return file_hashes([*files, *keep_report(summary, tables.latest_record, home)])


def _show_written(terminal: Terminal, folder: Path) -> None:
    """Where everything is, and what to try with it."""
    from cases.demo.clock import END
    from serving.access.first_start import DEMO_PASSWORD

    last = END - timedelta(days=1)
    plan, page = folder / "plan" / "plan.html", folder / "intake" / "intake.html"
    report = folder / f"report.{terminal.language}.html"
    terminal.show(
        _(
            "Written: {plan} (the list), {page} (a week of new cases), {report} (the audit "
            "report).",
            plan=str(plan),
            page=str(page),
            report=str(report),
        ),
        _(
            "People work there; sign in as one of them, with the password {password}:",
            password=DEMO_PASSWORD,
        ),
        *TO_TRY,
        _(
            "Alerts about running cases as files: {command}",
            command=f"triage watch {folder / 'office.toml'} --as-of {last:%Y-%m-%d} "
            f"--out {folder / 'watch'}",
        ),
    )
