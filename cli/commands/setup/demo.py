"""`triage demo`: the whole job on a made-up office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cases.language.messages import _
from cases.progress import Progress
from cli.arguments import FOLDER, SpokenIn, argument, counted
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.tables.tables import Tables
    from models.bundle.bundle import Bundle

CAPACITY = 100
DEMO = _("Make the demo office, train, evaluate, plan, report, and show ten cases to check first.")


def demo(
    folder: Annotated[
        Path, argument(FOLDER, _("Where to make it: an empty or new folder."))
    ] = Path("demo"),
    cases: Annotated[int, counted("--cases", _("How many cases."))] = 20_000,
    seed: Annotated[int, counted("--seed", _("Another seed, another office."))] = 2026,
    language: SpokenIn = None,
) -> None:
    """Make the demo office and do with it all that the other commands do."""
    from cases.demo import INTAKE, make_demo
    from cli.commands.intake import suggest_and_write
    from cli.commands.plan import draw_and_write
    from cli.files.intake import check_intake_folder
    from cli.files.ledger import ledger_of, record_training
    from cli.files.office import workspace_of
    from cli.files.plan import check_plan_folder
    from cli.show.intake import show_intake
    from cli.show.plan import show_plan
    from cli.show.training import show_training
    from evaluation.promotion.candidate import train_candidate
    from models.registry import Registry
    from policies.spot_check.plan import PlanParameters
    from serving.use_cases.context import ServiceContext

    check_plan_folder(folder / "plan")
    check_intake_folder(folder / "intake")
    with Terminal.of(language).progress() as tell:
        office = make_demo(folder, cases=cases, seed=seed, progress=tell)
    terminal, home = Terminal.of(language, office), workspace_of(office).home
    with ledger_of(workspace_of(office)) as ledger, terminal.progress() as tell:
        tables = workspace_of(office).tables(tell)
        now = tables.latest_record
        registry = Registry(home)
        trained = train_candidate(tables, registry, now, tell)
        record_training(ledger, trained, now, tables)
        champion = registry.champion(tables.office)
        context = ServiceContext(tables, champion, registry.tried(tables.office))
        parameters = PlanParameters.of(tables.office, as_of=now, capacity=CAPACITY, seed=str(seed))
        plan, _manifest_of_plan = draw_and_write(
            context, champion, parameters, folder / "plan", terminal.language, tell, ledger
        )
        suggestions, _manifest_of_intake = suggest_and_write(
            context,
            champion,
            folder / INTAKE,
            folder / "intake",
            terminal.language,
            tell,
            ledger,
            seed=str(seed),
        )
        _write_reports(home, tables, champion, folder, tell)
    show_training(terminal, trained)
    show_intake(terminal, suggestions)
    show_plan(terminal, plan, tables.office)
    _show_written(terminal, folder, office)


def _write_reports(
    home: Path, tables: Tables, champion: Bundle, folder: Path, tell: Progress
) -> None:
    """The audit report in every language there is."""
    from cases.language.catalogues import languages
    from cli.files.report import summary_of, write_report
    from evaluation.promotion.last_year import last_year_backtest

    tried = last_year_backtest(home, tables, champion, tell)
    summary = summary_of(home, tables, champion, tried, [folder / "plan"], tell)
    write_report(summary, {folder / f"report.{code}.html": code for code in languages()})


def _show_written(terminal: Terminal, folder: Path, office: Path) -> None:
    """Where everything is, and what to do next."""
    plan, page = folder / "plan" / "plan.html", folder / "intake" / "intake.html"
    report, command = folder / f"report.{terminal.language}.html", f"triage serve {office}"
    terminal.show(
        _(
            "Written: {plan} (the list), {page} (a week of new cases), {report} (the audit "
            "report).",
            plan=str(plan),
            page=str(page),
            report=str(report),
        ),
        _("Next: {command}", command=command),
    )
