"""Buckets on this machine: one that works, in this process or in one that a test may kill, and ones that do not."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from moto.s3.responses import S3Response
from moto.server import ThreadedMotoServer

from organizer.db import new_id
from tests.served import free_port

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
PATIENCE_SECONDS = 60
ERROR = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>No.</Message></Error>'

_put_object, _one_at_a_time = S3Response.put_object, threading.Lock()


def _put_at_once(response: S3Response) -> object:
    """Look whether an object is there and put it in one step, as S3 does; moto takes two."""
    with _one_at_a_time:
        return _put_object(response)


S3Response.put_object = _put_at_once  # type: ignore[method-assign, assignment] # for its server in this process


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of S3's protocol in this process, whose clock it shares."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def mortal() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same in a process of its own, that the test may kill."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        assert process.poll() is None
        try:
            requests.get(address, timeout=PATIENCE_SECONDS)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The server does not answer.")


def new_bucket(server: str) -> str:
    """The ORGANIZER_BLOB_URL of a folder in a new bucket."""
    name = f"blobs-{new_id()}"
    make(server, name)
    return f"s3://{name}/site?endpoint={server}&region=us-east-1"


def make(server: str, name: str) -> None:
    """Make a bucket of this name."""
    requests.put(f"{server}/{name}", timeout=PATIENCE_SECONDS).raise_for_status()


class Odd:
    """A server that answers every request alike, after a while; None hangs up without a word."""

    def __init__(self, status: int | None, code: str = "InternalError", seconds: float = 0.0) -> None:
        self.status = status
        self.body = ERROR.format(code).encode()
        self.seconds = seconds
        self.asked = 0
        self.ends = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The ORGANIZER_BLOB_URL of a bucket there."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"s3://blobs/site?endpoint=http://127.0.0.1:{server.server_port}&region=us-east-1"
        finally:
            self.ends.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        odd = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                odd.asked += 1
                odd.ends.wait(odd.seconds)
                if odd.status is None:
                    self.close_connection = True
                    return
                self.send_response(odd.status)
                self.send_header("Content-Length", str(len(odd.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(odd.body)

            do_PUT = do_POST = do_HEAD = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler
