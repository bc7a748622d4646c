"""The `triage` command: its subcommands, and the program that the shell calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Annotated

import typer

from cases.language.messages import Message, _
from cli.arguments import SpokenIn
from cli.commands import (
    estimate,
    intake,
    ledger,
    models,
    replay,
    report,
    score,
    serve,
    users,
    verify,
)
from cli.commands.planning import begin, commit, plan
from cli.commands.setup import check, demo, draft
from cli.commands.work import import_reviews, run_due, watch
from cli.shell import Command, Commands

Named = tuple[Callable[..., None], Message]  # a command, and its help

COMMANDS: tuple[Named, ...] = (
    (demo.demo, demo.DEMO),
    (draft.draft, draft.DRAFT),
    (check.check, check.CHECK),
    (models.train, models.TRAIN),
    (models.models, models.MODELS),
    (models.rollback, models.ROLLBACK),
    (score.score, score.SCORE),
    (commit.commit, commit.COMMIT),
    (plan.plan, plan.PLAN),
    (commit.seed, commit.SEED),
    (begin.begin, begin.BEGIN),
    (verify.verify, verify.VERIFY),
    (ledger.ledger, ledger.LEDGER),
    (ledger.erase, ledger.ERASE),
    (import_reviews.import_reviews, import_reviews.IMPORT),
    (estimate.estimate, estimate.ESTIMATE),
    (report.report, report.REPORT),
    (replay.replay, replay.REPLAY),
    (intake.intake, intake.INTAKE),
    (intake.shares, intake.SHARES),
    (watch.watch, watch.WATCH),
    (run_due.run_due, run_due.RUN_DUE),
    (users.users, users.USERS),
    (serve.serve, serve.SERVE),
)
ABOUT = _("Which cases to spot-check first and why. Start with: triage demo.")
EPILOG = _(
    "Exit codes: 0 done, 2 bad input with every fault listed, 3 refused by a rule or gate, 1 "
    "anything else. Models are kept in TRIAGE_HOME, by default .triage in the office file's folder."
)


def program(commands: Iterable[Named]) -> typer.Typer:
    """The program with these commands; `app` has all of them."""
    app = typer.Typer(
        name="triage",
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        epilog=str(EPILOG),
    )
    app.callback(help=str(ABOUT))(triage)
    for command, explained in commands:
        app.command(cls=Command, help=str(explained))(command)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Plumbline {version('plumbline')}")
        raise typer.Exit


def triage(
    shown_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help=str(_("Show the version and stop.")),
        ),
    ] = False,
    language: SpokenIn = None,
) -> None:
    """What stands before the command; both options are used before it runs."""
    del shown_version, language


app = program(COMMANDS)
