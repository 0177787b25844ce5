"""Starting what is measured: bare Flask, and our site with so many events, each as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.client import Answer, ask, request

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 20


@dataclass(frozen=True)
class Served:
    """A process that answers on loopback."""

    port: int
    pid: int

    def get(self, path: str, **headers: str) -> Answer:
        return ask(self.port, request(path, "GET", b"", **headers))

    @property
    def resident_megabytes(self) -> float:
        """What it holds in memory now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


@dataclass(frozen=True)
class Site(Served):
    """Our site; `folder` is its data folder, `events` how many it has."""

    folder: Path
    events: int

    def addresses(self) -> list[str]:
        """Pages of events to come, spread over all of them."""
        first = self.events * 2 // 5
        step = self.events // 2 // SHOWN
        return [f"/events/leaflets-at-the-market-{first + step * number}" for number in range(SHOWN)]

    def answers(self) -> list[bytes]:
        """One filled form for each of those events, as a browser sends it again and again."""
        return [self._answer(address) for address in self.addresses()]

    def _answer(self, address: str) -> bytes:
        shown = self.get(f"{address}/answer")
        hidden = dict(re.findall(r'name="(csrf_token|began)"[^>]*value="([^"]+)"', shown.body.decode()))
        filled = urlencode({**hidden, "coming": "going", "party_size": "2", "nickname": "Leek", "website": ""})
        cookie = shown.header("Set-Cookie").partition(";")[0]
        return request(f"{address}/answer", "POST", filled.encode(), Cookie=cookie)


def environment(folder: Path) -> dict[str, str]:
    """A site as it comes, but that a form may be sent at once and again and again."""
    return {
        "PATH": os.environ["PATH"],
        "ORGANIZER_DATA_DIR": str(folder),
        "ORGANIZER_FORM_AGE_SECONDS": "0",
        "ORGANIZER_ANSWERS_PER_MINUTE": "100000",
    }


def seeding(folder: Path, events: int) -> subprocess.Popen[str]:
    """Begin to fill a new site; wait for the process."""
    return _start("seed", [str(events)], environment(folder))


def first_build(folder: Path) -> tuple[float, float]:
    """Milliseconds of a feed's first build, and of writing its entries anew."""
    process = _start("first_build", [], environment(folder))
    printed, _ = process.communicate(timeout=120)
    built, serialized = map(float, printed.split())
    return built, serialized


@contextmanager
def bare(folder: Path) -> Iterator[Served]:
    """Bare Flask on the same server."""
    with _serving("bare", environment(folder)) as (port, pid):
        yield Served(port, pid)


@contextmanager
def site(folder: Path, events: int) -> Iterator[Site]:
    """Our site, once it is seeded."""
    with _serving("site", environment(folder)) as (port, pid):
        yield Site(port, pid, folder, events)


@contextmanager
def _serving(app: str, env: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    process = _start("serve", [app], env)
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        assert port.isdecimal(), f"{app} has not started"
        yield int(port), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _start(module: str, arguments: list[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, text=True)
