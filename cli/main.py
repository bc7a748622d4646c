"""The `triage` command: one short function per command, each load, check, compute, write."""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from cases.demo import INTAKE, make_demo
from cases.errors import BadInput, Fault, PlumblineError, Refused
from cases.files import replaced
from cases.office.loading import load_office
from cases.spreadsheet import write_for_people
from cases.tables.tables import Tables
from cli import steps
from cli.arguments import (
    AsOf,
    ClosedAfter,
    DataFolder,
    FinalBy,
    First,
    Language,
    Last,
    OfficeFile,
    Out,
    SetAside,
    Until,
)
from cli.commands.intake import intake, shares, show_intake, suggest_and_write
from cli.files.intake import JSON_FILE as INTAKE_KEPT
from cli.files.intake import read_intake, verify_intake
from cli.files.plan import check_plan_folder, plan_sheet, read_plan, write_plan
from cli.files.report import ENDINGS, summary_of, write_report
from cli.show.console import err, out, progress, show_error
from cli.show.estimates import show_estimate
from cli.show.leaks import show_leaks
from cli.show.versions import roll_back, show_versions
from evaluation.leaks.finder import find_leaks
from evaluation.pages.render import speaker
from evaluation.promotion.candidate import Trained, train_candidate
from evaluation.promotion.last_year import last_year_backtest
from evaluation.quality.estimate import estimate as estimate_all
from evaluation.quality.returned import usual_places
from evaluation.replay.page import render_replay
from evaluation.replay.results import Replay, totals
from models.bundle.bundle import gaps
from models.registry import Registry, office_name
from policies.spot_check.plan import Outlook, PlanParameters, fresh_seed
from policies.spot_check.plan import commitment as commitment_of
from policies.spot_check.verify import verify as verify_plan
from serving.serve import serve as become_service
from serving.use_cases.spot_checks import SpotChecks
from training.splits import Every

SHOWN_FIRST = 10
DEMO_CAPACITY = 100
INTERRUPTED = 130
CHOICES = {
    "plan": "this plan",
    "all_random": "all drawn at random",
    "top_of_the_list": "top of the list",
}


