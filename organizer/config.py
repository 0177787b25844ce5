"""Every setting, read once at the start from ORGANIZER_* variables; docs/operating.md explains each.

A setting's variable is `ORGANIZER_` and the field's name in capitals. An empty variable counts as unset.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Any, cast
from urllib.parse import SplitResult, parse_qsl, urlsplit

from environs import Env, EnvValidationError, validate
from flask import current_app
from marshmallow import ValidationError

from organizer.errors import OrganizerError

PREFIX = "ORGANIZER_"
DEFAULT_SITE_URL = "http://127.0.0.1:5000"
DEFAULT_SITE_NAME = "Organizer"
MAIL_TLS = ("starttls", "implicit", "none")


class ConfigError(OrganizerError):
    """The settings cannot be used; the text holds one sentence per wrong setting, one per line."""


@dataclass(frozen=True, slots=True)
class Config:
    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    blob_url: str
    keys_url: str
    master_key_file: Path
    mail_url: str | None = field(repr=False)
    mail_sender: str
    site_url: str
    """Scheme and host, without a slash at the end."""
    site_name: str
    onion_url: str | None
    trusted_hosts: tuple[str, ...]
    """Hosts served beside the site's own and the onion's."""
    proxy_count: int
    """How many proxies in front are ours, so that their forwarding headers are believed."""
    answers_per_minute: int
    form_age_seconds: int
    leaflet_megabytes: int
    """What the leaflets of one group may take, 0 for no limit."""
    worker: str
    """`thread`: jobs run in the web process; `none`: `flask work` runs them."""
    threads: int
    default_language: str

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @property
    def is_https(self) -> bool:
        return self.site_url.startswith("https:")

    @property
    def is_loopback_site(self) -> bool:
        return _is_loopback(_host(self.site_url))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names without ports that requests may be addressed to, the site's own first."""
        own = [_host(self.site_url)]
        if self.onion_url:
            own.append(_host(self.onion_url))
        if self.is_loopback_site:
            own += ["localhost", "127.0.0.1"]
        return tuple(dict.fromkeys([*own, *self.trusted_hosts]))


def load_config(env: Mapping[str, str]) -> Config:
    """Return the settings in `env`, usually `os.environ`; a wrong one never hides another.

    Raises ConfigError, which names every wrong setting.
    """
    read = _MappingEnv(env)
    data_dir = Path(read.str("DATA_DIR", "data")).absolute()
    site_url = read.str("SITE_URL", DEFAULT_SITE_URL, validate=_check_site_url)
    settings: dict[str, Any] = {
        "data_dir": data_dir,
        "database_url": read.str("DATABASE_URL", f"sqlite:///{data_dir}/organizer.sqlite3", validate=_check_database),
        "redis_url": read.str("REDIS_URL", None, validate=_check_redis),
        "blob_url": read.str("BLOB_URL", (data_dir / "blobs").as_uri(), validate=_check_store),
        "keys_url": read.str("KEYS_URL", (data_dir / "keys").as_uri(), validate=_check_store),
        "master_key_file": Path(read.str("MASTER_KEY_FILE", str(data_dir / "master.key"))).absolute(),
        "mail_url": read.str("MAIL_URL", None, validate=_check_mail),
        "mail_sender": read.str("MAIL_SENDER", _default_sender(site_url), validate=_check_sender),
        "site_url": _without_slash(site_url),
        "site_name": read.str("SITE_NAME", DEFAULT_SITE_NAME),
        "onion_url": _without_slash(read.str("ONION_URL", None, validate=_check_onion)),
        "trusted_hosts": tuple(read.list("TRUSTED_HOSTS", [], subcast=str.strip, validate=_check_hosts) or ()),
        "proxy_count": read.int("PROXY_COUNT", 0, validate=validate.Range(0, 10)),
        "answers_per_minute": read.int("ANSWERS_PER_MINUTE", 120, validate=validate.Range(1, 100_000)),
        "form_age_seconds": read.int("FORM_AGE_SECONDS", 2, validate=validate.Range(0, 3600)),
        "leaflet_megabytes": read.int("LEAFLET_MEGABYTES", 5000, validate=validate.Range(0, 100_000_000)),
        "worker": read.str("WORKER", "thread", validate=_check_worker),
        "threads": read.int("THREADS", 8, validate=validate.Range(1, 64)),
        "default_language": read.str("DEFAULT_LANGUAGE", "en", validate=_check_language),
    }
    try:
        read.seal()
    except EnvValidationError as error:
        told = cast(Mapping[str, list[str]], error.error_messages)
        lines = [f"{name}: {' '.join(told[name])}" for name in sorted(told)]
        raise ConfigError("\n".join(lines)) from None
    return Config(**settings)


