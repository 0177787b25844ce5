"""Leaflets sent in as a browser does, and worked on as the worker does."""

from __future__ import annotations

import io
from functools import cache

import pikepdf
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from organizer import outbox
from organizer.events.models import Event
from tests.factories import TOKEN, Person, post
from tests.media import corpus

WORDS = {"title": "Letters to prisoners", "language": "en", "licence": "unsaid", "credits": "", "text_alternative": ""}


@cache
def pdf() -> bytes:
    """A PDF of two pages with canaries wherever one can stand."""
    return corpus.planted_pdf()


@cache
def jpeg() -> bytes:
    """A photo that tells of place, time and camera."""
    return corpus.jpeg()


def plain_pdf(pages: int = 1) -> bytes:
    """One that says nothing."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(300, 400))
        written = io.BytesIO()
        made.save(written)
    return written.getvalue()


def send(person: Person, event: Event, data: bytes, name: str = "leaflet.pdf", **words: str) -> TestResponse:
    """The answer to an upload."""
    return upload(person, f"/events/{event.id}/leaflets/new", data, name, **words)


def send_all(person: Person, event: Event, *sent: FileStorage, **words: str) -> TestResponse:
    """The answer to several files in one form."""
    path = f"/events/{event.id}/leaflets/new"
    token = TOKEN.search(person.client.get(path).text)
    assert token
    body, content_type = encoded({"csrf_token": token[1], **WORDS, "title": "", **words, "file": list(sent)})
    return person.client.post(path, data=body, content_type=content_type)


def upload(person: Person, path: str, data: bytes, name: str = "leaflet.pdf", **words: str) -> TestResponse:
    """The answer to a file sent to this form."""
    token = TOKEN.search(person.client.get(path).text)
    assert token
    body, content_type = encoded(
        {"csrf_token": token[1], **WORDS, **words, "file": FileStorage(io.BytesIO(data), name)}
    )
    return person.client.post(path, data=body, content_type=content_type)


def file(data: bytes, name: str = "leaflet.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(data), name)


def encoded(form: dict[str, object]) -> tuple[bytes, str]:
    """A form as bytes with its content type; werkzeug's own client would put large ones into a file."""
    boundary, body = encode_multipart(form)
    return body, f'multipart/form-data; boundary="{boundary}"'


def sent(person: Person, event: Event, data: bytes, **words: str) -> str:
    """The address of a new leaflet, rebuilt or refused."""
    answer = send(person, event, data, **words)
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return answer.location


def published(person: Person, event: Event, data: bytes, **words: str) -> str:
    """The address of a new leaflet that everyone may have."""
    address = sent(person, event, data, **words)
    publish(person, address)
    return address


def publish(person: Person, address: str, number: int = 1) -> None:
    """Let everyone have the version with this number."""
    answer = post(person.client, f"{address}/versions/{number}/publish", {}, form_at=f"{address}/versions/{number}")
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
