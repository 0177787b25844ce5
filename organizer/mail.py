"""Compose and send mail: plain text, one recipient a message, nothing telling in the subject.

Off unless ORGANIZER_MAIL_URL is set. Only jobs send; a request never waits for a mail server.
"""

import re
import smtplib
import ssl
import unicodedata
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from flask import Flask, current_app
from flask_babel import force_locale
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends.smtp import EmailBackend

from organizer import vault
from organizer.config import Config
from organizer.errors import RuleError, Unavailable

TIMEOUT_SECONDS = 20
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[\w-]+(\.[\w-]+)*")
DEFAULT_PORTS = {"starttls": 587, "implicit": 465, "none": 25}

log = structlog.get_logger()

Message: TypeAlias = EmailMessage


class _CheckingSmtp(smtplib.SMTP):
    """smtplib's STARTTLS believes any certificate unless it is told otherwise."""

    def starttls(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return super().starttls(context=ssl.create_default_context())


class _CheckingBackend(EmailBackend):  # type: ignore[misc] # flask-mailman has no types
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else _CheckingSmtp


def init_app(app: Flask, config: Config) -> None:
    app.config["MAIL_DEFAULT_SENDER"] = config.mail_sender
    if config.mail_url:
        app.config.update(_backend(config.mail_url))
        Mail().init_app(app)


def is_on() -> bool:
    return "mailman" in current_app.extensions


def is_address(text: str) -> bool:
    """One bare address that any mail server takes; no name before it, nothing after it."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


def compose(template: str, to: str, language: str, **data: object) -> Message:
    """Fill in templates/<feature>/mail/<fact>/subject.txt and body.txt, `template` being "<feature>/<fact>".

    The templates see `data` only. Raises RuleError when `to` is not one address.
    """
    if not is_address(to):
        raise RuleError("This is not a mail address.", field="contact")
    feature, fact = template.split("/")
    with force_locale(language):
        subject, body = (_fill(f"{feature}/mail/{fact}/{part}.txt", data) for part in ("subject", "body"))
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": _message_id(sender)}
    # A new line in the subject could begin another header.
    return Message(" ".join(subject.split()), body.strip() + "\n", sender, to=[to], headers=headers)


def send(message: Message) -> bool:
    """Hand the message to the mail server; False when it refuses this recipient or text for good, or mail is off.

    Raises Unavailable when trying again later may help; the error names no address.
    """
    if not is_on():
        return False
    try:
        with message.get_connection() as connection:
            connection.send_messages([message])
    except (smtplib.SMTPException, OSError) as error:
        if not _is_final(error):
            raise Unavailable(f"Mail cannot be sent now: {type(error).__name__}.") from None
        log.warning("mail.refused", error=type(error).__name__)
        return False
    return True


def _fill(template: str, data: dict[str, object]) -> str:
    text = current_app.jinja_env.get_template(template).render(data)
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")


def _message_id(sender: str) -> str:
    """The library's own id would tell this machine's name and the process's number."""
    return f"<{vault.new_token()}@{sender.rpartition('@')[2]}>"


def _is_final(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _backend(url: str) -> dict[str, object]:
    if url == "console:":
        return {"MAIL_BACKEND": "console"}
    if url == "memory:":
        return {"MAIL_BACKEND": "locmem"}
    parts = urlsplit(url)
    tls = dict(parse_qsl(parts.query)).get("tls", "starttls")
    return {
        "MAIL_BACKEND": _CheckingBackend,
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": parts.port or DEFAULT_PORTS[tls],
        "MAIL_USERNAME": unquote(parts.username or ""),
        "MAIL_PASSWORD": unquote(parts.password or ""),
        "MAIL_USE_TLS": tls == "starttls",
        "MAIL_USE_SSL": tls == "implicit",
        "MAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