class Commands(TyperGroup):
    """Turns every way a command can end badly into a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; 2 bad input, 3 refused, 130 stopped by Ctrl-C, 1 anything else."""
        try:
            return super().invoke(ctx)
        except PlumblineError as error:
            show_error(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            err.print("Stopped. Files are written whole or not at all; nothing is lost.")
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            wrong_option = type(error).__module__.startswith("typer.")  # Typer explains it better
            if wrong_option or "TRIAGE_DEBUG" in os.environ:
                raise
            err.print(f"Plumbline failed: an internal error ({type(error).__name__}).")
            err.print("Set TRIAGE_DEBUG=1 and run it again to see where, and report that.")
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 2 bad input with every fault listed, 3 refused by a rule or "
    "gate, 1 anything else. Models are kept in TRIAGE_HOME, by default .triage beside the "
    "office file.",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        out.print(f"Plumbline {version('plumbline')}")
        raise typer.Exit


@app.callback()
def triage(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Which closed cases to spot-check first and why. Start with: triage demo."""


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where to make it: an empty or new folder.")
    ] = Path("demo"),
    cases: Annotated[int, typer.Option(help="How many cases.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, another office.")] = 2026,
) -> None:
    """Make the demo office, train, evaluate, plan, report, and show ten cases to check first."""
    with progress() as tell:
        office_file = make_demo(folder, cases=cases, seed=seed, progress=tell)
        place = steps.workspace_of(office_file)
        tables = place.tables(tell)
        now = tables.latest_record
        trained = train_candidate(tables, Registry(place.home), now, tell)
        wish = PlanParameters.of(tables.office, as_of=now, capacity=DEMO_CAPACITY, seed=str(seed))
        tell("planning", 0.0)
        result = steps.plan_cases(tables, trained.bundle, wish)
        made_from = steps.made_from(tables, trained.bundle)
        write_plan(result, tables.office, made_from, folder / "plan")
        tell("planning", 1.0)
        new, given = folder / INTAKE, folder / "intake"
        suggested = suggest_and_write(tables, trained.bundle, new, given, tell, seed=str(seed))
        summary = summary_of(
            place.home, tables, trained.bundle, trained.backtest, [folder / "plan"], tell
        )
        for language in get_args(Language):
            write_report(summary, language, folder / f"report.{language}.html")
    _show_verdict(trained)
    show_intake(suggested, tables.office)
    _show_plan(result, tables)
    written = (
        f"Written: {folder}/plan (the list), {folder}/intake/intake.html (a week of new cases), "
        f"{folder}/report.en.html (the audit report)."
    )
    out.print(written, markup=False, soft_wrap=True)
    out.print(f"Next:    triage serve {office_file}", markup=False)


@app.command()
def check(office: OfficeFile, data: DataFolder = None, set_aside: SetAside = None) -> None:
    """Read and check an office's tables: every fault, and columns that seem to know too much."""
    with progress() as tell:
        tables = steps.workspace_of(office, data, set_aside).tables(tell)
        leaks = find_leaks(tables, tables.latest_record, tell)
    cases, reviews = tables.case_rows, tables.review_rows
    table = Table(show_header=False)
    for name, value in {
        "cases": cases.height,
        "of them closed": cases["closed_at"].count(),
        "events": tables.event_rows.height,
        "reviews": reviews.height,
        "of them defects": reviews["grade"].is_in(list(tables.office.defect_grades)).sum(),
        "handlers": tables.handler_rows.height,
    }.items():
        table.add_row(name, f"{value:,}")
    out.print(table)
    found = "Without a fault." if set_aside is None else f"Faulty rows, if any: {set_aside}"
    out.print(found, markup=False)
    show_leaks(leaks, tables.office)


@app.command()
def train(
    office: OfficeFile, data: DataFolder = None, set_aside: SetAside = None, until: Until = None
) -> None:
    """Fit the models, try them on later cases, register a candidate, promote it if it holds."""
    place = steps.workspace_of(office, data, set_aside)
    with progress() as tell:
        tables = place.tables(tell)
        known_by = until or tables.latest_record
        registry = Registry(place.home)
        trained = train_candidate(tables, registry, known_by, tell)
    _show_verdict(trained)
    if not trained.verdict.promoted:
        raise typer.Exit(3)


@app.command()
def models(office: OfficeFile) -> None:
    """List the office's models: when made, what the gate said and why, which is champion."""
    place = steps.workspace_of(office)
    versions = Registry(place.home).versions(office_name(load_office(place.office)))
    if not versions:
        raise Refused("This office has no model yet. Train one first: `triage train OFFICE`.")
    show_versions(versions)


@app.command()
def rollback(
    office: OfficeFile,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the model.")],
    to: Annotated[
        int | None,
        typer.Option(help="Version to go back to; by default the champion before this one."),
    ] = None,
) -> None:
    """Make an earlier champion the champion again; a running service takes it when restarted."""
    if not reason.strip():
        raise BadInput([Fault("triage rollback", "the reason is blank.", "Say why.")])
    place = steps.workspace_of(office)
    chosen = roll_back(Registry(place.home), load_office(place.office), to, reason)
    out.print(f"Version {chosen.number} is the champion again.", markup=False)


@app.command()
def score(
    office: OfficeFile,
    as_of: AsOf,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
) -> None:
    """Write the risk, with interval, of every closed case that could be spot-checked."""
    place = steps.workspace_of(office, data, set_aside)
    steps.check_out(place, out_file, (".csv", ".parquet"))
    with progress() as tell:
        tables, champion = steps.opened(place, tell)
        risks = champion.score(tables, as_of, tell)
        if out_file.suffix == ".parquet":
            replaced(out_file, risks.write_parquet)
        else:
            replaced(out_file, lambda path: write_for_people(risks, path))
    out.print(f"{risks.height:,} cases scored: {out_file}", markup=False)


@app.command()
def plan(
    office: OfficeFile,
    *,
    as_of: AsOf,
    capacity: Annotated[int, typer.Option(help="How many cases can be reviewed.")],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the plan.")],
    data: DataFolder = None,
    set_aside: SetAside = None,
    closed_after: ClosedAfter = None,
    search_share: Annotated[
        float | None,
        typer.Option(help="From 0, know the rate best, to 1, find the most defects."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(help="Instead: wanted half-width of the rate's 95 % interval, as 0.02."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Seed of the draw; by default one nobody can foresee.")
    ] = None,
) -> None:
    """Draw the cases to check: plan.csv (who and why), frame.parquet and plan.json (replay)."""
    if search_share is not None and margin is not None:
        fault = Fault(
            "triage plan", "search-share and margin are two names of one knob.", "Give one of them."
        )
        raise BadInput([fault])
    check_plan_folder(out_folder)
    place = steps.workspace_of(office, data, set_aside)
    with progress() as tell:
        tables, champion = steps.opened(place, tell)
        wish = PlanParameters.of(
            tables.office,
            as_of=as_of,
            closed_after=closed_after,
            capacity=capacity,
            search_share=search_share,
            margin=margin,
            seed=seed,
        )
        tell("planning", 0.0)
        result = steps.plan_cases(tables, champion, wish)
        write_plan(result, tables.office, steps.made_from(tables, champion), out_folder)
        tell("planning", 1.0)
    _show_plan(result, tables)
    out.print(f"Written: {out_folder} (seed {wish.seed})", markup=False, soft_wrap=True)


@app.command()
def seed() -> None:
    """Make a seed nobody could foresee, and the hash to publish before the draw.

    Publish the hash, draw with `triage plan --seed SEED`, then reveal the seed: `triage
    verify DIR --commitment HASH` shows that it was not chosen after seeing the draw.
    """
    made = fresh_seed()
    out.print(f"Seed, to keep secret until the draw: {made}")
    out.print(f"Hash, to publish now:                {commitment_of(made)}", soft_wrap=True)


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the plan or intake.")
    ],
    commitment: Annotated[
        str | None, typer.Option(help="SHA-256 of the seed, as published before the draw.")
    ] = None,
) -> None:
    """Draw a plan, or an intake, again from its frame and seed, and say whether it is the same."""
    if (folder / INTAKE_KEPT).exists():
        verified = verify_intake(*read_intake(folder), commitment)
    else:
        verified = verify_plan(read_plan(folder), commitment)
    out.print(verified.sentence, markup=False, soft_wrap=True)
    if not verified.matches:
        raise typer.Exit(3)


@app.command()
def estimate(
    office: OfficeFile,
    plans: Annotated[
        list[Path] | None,
        typer.Option("--plan", help="Folder of a drawn plan; several for several batches."),
    ] = None,
    as_of: FinalBy = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
) -> None:
    """Estimate the quality of all cases of a plan's frame from the reviews that came back."""
    if not plans:
        raise Refused(
            "An estimate needs a drawn plan: reviews picked by rule or by hand say nothing about "
            "the cases nobody picked. Give --plan DIR, the folder that `triage plan` wrote."
        )
    with progress() as tell:
        tables = steps.workspace_of(office, data, set_aside).tables(tell)
        found = [steps.survey_of(folder, tables, as_of or datetime.max) for folder in plans]
    surveys, others = zip(*found, strict=True)
    show_estimate(estimate_all(surveys, usual_places(tables.office)), sum(others, start=Counter()))


@app.command()
def report(
    office: OfficeFile,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: Annotated[
        Language | None, typer.Option(help="By default the office file's language.")
    ] = None,
    plans: Annotated[
        list[Path] | None,
        typer.Option("--plan", help="Folder of a drawn plan: what became of it; several for more."),
    ] = None,
) -> None:
    """Write the audit report: .html, .pdf (needs Chromium), .json, or .md for a model card."""
    place = steps.workspace_of(office, data, set_aside)
    steps.check_out(place, out_file, ENDINGS)
    with progress() as tell:
        tables, champion = steps.opened(place, tell)
        tried = last_year_backtest(place.home, tables, champion, tell)
        summary = summary_of(place.home, tables, champion, tried, plans or [], tell)
        write_report(summary, language or tables.office.language, out_file)
    out.print(f"Written: {out_file}", markup=False)


@app.command()
def replay(
    office: OfficeFile,
    *,
    first: First,
    last: Last,
    data: DataFolder = None,
    set_aside: SetAside = None,
    capacity: Annotated[
        int | None, typer.Option(min=1, help="How many cases of a period are reviewed.")
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Instead: which share; by default the office file's."),
    ] = None,
    every: Annotated[Every, typer.Option(help="How long a period is.")] = "month",
    retrain: Annotated[Every, typer.Option(help="How often models are fitted anew.")] = "year",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of each way.")] = 1,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Where to write it as HTML, period by period.")
    ] = None,
) -> None:
    """Where outcomes are known: what this draw, chance and the top of the list would have found."""
    place = steps.workspace_of(office, data, set_aside)
    if out_file is not None:
        steps.check_out(place, out_file, (".html",))
    with progress() as tell:
        result = steps.replay_office(
            place,
            tell,
            first=first.date(),
            last=last.date(),
            capacity=capacity,
            share=share,
            every=every,
            retrain=retrain,
            seeds=seeds,
        )
    _show_replay(result)
    if out_file is not None:
        page = render_replay(result, result.world.office.office.language)
        replaced(out_file, lambda path: path.write_text(page, "utf-8"))
        out.print(f"Written: {out_file}", markup=False)


