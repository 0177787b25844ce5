import os
import threading
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
import requests
from flask import Flask
from moto.server import ThreadedMotoServer

from organizer import key_store, vault
from organizer.config import load_config
from organizer.errors import Gone, Unavailable
from organizer.key_store import FolderKeys, KeyStore
from organizer.vault import KeyFileError, KeyGone, Unreadable, Vault

EVENT, OTHER_EVENT = "a" * 26, "b" * 26
MASTER_KEY = bytes(range(32))
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PLACE = "rsvp|7|nickname"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def opened(folder: Path) -> Vault:
    return Vault(MASTER_KEY, FolderKeys(folder))


# Sealing


@pytest.mark.parametrize("text", ["", "Oleh", "Ґанок 🌻", "x" * 100_000])
def test_what_was_sealed_opens_again(text: str) -> None:
    assert vault.open_sealed(KEY, vault.seal(KEY, text, PLACE), PLACE) == text


def test_bytes_can_be_sealed_too() -> None:
    assert vault.open_bytes(KEY, vault.seal(KEY, b"\xff\x00", PLACE), PLACE) == b"\xff\x00"


def test_sealing_twice_shows_no_equality() -> None:
    assert vault.seal(KEY, "Oleh", PLACE) != vault.seal(KEY, "Oleh", PLACE)


def test_sealed_bytes_hold_no_clear_text() -> None:
    assert b"Oleh" not in vault.seal(KEY, "Oleh", PLACE)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        vault.open_sealed(OTHER_KEY, vault.seal(KEY, "Oleh", PLACE), PLACE)


def test_sealed_bytes_moved_to_another_row_open_no_more() -> None:
    with pytest.raises(Unreadable):
        vault.open_sealed(KEY, vault.seal(KEY, "Oleh", PLACE), "rsvp|8|nickname")


