"""How every command ends: help in any language, and every error a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from cases.errors import BadInput, PlumblineError
from cases.files import is_disk_full, permitted, read_office_file
from cases.language.catalogues import Language, languages
from cases.language.messages import _
from cli import INTERRUPTED
from cli.console import Terminal, show_error
from cli.help import help_text
from cli.usage import no_such_command, usage_fault


class Command(TyperCommand):
    """A command that turns every way it can end badly into a sentence and an exit code."""

    def get_help(self, ctx: Any) -> str:
        """Its help, in the language of the command line or the system."""
        return help_text(ctx, ctx.obj)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read its words; an error names this command."""
        try:
            return list(super().parse_args(ctx, args))
        except TyperException as error:
            raise _about(ctx, error) from None

    def invoke(self, ctx: Any) -> Any:
        """Run it; 2 bad input, 3 refused, 130 stopped by Ctrl-C, 1 anything else."""
        ctx.params["language"] = ctx.params["language"] or ctx.parent.params["language"]
        terminal = Terminal.of(ctx.params["language"], ctx.params.get("office"))
        try:
            _check_office(ctx.params.get("office"))
            with permitted():
                return super().invoke(ctx)
        except PlumblineError as error:
            show_error(terminal, error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.warn(_("Stopped. Files are written whole or not at all; nothing is lost."))
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if "TRIAGE_DEBUG" in os.environ:
                raise
            if is_disk_full(error):
                terminal.warn(_("The disk is full: {command} could not go on.", command=self.name))
            else:
                _apologise(terminal, error)
            raise typer.Exit(1) from None


class Commands(TyperGroup):
    """All commands; what is wrong with the command line itself is explained here."""

    def get_help(self, ctx: Any) -> str:
        """The list of commands, in the language of the command line or the system."""
        return help_text(ctx, ctx.obj)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named; `BadInput` if there is none of that name."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise no_such_command(args[0], self.commands)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Run the command line and leave with its exit code."""
        words = sys.argv[1:] if args is None else list(args)
        terminal = Terminal.of(_language_in(words))
        named |= {"obj": terminal, "standalone_mode": False}
        try:
            code = super().main(words, *rest, **named)
        except PlumblineError as error:
            show_error(terminal, error)
            code = error.exit_code
        except TyperException as error:
            _explain(terminal, error)
            code = error.exit_code
        sys.exit(code or 0)


def _check_office(office: Path | None) -> None:
    """`BadInput` for faults of the office file, before the rest of a command is loaded."""
    if office is not None:
        raw = read_office_file(office)
        from cases.office.loading import parse_office  # noqa: PLC0415  (takes longer than the rest)

        parse_office(raw, office.name)


def _about(context: Any, error: Any) -> Any:
    """The error with the command it is about; an option without its value names none."""
    if getattr(error, "ctx", None) is None:
        error.ctx = context
    return error


def _explain(terminal: Terminal, error: Any) -> None:
    """What is wrong with the command line; the help, where nothing was asked for."""
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.message)
    else:
        show_error(terminal, BadInput([usage_fault(error)]))


def _language_in(words: Sequence[str]) -> Language | None:
    """The last language that a command line names, before it is known to be right otherwise."""
    codes = [
        code if given else after
        for word, after in pairwise([*words, ""])
        for name, given, code in [word.partition("=")]
        if name == "--language"
    ]
    return codes[-1] if codes and codes[-1] in languages() else None


def _apologise(terminal: Terminal, error: Exception) -> None:
    """Say that Plumbline failed, without repeating data that the error may hold."""
    terminal.warn(
        _("Plumbline failed: an internal error ({name}).", name=type(error).__name__),
        _("Set TRIAGE_DEBUG=1 and run it again to see where, and report that."),
    )
