import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from organizer import limits
from organizer.config import load_config
from organizer.errors import TooMany

EVENT, OTHER_EVENT = "a" * 26, "b" * 26
MORNING = "2023-01-21T08:00:00Z"


def make_app(redis_url: str = "") -> Flask:
    app = Flask(__name__)
    limits.init_app(app, load_config({"ORGANIZER_REDIS_URL": redis_url}))
    return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs a Redis server (Debian: redis-server), which only large sites have")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server, Redis(port=port) as client:
        for _ in range(100):
            try:
                client.ping()
                break
            except RedisConnectionError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture(params=["memory", "redis"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    app = make_app()
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        with Redis.from_url(url) as client:
            client.flushdb()
        app = make_app(url)
    with app.app_context():
        yield app


@pytest.mark.usefixtures("app")
def test_a_bucket_refuses_when_it_is_empty() -> None:
    for _ in range(3):
        limits.take("answers", EVENT, "3/minute")

    with pytest.raises(TooMany):
        limits.take("answers", EVENT, "3/minute")


@pytest.mark.usefixtures("app")
def test_buckets_and_keys_are_counted_apart() -> None:
    limits.take("answers", EVENT, "1/minute")

    limits.take("answers", OTHER_EVENT, "1/minute")
    limits.take("sign-in", EVENT, "1/minute")


def test_the_window_moves_and_the_refusal_says_when_there_is_room() -> None:
    with make_app().app_context(), time_machine.travel(MORNING, tick=False) as traveller:
        limits.take("answers", EVENT, "2/minute")
        traveller.shift(40)
        limits.take("answers", EVENT, "2/minute")
        with pytest.raises(TooMany) as told:
            limits.take("answers", EVENT, "2/minute")
        assert told.value.retry_seconds == 20
        assert "20 seconds" in str(told.value)

        traveller.shift(20.5)
        limits.take("answers", EVENT, "2/minute")
        with pytest.raises(TooMany):
            limits.take("answers", EVENT, "2/minute")


@pytest.mark.usefixtures("app")
def test_a_refusal_takes_nothing_from_the_bucket() -> None:
    limits.take("answers", EVENT, "1/second")
    with pytest.raises(TooMany) as told:
        limits.take("answers", EVENT, "1/second")
    time.sleep(told.value.retry_seconds)

    limits.take("answers", EVENT, "1/second")


def test_processes_share_their_counts_and_names_through_redis(redis_url: str) -> None:
    one, other = make_app(redis_url), make_app(redis_url)
    with one.app_context():
        limits.take("shared", EVENT, "1/minute")
        name = limits.network_of("192.0.2.7")

    with other.app_context():
        assert limits.network_of("192.0.2.7") == name
        with pytest.raises(TooMany):
            limits.take("shared", EVENT, "1/minute")


def test_redis_never_sees_an_address(redis_url: str) -> None:
    with make_app(redis_url).app_context():
        limits.take("sign-in", limits.network_of("192.0.2.7"), "5/minute")

    with Redis.from_url(redis_url) as client:
        names = b" ".join(client.keys())
        assert b"sign-in" in names
        assert b"192.0" not in names


def test_without_redis_everything_passes_at_once() -> None:
    with make_app(f"redis://127.0.0.1:{free_port()}/0").app_context():
        started = time.monotonic()
        for _ in range(5):
            limits.take("answers", limits.network_of("192.0.2.7"), "1/minute")

        assert time.monotonic() - started < 2


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.254"),
        ("2001:db8:1::1", "2001:db8:1:ffff::1"),
        ("::ffff:192.0.2.1", "192.0.2.9"),
        ("fe80::1%eth0", "fe80::2"),
        (None, ""),
    ],
)
def test_one_network_has_one_name(one: str | None, other: str) -> None:
    assert limits.network_of(one) == limits.network_of(other)


@pytest.mark.usefixtures("app")
def test_different_networks_have_different_names() -> None:
    addresses = ["192.0.2.1", "192.0.3.1", "2001:db8:1::1", "2001:db8:2::1", "unix:", None]
    names = {limits.network_of(address) for address in addresses}

    assert len(names) == 5
    assert all(len(name) == 32 for name in names)


def test_a_name_says_nothing_the_day_after() -> None:
    with make_app().app_context(), time_machine.travel(MORNING, tick=False) as traveller:
        name = limits.network_of("192.0.2.7")
        traveller.shift(3600)
        assert limits.network_of("192.0.2.7") == name

        traveller.shift(86400)
        assert limits.network_of("192.0.2.7") != name


def test_memory_is_freed_each_day() -> None:
    app = make_app()
    with app.app_context(), time_machine.travel(MORNING, tick=False) as traveller:
        for number in range(200):
            limits.take("sign-in", limits.network_of(f"10.0.{number}.1"), "5/minute")
        traveller.shift(86400)
        limits.take("sign-in", limits.network_of("10.0.0.1"), "5/minute")

    assert len(app.extensions["limits"]._storage._windows) == 1


def test_buckets_that_have_emptied_are_forgotten_within_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SWEPT_EACH", 100)
    app = make_app()
    with app.app_context(), time_machine.travel(MORNING, tick=False) as traveller:
        limits.take("answers", EVENT, "2/day")
        for number in range(98):
            limits.take("sign-in", f"name {number}", "5/minute")
        traveller.shift(120)
        limits.take("sign-in", "the hundredth", "5/minute")
        limits.take("answers", EVENT, "2/day")

        assert len(app.extensions["limits"]._storage._windows) == 2
        with pytest.raises(TooMany):
            limits.take("answers", EVENT, "2/day")


def test_a_flood_of_names_empties_the_oldest_buckets_and_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WINDOWS", 50)
    app = make_app()
    with app.app_context(), time_machine.travel(MORNING, tick=False):
        for number in range(200):
            limits.take("sign-in", f"name {number}", "1/hour")

        assert len(app.extensions["limits"]._storage._windows) == 50
        limits.take("sign-in", "name 0", "1/hour")
        with pytest.raises(TooMany):
            limits.take("sign-in", "name 199", "1/hour")


@pytest.mark.usefixtures("app")
def test_looking_whether_there_is_something_left_takes_nothing() -> None:
    for _ in range(3):
        limits.check("sign-in", EVENT, "1/minute")
    limits.take("sign-in", EVENT, "1/minute")

    with pytest.raises(TooMany) as told:
        limits.check("sign-in", EVENT, "1/minute")
    assert 0 < told.value.retry_seconds <= 60


def test_two_sites_name_a_network_differently() -> None:
    names = set()
    for _ in range(2):
        with make_app().app_context():
            names.add(limits.network_of("192.0.2.7"))

    assert len(names) == 2