def test_a_change_of_any_byte_is_noticed() -> None:
    sealed = vault.seal(KEY, "Oleh", PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            vault.open_sealed(KEY, bytes(changed), PLACE)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_bytes_that_are_too_short_are_unreadable(length: int) -> None:
    with pytest.raises(Unreadable):
        vault.open_sealed(KEY, vault.seal(KEY, "Oleh", PLACE)[:length], PLACE)


# Tokens and codes


def test_tokens_are_long_safe_in_addresses_and_never_the_same() -> None:
    tokens = {vault.new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert all(len(token) == 32 and token.isascii() and token.isalnum() for token in tokens)


def test_a_mac_is_bound_to_key_purpose_and_parts() -> None:
    usual = vault.mac(KEY, "rsvp link", EVENT, 1)

    assert usual == vault.mac(KEY, "rsvp link", EVENT, 1)
    assert len(usual) == 32
    assert usual not in {
        vault.mac(OTHER_KEY, "rsvp link", EVENT, 1),
        vault.mac(KEY, "calendar", EVENT, 1),
        vault.mac(KEY, "rsvp link", OTHER_EVENT, 1),
        vault.mac(KEY, "rsvp link", EVENT, 2),
        vault.mac(KEY, "rsvp link", EVENT),
    }


def test_parts_of_a_mac_cannot_be_split_elsewhere() -> None:
    assert vault.mac(KEY, "p", "ab", "c") != vault.mac(KEY, "p", "a", "bc")


def test_comparing_takes_text_and_bytes() -> None:
    assert vault.same("токен", "токен")
    assert vault.same(b"token", "token")
    assert not vault.same("token", "tokem")
    assert not vault.same("token", "")


def test_a_token_hash_is_bound_to_its_purpose_and_this_site(opened: Vault, folder: Path) -> None:
    token = vault.new_token()
    other_site = Vault(OTHER_KEY, FolderKeys(folder))

    assert opened.token_hash(token, "session") == opened.token_hash(token, "session")
    assert len(opened.token_hash(token, "session")) == 32
    assert opened.token_hash(token, "session") != opened.token_hash(token, "feed")
    assert opened.token_hash(token, "session") != other_site.token_hash(token, "session")


def test_derived_keys_differ_by_purpose_and_have_the_size_asked_for(opened: Vault) -> None:
    assert opened.derive("queue") == opened.derive("queue") != opened.derive("cookies")
    assert len(opened.derive("queue", size=64)) == 64
    assert MASTER_KEY not in opened.derive("queue", size=64)


# Event keys, in a folder and in a bucket


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def s3_environment(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)


def make_bucket(s3: str, name: str, *, has_versions: bool = False) -> None:
    requests.put(f"{s3}/{name}", timeout=5).raise_for_status()
    if has_versions:
        setting = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        requests.put(f"{s3}/{name}?versioning", data=setting, timeout=5).raise_for_status()


@pytest.fixture(params=["folder", "bucket"])
def keys(request: pytest.FixtureRequest, folder: Path) -> KeyStore:
    if request.param == "folder":
        return key_store.opened(folder.as_uri())
    request.getfixturevalue("s3_environment")
    bucket = f"bucket-{os.urandom(4).hex()}"
    make_bucket(request.getfixturevalue("s3"), bucket)
    return key_store.opened(f"s3://{bucket}/keys")


def test_an_event_key_is_made_once_and_stays(keys: KeyStore) -> None:
    made = Vault(MASTER_KEY, keys).event_key(EVENT, create=True)

    assert len(made) == 32
    assert Vault(MASTER_KEY, keys).event_key(EVENT, create=True) == made
    assert Vault(MASTER_KEY, keys).event_key(EVENT) == made
    assert Vault(MASTER_KEY, keys).event_key(OTHER_EVENT, create=True) != made


def test_a_key_that_was_never_made_is_gone(keys: KeyStore) -> None:
    assert not Vault(MASTER_KEY, keys).has_event_key(EVENT)
    with pytest.raises(KeyGone):
        Vault(MASTER_KEY, keys).event_key(EVENT)


def test_a_destroyed_key_is_gone_in_every_process_at_once(keys: KeyStore) -> None:
    one, other = Vault(MASTER_KEY, keys), Vault(MASTER_KEY, keys)
    one.event_key(EVENT, create=True)
    other.event_key(EVENT)

    one.destroy_event_key(EVENT)

    assert not other.has_event_key(EVENT)
    with pytest.raises(Gone):
        other.event_key(EVENT)


def test_destroying_can_be_repeated(keys: KeyStore) -> None:
    opened = Vault(MASTER_KEY, keys)
    opened.destroy_event_key(EVENT)
    opened.event_key(EVENT, create=True)
    opened.destroy_event_key(EVENT)
    opened.destroy_event_key(EVENT)

    assert not opened.has_event_key(EVENT)


def test_a_key_made_after_a_destroyed_one_opens_nothing_old(keys: KeyStore) -> None:
    opened = Vault(MASTER_KEY, keys)
    sealed = vault.seal(opened.event_key(EVENT, create=True), "Oleh", PLACE)
    opened.destroy_event_key(EVENT)

    with pytest.raises(Unreadable):
        vault.open_sealed(opened.event_key(EVENT, create=True), sealed, PLACE)


def test_a_stored_key_is_useless_without_the_master_key(keys: KeyStore) -> None:
    made = Vault(MASTER_KEY, keys).event_key(EVENT, create=True)

    assert made not in (keys.read(EVENT) or b"")
    with pytest.raises(Unreadable):
        Vault(OTHER_KEY, keys).event_key(EVENT)


def test_a_stored_key_cannot_be_passed_off_as_another_events(keys: KeyStore) -> None:
    opened = Vault(MASTER_KEY, keys)
    opened.event_key(EVENT, create=True)
    keys.create(OTHER_EVENT, keys.read(EVENT) or b"")

    with pytest.raises(Unreadable):
        opened.event_key(OTHER_EVENT)


def test_threads_that_make_a_key_at_once_agree_on_one(keys: KeyStore) -> None:
    barrier, made = threading.Barrier(8), []

    def make() -> None:
        barrier.wait(timeout=10)
        made.append(Vault(MASTER_KEY, keys).event_key(EVENT, create=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert len(made) == 8
    assert len(set(made)) == 1


def make_key(folder: Path, event_id: str) -> bytes:
    return Vault(MASTER_KEY, FolderKeys(folder)).event_key(event_id, create=True)


def test_processes_that_make_keys_at_once_agree_on_each(folder: Path) -> None:
    events = [letter * 26 for letter in "abcdefgh"]
    with get_context("spawn").Pool(2) as pool:
        one, other = (pool.starmap_async(make_key, [(folder, event) for event in events], 1) for _ in range(2))
        assert one.get(timeout=60) == other.get(timeout=60)


def test_key_files_are_for_their_owner_only(opened: Vault, folder: Path) -> None:
    opened.event_key(EVENT, create=True)

    assert [path.name for path in folder.iterdir()] == [EVENT]
    assert (folder / EVENT).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("event_id", ["../master.key", "", "a" * 25, "A" * 26, "a" * 26 + "\n"])
def test_an_id_cannot_name_another_file(opened: Vault, event_id: str) -> None:
    for ask in (opened.event_key, opened.has_event_key, opened.destroy_event_key):
        with pytest.raises(ValueError, match="26 base32 characters"):
            ask(event_id)


def test_a_folder_that_cannot_be_used_is_unavailable(folder: Path) -> None:
    folder.write_text("A file stands where the folder should be.")
    opened = Vault(MASTER_KEY, FolderKeys(folder))

    with pytest.raises(Unavailable):
        opened.event_key(EVENT)
    with pytest.raises(Unavailable):
        opened.event_key(EVENT, create=True)


@pytest.mark.usefixtures("s3_environment")
def test_a_bucket_that_does_not_answer_is_unavailable_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    opened = Vault(MASTER_KEY, key_store.opened("s3://keys"))

    for ask in (opened.event_key, opened.has_event_key, opened.destroy_event_key):
        with pytest.raises(Unavailable):
            ask(EVENT)


@pytest.mark.usefixtures("s3_environment")
def test_a_bucket_that_keeps_versions_is_refused(s3: str) -> None:
    make_bucket(s3, "versions", has_versions=True)

    with pytest.raises(Unavailable, match="keeps versions"):
        Vault(MASTER_KEY, key_store.opened("s3://versions")).event_key(EVENT, create=True)


# The master key


def test_the_master_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"
    made = vault.load_master_key(path, create=True)

    assert len(made) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert vault.load_master_key(path, create=True) == made == vault.load_master_key(path, create=False)


def test_a_missing_master_key_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="is missing"):
        vault.load_master_key(tmp_path / "master.key", create=False)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "00" * 31, "00" * 33, "not hexadecimal", "zz" * 32, "00" * 16])
def test_a_master_key_of_another_size_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileError, match="64 hexadecimal digits"):
        vault.load_master_key(path, create=False)


