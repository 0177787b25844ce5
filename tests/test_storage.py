import os
import re
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from time_machine import TimeMachineFixture

from organizer import clock, storage
from organizer.config import ConfigError
from organizer.errors import OrganizerError, Unsettled
from organizer.storage import Missing, Storage, StorageDown, new_key, open_storage
from tests import buckets


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    with buckets.serving() as server:
        yield server


@pytest.fixture
def bucket_url(bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in buckets.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return buckets.new_bucket(bucket_server)


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
    assert blobs.keys() == [key]
    assert blobs.get(key) == b"\x00\xff" * 50_000
    assert blobs.get_range(key, 1, 4) == b"\xff\x00\xff"
    blobs.delete(key)
    assert blobs.keys() == []
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


def test_any_part_of_a_blob_can_be_read(blobs: Storage) -> None:
    data = bytes(range(256)) * 3
    blobs.put("part", data)
    for start, end in ((0, 1), (0, len(data)), (700, len(data)), (255, 257), (700, len(data) + 99)):
        assert blobs.get_range("part", start, end) == data[start:end]


def test_pages_follow_each_other_in_the_order_of_the_keys(blobs: Storage) -> None:
    expected = sorted(f"leaflets/{name}" for name in ("a/1", "a/2", "a-b/1", "b", "c/1", "c/2", "d/1"))
    for key in (*reversed(expected), "leaflets-old/x", "zzz"):
        blobs.put(key, b"x")
    for most in (1, 2, 7, 8):
        seen, after = [], ""
        while page := blobs.page("leaflets", after, most):
            assert len(page) <= most
            seen += [blob.key for blob in page]
            after = page[-1].key
        assert seen == expected
    assert abs(blobs.page("leaflets", "", 1)[0].changed_at - clock.now()) < timedelta(minutes=10)


def test_a_folder_keeps_only_what_is_needed(blobs: Storage, time_machine: TimeMachineFixture) -> None:
    kept = {"photos/one/kept", "photos/other/x", "photos/one-more/x"}
    for key in (*kept, "photos/one/uncovered", "photos/one/half-done"):
        blobs.put(key, b"x")
    time_machine.move_to(clock.now() + storage.SETTLED + timedelta(seconds=10))
    blobs.keep_only("photos/one", lambda: {"photos/one/kept", "photos/one/lost"})
    assert set(blobs.keys()) == kept
    blobs.keep_only("photos/one", set)
    assert set(blobs.keys()) == kept - {"photos/one/kept"}


def test_what_is_put_while_somebody_asks_what_is_needed_stays(blobs: Storage) -> None:
    """Another attempt stores its file just then, and records it too late for this answer.

    The folder is listed before anybody is asked, so its file is not in the list. The other way round it would be:
    found, not known to be needed, and deleted, although its row leads to it a moment later.
    """
    blobs.put("photos/one/left", b"x")

    def needed() -> set[str]:
        blobs.put("photos/one/new", b"x")
        return set()

    blobs.keep_only("photos/one", needed, spares_new=False)
    assert blobs.keys() == ["photos/one/new"]


def test_what_was_put_a_moment_ago_waits_for_its_row_and_is_asked_for_again(
    blobs: Storage, time_machine: TimeMachineFixture
) -> None:
    for name in ("kept", "dropped", "new"):
        blobs.put(f"photos/one/{name}", b"x")
    had = {"photos/one/kept", "photos/one/dropped"}
    with pytest.raises(Unsettled):
        blobs.keep_only("photos/one", lambda: {"photos/one/kept"}, had)
    assert set(blobs.keys()) == {"photos/one/kept", "photos/one/new"}
    blobs.keep_only("photos/one", lambda: {"photos/one/kept", "photos/one/new"})
    time_machine.move_to(clock.now() + storage.SETTLED + timedelta(seconds=10))
    blobs.keep_only("photos/one", lambda: {"photos/one/kept"})
    assert blobs.keys() == ["photos/one/kept"]


def test_where_nothing_can_come_any_more_all_goes_at_once(blobs: Storage) -> None:
    blobs.put("photos/one/new", b"x")
    blobs.keep_only("photos/one", set, spares_new=False)
    assert blobs.keys() == []


@pytest.mark.parametrize(
    "key", ["", "/x", "../x", "a/../x", "a//b", "A", "a b", "a/.b", "x\x00", "a\n", "ä", "a/", "x" * 9 + "#1", "."]
)
def test_a_key_that_could_be_another_file_is_refused(blobs: Storage, key: str) -> None:
    for act in (blobs.get, blobs.delete, lambda key: blobs.put(key, b"")):
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


# What stays in a folder.


def test_a_disk_that_is_nearly_full_keeps_room_for_what_is_more_urgent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = open_storage(tmp_path.as_uri())
    blobs.put("before", b"before")
    monkeypatch.setattr(storage, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(StorageDown):
        blobs.put("more", b"more")
    assert blobs.get("before") == b"before"
    blobs.delete("before")
    assert blobs.keys() == []


def test_a_folder_goes_with_its_last_blob(tmp_path: Path) -> None:
    blobs = open_storage(tmp_path.as_uri())
    for key in ("leaflets/one/a", "leaflets/one/b", "leaflets/two/c", "x"):
        blobs.put(key, b"x")
    blobs.delete("leaflets/one/a")
    assert (tmp_path / "leaflets" / "one").is_dir()
    blobs.delete("leaflets/one/b")
    assert [path.name for path in (tmp_path / "leaflets").iterdir()] == ["two"]
    blobs.delete("leaflets/two/c")
    blobs.delete("x")
    assert list(tmp_path.rglob("*")) == [tmp_path / "leaflets"]


def test_tidying_removes_what_killed_writers_left_and_nothing_else(tmp_path: Path) -> None:
    blobs = open_storage(tmp_path.as_uri())
    for key in ("leaflets/one/kept", "leaflets/two/kept"):
        blobs.put(key, b"x")
    (tmp_path / "photos" / "empty" / "emptier").mkdir(parents=True)
    old = {tmp_path / "leaflets/one/half#1", tmp_path / "photos/dead/half#12", tmp_path / "probe#1"}
    young = {tmp_path / "leaflets/two/half#1"}
    others = {tmp_path / "README", tmp_path / "photos" / "#1"}
    for path in (*old, *young, *others):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    for path in (*old, *others):
        os.utime(path, (1, 1))
    blobs.tidy(clock.now() - timedelta(days=1))
    kept = {tmp_path / "leaflets/one/kept", tmp_path / "leaflets/two/kept"}
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == kept | young | others
    assert not (tmp_path / "photos" / "empty").exists()


def test_a_bucket_has_nothing_to_tidy(bucket_url: str) -> None:
    blobs = open_storage(bucket_url)
    blobs.put("leaflets/one/kept", b"x")
    blobs.tidy(clock.now() + timedelta(days=1))
    assert blobs.keys() == ["leaflets/one/kept"]


@pytest.mark.load
def test_a_folder_that_is_removed_while_others_write_into_it_loses_nothing(tmp_path: Path) -> None:
    blobs, keys = open_storage(tmp_path.as_uri()), [f"leaflets/one/{number}" for number in range(4)]
    failures: list[OrganizerError] = []

    def come_and_go(key: str) -> None:
        for turn in range(300):
            try:
                blobs.put(key, str(turn).encode())
                assert blobs.get(key) == str(turn).encode()
                blobs.delete(key)
            except OrganizerError as failure:
                failures.append(failure)

    def tidy() -> None:
        for _ in range(300):
            blobs.tidy(clock.now() - timedelta(days=1))

    threads = [threading.Thread(target=come_and_go, args=(key,)) for key in keys]
    threads.append(threading.Thread(target=tidy))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("url", ["ftp://x/y", "blobs", "s3://bucket/x?acl=public"])
def test_a_place_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="ORGANIZER_BLOB_URL"):
        open_storage(url)


def test_two_bucket_folders_are_apart(bucket_url: str) -> None:
    one, other = open_storage(bucket_url), open_storage(bucket_url.replace("/site?", "/other?"))
    one.put("x", b"1")
    assert other.keys() == []
