import os
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from organizer.config import ConfigError
from organizer.storage import Missing, Storage, StorageDown, new_key, open_storage


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket_url(bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    name = f"blobs-{new_key()}"
    requests.put(f"{bucket_server}/{name}", timeout=10).raise_for_status()
    return f"s3://{name}/site?endpoint={bucket_server}&region=us-east-1"


@pytest.fixture(params=["folder", "memory", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    match request.param:
        case "folder":
            return open_storage((tmp_path / "blobs with space").as_uri())
        case "memory":
            return open_storage("memory:")
    return open_storage(request.getfixturevalue("bucket_url"))


def test_what_is_put_is_there_until_it_is_deleted(blobs: Storage) -> None:
    key = new_key("leaflets")
    blobs.put(key, b"\x00\xff" * 50_000)
    assert blobs.exists(key)
    assert blobs.get(key) == b"\x00\xff" * 50_000
    assert blobs.get_range(key, 1, 4) == b"\xff\x00\xff"
    blobs.delete(key)
    assert not blobs.exists(key)
    with pytest.raises(Missing):
        blobs.get(key)


def test_a_second_put_replaces_the_first(blobs: Storage) -> None:
    blobs.put("one/two", b"before, and longer")
    blobs.put("one/two", b"after")
    assert blobs.get("one/two") == b"after"


def test_an_empty_blob_is_a_blob(blobs: Storage) -> None:
    blobs.put("empty", b"")
    assert blobs.get("empty") == b""


def test_deleting_again_does_nothing(blobs: Storage) -> None:
    blobs.delete(new_key())


def test_a_missing_blob_is_told_apart_from_a_place_that_is_down(blobs: Storage) -> None:
    for read in (blobs.get, lambda key: blobs.get_range(key, 0, 1)):
        with pytest.raises(Missing):
            read(new_key())


def test_keys_are_listed_by_folder(blobs: Storage) -> None:
    expected = {new_key("leaflets") for _ in range(3)}
    for key in (*expected, new_key("leaflets-old"), new_key()):
        blobs.put(key, b"x")
    assert set(blobs.keys("leaflets")) == expected
    assert len(list(blobs.keys())) == 5
    assert not list(blobs.keys("nothing"))


@pytest.mark.parametrize(
    "key", ["", "/x", "../x", "a/../x", "a//b", "A", "a b", "a/.b", "x\x00", "a\n", "ä", "a/", "x" * 9 + "#1", "."]
)
def test_a_key_that_could_be_another_file_is_refused(blobs: Storage, key: str) -> None:
    for act in (blobs.get, blobs.delete, blobs.exists, lambda key: blobs.put(key, b"")):
        with pytest.raises(ValueError, match="key"):
            act(key)


def test_new_keys_have_128_random_bits() -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", new_key())
    assert re.fullmatch(r"leaflets/[a-z2-7]{26}", new_key("leaflets"))
    assert len({new_key() for _ in range(1000)}) == 1000


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    open_storage((tmp_path / "data" / "blobs").as_uri())
    assert stat.S_IMODE((tmp_path / "data" / "blobs").stat().st_mode) == 0o700


def test_readers_see_one_whole_blob_or_the_other(tmp_path: Path) -> None:
    blobs = open_storage(tmp_path.as_uri())
    contents = [bytes([number]) * 300_000 for number in range(2)]
    blobs.put("page", contents[0])
    done = threading.Event()

    def write() -> None:
        for turn in range(60):
            blobs.put("page", contents[turn % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(blobs.get("page"))
    writer.join()
    assert seen <= set(contents)


def test_a_blob_is_on_the_disk_before_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink()))
    open_storage(tmp_path.as_uri()).put("leaflets/one", b"x")
    assert synced == [tmp_path / "leaflets" / "one", tmp_path / "leaflets", tmp_path]


def test_a_folder_that_is_a_file_is_down(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"")
    with pytest.raises(StorageDown):
        open_storage((tmp_path / "blobs").as_uri())


def test_a_blob_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    blobs = open_storage(tmp_path.as_uri())
    blobs.put("x", b"kept")
    (tmp_path / "y").mkdir()
    with pytest.raises(StorageDown):
        blobs.put("y", b"a folder stands in the way")
    assert set(blobs.keys()) == {"x"}


def test_a_bucket_that_does_not_answer_is_down_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    blobs = open_storage("s3://blobs/site?endpoint=http://127.0.0.1:9&region=us-east-1")
    for act in (
        blobs.get,
        blobs.exists,
        blobs.delete,
        lambda key: blobs.put(key, b"x"),
        lambda prefix: list(blobs.keys(prefix)),
    ):
        with pytest.raises(StorageDown):
            act("x")


@pytest.mark.parametrize("url", ["ftp://x/y", "blobs", "s3://bucket/x?acl=public"])
def test_a_place_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="ORGANIZER_BLOB_URL"):
        open_storage(url)


def test_two_bucket_folders_are_apart(bucket_url: str) -> None:
    one, other = open_storage(bucket_url), open_storage(bucket_url.replace("/site?", "/other?"))
    one.put("x", b"1")
    assert not other.exists("x")