def test_a_master_key_that_everyone_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    vault.load_master_key(path, create=True)
    path.chmod(0o644)

    with pytest.raises(KeyFileError, match=f"chmod 600 {path}"):
        vault.load_master_key(path, create=False)


def test_a_vault_refuses_a_short_key(folder: Path) -> None:
    with pytest.raises(KeyFileError):
        Vault(b"short", FolderKeys(folder))


# The app's vault


def start(data_dir: Path) -> Flask:
    app = Flask(__name__)
    vault.init_app(app, load_config({"ORGANIZER_DATA_DIR": str(data_dir)}))
    return app


def test_an_app_opens_the_same_vault_at_each_start(tmp_path: Path) -> None:
    with start(tmp_path).app_context():
        made = vault.event_key(EVENT, create=True)
        derived, hashed = vault.derive("queue"), vault.token_hash("token", "session")

    with start(tmp_path).app_context():
        assert vault.event_key(EVENT) == made
        assert (vault.derive("queue"), vault.token_hash("token", "session")) == (derived, hashed)
        vault.destroy_event_key(EVENT)
        assert not vault.has_event_key(EVENT)


def test_an_app_does_not_replace_a_lost_master_key(tmp_path: Path) -> None:
    with start(tmp_path).app_context():
        vault.event_key(EVENT, create=True)
    (tmp_path / "master.key").unlink()

    with pytest.raises(KeyFileError, match="is missing"):
        start(tmp_path)
