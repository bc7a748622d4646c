"""A key for a benchmark that asks the service of an office."""

from __future__ import annotations

from cases.office.loading import load_office
from serving.access.directory import directory_in
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.users import Grant
from serving.workspace import Workspace


def headers(place: Workspace) -> dict[str, str]:
    """What a program sends that may do all that managers may; good for a day."""
    demo = load_office(place.office).office.demo
    with directory_in(place.home, demo=demo) as directory:
        key = make_key(directory, "benchmark", Grant.of([Role.MANAGER]), 1)
    return {"Authorization": f"Bearer {key}"}
