"""The living demo office as its service has it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from cases.tables.reading import read_tables
from models.registry import Registry
from serving.access.directory import directory_in
from serving.access.rules import Role
from serving.access.users import User, users
from serving.use_cases.context import ServiceContext
from serving.workspace import Workspace
from tests.factories.client import ask


@dataclass(frozen=True)
class Demo:
    """The office as its service has it, and its users by role."""

    workspace: Workspace
    context: ServiceContext
    people: dict[Role, User]

    def sees(self, role: Role, path: str) -> str:
        """A page as the user of a role sees it."""
        with self.workspace.opened_ledger() as ledger:
            answer = ask(
                "GET",
                path,
                self.context,
                self.people[role].caller,
                ledger,  # type: ignore[arg-type]
                self.workspace.home,
            )
        assert answer.status_code == 200, (path, answer.text)
        return answer.text


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest) -> Demo:
    """The shared demo office, or the one whose office file `PLUMBLINE_DEMO` names; opened once."""
    named = os.environ.get("PLUMBLINE_DEMO")
    workspace = Workspace.of(Path(named or request.getfixturevalue("office")))
    described = workspace.served_office()
    with directory_in(workspace.home, demo=True) as directory:
        people = {role: one for one in users(directory) for role in one.grant.roles}
    champion = Registry(workspace.home).champion(described)
    tables = read_tables(described, workspace.data)
    return Demo(workspace, ServiceContext(tables, champion), people)
