"""A bucket that is wrong, slow, broken or gone is told apart from a blob that is none, within seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from organizer.storage import Missing, Storage, StorageDown, open_storage
from tests import buckets

Act = Callable[[Storage], object]
ACTS: dict[str, Act] = {
    "put": lambda blobs: blobs.put("one/x", b"x"),
    "get": lambda blobs: blobs.get("one/x"),
    "get_range": lambda blobs: blobs.get_range("one/x", 0, 1),
    "delete": lambda blobs: blobs.delete("one/x"),
    "keys": lambda blobs: blobs.keys("one"),
    "page": lambda blobs: blobs.page("one", "", 10),
}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in buckets.CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    with buckets.serving() as server:
        yield server


@pytest.fixture(params=list(ACTS))
def act(request: pytest.FixtureRequest) -> Act:
    return ACTS[request.param]


def test_a_port_where_nobody_listens_is_down(act: Act) -> None:
    with pytest.raises(StorageDown):
        act(open_storage("s3://blobs/site?endpoint=http://127.0.0.1:9&region=us-east-1"))


def test_a_missing_bucket_is_down_and_nothing_in_it_is_lost(act: Act, bucket_server: str) -> None:
    with pytest.raises(StorageDown):
        act(open_storage(f"s3://never-made/site?endpoint={bucket_server}&region=us-east-1"))


def test_a_missing_folder_is_down_and_nothing_in_it_is_lost(tmp_path: Path) -> None:
    blobs = open_storage((tmp_path / "blobs").as_uri())
    blobs.put("one/x", b"x")
    (tmp_path / "blobs").rename(tmp_path / "away")
    for name in ("get", "get_range"):
        with pytest.raises(StorageDown):
            ACTS[name](blobs)
    (tmp_path / "away").rename(tmp_path / "blobs")
    assert blobs.get("one/x") == b"x"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalError"),
        (503, "SlowDown"),
        (403, "InvalidAccessKeyId"),
        (403, "SignatureDoesNotMatch"),
        (403, "AccessDenied"),
        (401, "Unauthorized"),
        (301, "PermanentRedirect"),
        (507, "InsufficientStorage"),
        (None, ""),
    ],
)
def test_a_bucket_that_refuses_or_fails_is_down(act: Act, status: int | None, code: str) -> None:
    odd = buckets.Odd(status, code)
    with odd.serving() as url, pytest.raises(StorageDown):
        act(open_storage(url))
    assert 1 <= odd.asked <= 4


def test_wrong_credentials_are_down_until_they_are_right(bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = buckets.new_bucket(bucket_server)
    open_storage(url).put("one/x", b"x")
    requests.post(f"{bucket_server}/moto-api/reset-auth", data=b"0", timeout=buckets.PATIENCE_SECONDS)
    try:
        for act in ACTS.values():
            with pytest.raises(StorageDown):
                act(open_storage(url))
    finally:
        requests.post(f"{bucket_server}/moto-api/reset-auth", data=b"inf", timeout=buckets.PATIENCE_SECONDS)
    assert open_storage(url).get("one/x") == b"x"


def test_a_server_that_goes_away_is_down_and_what_was_put_is_not_lost() -> None:
    with buckets.mortal() as (server, process):
        blobs = open_storage(buckets.new_bucket(server))
        blobs.put("one/x", b"x")
        assert blobs.get("one/x") == b"x"
        process.kill()
        process.wait(buckets.PATIENCE_SECONDS)
        for act in ACTS.values():
            with pytest.raises(StorageDown):
                act(blobs)


def test_a_bucket_that_has_failed_is_used_again_as_soon_as_it_answers(bucket_server: str) -> None:
    blobs, whole = (
        open_storage("s3://never-made/x?endpoint=http://127.0.0.1:9&region=us-east-1"),
        open_storage("memory:"),
    )
    with pytest.raises(StorageDown):
        blobs.get("one/x")
    blobs._store = blobs._pieces = whole._store
    with pytest.raises(Missing):
        blobs.get("one/x")
    blobs.put("one/x", b"x")
    assert [blobs.get("one/x") for _ in range(3)] == [b"x"] * 3


@pytest.mark.load
def test_a_bucket_that_hangs_holds_one_caller_and_refuses_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by what arrives there: after the first failure, no second request while one is out."""
    odd = buckets.Odd(200, seconds=30)
    with odd.serving() as url:
        blobs = open_storage(url)
        with pytest.raises(StorageDown):
            ACTS["get_range"](blobs)
        before, refused = odd.asked, []

        def read() -> None:
            with pytest.raises(StorageDown) as told:
                ACTS["get_range"](blobs)
            refused.append(str(told.value))

        readers = [threading.Thread(target=read) for _ in range(6)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert odd.asked - before <= 2
        assert sum("a moment ago" in sentence for sentence in refused) >= 4
