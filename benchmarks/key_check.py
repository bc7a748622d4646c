"""What it costs to tell who asks, a request.

    python benchmarks/key_check.py [--requests N]

Asks the description of an application in this process by turns: with a door that asks nobody, with
a machine key, and with the session of a browser. Prints the processor time of each in milliseconds
a request (the least of the rounds), and what the key and the session add.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import httpx
from starlette.applications import Starlette

from serving.access.directory import Directory
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.sessions import begin
from serving.access.users import Grant, add_user, change_password
from serving.http.access.guard import Guard
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from tests.factories.client import NO_ROOMS, opened
from tests.factories.fakes import InMemory, context

ROUNDS = 7
PASSWORD = "quite a long one 7"  # noqa: S105  of a user that is gone after the run


async def milliseconds(app: Starlette, headers: dict[str, str], requests: int) -> float:
    """Processor time of a request."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        start = time.process_time()
        for _number in range(requests):
            (await client.get("/docs.json", headers=headers)).raise_for_status()
        return (time.process_time() - start) / requests * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What it costs to tell who asks.")
    parser.add_argument("--requests", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        directory = Directory.at(Path(folder), lambda _entry: None)
        grant = Grant.of([Role.MANAGER])
        key = {"Authorization": f"Bearer {make_key(directory, 'k', grant, 1)}"}
        user, once = add_user(directory, "anna", grant)
        change_password(directory, user, once, PASSWORD)
        with directory.writing() as connection:
            token = begin(connection, user.id, directory.now())
        guarded = application(
            Current(context(), InMemory()), Guard(directory, Site()), rooms=NO_ROOMS
        )
        asked = {
            "nobody is asked": (opened(), {}),
            "machine key": (guarded, key),
            "session": (guarded, {"Cookie": f"plumbline-session-80={token}"}),
        }
        took: dict[str, list[float]] = {name: [] for name in asked}
        for _round in range(ROUNDS):
            for name, (app, headers) in asked.items():
                took[name].append(asyncio.run(milliseconds(app, headers, given.requests)))
        directory.close()
    base = min(took["nobody is asked"])
    for name, times in took.items():
        print(f"{name:18}{min(times):8.3f} ms{min(times) - base:+8.3f}")


if __name__ == "__main__":
    main()
