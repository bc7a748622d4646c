"""`/`: the first page of the menu that this person may see."""

from __future__ import annotations

from serving.http.pages.shell.menu import menu
from serving.http.pages.shell.visit import GoTo, Visit


def show(visit: Visit) -> GoTo:
    """Go on to it."""
    return GoTo(next(menu(visit.caller)).path)
