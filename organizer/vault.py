"""Keys, sealing and tokens. What is sealed here is unreadable to who has the database or its backup.

The master key is one small file. Each event has a key of its own in the key store, wrapped by the master key;
unlinking it makes all that it sealed unreadable for good, and that is the purge. No key is ever cached, so that
none outlives its file in any process.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from organizer import key_store
from organizer.config import Config
from organizer.errors import Gone, OrganizerError
from organizer.key_store import KeyStore

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class KeyFileError(OrganizerError):
    """The master key cannot be used, so the program must not start; the text says what to do."""


class KeyGone(Gone):
    """The event's key was destroyed or never made: nothing that it sealed can be read."""


class Unreadable(OrganizerError):
    """Sealed bytes that this key and place do not open: damaged, forged, moved, or sealed by another key."""


# Sealing gives a version byte, a nonce, and the ciphertext with its tag.


def seal(key: bytes, value: str | bytes, aad: str) -> bytes:
    """Encrypt `value`; `aad` is `table|row|column`, so that sealed bytes open only where they were put."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = value.encode() if isinstance(value, str) else value
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, aad.encode())


def open_bytes(key: bytes, sealed: bytes, aad: str) -> bytes:
    """Return what `seal` was given, as bytes. Raises Unreadable."""
    if sealed[:1] != VERSION:
        raise Unreadable("Sealed in a way that this version does not know.")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, aad.encode())
    except (InvalidTag, ValueError):
        raise Unreadable("Sealed by another key, for another place, or damaged.") from None


def open_sealed(key: bytes, sealed: bytes, aad: str) -> str:
    """Return the text that `seal` was given. Raises Unreadable."""
    return open_bytes(key, sealed, aad).decode()


# Tokens and message codes.


def new_token() -> str:
    """160 random bits as 32 lower-case base32 characters: a double click selects all of it."""
    return _base32(secrets.token_bytes(20))


def mac(key: bytes, purpose: str, *parts: str | int) -> str:
    """Return a 160-bit HMAC as 32 characters like a token's; other purposes and other splits of parts differ."""
    told = [part.encode() for part in (purpose, *map(str, parts))]
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in told)
    return _base32(hmac.digest(key, framed, hashlib.sha256)[:20])


def same(one: str | bytes, other: str | bytes) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(_as_bytes(one), _as_bytes(other))


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


# The master key and what follows from it.


def load_master_key(path: Path, create: bool) -> bytes:
    """Return the 32 bytes kept there as hexadecimal digits; `create` makes them when there is no file.

    Raises KeyFileError when the file is missing, has another size, or can be read by everyone.
    """
    if create:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_store.write_new_file(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
    try:
        mode, content = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(f"The master key {path} is missing. Put it back from its copy.") from None
    except OSError as error:
        raise KeyFileError(f"The master key {path} cannot be read: {error.strerror}.") from None
    if mode & 0o007:
        raise KeyFileError(f"Everyone on this machine may read the master key. Run: chmod 600 {path}")
    try:
        key = binascii.unhexlify(content.strip())
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"The master key {path} must hold {2 * KEY_BYTES} hexadecimal digits and nothing else.")
    return key


class Vault:
    def __init__(self, master_key: bytes, keys: KeyStore) -> None:
        if len(master_key) != KEY_BYTES:
            raise KeyFileError(f"A master key has {KEY_BYTES} bytes, this one {len(master_key)}.")
        self._master_key = master_key
        self._keys = keys
        self._derived: dict[tuple[str, int], bytes] = {}

    def derive(self, purpose: str, size: int = KEY_BYTES) -> bytes:
        """Return `size` bytes that only this master key and purpose give, the same ones each time."""
        known = self._derived.get((purpose, size))
        if known is None:
            known = HKDF(SHA256(), size, salt=None, info=purpose.encode()).derive(self._master_key)
            self._derived[purpose, size] = known
        return known

    def token_hash(self, token: str, purpose: str) -> bytes:
        """Return what is stored in a token's place; useless elsewhere than for this purpose."""
        return hmac.digest(self.derive(f"token|{purpose}"), token.encode(), hashlib.sha256)

    def event_key(self, event_id: str, create: bool = False) -> bytes:
        """Return the event's key. With `create`, it is made at the first call; processes agree on one.

        Raises KeyGone when it was destroyed or never made, Unavailable when the store is down.
        """
        name, aad = _key_name(event_id), f"event_key|{event_id}"
        with key_store.reachable():
            wrapped = self._keys.read(name)
            if wrapped is None and create:
                wrapped = self._keys.create(name, seal(self._wrapping_key(), secrets.token_bytes(KEY_BYTES), aad))
        if wrapped is None:
            raise KeyGone
        return open_bytes(self._wrapping_key(), wrapped, aad)

    def has_event_key(self, event_id: str) -> bool:
        with key_store.reachable():
            return self._keys.read(_key_name(event_id)) is not None

    def destroy_event_key(self, event_id: str) -> None:
        """Make all that the key sealed unreadable, now and for good. Safe to repeat."""
        with key_store.reachable():
            self._keys.delete(_key_name(event_id))

    def _wrapping_key(self) -> bytes:
        return self.derive("event keys")


def _key_name(event_id: str) -> str:
    if not re.fullmatch(r"[a-z2-7]{26}", event_id):
        raise ValueError("An event's id is 26 base32 characters; anything else could name another file.")
    return event_id


# The app's vault, so that callers write `vault.event_key(event.id)`.


def init_app(app: Flask, config: Config) -> None:
    """Open the vault, on the very first start with a new master key.

    Raises KeyFileError, also when the master key is missing beside event keys that it had wrapped.
    """
    keys = key_store.opened(config.keys_url)
    is_first_start = not config.master_key_file.exists() and keys.is_empty()
    app.extensions["vault"] = Vault(load_master_key(config.master_key_file, create=is_first_start), keys)


def current() -> Vault:
    """Return the vault of the app whose context this is."""
    vault: Vault = current_app.extensions["vault"]
    return vault


def derive(purpose: str, size: int = KEY_BYTES) -> bytes:
    return current().derive(purpose, size)


def token_hash(token: str, purpose: str) -> bytes:
    return current().token_hash(token, purpose)


def event_key(event_id: str, create: bool = False) -> bytes:
    return current().event_key(event_id, create)


def has_event_key(event_id: str) -> bool:
    return current().has_event_key(event_id)


def destroy_event_key(event_id: str) -> None:
    current().destroy_event_key(event_id)
