"""Leaflets that no child worked on: what would be made of their files is given."""

from __future__ import annotations

from contextlib import suppress

from organizer.errors import Unsettled
from organizer.events.models import Event
from organizer.leaflets import files, outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, Upload, VersionDetails
from organizer.media import Picture, RebuiltPdf
from tests.world import PHOTO

WHO = "a" * 26
SENT = b"\xff\xd8\xff sent"
PDF = RebuiltPdf(b"%PDF-1.7 rebuilt", 1, "Write to them.", (), (), PHOTO.previews[:1])
Made = Picture | RebuiltPdf


def sent(event: Event, title: str = "Letters to prisoners", kind: Kind = Kind.PICTURE, **words: str) -> Leaflet:
    """One whose file waits to be rebuilt."""
    details = LeafletDetails(**{"title": title, "language": "en", **words})  # type: ignore[arg-type] # named by the tests
    return leaflets.upload(event, Upload(details, kind, SENT), WHO)


def finish(version: LeafletVersion, made: Made = PHOTO) -> LeafletVersion:
    """Let what was made of its file be there, and nothing else."""
    had = files.blob_keys(version.id)
    outcome.finish(version, made, version.source_key)
    with suppress(Unsettled):
        files.sweep(version.id, had)
    return version


def ready(event: Event, title: str = "Letters to prisoners", made: Made = PHOTO, **words: str) -> Leaflet:
    """One that waits to be looked at."""
    leaflet = sent(event, title, Kind.PDF if isinstance(made, RebuiltPdf) else Kind.PICTURE, **words)
    finish(leaflet.shown, made)
    return leaflet


def published(event: Event, title: str = "Letters to prisoners", made: Made = PHOTO, **words: str) -> Leaflet:
    return publish(ready(event, title, made, **words))


def publish(leaflet: Leaflet) -> Leaflet:
    """Let everyone have the version that waits."""
    return leaflets.publish(leaflet, WHO, leaflet.versions[-1].number)


def next_version(leaflet: Leaflet, made: Made = PHOTO, **words: str) -> LeafletVersion:
    """A new version that waits to be looked at."""
    kind = Kind.PDF if isinstance(made, RebuiltPdf) else Kind.PICTURE
    version = leaflets.upload_version(leaflet, Upload(VersionDetails(**words), kind, SENT), WHO)
    return finish(version, made)


def bring(leaflet: Leaflet, *events: Event) -> None:
    """Hand it out at further events."""
    for event in events:
        leaflets.bring(event, [leaflet.id], WHO)
