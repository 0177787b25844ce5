"""Collections for the tests of this folder, by way of the services."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdfium2
from PIL import Image

from organizer.collections import service as collections
from organizer.collections.models import Collection
from organizer.collections.rules import CollectionDetails, Kind
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.media import Picture
from organizer.photos import service as photos
from organizer.photos.models import Photo
from organizer.photos.rules import Faces, Licence, PhotoDetails
from organizer.policy import NOBODY
from organizer.statements import rules
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, ConsentDetails, Moment, ReviewDetails, StatementDetails, Use
from tests import factories
from tests.factories import Person

EVERYWHERE = frozenset(Use)
DETAILS = CollectionDetails("Why we stood at the lake", "en", note="Taken down *that afternoon*.")


def past_event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


def said(
    organizer: Person,
    text: str,
    byline: str = "",
    *,
    kind: BylineKind = BylineKind.PSEUDONYM,
    consent: ConsentDetails | None = None,
    known_by: str = "",
    language: str = "en",
    affiliation: str = "",
    is_published: bool = True,
) -> Statement:
    """A statement about a past event of the organizer's group."""
    event = events.seen(NOBODY, past_event(organizer).id)
    details = StatementDetails(text, language, kind if byline else BylineKind.NONE, byline, affiliation)
    statement = statements.submit(event, details, consent or ConsentDetails(EVERYWHERE))
    if is_published:
        review = ReviewDetails(rules.fingerprint(statement), known_by, Moment.NOW)
        statements.publish(statement, event, review, organizer.account_id)
    return statement


def photo(
    organizer: Person,
    caption: str = "By the water",
    credit: str = "Wren Oak",
    *,
    uses: frozenset[Use] = EVERYWHERE,
    size: tuple[int, int] = (2400, 1600),
) -> Photo:
    """A public photo in which nobody can be recognised."""
    made = _picture(size, _picture((1280, 853)), _picture((480, 320)))
    uploaded, key = photos.upload(past_event(organizer), b"sent", organizer.account_id)
    photos.rebuilt(uploaded, made, key)
    photos.cover(uploaded, [], Faces.NOBODY, key, organizer.account_id)
    photos.covered(uploaded, made)
    details = PhotoDetails("People with signs.", "en", caption, credit, Licence.PRESS, uses)
    photos.edit(uploaded, details, organizer.account_id)
    return photos.publish(uploaded, uploaded.picture_hash, True, organizer.account_id)


def _picture(size: tuple[int, int], *previews: Picture) -> Picture:
    file, kind = BytesIO(), "WEBP" if not previews else "JPEG"
    Image.radial_gradient("L").resize(size).convert("RGB").save(file, kind)
    return Picture(file.getvalue(), f"image/{kind.lower()}", *size, previews)


def collection(
    organizer: Person,
    *subjects: Statement | Photo | tuple[Statement, str],
    is_published: bool = True,
    **changes: object,
) -> Collection:
    """A collection of these, in this order; a tuple is a quote."""
    details = replace(DETAILS, **changes)  # type: ignore[arg-type] # named by the tests
    made = collections.create(organizer.group, details, organizer.account_id)
    for subject in subjects:
        put(organizer, made, subject)
    return collections.publish(made, organizer.account_id) if is_published else made


def put(organizer: Person, into: Collection, subject: Statement | Photo | tuple[Statement, str]) -> None:
    """Add one at the end."""
    if isinstance(subject, Photo):
        collections.add(into, Kind.PHOTO, subject.id, "", organizer.account_id)
    elif isinstance(subject, tuple):
        collections.add(into, Kind.QUOTE, subject[0].id, subject[1], organizer.account_id)
    else:
        collections.add(into, Kind.STATEMENT, subject.id, "", organizer.account_id)


def pdf_text(data: bytes) -> str:
    """What a reader's program finds in a PDF."""
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
