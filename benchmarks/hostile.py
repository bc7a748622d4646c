"""Whether hostile requests bring the service down, or keep others waiting. Linux only.

    python benchmarks/hostile.py OFFICE [--data DIR] [--seed N]

Starts the service of an office that has a champion, with two workers, and sends it what a hostile
or broken client would send: the attacks by name below, and families of generated requests. All
the while another client asks for `/livez` and for the score of one case, by turns. Prints for each
attack the statuses of the answers and the longest time the other client waited for `/livez`; then
all answers of 500 and above, the most memory that the processes of the service held together
(PSS), and how long they took to end with half-sent bodies open. The exit code is 1 if an answer
was 5xx other than 503 and 504, or a wait was over a second.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import itertools
import json
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving_latency import HOST, documents, running_process
from benchmarks.start import processes
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from serving.workspace import Workspace

PATIENCE = 150.0  # seconds that an answer may take
MOST_WAIT = 1.0  # seconds that another client may wait for /livez
FAMILIES = 60
BUSY = (503, 504)  # what a bound answers

Attack = Callable[["Target"], Iterator[int | str]]


class Target:
    """The service under attack."""

    def __init__(self, client: httpx.Client, port: int, case: dict[str, Any]) -> None:
        self.client, self.port, self.case = client, port, case
        self.head = (
            "POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: {client.headers['Authorization']}\r\n"
        )

    def post(self, path: str, body: Any, **headers: str) -> int | str:
        """The status of an answer, or what became of the connection."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | headers
        try:
            return self.client.post(path, content=content, headers=headers).status_code
        except httpx.TransportError as error:
            return type(error).__name__

    def raw(self, text: bytes, wait: float = 5.0) -> int | str:
        """The status of the answer to these bytes, or `closed`, or `nothing`."""
        with socket.create_connection((HOST, self.port)) as connection:
            connection.settimeout(wait)
            try:
                connection.sendall(text)
                answer = connection.recv(64)
            except TimeoutError:
                return "nothing"
            except OSError:
                return "closed"
        return int(answer.split()[1]) if answer.startswith(b"HTTP/") else "closed"


def unknown_ids(target: Target) -> Iterator[int | str]:
    """5,000 unknown ids, whose near names could be looked for among all cases."""
    yield target.post("/v1/score", {"case_ids": [f"2026-{i:06d}x" for i in range(5000)]})


