"""The `triage` command, run as a user would."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from cli.app import app


def triage(*words: object, typed: str = "") -> Result:
    """Run the command, with what is typed while it runs, and give back what it said."""
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)
