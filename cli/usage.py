"""What is wrong with a command line, as a fault: Typer finds it, the words are ours.

Typer keeps the classes of its errors to itself, so they are recognised by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import Message, Sayable, _, sentences
from cli.arguments import BadValue

PROGRAM = "triage"


def usage_fault(error: Any) -> Fault:
    """The fault that an error of Typer's is."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else PROGRAM
    explain = EXPLAINED.get(type(error).__name__, _unexpected)
    option, problem, remedy = explain(error)
    where = _("{command}, {option}", command=command, option=option) if option else command
    return Fault(where, problem, sentences(remedy, _see(command)))


def no_such_command(name: str, commands: Collection[str]) -> BadInput:
    """The error for a command there is not, with the one that may be meant."""
    nearest = get_close_matches(name, commands, n=1)
    remedy = _("Did you mean `{command}`?", command=nearest[0]) if nearest else _see(PROGRAM)
    return BadInput([Fault(PROGRAM, _("there is no such command."), remedy, value=name)])


def _see(command: str) -> Sayable:
    return _("`{command} --help` shows how it is called.", command=command)


Explained = tuple[str | Sayable, Sayable, Sayable]  # the option or none, what is wrong, what to do


def _missing(error: Any) -> Explained:
    return _named(error.param), _("is missing."), _("Give it.")


def _bad_value(error: Any) -> Explained:
    if not isinstance(error, BadValue):
        return _named(error.param), _("cannot be read."), _("Write it in another way.")
    problem = _('"{value}" {problem}', value=error.value, problem=error.problem)
    return _named(error.param), problem, error.remedy


def _no_such_option(error: Any) -> Explained:
    nearest = (error.possibilities or [None])[0]
    problem = _("there is no such option.")
    if nearest is None:
        return error.option_name, problem, _("Leave it out.")
    return error.option_name, problem, _("Did you mean `{option}`?", option=nearest)


def _without_value(error: Any) -> Explained:
    return error.option_name, _("has no value, or one too many."), _("Write one value after it.")


def _unexpected(error: Any) -> Explained:
    """Typer's plain error: more words than the command takes, or no command at all."""
    context = getattr(error, "ctx", None)
    if context is None:
        return "", _("cannot be read."), _("Write it in another way.")
    if hasattr(context.command, "commands"):
        return "", _("no command is given."), _("Name one.")
    return "", _("more is given than the command takes."), _("Leave the rest out.")


def _named(param: Any) -> Sayable:
    """An option as it is written on the command line, an argument as the help calls it."""
    return Message(param.opts[0] if param.param_type_name == "option" else param.metavar)


EXPLAINED: Mapping[str, Callable[[Any], Explained]] = {
    "BadValue": _bad_value,
    "BadParameter": _bad_value,
    "MissingParameter": _missing,
    "NoSuchOption": _no_such_option,
    "BadOptionUsage": _without_value,
}
