"""Leaflets with codes, and people who follow them."""

from __future__ import annotations

import io
from datetime import date, timedelta

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from organizer import clock
from organizer.codes import service as codes
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.leaflets import outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, Upload, VersionDetails
from organizer.media import Picture

WEBP = "image/webp"
SENT = b"\xff\xd8\xff"
NO_CODES = ("", "CD7K5M", "CD7K5MNN", "CD7K5ME", "CD7K5M\x00", "new", "½D7K5MN", "x" * 10_000, "ßßß", "🌻")


def picture(colour: str = "white") -> Picture:
    """A page as the sandbox makes it."""
    shown = Image.new("RGB", (1200, 1700), colour)
    jpeg, webp = io.BytesIO(), io.BytesIO()
    shown.save(jpeg, "JPEG")
    shown.resize((480, 680)).save(webp, "WEBP")
    preview = Picture(webp.getvalue(), WEBP, 480, 680)
    return Picture(jpeg.getvalue(), "image/jpeg", 1200, 1700, previews=(preview,))


def leaflet(event: Event, *, published: bool = True, **details: str) -> Leaflet:
    """A leaflet with one version, ready or published."""
    words = LeafletDetails(**{"title": "Letters to prisoners", "language": "en", **details})  # type: ignore[arg-type] # words
    made = leaflets.upload(event, Upload(words, Kind.PICTURE, SENT), new_id())
    outcome.finish(made.versions[0], picture(), made.versions[0].source_key)
    return leaflets.publish(made, new_id(), 1) if published else made


def replaced(of: Leaflet) -> LeafletVersion:
    """A new version, published in place of the one before."""
    version = waiting(of)
    leaflets.publish(of, new_id(), version.number)
    return version


def waiting(of: Leaflet) -> LeafletVersion:
    """A new version that is not published yet."""
    version = leaflets.upload_version(of, Upload(VersionDetails(), Kind.PICTURE, SENT), new_id())
    outcome.finish(version, picture("yellow"), version.source_key)
    return version


def code(of: Leaflet, place: str = "The north gate", version: LeafletVersion | None = None) -> LeafletCode:
    return codes.make(version or of.versions[-1], place, None, new_id())


def follow(client: FlaskClient, made: LeafletCode | str, method: str = "GET", **headers: str) -> TestResponse:
    written = made if isinstance(made, str) else made.code
    return client.open(f"/l/{written}", method=method, headers=headers)


def counts(of: LeafletCode | None = None) -> list[int]:
    """What is kept, of one code or of all."""
    db.session.rollback()
    query = db.session.query(LeafletScan).order_by(LeafletScan.day)
    return [scan.count for scan in (query.filter_by(code_id=of.id) if of else query)]


def count(of: LeafletCode, *days: int) -> list[date]:
    """Keep so many for as many days that are over everywhere; returns the days."""
    behind = [clock.today() - timedelta(days=back + 2) for back in reversed(range(len(days)))]
    for day, number in zip(behind, days, strict=True):
        db.session.add(LeafletScan(code_id=of.id, day=day, count=number))
    db.session.commit()
    return behind