def unknown_ids_and_gone(target: Target) -> Iterator[int | str]:
    """The same, by clients that leave at once: nothing must go on being computed."""
    body = json.dumps({"case_ids": [f"2026-{i:06d}x" for i in range(5000)]}).encode()
    for _time in range(20):
        with socket.create_connection((HOST, target.port)) as connection:
            connection.sendall(f"{target.head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        yield "left"


def unknown_activities(target: Target) -> Iterator[int | str]:
    """1,000 activities that are not of the office."""
    event = {"at": "2026-02-01", "activity": "returnd"}
    cases = [target.case | {"case_id": f"x{i}", "events": [event]} for i in range(1000)]
    yield target.post("/v1/score", {"cases": cases})


def whole_office_and_gone(target: Target) -> Iterator[int | str]:
    """Plans of the whole office of other days each, by clients that do not wait for them."""
    for day in range(1, 13):
        body = json.dumps({"as_of": f"2026-05-{day:02d}", "capacity": 50}).encode()
        head = target.head.replace("score", "spot_checks")
        with socket.create_connection((HOST, target.port)) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            time.sleep(0.05)
        yield "left"


def many_at_once(target: Target) -> Iterator[int | str]:
    """400 requests at once: some are answered, the others are told to come again."""
    body = json.dumps({"cases": [target.case]}).encode()
    asked = f"{target.head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def one() -> int | str:
        reader, writer = await asyncio.open_connection(HOST, target.port)
        writer.write(asked)
        try:
            return int((await reader.readexactly(12))[9:])
        except (OSError, asyncio.IncompleteReadError) as error:
            return type(error).__name__
        finally:
            writer.close()

    async def every() -> list[int | str]:
        return await asyncio.gather(*(one() for _ in range(400)))

    yield from asyncio.run(every())


def half_sent(target: Target) -> Iterator[int | str]:
    """300 bodies that never end."""
    half = f"{target.head}Content-Length: 100000\r\n\r\n{{".encode()
    held = [socket.create_connection((HOST, target.port)) for _ in range(300)]
    for one in held:
        one.sendall(half)
    time.sleep(2)
    for one in held:
        one.close()
    yield "left"


def slow_heads(target: Target) -> Iterator[int | str]:
    """1,200 connections that send a letter of a head now and then."""
    held = []
    for _ in range(1200):
        held.append(socket.create_connection((HOST, target.port)))
        held[-1].setblocking(False)
    for letter in b"POST":
        for one in held:
            try:
                one.send(bytes([letter]))
            except OSError:
                continue
        time.sleep(0.5)
    for one in held:
        one.close()
    yield "left"


def great_bodies(target: Target) -> Iterator[int | str]:
    """Bodies that are too long, announced and not, all at once."""
    head = f"{target.head}Transfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    for _time in range(10):
        yield target.raw(head + chunk * 12)
        yield target.post("/v1/score", b" " * 9_000_000)


def other_hosts(target: Target) -> Iterator[int | str]:
    """Names that the service does not have (DNS rebinding), none, and two."""
    for host in ("Host: evil.example\r\n", "", "Host: localhost\r\nHost: evil.example\r\n"):
        yield target.raw(f"GET /healthz HTTP/1.1\r\n{host}\r\n".encode())


def great_heads(target: Target) -> Iterator[int | str]:
    """Heads of a megabyte: one line, many lines, one address."""
    yield target.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n")
    yield target.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 200_000 + b"\r\n")
    yield target.raw(b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")


def no_http(target: Target) -> Iterator[int | str]:
    """What is not HTTP, or two things at once."""
    lengths = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"
    yield target.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20)
    yield target.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    yield target.raw(f"{target.head}Content-Length: {'9' * 5000}\r\n\r\n{{}}".encode())
    yield target.raw(f"{target.head}Content-Length: -1\r\n\r\n{{}}".encode())
    yield target.raw(f"{target.head}{lengths}\r\n0\r\n\r\n".encode())
    yield target.raw(f"{target.head}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode())
    yield target.raw(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    )


def pipelined(target: Target) -> Iterator[int | str]:
    """10,000 requests in one go on one connection."""
    yield target.raw(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10_000)


def odd_values(target: Target) -> Iterator[int | str]:
    """Values at the edge of what a number, a day or a text can be."""
    plan = {"as_of": "2026-06-30", "capacity": 5}
    numbers = (1e308, -1e308, 5e-324, 1e400, -1, 2**63, 2**200)
    for number in numbers:
        yield target.post("/v1/spot_checks", plan | {"capacity": number})
        yield target.post("/v1/spot_checks", plan | {"search_share": number})
        yield target.post("/v1/spot_checks", plan | {"margin": number})
    for text in ("\u0000", "\u200b", "\ud800", "A" * 10_000, "\U0010ffff", "'; drop table cases"):
        yield target.post("/v1/score", {"case_ids": [text]})
        yield target.post("/v1/spot_checks", plan | {"seed": text})
    yield target.post("/v1/spot_checks", plan | {"search_share": 0.5, "margin": 0.02})
    yield target.post("/v1/score", b'{"case_ids": ["a"], "case_ids": ["b"]}')
    yield target.post("/v1/score", b'{"case_ids": [' * 100_000)
    yield target.post("/v1/score", b"[" * 4_000_000)


NAMED: tuple[Attack, ...] = (
    unknown_ids,
    unknown_ids_and_gone,
    unknown_activities,
    whole_office_and_gone,
    many_at_once,
    half_sent,
    slow_heads,
    great_bodies,
    other_hosts,
    great_heads,
    no_http,
    pipelined,
    odd_values,
)


def family(number: int, seed: int) -> Attack:
    """A family of 20 requests: a right one with parts replaced by what they must not be."""
    draw = random.Random(f"{seed}-{number}")  # noqa: S311  the same requests in every run

    def attack(target: Target) -> Iterator[int | str]:
        for _request in range(20):
            path = draw.choice(["/v1/score", "/v1/intake", "/v1/spot_checks"])
            body: Any = {"cases": [copy.deepcopy(target.case) for _ in range(draw.randint(1, 5))]}
            if path == "/v1/spot_checks":
                body |= {"as_of": "2026-06-30", "capacity": draw.randint(1, 5)}
            for _part in range(draw.randint(1, 4)):
                _spoil(body, draw)
            yield target.post(path, body)

    attack.__name__ = f"family {number + 1}"
    return attack


ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1e308, 10**30, "", " ", "\u202e", "9" * 300, "=1+1", "2026-02-30"),
    *("0001-01-01", "9999-12-31T23:59:59", "2026-06-30T25:00", [], {}, [[]], {"a": {"b": []}}),
    *(["x"] * 2000, {str(i): i for i in range(2000)}, "\x00", "<script>", "../../etc/passwd"),
)