class _MappingEnv(Env):
    """Reads the mapping that it is given; Env itself knows only the process's environment."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=PREFIX)
        self._given = {name: value.strip() for name, value in env.items() if value.strip()}

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._given.get(env_key, default)


def _check_site_url(value: str) -> None:
    parts = _parts(value)
    if parts.scheme not in ("http", "https") or not _is_bare(parts):
        raise ValidationError("Give scheme and host, like https://example.org, with nothing after them.")
    host = parts.hostname or ""
    if parts.scheme == "http" and not (_is_loopback(host) or host.endswith(".onion")):
        raise ValidationError(
            "Use https: over plain http nobody could stay signed in, and everyone on the way would read along. "
            "Only a loopback or .onion address may be http."
        )


def _check_onion(value: str) -> None:
    parts = _parts(value)
    if parts.scheme not in ("http", "https") or not _is_bare(parts) or not (parts.hostname or "").endswith(".onion"):
        raise ValidationError("Give the onion address like http://….onion, with nothing after it.")


def _check_database(value: str) -> None:
    parts = _parts(value)
    is_postgresql = parts.scheme in ("postgresql", "postgresql+psycopg") and len(parts.path) > 1
    if not is_postgresql and not (value.startswith("sqlite:////") and len(parts.path) > 2):
        raise ValidationError("Give sqlite:////absolute/file or postgresql://user:password@host/name.")


def _check_redis(value: str) -> None:
    parts = _parts(value)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValidationError("Give redis://host:port/number, or rediss:// for TLS.")


def _check_store(value: str) -> None:
    parts = _parts(value)
    is_folder = parts.scheme == "file" and not parts.netloc and len(parts.path) > 1
    if not is_folder and not (parts.scheme == "s3" and parts.hostname):
        raise ValidationError("Give file:///absolute/folder or s3://bucket/folder.")


def _check_mail(value: str) -> None:
    if value in ("console:", "memory:"):
        return
    parts = _parts(value)
    if parts.scheme != "smtp" or not parts.hostname or parts.path not in ("", "/"):
        raise ValidationError("Give smtp://user:password@host:port?tls=starttls, or console: to print mail.")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if query.pop("tls", "starttls") not in MAIL_TLS or query:
        raise ValidationError("After the ? only tls=starttls, tls=implicit or tls=none may stand.")


def _check_sender(value: str) -> None:
    try:
        Address(addr_spec=value)
    except (ValueError, HeaderParseError, IndexError):
        raise ValidationError("Give one mail address, like organizer@example.org.") from None


def _check_hosts(values: list[str]) -> None:
    if not all(re.fullmatch(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value) for value in values):
        raise ValidationError("Give host names with commas between, like example.org, without scheme and port.")


def _check_worker(value: str) -> None:
    if value not in ("thread", "none"):
        raise ValidationError("Give thread to run jobs in the web process, or none when `flask work` runs them.")


def _check_language(value: str) -> None:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValidationError("Give a language's code, like en or uk.")


def _parts(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValidationError(
            "This address cannot be read. Is the port a number? In a password write @ as %40, / as %2F, # as %23."
        ) from None
    return parts


def _is_bare(parts: SplitResult) -> bool:
    """Nothing but a host and perhaps a port, since the app is served from the root."""
    has_more = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    return bool(parts.hostname) and not has_more


def _without_slash(url: str | None) -> str | None:
    return url and url.rstrip("/")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _default_sender(site_url: str | None) -> str:
    host = _host(site_url or "")
    is_name = re.search(r"[a-z]", host) and ":" not in host
    return f"organizer@{host if is_name else 'localhost'}"


def current() -> Config:
    """The settings of the running app."""
    found: Config = current_app.extensions["config"]
    return found


def absolute(path: str) -> str:
    """The address on this site that others may keep, `path` beginning with a slash. Needs no request."""
    return f"{current().site_url}{path}"
