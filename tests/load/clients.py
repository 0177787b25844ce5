"""Participants who answer over HTTP, each with a connection and a cookie of her own, and the sites that they meet."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from organizer import config
from tests.factories import BEGAN, TOKEN
from tests.served import PATIENCE_SECONDS, ROOT, environment

RSVP_ID = re.compile(r"/r/mine/([a-z2-7]{26})$")


@dataclass(frozen=True)
class Answered:
    """What the site said: 303 and the answer's id, or a refusal."""

    status: int
    rsvp_id: str | None


@dataclass(frozen=True)
class Process:
    process: subprocess.Popen[str]
    port: int


def answer(port: int, address: str, when_filled: Callable[[], object] = lambda: None) -> Answered:
    """Look at the form, fill it, send it on the same connection. Raises OSError or HTTPException without an answer."""
    path = f"/events/{address}/answer"
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", path)
        shown = connection.getresponse()
        page = shown.read().decode()
        tokens = [found[1] if (found := pattern.search(page)) else "" for pattern in (TOKEN, BEGAN)]
        filled = {"csrf_token": tokens[0], "began": tokens[1], "coming": "going", "party_size": "1"}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": (shown.getheader("Set-Cookie") or "").partition(";")[0],
        }
        when_filled()
        connection.request("POST", path, urlencode(filled), headers)
        response = connection.getresponse()
        response.read()
        found = RSVP_ID.search(response.getheader("Location") or "")
        return Answered(response.status, found[1] if found else None)


def rush(ports: Sequence[int], address: str, clients: int) -> list[Answered]:
    """So many people answer at once, taking turns among the processes: none sends before all have filled the form."""
    barrier = Barrier(clients)

    def come(number: int) -> Answered:
        return answer(ports[number % len(ports)], address, lambda: barrier.wait(PATIENCE_SECONDS))

    with ThreadPoolExecutor(clients) as people:
        return list(people.map(come, range(clients)))


@contextmanager
def process(folder: Path, *flags: str, **settings: str) -> Iterator[Process]:
    """A site in a process of its own on the test's database and keys, until the block is left or it is killed."""
    own = config.current()
    shared = {"DATA_DIR": str(own.data_dir), "DATABASE_URL": own.database_url, "ANSWERS_PER_MINUTE": "100000"}
    command = [sys.executable, "-m", "tests.load.server", *flags]
    with (folder / "log").open("ab") as log:
        env = environment(folder, **shared, **settings)
        started = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
    assert started.stdout
    try:
        yield Process(started, int(started.stdout.readline()))
    finally:
        started.terminate()
        started.wait(PATIENCE_SECONDS)
        started.stdout.close()