def _spoil(part: Any, draw: random.Random) -> None:
    """Replace something in a document, at any depth."""
    while True:
        places: Any = [*part] if isinstance(part, dict) else range(len(part))
        if not places:
            return
        place = draw.choice(list(places))
        if isinstance(part[place], dict | list) and part[place] and draw.random() < 0.7:
            part = part[place]
            continue
        if isinstance(part, dict) and draw.random() < 0.2:
            part[str(draw.choice(ODD))[:50]] = copy.deepcopy(draw.choice(ODD))
        else:
            part[place] = copy.deepcopy(draw.choice(ODD))
        return


class Bystander(threading.Thread):
    """Another client, who asks all the while; and what the service holds in memory."""

    def __init__(self, target: Target, process: int) -> None:
        super().__init__(daemon=True)
        self._target, self._process, self._stop_asking = target, process, threading.Event()
        self.longest: dict[str, float] = {}
        self.during, self.memory, self.failed = "", 0.0, 0

    def run(self) -> None:
        """Ask until told to stop."""
        score = {"cases": [self._target.case]}
        for turn in itertools.count():
            if self._stop_asking.wait(0.05):
                return
            start = time.monotonic()
            with httpx.Client(base_url=self._target.client.base_url, timeout=PATIENCE) as client:
                try:
                    self.failed += not client.get("/livez").is_success
                except httpx.TransportError:
                    self.failed += 1
                took = time.monotonic() - start
                self.longest[self.during] = max(took, self.longest.get(self.during, 0.0))
                if turn % 20 == 0:
                    client.post("/v1/score", json=score)
                    self.memory = max(self.memory, memory_of(self._process))

    def stop(self) -> None:
        """Ask no more."""
        self._stop_asking.set()
        self.join()


def memory_of(process: int) -> float:
    """Megabytes (PSS) of a process and all it started."""
    total = 0.0
    for one in processes(process):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total


def main() -> None:
    """Attack and print."""
    parser = argparse.ArgumentParser(description="Whether hostile requests bring it down.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    place = Workspace.of(given.office, given.data)
    (case,) = documents(read_tables(load_office(place.office), place.data), 1)
    attacks = [*NAMED, *(family(number, given.seed) for number in range(FAMILIES))]
    with running_process(place, workers=2) as (client, server):
        target = Target(client, int(client.base_url.port or 0), case)
        bad, slowest = attack(target, server.pid, attacks)
        half = f"{target.head}Content-Length: 100000\r\n\r\n{{".encode()
        held = [socket.create_connection((HOST, target.port)) for _ in range(300)]
        for one in held:
            one.sendall(half)
        start = time.monotonic()
        server.send_signal(signal.SIGTERM)
        server.wait()
        print(f"ended {time.monotonic() - start:.1f} s after SIGTERM, 300 half-sent bodies open")
    sys.exit(bad or slowest > MOST_WAIT)


def attack(target: Target, process: int, attacks: list[Attack]) -> tuple[bool, float]:
    """Make every attack; whether an answer was an error of ours, and the longest wait (s)."""
    before, bystander = memory_of(process), Bystander(target, process)
    bystander.start()
    every: Counter[int | str] = Counter()
    for one in attacks:
        bystander.during = one.__name__
        start = time.monotonic()
        answers = Counter(one(target))
        every += answers
        told = ", ".join(f"{status} x{count}" for status, count in answers.most_common())
        wait = bystander.longest.get(one.__name__, 0.0)
        print(f"{one.__name__:24}{time.monotonic() - start:7.1f} s   waited {wait:5.2f} s   {told}")
    bystander.stop()
    ours = {s: n for s, n in every.items() if isinstance(s, int) and s >= 500}
    print(f"\n{sum(every.values()):,} requests; {ours or 'no'} answers of 500 and above")
    print(
        f"of the other client {bystander.failed} requests failed, longest wait "
        f"{max(bystander.longest.values()):.2f} s"
    )
    print(f"memory {before:,.0f} MB before, at most {bystander.memory:,.0f} MB")
    return bool(set(ours) - set(BUSY)), max(bystander.longest.values())


if __name__ == "__main__":
    main()
