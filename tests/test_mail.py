import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from flask_babel import Babel, get_locale

from organizer import clock, mail
from organizer.config import load_config
from organizer.errors import RuleError, Unavailable

READER = "reader@example.org"
SUBJECT = "News about {{ title }}\n"
BODY = "\nMoved to: {{ place }}\n\n{{ link }}\n\n"


def make_app(folder: Path, mail_url: str) -> Flask:
    templates = folder / "events" / "mail" / "notice"
    templates.mkdir(parents=True, exist_ok=True)
    (templates / "subject.txt").write_text(SUBJECT)
    (templates / "body.txt").write_text(BODY)
    app = Flask(__name__, template_folder=str(folder))
    Babel(app)
    settings = {"ORGANIZER_MAIL_URL": mail_url, "ORGANIZER_MAIL_SENDER": "organizer@example.net"}
    mail.init_app(app, load_config(settings))
    return app


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, "memory:")
    with app.app_context():
        yield app


def compose(to: str = READER, **data: object) -> mail.Message:
    defaults = {"title": "Saturday", "place": "north gate", "link": "https://example.net/e/1"}
    return mail.compose("events/notice", to, "en", **(defaults | data))


class Inbox:
    """Keeps what it is sent; `rcpt` and `data` are what it answers to these commands."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data = rcpt, data
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.passwords: list[bytes] = []

    async def handle_RCPT(self, _s: object, _e: object, envelope: Envelope, address: str, _o: object) -> str:  # noqa: N802 - aiosmtpd calls it so
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.recipients.append(envelope.rcpt_tos)
        self.received.append(message_from_bytes(envelope.original_content or b"", EmailMessage, policy=policy.default))
        return self.data

    def sign_in(self, *arguments: Any) -> AuthResult:
        self.passwords.append(arguments[-1].password)
        return AuthResult(success=True)


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Start mail servers on loopback; each call returns the server's host and port."""
    with ExitStack() as running:

        def start(inbox: Inbox, **options: Any) -> str:
            controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
            controller.start()
            running.callback(controller.stop)
            return f"127.0.0.1:{controller.port}"

        yield start


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


# Composing


@pytest.mark.usefixtures("in_memory")
def test_a_message_is_filled_in_from_its_two_templates() -> None:
    message = compose()

    assert message.subject == "News about Saturday"
    assert message.body == "Moved to: north gate\n\nhttps://example.net/e/1\n"
    assert message.from_email == "organizer@example.net"
    assert message.to == [READER]


@pytest.mark.usefixtures("in_memory")
def test_plain_text_is_not_escaped_as_html() -> None:
    assert "Park & Ride <north>" in compose(place="Park & Ride <north>").body


@pytest.mark.usefixtures("in_memory")
@pytest.mark.parametrize("title", ["Saturday\r\nBcc: spy@example.org", "Saturday\nBcc: spy@example.org\n\nBody"])
def test_a_title_cannot_add_a_header(title: str) -> None:
    written = compose(title=title).message()

    assert written["Bcc"] is None
    assert "\n" not in written["Subject"]


@pytest.mark.usefixtures("in_memory")
def test_control_characters_are_left_out() -> None:
    message = compose(title="Sat\x00ur\x1bday", place="north\x07 gate")

    assert message.subject == "News about Saturday"
    assert "north gate" in message.body


@pytest.mark.usefixtures("in_memory")
@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "reader@",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "Reader <a@example.org>",
        "a@example.org\nBcc: spy@example.org",
        "a@example.org\n",
        "a b@example.org",
        "reader@exam ple.org",
        "читач@example.org",
        "x" * 250 + "@example.org",
    ],
)
def test_a_message_has_exactly_one_recipient(address: str) -> None:
    assert not mail.is_address(address)
    with pytest.raises(RuleError):
        compose(to=address)


@pytest.mark.parametrize("address", ["a@example.org", "first.last+tag@mail.example.co.uk", "me@localhost", "a@дім.укр"])
def test_usual_addresses_are_taken(address: str) -> None:
    assert mail.is_address(address)


@pytest.mark.usefixtures("in_memory")
def test_headers_tell_nothing_about_this_machine() -> None:
    written = compose().message()

    assert written["Message-ID"].endswith("@example.net>")
    assert written["Auto-Submitted"] == "auto-generated"
    assert not {"User-Agent", "X-Mailer", "Received"} & set(written.keys())


