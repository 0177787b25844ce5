import dataclasses
from pathlib import Path

import pytest

from organizer.config import ConfigError, load_config


def sentence_about(setting: str, value: str) -> str:
    """Return what is said when this setting alone is wrong."""
    with pytest.raises(ConfigError) as told:
        load_config({setting: value})
    name, _, sentence = str(told.value).partition(": ")
    assert name == setting
    return sentence


def test_without_any_setting_everything_lies_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config({})

    assert config.data_dir == tmp_path / "data"
    assert config.database_url == f"sqlite:///{tmp_path}/data/organizer.sqlite3"
    assert config.blob_url == f"file://{tmp_path}/data/blobs"
    assert config.keys_url == f"file://{tmp_path}/data/keys"
    assert config.master_key_file == tmp_path / "data" / "master.key"
    assert (config.redis_url, config.mail_url, config.onion_url) == (None, None, None)
    assert config.is_sqlite
    assert config.is_loopback_site
    assert not config.is_https


def test_the_process_environment_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORGANIZER_THREADS", "nonsense")

    assert load_config({}).threads == 8


def test_settings_are_typed() -> None:
    config = load_config(
        {
            "ORGANIZER_DATA_DIR": "/srv/organizer",
            "ORGANIZER_DATABASE_URL": "postgresql://organizer:secret@db/organizer",
            "ORGANIZER_SITE_URL": "https://actions.example.org/",
            "ORGANIZER_ONION_URL": "http://abcdefgh.onion",
            "ORGANIZER_TRUSTED_HOSTS": "www.example.org, .example.net",
            "ORGANIZER_PROXY_COUNT": "1",
        }
    )

    assert config.data_dir == Path("/srv/organizer")
    assert not config.is_sqlite
    assert config.is_https
    assert not config.is_loopback_site
    assert config.site_url == "https://actions.example.org"
    assert config.hosts == ("actions.example.org", "abcdefgh.onion", "www.example.org", ".example.net")
    assert config.proxy_count == 1


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_config({"ORGANIZER_THREADS": " ", "ORGANIZER_MAIL_URL": ""}) == load_config({})


def test_every_setting_can_be_set_by_its_own_name() -> None:
    """A setting that no variable reaches would be a constant."""
    wrong = {
        f"ORGANIZER_{field.name.upper()}": "\N{SNOWMAN} \N{SNOWMAN}" for field in dataclasses.fields(load_config({}))
    }
    anything_goes = {"ORGANIZER_DATA_DIR", "ORGANIZER_MASTER_KEY_FILE", "ORGANIZER_SITE_NAME"}

    with pytest.raises(ConfigError) as told:
        load_config(wrong)

    assert {line.partition(": ")[0] for line in str(told.value).splitlines()} == wrong.keys() - anything_goes


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as told:
        load_config({"ORGANIZER_THREADS": "many", "ORGANIZER_WORKER": "huge", "ORGANIZER_REDIS_URL": "localhost"})

    assert str(told.value).splitlines() == [
        "ORGANIZER_REDIS_URL: Give redis://host:port/number, or rediss:// for TLS.",
        "ORGANIZER_THREADS: Not a valid integer.",
        "ORGANIZER_WORKER: Give thread to run jobs in the web process, or none when `flask work` runs them.",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:5000",
        "http://localhost",
        "http://[::1]:5000",
        "http://127.8.8.8",
        "http://abcdefgh.onion",
        "https://example.org:8443",
    ],
)
def test_the_site_may_be_https_or_loopback_or_an_onion(address: str) -> None:
    assert load_config({"ORGANIZER_SITE_URL": address}).site_url == address


@pytest.mark.parametrize(
    "address", ["http://example.org", "http://192.168.1.4:5000", "http://localhost.example.org", "http://0.0.0.0:5000"]
)
def test_plain_http_elsewhere_is_refused_with_its_reason(address: str) -> None:
    assert sentence_about("ORGANIZER_SITE_URL", address).startswith(
        "Use https: over plain http nobody could stay signed"
    )


@pytest.mark.parametrize(
    "address",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://example.org/app",
        "https://user:pass@example.org",
        "https://example.org?x=1",
        "https://example.org:port",
        "https://[::1",
    ],
)
def test_a_site_address_is_scheme_and_host_only(address: str) -> None:
    assert sentence_about("ORGANIZER_SITE_URL", address)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ORGANIZER_DATABASE_URL", "sqlite:///relative.sqlite3"),
        ("ORGANIZER_DATABASE_URL", "sqlite://"),
        ("ORGANIZER_DATABASE_URL", "mysql://localhost/organizer"),
        ("ORGANIZER_DATABASE_URL", "postgresql://localhost"),
        ("ORGANIZER_BLOB_URL", "file://relative/folder"),
        ("ORGANIZER_KEYS_URL", "/srv/keys"),
        ("ORGANIZER_KEYS_URL", "s3://"),
        ("ORGANIZER_ONION_URL", "https://example.org"),
        ("ORGANIZER_TRUSTED_HOSTS", "https://example.org"),
        ("ORGANIZER_TRUSTED_HOSTS", "example.org:443"),
        ("ORGANIZER_MAIL_URL", "smtp://"),
        ("ORGANIZER_MAIL_URL", "smtp://mail.example.org?tls=maybe"),
        ("ORGANIZER_MAIL_URL", "smtp://mail.example.org?tsl=none"),
        ("ORGANIZER_MAIL_URL", "smtp://mail.example.org:x"),
        ("ORGANIZER_MAIL_SENDER", "not an address"),
        ("ORGANIZER_MAIL_SENDER", "a@example.org, b@example.org"),
        ("ORGANIZER_PROXY_COUNT", "-1"),
        ("ORGANIZER_ANSWERS_PER_MINUTE", "0"),
        ("ORGANIZER_FORM_AGE_SECONDS", "1.5"),
        ("ORGANIZER_LEAFLET_MEGABYTES", "-1"),
        ("ORGANIZER_THREADS", "1000"),
        ("ORGANIZER_DEFAULT_LANGUAGE", "English"),
    ],
)
def test_a_wrong_setting_gets_a_sentence(setting: str, value: str) -> None:
    assert sentence_about(setting, value).endswith(".")


@pytest.mark.parametrize(
    ("site_url", "sender"),
    [
        ("https://actions.example.org", "organizer@actions.example.org"),
        ("http://127.0.0.1:5000", "organizer@localhost"),
        ("http://[::1]:5000", "organizer@localhost"),
    ],
)
def test_mail_comes_from_the_site_by_default(site_url: str, sender: str) -> None:
    assert load_config({"ORGANIZER_SITE_URL": site_url}).mail_sender == sender


def test_a_printed_config_tells_no_password() -> None:
    config = load_config(
        {
            "ORGANIZER_DATABASE_URL": "postgresql://organizer:hunter2@db/organizer",
            "ORGANIZER_REDIS_URL": "redis://:hunter2@redis/0",
            "ORGANIZER_MAIL_URL": "smtp://organizer:hunter2@mail.example.org",
        }
    )

    assert "hunter2" not in repr(config)


def test_a_told_error_repeats_no_password() -> None:
    assert "hunter2" not in sentence_about("ORGANIZER_DATABASE_URL", "mysql://organizer:hunter2@db/organizer")
