"""The help of a command, in the language of who asks for it.

Typer's own help has fixed English words. This reads the same parameters and finds our words of
another language by the English ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cases.language.catalogues import Language
from cases.language.messages import Joined, Message, Sayable, _, say, sentences
from cli.console import Terminal

SPACED = Message("{first} {second}")
WIDEST_NAME = 34  # characters of the left column
Row = tuple[Sayable | str, Sayable]  # a name, and what it is


def help_text(context: Any, terminal: Terminal) -> str:
    """What `--help` shows of the command or group of a Typer context."""
    with terminal.out.capture() as captured:
        terminal.out.print(Group(*_parts(context, terminal.language)))
    return captured.get().rstrip()


def usage(context: Any) -> Sayable:
    """How a command is called."""
    if hasattr(context.command, "commands"):
        return _("Usage: {command} [OPTIONS] COMMAND ...", command=context.command_path)
    called = [context.command_path, *map(_metavar, _arguments(context.command.params))]
    return _("Usage: {command} [OPTIONS]", command=Joined(tuple(called), SPACED))


def _parts(context: Any, language: Language) -> Iterator[RenderableType]:
    """Usage, what the command does, its parameters, its commands."""
    command = context.command
    yield Text(usage(context).say(language), style="bold")
    yield Text(f"\n{Message(command.help).say(language)}")
    for title, rows in _sections(context):
        if rows:
            yield Text(f"\n{title.say(language)}", style="bold")
            yield _table(rows, language)
    if command.epilog:
        yield Text(f"\n{Message(command.epilog).say(language)}")


def _sections(context: Any) -> Iterator[tuple[Message, list[Row]]]:
    params = context.command.get_params(context)
    arguments = _arguments(params)
    yield _("Arguments"), [(_metavar(param), _explained(param)) for param in arguments]
    options = (param for param in params if param not in arguments)
    yield _("Options"), [(_option_name(param), _explained(param)) for param in options]
    commands = getattr(context.command, "commands", {})
    yield _("Commands"), [(name, Message(command.help)) for name, command in commands.items()]


def _table(rows: Iterable[Row], language: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(max_width=WIDEST_NAME, overflow="fold")
    table.add_column(overflow="fold")  # not every language has spaces to break a line at
    for name, explained in rows:
        table.add_row(Text(f"  {say(name, language)}"), Text(explained.say(language)))
    return table


def _arguments(params: Iterable[Any]) -> list[Any]:
    return [param for param in params if param.param_type_name == "argument"]


def _metavar(param: Any) -> Sayable:
    """The word that stands for a value, such as DATE."""
    return Message(param.metavar)


def _option_name(param: Any) -> Sayable | str:
    name = ", ".join(param.opts)
    return name if param.is_flag else Joined((name, _metavar(param)), SPACED)


def _explained(param: Any) -> Sayable:
    """What a parameter is, and whether it can be left out."""
    if param.name == "help":
        return _("Show this help and stop.")
    explained = Message(param.help)
    if param.required:
        return sentences(explained, _("Required."))
    if param.default is None or param.is_eager:
        return explained
    return sentences(explained, _("By default: {value}.", value=str(param.default)))