def test_a_message_is_written_in_its_readers_language(in_memory: Flask) -> None:
    subject = Path(str(in_memory.template_folder)) / "events" / "mail" / "notice" / "subject.txt"
    subject.write_text("{{ locale() }}")
    in_memory.jinja_env.globals["locale"] = get_locale

    assert mail.compose("events/notice", READER, "uk").subject == "uk"
    assert mail.compose("events/notice", READER, "zh").subject == "zh"


# Sending


def test_mail_is_off_without_a_setting(tmp_path: Path) -> None:
    with make_app(tmp_path, "").app_context():
        assert not mail.is_on()
        assert not mail.send(compose())


def test_sent_mail_waits_in_memory_for_tests(in_memory: Flask) -> None:
    assert mail.is_on()
    assert mail.send(compose())

    assert [message.to for message in in_memory.extensions["mailman"].outbox] == [[READER]]


def test_the_console_shows_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with make_app(tmp_path, "console:").app_context():
        assert mail.send(compose())

    assert "Moved to: north gate" in capsys.readouterr().out


def test_a_mail_server_receives_what_was_composed(tmp_path: Path, serve: Callable[..., str]) -> None:
    inbox = Inbox()
    with make_app(tmp_path, f"smtp://{serve(inbox)}?tls=none").app_context():
        assert mail.send(compose(place="північний вхід\n.\nnot the end", title="Субота"))

    (received,) = inbox.received
    assert inbox.recipients == [[READER]]
    assert received["To"] == READER
    assert received["Subject"] == "News about Субота"
    assert received.get_content_type() == "text/plain"
    assert "північний вхід\n.\nnot the end" in received.get_content().replace("\r\n", "\n")


def test_a_password_with_special_characters_signs_in(
    tmp_path: Path, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, inbox = make_certificate(tmp_path), Inbox()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = serve(inbox, authenticator=inbox.sign_in, auth_required=True, tls_context=tls_context(certificate))
    with make_app(tmp_path, f"smtp://organizer:p%40ss%2Fword@{server}").app_context():
        assert mail.send(compose())

    assert inbox.passwords == [b"p@ss/word"]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_goes_to_a_server_whose_certificate_is_trusted(
    tmp_path: Path, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    certificate, inbox = make_certificate(tmp_path), Inbox()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = tls_context(certificate)
    options = {"ssl_context": context} if tls == "implicit" else {"tls_context": context, "require_starttls": True}
    with make_app(tmp_path, f"smtp://{serve(inbox, **options)}?tls={tls}").app_context():
        assert mail.send(compose())

    assert len(inbox.received) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_nothing_is_sent_to_a_server_that_cannot_prove_itself(
    tmp_path: Path, serve: Callable[..., str], tls: str
) -> None:
    context, inbox = tls_context(make_certificate(tmp_path)), Inbox()
    options = {"ssl_context": context} if tls == "implicit" else {"tls_context": context}
    with make_app(tmp_path, f"smtp://{serve(inbox, **options)}?tls={tls}").app_context(), pytest.raises(Unavailable):
        mail.send(compose())

    assert inbox.received == []


def test_nothing_is_sent_in_clear_when_tls_is_asked_for(tmp_path: Path, serve: Callable[..., str]) -> None:
    inbox = Inbox()
    with make_app(tmp_path, f"smtp://{serve(inbox)}").app_context(), pytest.raises(Unavailable):
        mail.send(compose())

    assert inbox.received == []


def test_a_server_that_is_down_is_unavailable(tmp_path: Path) -> None:
    app = make_app(tmp_path, f"smtp://127.0.0.1:{free_port()}?tls=none")
    with app.app_context(), pytest.raises(Unavailable):
        mail.send(compose())


@pytest.mark.parametrize("inbox", [Inbox(rcpt="451 later"), Inbox(data="452 full")], ids=["recipient", "text"])
def test_a_refusal_for_now_can_be_tried_again_and_tells_no_address(
    tmp_path: Path, serve: Callable[..., str], inbox: Inbox
) -> None:
    app = make_app(tmp_path, f"smtp://{serve(inbox)}?tls=none")
    with app.app_context(), pytest.raises(Unavailable) as told:
        mail.send(compose())

    assert READER not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize("inbox", [Inbox(rcpt="550 unknown"), Inbox(data="554 spam")], ids=["recipient", "text"])
def test_a_refusal_for_good_is_not_tried_again(
    tmp_path: Path, serve: Callable[..., str], inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with make_app(tmp_path, f"smtp://{serve(inbox)}?tls=none").app_context():
        assert not mail.send(compose())

    assert READER not in capsys.readouterr().out
