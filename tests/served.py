"""A real served site in a process of its own, with its data in a folder of the test's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "app")
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """A served site: its process, its port, and all that it has written to the terminal."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    env: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The developer's environment without her own settings, with data and temporary files below `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORGANIZER_")}
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    own = {"DATA_DIR": str(folder / "data"), "FORM_AGE_SECONDS": "0", **settings}
    return {**kept, "TMPDIR": str(temporary), **{f"ORGANIZER_{name}": value for name, value in own.items()}}


def flask(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the program's commands to its end."""
    return subprocess.run(
        [*FLASK, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


@contextmanager
def running(log: Path, env: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the program's commands until the block is left."""
    with log.open("wb") as output:
        process = subprocess.Popen([*FLASK, *arguments], cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Site]:
    """`flask serve` until the block is left; settings are named without their prefix."""
    env, port = environment(folder, **settings), free_port()
    with running(folder / "log", env, "serve", "--port", str(port), *arguments) as process:
        site = Site(process, port, folder, env)
        _wait_until_it_answers(site)
        yield site


def _wait_until_it_answers(site: Site) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        if site.process.poll() is not None:
            break
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)) as connection:
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
    raise AssertionError(site.log.read_text())