app.command()(intake)
app.command()(shares)


@app.command()
def serve(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    host: Annotated[str, typer.Option(help="IP address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 1,
) -> None:
    """Serve the champion over HTTP until Ctrl-C; requests are described at /docs.json."""
    place = steps.workspace_of(office, data, set_aside)

    def say(sentence: str) -> None:
        out.print(sentence, markup=False)
        sys.stdout.flush()

    become_service(place, host=host, port=port, workers=workers, say=say)


def _show_verdict(trained: Trained) -> None:
    said = "promoted to champion" if trained.verdict.promoted else "NOT promoted"
    judged = next((q for q in ("risk", "complexity") if getattr(trained.bundle, q)), "effort")
    verdict = f"Model {trained.version.number} {said}. Judged by {judged}: {trained.verdict.reason}"
    for sentence in (*gaps(trained.bundle.about["not_trained"]), verdict):
        out.print(sentence, markup=False, soft_wrap=True)


def _show_plan(result: SpotChecks, tables: Tables) -> None:
    table = Table("rank", "case", "risk", "why it is on the list", "reasons", show_lines=True)
    sheet = plan_sheet(result, tables.office)
    for line in sheet.head(SHOWN_FIRST).iter_rows(named=True):
        reasons = [line[f"reason_{place}"] for place in (1, 2, 3)]
        risk = f"{line['risk']:.0%} ({line['risk_low']:.0%}-{line['risk_high']:.0%})"
        sentences = "\n".join(reason for reason in reasons if reason)
        cells = (str(line["rank"]), line["case_id"], risk, line["why"], sentences)
        table.add_row(
            *(Text(cell, overflow="fold") for cell in cells)
        )  # as it stands: no markup, no emoji
    out.print(table)
    for note in result.plan.notes:
        out.print(note.say(tables.office.language), markup=False)
    counts = ", ".join(f"{count} {how}" for how, count in result.plan.drawn.items())
    out.print(f"{sheet.height} of {result.plan.frame.height:,} cases drawn: {counts}.")
    _show_outlook(result.plan.outlook)


def _show_replay(result: Replay) -> None:
    say = speaker("en")
    table = Table(*map(say, ("way", "found", "of_greedy", "of_random", "covered_years")))
    table.columns[0].no_wrap = True
    for line in totals(result).iter_rows(named=True):
        multiples = [_or_dash(line[name], ".2f") for name in ("of_greedy", "of_random")]
        covered = _or_dash(line["covered"], ".0%")
        table.add_row(say(line["way"]), f"{line['found']:.1f}", *multiples, covered)
    out.print(table)
    cases = result.world.cases
    out.print(f"{cases['y'].sum():,} of {cases.height:,} cases had a defect.")
    sentences = [say("revealed"), say("replay_left_out", features=result.left_out)]
    if result.world.unknown:
        sentences.append(say("replay_unknown", cases=result.world.unknown))
    for sentence in sentences:
        out.print(sentence, soft_wrap=True)


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _show_outlook(outlook: tuple[Outlook, ...]) -> None:
    table = Table("What it buys", "defects expected", "defect rate known to")
    for one in outlook:
        margin = "cannot be estimated" if one.margin is None else f"± {100 * one.margin:.1f} points"
        table.add_row(CHOICES[one.choice], f"{one.expected_defects:.1f}", margin)
    out.print(table)
