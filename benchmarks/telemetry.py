"""Whether the program tries to reach anything outside of this machine. Linux only.

    python benchmarks/telemetry.py [--cases N]

Runs a demo (which trains, plans, takes in and reports), `triage train`, `plan` and `report` once
more, and the service with a request of each kind, all in a network namespace of their own that has
a loopback and nothing else. The kernel counts there what has nowhere to go (`OutNoRoutes`, for
IPv4 and IPv6), names that are asked for (UDP datagrams), and connections that are opened at all;
an attempt of this script itself comes first, to show that it would be counted. Prints the counts
of each step; the exit code is 1 if one is not 0.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from serving.serve import root

INSIDE = "PLUMBLINE_INSIDE"  # set in the namespace
OUTSIDE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737)
SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41
PORT = 3000
PATIENCE = 120  # seconds
REFUSED = 3  # exit code: a model of the same tables replaces no champion
COUNTED = {
    "snmp": ("Ip.OutNoRoutes", "Udp.OutDatagrams"),
    "snmp6": ("Ip6OutNoRoutes", "Udp6OutDatagrams"),
}


def counts() -> int:
    """Attempts so far to reach something that is not on this machine."""
    found: dict[str, int] = {}
    lines = Path("/proc/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind, *labels = names.split()
        numbers = map(int, values.split()[1:])
        found |= {f"{kind[:-1]}.{name}": n for name, n in zip(labels, numbers, strict=True)}
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        name, value = line.split()
        found[name] = int(value)
    return sum(found[name] for names in COUNTED.values() for name in names)


def loopback() -> None:
    """Bring the loopback up."""
    with socket.socket() as any_socket:
        asked = struct.pack("16sh14s", b"lo", UP_AND_RUNNING, b"")
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, asked)


def attempt() -> None:
    """Try to reach an address outside, and a name."""
    with socket.socket() as outside, contextlib.suppress(OSError):
        outside.connect(OUTSIDE)


def triage(*words: str) -> Callable[[], None]:
    """A command, run to its end."""
    program = "import sys; sys.argv[0] = 'triage'; from cli.start import main; main()"

    def run() -> None:
        command, nowhere = [sys.executable, "-c", program, *words], subprocess.DEVNULL
        done = subprocess.run(command, check=False, stdout=nowhere, stderr=nowhere)  # noqa: S603
        if done.returncode not in (0, REFUSED):
            sys.exit(f"`triage {' '.join(words)}` failed.")

    return run


def service(office: Path) -> Callable[[], None]:
    """The service: started, asked, ended."""

    def run() -> None:
        environment = {"TRIAGE_OFFICE": str(office), "TRIAGE_PORT": str(PORT)}
        server = subprocess.Popen(
            [sys.executable, "-m", "serving"],
            env=dict(os.environ) | environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=PATIENCE) as client:
                _ready(client)
                client.post("/v1/spot_checks", json={"as_of": "2026-06-30", "capacity": 5})
                client.get("/healthz").raise_for_status()
                client.get("/metrics").raise_for_status()
        finally:
            server.terminate()
            server.wait()

    return run


def _ready(client: httpx.Client) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            client.get("/readyz").raise_for_status()
            return
        time.sleep(0.2)
    sys.exit("The service did not answer.")


def inside(cases: int) -> int:
    """Run every step in this namespace, and print; the exit code."""
    loopback()
    before = counts()
    attempt()
    print(f"{'an attempt, to be counted':28}{counts() - before:8}")
    if counts() == before:
        sys.exit("The kernel does not count attempts here.")
    with tempfile.TemporaryDirectory() as folder:
        demo, plan = Path(folder, "demo"), Path(folder, "plan")
        office = demo / "office.toml"
        made = ("--as-of", "2026-06-30", "--capacity", "20", "--out", str(plan))
        steps: dict[str, Callable[[], None]] = {
            "demo": triage("demo", str(demo), "--cases", str(cases)),
            "train": triage("train", str(office)),
            "plan": triage("plan", str(office), *made),
            "report": triage("report", str(office), "--out", f"{folder}/report.html"),
            "serve": service(office),
        }
        outcomes = [_counted(name, step) for name, step in steps.items()]
        return int(any(outcomes))


def _counted(name: str, step: Callable[[], None]) -> bool:
    before = counts()
    step()
    print(f"{name:28}{counts() - before:8}", flush=True)
    return counts() != before


def namespace(words: Sequence[str]) -> int:
    """Run this script again in a network namespace of its own; its exit code."""
    program = shutil.which("unshare")
    if program is None:
        sys.exit("`unshare` (util-linux) is needed.")
    mine = ["--net"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    command = [program, *mine, sys.executable, __file__, *words]
    environment = dict(os.environ) | {INSIDE: "1", "PYTHONPATH": str(root())}
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Whether anything outside is tried to reach.")
    parser.add_argument("--cases", type=int, default=1500)
    given = parser.parse_args()
    sys.exit(inside(given.cases) if INSIDE in os.environ else namespace(sys.argv[1:]))


if __name__ == "__main__":
    main()
