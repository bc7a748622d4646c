"""Whether a request tells anything of cases that its caller may not see.

    python benchmarks/cross_scope.py OFFICE [--data DIR] [--requests N] [--seed S]

Asks the service of an office that has a champion, in this process, as keys of random roles and
units would: scores of own, foreign, made-up and mistyped cases, plans, cases sent along, new cases,
counts, pages. A leak is: an id of a foreign case that the request did not name, another answer to a
foreign id than to one that nobody has, a count or frame that is not of the own cases, or an answer
where the decision table has none. Prints how often what was answered, and the leaks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from serving.access.directory import Directory
from serving.access.keys import make_key
from serving.access.rules import TABLE, Action, Reach, Role, may_be_together, reach
from serving.access.users import Grant
from serving.http.access.guard import Guard
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from serving.running.worker import load_context
from serving.workspace import Workspace
from tests.factories.client import NO_ROOMS
from tests.factories.fakes import InMemory

CALLERS = 60
UNKNOWN = "is not a case of this office."
ID = re.compile(r"[A-Z]-\d{6}")
MADE_UP = "X-{:06}"
ADDRESSES = {
    "/v1/score": Action.SCORE,
    "/v1/spot_checks": Action.PLAN,
    "/v1/intake": Action.INTAKE,
    "/healthz": Action.SEE_HEALTH,
    "/docs.json": Action.SEE_INTERFACE,
    "/": Action.SEE_INTERFACE,
}


@dataclass(frozen=True)
class Asker:
    """A key, what it may do, and the cases that it may see."""

    key: str
    grant: Grant
    sees: frozenset[str]

    def allowed(self, path: str, body: Any) -> bool:
        """Whether there may be an answer: by the table, and the rule for the whole office."""
        reached = reach(self.grant.roles, ADDRESSES[path])
        if reached is Reach.NONE:
            return False
        sends_cases = body is not None and "cases" in body
        return self.grant.units is None or not (reached is Reach.OFFICE or sends_cases)


class Trial:
    """Random requests of random callers to one office."""

    def __init__(self, current: Current, directory: Directory, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  the same requests in every run
        self.cases = current.context.tables.case_rows.select("case_id", "unit", "closed_at")
        self.ids = self.cases["case_id"].to_list()
        self.every = frozenset(self.ids)
        self.app = application(current, Guard(directory, Site()), rooms=NO_ROOMS)
        self.askers = [self.asker(directory, number) for number in range(CALLERS)]

    def asker(self, directory: Directory, number: int) -> Asker:
        """Somebody with roles that go together and some units, all of them or one unknown."""
        roles = [Role.SECURITY_ADMIN]
        while Role.SECURITY_ADMIN in roles or not may_be_together(roles):
            roles = self.rng.sample([*Role], self.rng.choice([1, 1, 2]))
        if number % 2:
            roles = [Role.MANAGER]  # who reaches most
        known = sorted(self.cases["unit"].drop_nulls().unique())
        units = self.rng.choice(
            [None, ["nowhere"], *[self.rng.sample(known, n) for n in (1, 1, 2)]]
        )
        grant = Grant.of(roles, units or ())
        mine = self.cases if units is None else self.cases.filter(pl.col("unit").is_in(units))
        return Asker(make_key(directory, f"k{number}", grant, 1), grant, frozenset(mine["case_id"]))

    def name(self) -> str:
        """An id that somebody has, that nobody has, or that is mistyped."""
        one: str = self.rng.choice(self.ids)
        kind = self.rng.random()
        if kind < 0.6:
            return one
        if kind < 0.8:
            return MADE_UP.format(self.rng.randrange(10**6))
        place = self.rng.randrange(len(one))
        return one[:place] + self.rng.choice("0123456789") + one[place + 1 :]

    def request(self) -> tuple[str, Any]:
        """A path and a body."""
        day = self.rng.choice(["2025-06-30", "2025-12-31", "2026-06-30"])
        plan = {"as_of": day, "capacity": self.rng.randint(1, 30), "seed": "1"}
        sent = {"case_id": self.name(), "opened_at": "2026-01-05", "closed_at": "2026-02-05"}
        new = {"case_id": self.name(), "opened_at": "2026-06-30T10:00"}
        ids = [self.name() for _i in range(self.rng.choice([1, 1, 2, 5]))]
        kinds: list[tuple[float, tuple[str, Any]]] = [
            (70, ("/v1/score", {"case_ids": ids})),
            (8, ("/v1/spot_checks", plan)),
            (4, ("/v1/score", {"cases": [sent]})),
            (3, ("/v1/spot_checks", plan | {"cases": [sent]})),
            (3, ("/v1/intake", {"cases": [new]})),
            (6, ("/healthz", None)),
            (2, ("/docs.json", None)),
            (4, ("/", None)),
        ]
        weights = [weight for weight, _kind in kinds]
        return self.rng.choices([kind for _weight, kind in kinds], weights)[0]

    async def run(self, requests: int) -> tuple[Counter[str], list[str]]:
        """How often what was answered, and the leaks."""
        answered: Counter[str] = Counter()
        leaks: list[str] = []
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for _number in range(requests):
                asker, (path, body) = self.rng.choice(self.askers), self.request()
                headers = {"Authorization": f"Bearer {asker.key}"}
                method = "GET" if body is None else "POST"
                answer = await client.request(method, path, json=body, headers=headers)
                answered[f"{path} {answer.status_code}"] += 1
                leaks += [f"{path} {body}: {leak}" for leak in self.told(asker, path, body, answer)]
        return answered, leaks

    def told(self, asker: Asker, path: str, body: Any, answer: httpx.Response) -> Iterator[str]:
        """What an answer tells that it may not."""
        if (answer.status_code in (401, 403)) is asker.allowed(path, body):
            yield f"status {answer.status_code} against the table"
        if answer.status_code >= 500:
            yield "an internal error"
        foreign = self.every - asker.sees - set(ID.findall(json.dumps(body)))
        yield from (f"names {one}" for one in foreign & set(ID.findall(answer.text)))
        document = answer.json() if answer.is_success and path != "/" else {}
        if document.get("cases", len(asker.sees)) != len(asker.sees) and path == "/healthz":
            yield "counts other cases"
        if document.get("frame_cases", 0) > len(asker.sees) and "cases" not in body:
            yield "a frame of other cases"
        if path == "/v1/score" and "case_ids" in body and answer.status_code in (200, 422):
            yield from self.of_ids(asker, body["case_ids"], answer.json())

    @staticmethod
    def of_ids(asker: Asker, ids: list[str], document: dict[str, Any]) -> Iterator[str]:
        """Every id that is not the asker's is told to be none, whoever has it."""
        said = {fault["field"]: fault["problem"] for fault in document.get("faults", ())}
        for index, one in enumerate(ids):
            unknown = said.get(f"case_ids[{index}]") == UNKNOWN
            if unknown is (one in asker.sees):
                yield f"{one} is told {'to be none' if unknown else 'otherwise than unknown ones'}"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description="Whether anything is told of foreign cases.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    assert set(ADDRESSES.values()) <= {*TABLE}
    context = load_context(Workspace.of(given.office, given.data))
    with tempfile.TemporaryDirectory() as folder:
        directory = Directory.at(Path(folder), lambda _entry: None)
        trial = Trial(Current(context, InMemory()), directory, given.seed)
        answered, leaks = asyncio.run(trial.run(given.requests))
        directory.close()
    for what, count in sorted(answered.items()):
        print(f"{what:28}{count:7,}")
    print(f"{sum(answered.values()):,} requests, {len(leaks)} leaks")
    print("\n".join(leaks[:20]))
    sys.exit(bool(leaks))


if __name__ == "__main__":
    main()
