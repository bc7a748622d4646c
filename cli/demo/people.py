"""The people of the demo office, at the pages that `triage serve` has for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.language.catalogues import Language
from serving.access.caller import Caller
from serving.access.directory import directory_in
from serving.access.first_start import add_demo_users
from serving.access.rules import Role
from serving.access.users import users
from serving.http.pages.all_pages import all_pages
from serving.http.pages.shell.rooms import Rooms
from serving.http.pages.shell.visit import Visit
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from serving.workspace import Workspace

PAGES = {page.path: page for page in all_pages(())}


def let_in(workspace: Workspace, persons: Mapping[Role, Any]) -> dict[Role, Caller]:
    """The users of a demo, one a role; `persons` says who of the tables they are."""
    with directory_in(workspace.home, workspace.ledger, demo=True) as directory:
        add_demo_users(directory, persons)
        return {role: user.caller for user in users(directory) for role in user.grant.roles}


@dataclass(frozen=True)
class Desk:
    """Where the people of the demo work: its office and its pages."""

    current: Current
    rooms: Rooms
    language: Language

    def visit(
        self, path: str, caller: Caller, at: datetime, query: Mapping[str, str], **sent: str
    ) -> Visit:
        """Somebody at a page, `at` a moment of the office's clock, with what they fill in."""
        page = PAGES[path]
        scope = caller.scope(page.act_as or page.action)

        def latest() -> ServiceContext:
            return self.current.context.within(scope)

        return Visit(
            context=latest(),
            caller=caller,
            language=self.language,
            rooms=self.rooms,
            record=self.current.record_all,
            latest=latest,
            ledger=self.current.ledger,
            now=at,
            query=query,
            sent=sent,
        )

    def send(
        self, path: str, caller: Caller, at: datetime, query: Mapping[str, str], **sent: str
    ) -> None:
        """Send the form of a page."""
        act = PAGES[path].act
        if act is None:
            raise TypeError(f"{path} has no form")
        key = f"demo {self.current.context.remembered.position}"  # no form of a demo comes twice
        act(self.visit(path, caller, at, query, **({"key": key} | sent)))
