"""Buckets against floods: how often something may happen, never who did it.

In memory each process counts for itself; with Redis all processes share the counts.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
from bisect import bisect_left
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from threading import Lock

import structlog
from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

from organizer import clock
from organizer.config import Config
from organizer.errors import TooMany

REDIS_SECONDS = 0.5
# A window takes some 400 bytes: a few dozen instants, and its name.
MOST_WINDOWS = 50_000
SWEPT_EACH = 10_000
SECRET_LIFETIME = timedelta(days=2)

log = structlog.get_logger()


class _Window:
    """The instants (Unix time) at which something was taken, for as long as they count."""

    __slots__ = ("_expiry", "_taken")

    def __init__(self, expiry: int) -> None:
        self._expiry = expiry
        self._taken: list[float] = []

    def taken(self) -> list[float]:
        """Those that count now, the oldest first, to be added to."""
        begins = bisect_left(self._taken, clock.now().timestamp() - self._expiry)
        del self._taken[:begins]
        return self._taken


class _Memory(MemoryStorage):
    """Windows that drop what has left them whenever they are looked at, and go when nothing is left.

    The library's own start a thread to do so, every 10 ms in which something is taken, and that copies them all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[str, _Window] = {}
        self._added = 0
        self._lock = Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            window = self._windows.get(key) or self._add(key, expiry)
            taken, now = window.taken(), clock.now().timestamp()
            is_free = len(taken) + amount <= limit
            taken.extend([now] * amount if is_free else ())
        return is_free

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the method's signature
        """The instant of the oldest that counts (Unix time), and how many do."""
        with self._lock:
            window = self._windows.get(key)
            taken = window.taken() if window else ()
            return (taken[0], len(taken)) if taken else (clock.now().timestamp(), 0)

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
        return count

    def _add(self, key: str, expiry: int) -> _Window:
        """A new window. Whoever floods with new keys empties the oldest buckets, not the machine's memory."""
        self._added += 1
        if self._added % SWEPT_EACH == 0:
            self._windows = {name: window for name, window in self._windows.items() if window.taken()}
        if len(self._windows) >= MOST_WINDOWS:
            del self._windows[next(iter(self._windows))]
        window = self._windows[key] = _Window(expiry)
        return window


class _Buckets:
    def __init__(self, redis_url: str | None) -> None:
        self._redis: Redis | None = None
        self._storage: MemoryStorage | RedisStorage
        if redis_url:
            patience = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
            pool = ConnectionPool.from_url(redis_url, **patience)
            self._redis = Redis(connection_pool=pool)
            self._storage = RedisStorage(redis_url, connection_pool=pool, wrap_exceptions=True)
        else:
            self._storage = _Memory()
        self.window = MovingWindowRateLimiter(self._storage)
        self._secret = b""
        self._secret_on: date | None = None

    def secret(self) -> bytes:
        """Return the day's random key; the day after it, nobody can tell any more which network was meant."""
        today = clock.today()
        if self._secret_on != today:
            self._secret = self._new_secret(today)
            self._secret_on = today
        return self._secret

    def _new_secret(self, day: date) -> bytes:
        fresh = secrets.token_bytes(32)
        if self._redis is None:
            # The old names mean nothing now.
            self._storage.reset()
            return fresh
        name = f"organizer:limits:{day}"
        self._redis.set(name, fresh, nx=True, ex=SECRET_LIFETIME)
        stored = self._redis.get(name)
        return stored if isinstance(stored, bytes) else fresh


def init_app(app: Flask, config: Config) -> None:
    app.extensions["limits"] = _Buckets(config.redis_url)


def take(bucket: str, key: str, per: str) -> None:
    """Take one from a bucket such as ("answers", event.id, "120/minute").

    Raises TooMany when nothing is left in the moving window. When Redis is down everything passes: a flood is
    less harm than a site that takes no answers.
    """
    _pass(_current().window.hit, bucket, key, per)


def check(bucket: str, key: str, per: str) -> None:
    """Raise TooMany as `take` would, and take nothing."""
    _pass(_current().window.test, bucket, key, per)


def _pass(try_it: Callable[..., bool], bucket: str, key: str, per: str) -> None:
    limit = _limit(per)
    try:
        if try_it(limit, bucket, key):
            return
        free_at = _current().window.get_window_stats(limit, bucket, key).reset_time
    except StorageError as error:
        log.warning("limits.unavailable", bucket=bucket, error=type(error.storage_error).__name__)
        return
    retry_seconds = max(1, math.ceil(free_at - clock.now().timestamp()))
    raise TooMany(
        "That was too often in a short time. Please try again in %(retry_seconds)s seconds.",
        retry_seconds=retry_seconds,
    )


@cache
def _limit(per: str) -> RateLimitItem:
    return parse(per)


def network_of(remote_addr: str | None) -> str:
    """Return a name for the /24 or /48 network of an address, from which neither can be told, for today only.

    Everyone behind one onion service or proxy has the same one, so never refuse by this alone.
    """
    try:
        secret = _current().secret()
    except RedisError as error:
        log.warning("limits.unavailable", error=type(error).__name__)
        # `take` lets everything pass now, so that a name for this one request will do.
        secret = secrets.token_bytes(32)
    return hmac.digest(secret, _network(remote_addr).encode(), hashlib.sha256).hex()[:32]


def _network(remote_addr: str | None) -> str:
    try:
        address = ipaddress.ip_address(remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    size = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, size), strict=False))


def _current() -> _Buckets:
    buckets: _Buckets = current_app.extensions["limits"]
    return buckets
