"""A light HTTP client: a few connections kept open, requests made beforehand, one process, no thread."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

CONNECTIONS = 8
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        found = re.search(rf"\r\n{name}: *([^\r]*)".encode(), self.head, re.IGNORECASE)
        return found[1].decode() if found else ""


def request(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """A whole request; an underscore in a header's name stands for a hyphen."""
    given = {"Host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if method == "POST":
        given |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Connection:
    """One connection, opened anew whenever the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, sent: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(sent)

    def receive(self) -> Answer:
        """Read one answer; its length is in its head, or it has no body."""
        head, body = self._head()
        length = LENGTH.search(head)
        missing = int(length[1]) - len(body) if length else 0
        parts = [body]
        while missing > 0:
            parts.append(self._some())
            missing -= len(parts[-1])
        if CLOSES.search(head):
            self.close()
        return Answer(int(head[9:12]), head, b"".join(parts))

    def _head(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._some()
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body

    def _some(self) -> bytes:
        received = self._socket.recv(262_144) if self._socket else b""
        if not received:
            raise ConnectionError("The server has closed the connection in the middle of an answer.")
        return received

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def ask(port: int, sent: bytes) -> Answer:
    """Send one request by itself."""
    connection = Connection(port)
    connection.send(sent)
    answer = connection.receive()
    connection.close()
    return answer


def burst(port: int, requests: Sequence[bytes], status: int, seconds: float) -> float:
    """Ask for so long, as many at once as there are connections; return answers per second.

    Raises AssertionError for an answer of another status.
    """
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    following = cycle(requests)
    for connection in connections:
        connection.send(next(following))
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for connection in connections:
            answer = connection.receive()
            assert answer.status == status, (answer.status, answer.head, answer.body[:300])
            connection.send(next(following))
            count += 1
    elapsed = time.perf_counter() - started
    for connection in connections:
        connection.receive()
        connection.close()
    return count / elapsed
