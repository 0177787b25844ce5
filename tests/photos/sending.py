"""Photos sent in as a browser does, and worked on as the worker does."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from organizer import outbox
from organizer.db import db
from organizer.events.models import Event
from organizer.photos.models import Photo
from tests.factories import TOKEN, Person, post
from tests.media import corpus

WORDS = {
    "alt": "A table with leaflets; two people talk.",
    "caption": "At the market.",
    "credit": "Photo: A participant",
    "language": "en",
    "licence": "press",
    "uses": ["event_page", "site", "press"],
}
SHOWN = re.compile(r'name="shown"[^>]*value="([0-9a-f]{64})"')
STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"ftyp")


@cache
def noisy(size: tuple[int, int] = (900, 600)) -> bytes:
    """A photo of loud noise, in which each pixel would be known again, with canaries wherever one can stand."""
    return corpus.jpeg(noise(size), quality=95)


@cache
def noise(size: tuple[int, int] = (900, 600)) -> Image.Image:
    """Pixels of which none is dark."""
    dice = random.Random(7)
    return Image.frombytes("RGB", size, bytes(dice.randrange(120, 256) for _ in range(size[0] * size[1] * 3)))


def send(person: Person, event: Event, data: bytes, name: str = "photo.jpg") -> TestResponse:
    """The answer to an upload."""
    path = f"/events/{event.id}/photos/new"
    token = TOKEN.search(person.client.get(path).text)
    assert token
    form = {"csrf_token": token[1], "file": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart(form)
    return person.client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def ready(person: Person, event: Event, data: bytes | None = None) -> str:
    """The address of a photo that waits for its boxes."""
    answer = send(person, event, data or noisy())
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return answer.location


def cover(person: Person, address: str, **form: object) -> TestResponse:
    """The answer to boxes, or to squares."""
    return post(person.client, f"{address}/cover", {"faces": "nobody", **form})


def draft(person: Person, event: Event, data: bytes | None = None, **form: object) -> str:
    """The address of a covered photo."""
    address = ready(person, event, data)
    answer = cover(person, address, **{"cells": ["B2"], **form})
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return address


def described(person: Person, event: Event, **form: object) -> str:
    """The same with its words."""
    address = draft(person, event, None, **form)
    assert post(person.client, f"{address}/edit", WORDS).status_code == 303
    return address


def publish(person: Person, address: str, **form: object) -> TestResponse:
    """The answer to the last look."""
    shown = SHOWN.search(person.client.get(address).text)
    assert shown
    sent = {"shown": shown[1], "is_everyone_asked": "y", **form}
    return post(person.client, f"{address}/publish", sent, form_at=address)


def published(person: Person, event: Event) -> str:
    """The address of a photo that everyone sees."""
    address = described(person, event)
    assert publish(person, address).status_code == 303
    outbox.run_owed()
    return address


def stored(address: str) -> Photo:
    db.session.rollback()
    return db.session.get_one(Photo, address.rpartition("/")[2])


def contents(blobs: Path) -> Iterator[bytes]:
    """All blobs."""
    return (path.read_bytes() for path in sorted(blobs.rglob("*")) if path.is_file())


def readable(blobs: Path) -> list[bytes]:
    """The blobs in which a picture begins somewhere at the beginning."""
    return [content for content in contents(blobs) if any(start in content[:64] for start in STARTS)]
