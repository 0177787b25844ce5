"""What deploy/ ships is well-formed, keeps its promises about addresses, disks and keys, and agrees with the docs."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from organizer import config, documents, intake, outbox, uploads
from organizer.media import sandbox

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OPERATING = ROOT / "docs" / "operating.md"
# The folder of the checkout in the units, and what each option must be at least.
CHECKOUT = "/opt/organizer"
HARDENING = {
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "ProtectProc": "invisible",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "yes",
    "RestrictRealtime": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
    "IPAddressDeny": "any",
    "UMask": "0077",
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "StateDirectoryMode": "0700",
    "User": "organizer",
}


def _unit(path: Path) -> dict[str, list[str]]:
    """The options of the [Service] section, each with all its values."""
    reader = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    reader.optionxform = str  # type: ignore[assignment,method-assign] # as the library documents it
    reader.read(path)
    found: dict[str, list[str]] = {}
    for line in path.read_text().partition("[Service]")[2].partition("[Install]")[0].splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    assert set(found) == set(reader["Service"])
    return found


def _settings() -> dict[str, str]:
    """What organizer.env sets, and what it offers in comments."""
    lines = (DEPLOY / "organizer.env").read_text().splitlines()
    pairs = (line.removeprefix("#").partition("=") for line in lines if re.match(r"#?ORGANIZER_", line))
    return {name: value for name, _equals, value in pairs}


def _nginx(name: str) -> str:
    return re.sub(r"^\s*#.*$", "", (DEPLOY / "nginx" / name).read_text(), flags=re.MULTILINE)


# systemd.


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened(path: Path) -> None:
    options = _unit(path)
    assert {name: options.get(name, [None])[-1] for name in HARDENING} == HARDENING
    assert options["SystemCallFilter"] == ["@system-service", "~@privileged @obsolete"]
    # What checks uploads needs these two, and nothing needs more.
    assert options["RestrictNamespaces"] == ["user net"]
    assert set(options["IPAddressAllow"]) == {"localhost"}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit(path: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not on this machine")
    here = tmp_path / path.name
    here.write_text(path.read_text().replace(f"ExecStart={CHECKOUT}/.venv/bin/flask", "ExecStart=/bin/true"))
    done = subprocess.run([program, "verify", "--man=no", here], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_stopping_a_unit_leaves_its_children_to_it(path: Path) -> None:
    """The signal is for the process itself, which lets the child at work come to its end."""
    assert _unit(path)["KillMode"] == ["mixed"]


def test_the_worker_has_the_time_that_its_longest_job_takes() -> None:
    """Two children one after the other, each of which may have to wait for its place."""
    longest = 2 * max(limits.wall_seconds + limits.waiting_seconds for limits in sandbox.LIMITS.values())
    (given,) = _unit(DEPLOY / "systemd" / "organizer-work.service")["TimeoutStopSec"]
    assert max(longest, 1.5 * documents.LONGEST_SECONDS) < int(given) < outbox.LEASE.total_seconds()


def test_both_units_are_the_same_but_for_what_they_run() -> None:
    site, work = (_unit(DEPLOY / "systemd" / f"{name}.service") for name in ("organizer", "organizer-work"))
    different = {name for name in site.keys() | work.keys() if site.get(name) != work.get(name)}
    assert different == {"ExecStart", "Restart", "TimeoutStopSec"}
    assert site["ExecStart"] == [f"{CHECKOUT}/.venv/bin/flask --app app serve --host 127.0.0.1 --port 5000 --no-demo"]
    assert work["ExecStart"] == [f"{CHECKOUT}/.venv/bin/flask --app app work"]


def test_the_settings_are_ones_and_keep_keys_apart_from_what_a_backup_takes() -> None:
    settings = {name: value for name, value in _settings().items() if "…" not in value}
    known = {f"{config.PREFIX}{name.upper()}" for name in config.Config.__dataclass_fields__}
    assert set(_settings()) <= known
    found = config.load_config(settings)
    keys = Path(found.keys_url.removeprefix("file://"))
    assert found.data_dir not in (*keys.parents, *found.master_key_file.parents)
    assert found.worker == "none"
    assert found.proxy_count == 1
    folders = {f"/var/lib/{name}" for name in _unit(UNITS[0])["StateDirectory"][0].split()}
    assert {str(found.data_dir), str(found.master_key_file.parent), str(keys.parent)} <= folders


# nginx.


@pytest.mark.parametrize("name", ["organizer.conf", "proxy.conf"])
def test_no_address_of_a_visitor_is_written_anywhere(name: str) -> None:
    """Every server is either silent itself or takes what both share, which is."""
    text = _nginx(name)
    logs = re.findall(r"^\s*((?:access|error)_log [^;]+);", text, re.MULTILINE)
    assert set(logs) == {"access_log off", "error_log /dev/null"}
    for block in text.split("server {")[1:] if name == "organizer.conf" else [text]:
        assert "include /etc/nginx/organizer/proxy.conf;" in block or set(logs) <= set(
            re.findall(r"((?:access|error)_log [^;]+);", block)
        )


def test_nothing_that_goes_by_is_put_on_the_disk() -> None:
    text = _nginx("proxy.conf")
    assert "proxy_max_temp_file_size 0;" in text
    assert "proxy_buffering on;" in text
    bodies, buffers = (
        re.findall(rf"{name} (\d+)m;", text) for name in ("client_max_body_size", "client_body_buffer_size")
    )
    assert bodies == buffers


def test_nginx_lets_through_what_the_site_takes_and_no_more() -> None:
    usual, large = (int(size) << 20 for size in re.findall(r"client_max_body_size (\d+)m;", _nginx("proxy.conf")))
    assert intake.LARGEST_FORM_BYTES <= usual <= 2 * intake.LARGEST_FORM_BYTES
    assert uploads.LARGEST_BYTES <= large <= intake.LARGEST_BODY_BYTES
    pattern = re.search(r"location ~ (\S+) \{\s*client_max_body_size 32m", _nginx("proxy.conf"))
    assert pattern
    assert re.fullmatch(pattern[1], "/events/some-event-2026-05-01/leaflets/new")
    assert re.fullmatch(pattern[1], f"/events/{'a' * 26}/photos/new")
    assert re.fullmatch(pattern[1], f"/leaflets/{'a' * 26}/again")
    assert not re.fullmatch(pattern[1], "/events/new")


def test_visitors_cannot_say_who_forwarded_them() -> None:
    text = _nginx("proxy.conf")
    given = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert given["Host"] == given["X-Forwarded-Host"] == "$host"
    assert given["X-Forwarded-For"] == "$remote_addr"
    assert given["X-Forwarded-Proto"] == "$scheme"
    assert {name for name, value in given.items() if value == '""'} == {
        *("Connection", "Forwarded", "X-Real-IP", "X-Forwarded-Port", "X-Forwarded-Prefix")
    }


def test_the_web_is_tls_only_and_other_names_are_not_answered() -> None:
    text = _nginx("organizer.conf")
    assert re.findall(r"ssl_protocols ([^;]+);", text) == ["TLSv1.2 TLSv1.3"]
    assert "ssl_session_tickets off;" in text
    assert "return 308 https://$host$request_uri;" in text
    default = next(block for block in text.split("server {") if "default_server" in block)
    assert "ssl_reject_handshake on;" in default
    assert "return 444;" in default


def test_the_onion_is_reached_by_tor_alone() -> None:
    listens = re.findall(r"listen ([^;]+);", _nginx("onion.conf"))
    assert len(listens) == 1
    assert listens[0].startswith("127.0.0.1:")
    torrc = (DEPLOY / "tor" / "torrc").read_text()
    assert f"HiddenServicePort 80 {listens[0]}" in torrc
    assert "SocksPort 0" in torrc


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "organizer.example")])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + timedelta(days=1))
    folder.mkdir(parents=True)
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_nginx_understands_its_files(tmp_path: Path) -> None:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not on this machine")
    _certificate(tmp_path / "live" / "organizer.example")
    moved = {
        "/etc/nginx/organizer/proxy.conf": str(DEPLOY / "nginx" / "proxy.conf"),
        "/etc/letsencrypt": str(tmp_path),
        "[::]:80": f"[::1]:{_free_port()}",
        "[::]:443": f"[::1]:{_free_port()}",
        "listen 80": f"listen 127.0.0.1:{_free_port()}",
        "listen 443": f"listen 127.0.0.1:{_free_port()}",
        "127.0.0.1:8081": f"127.0.0.1:{_free_port()}",
    }
    texts = [(DEPLOY / "nginx" / name).read_text() for name in ("organizer.conf", "onion.conf")]
    for before, after in moved.items():
        texts = [text.replace(before, after) for text in texts]
    whole = tmp_path / "nginx.conf"
    temporary = "\n".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{temporary}\n{''.join(texts)}\n}}\n")
    done = subprocess.run(
        [program, "-t", "-q", "-e", "stderr", "-p", tmp_path, "-c", whole], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[emerg]" not in done.stderr


# The docs.


def test_the_docs_name_every_file_and_every_place() -> None:
    text = OPERATING.read_text()
    files = [path.relative_to(ROOT).as_posix() for path in DEPLOY.rglob("*") if path.is_file()]
    assert [name for name in files if name not in text] == []
    places = {
        found
        for path in DEPLOY.rglob("*")
        if path.is_file()
        for found in re.findall(r"(?:/etc|/var/lib)/(?:organizer|nginx|tor|systemd)[\w./-]*", path.read_text())
    }
    assert sorted(place for place in places if place.rstrip("/.") not in text) == []
