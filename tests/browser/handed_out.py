"""What is handed out, in states that neither the demo nor the world has: paths by what is special there."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import select

from organizer import clock, outbox, storage
from organizer.codes import queries as code_queries
from organizer.codes import service as codes
from organizer.codes.models import LeafletScan
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.groups.models import Membership
from organizer.keeping.demo.leaflets import HOW
from organizer.leaflets import outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import NO_ROOM, Kind, LeafletDetails, Licence, Purpose, Upload, VersionDetails
from organizer.media import RebuiltPdf, sandbox
from organizer.outbox import OutboxRow
from organizer.policy import Role
from organizer.posters import service as posters
from organizer.posters.rules import Recipe, Shape, Sheet
from tests import factories
from tests.browser.exhibits import LONG_AGO
from tests.media import corpus
from tests.world import World

LETTERS = LeafletDetails(
    title="Letters to prisoners",
    language="en",
    licence=Licence.BY_SA,
    credits="Words: a reading group. Drawing: Wren",
    audience="For people at the market who have never written one",
    print_notes="On thin paper, folded once. A hundred are enough for a morning.",
)
PLACES = (
    *("The north gate", "At the honey", "Bakery on Lake Park Avenue", "Library, by the stairs"),
    *("Reading group", "Bus stop of the 57", "Cinema", "Laundry", "Union hall, second floor"),
)
FOLLOWED = (0, 3, 12, 48, 210, 0, 7, 31, 1)
"""How often each code was followed on one of the last days, by its place."""
ALL_KNOWN = CopiesDetails(needed=500, printed=400, left_over=30, brought_by="Wren, with the blue bicycle")


def add(made: World) -> dict[str, str]:
    """Add them to our side of the world."""
    event = db.session.get_one(Event, made.ours.shared["event_id"])
    pages = sandbox.run("pdfs", _stored_pdf())
    planted = sandbox.run("pdfs", corpus.planted_pdf())
    renewed, first = _renewed(event, pages)
    found = {
        "leaflet": f"/leaflets/{renewed.id}",
        "an older version": f"/leaflets/{renewed.id}/versions/{first.number}",
        "by an older code": f"/leaflets/{renewed.id}?code=older",
        "leaflets found": "/leaflets?q=letters&language=en&format=pdf",
        "no leaflet found": "/leaflets?q=xyzzy",
        "codes": f"/leaflets/{renewed.id}/codes",
        "code sheet": f"/leaflets/{renewed.id}/codes/sheet",
        "copies": f"/events/{event.id}/leaflets/{renewed.id}/copies",
        "left": f"/events/{event.id}/leaflets/{renewed.id}/left",
        "leaflets of an action": f"/events/{event.id}/leaflets",
        "nothing to bring": f"/events/{event.id}/leaflets/bring",
        "print job": f"/events/{event.id}/print",
        "a leaflet withdrawn": f"/leaflets/{_withdrawn(event, planted).id}",
        "desk on the day": f"/groups/{_on_the_day(made, pages)}/desk",
    }
    return {**found, **_before_its_organizers(event, planted), **_made_here(made)}


def _stored_pdf() -> bytes:
    """One of the demo's, as it was rebuilt."""
    of_demo = LeafletVersion.leaflet_id == select(Leaflet.id).where(Leaflet.title == HOW["title"]).scalar_subquery()
    query = select(Rendition.blob_key).join(LeafletVersion, LeafletVersion.id == Rendition.version_id)
    return storage.current().get(db.session.scalars(query.where(of_demo, Rendition.purpose == Purpose.FILE)).one())


def _uploaded(event: Event, title: str, made: RebuiltPdf | None = None) -> Leaflet:
    """One of a file that nobody looks at, of which the worker has made this; of which it knows nothing without it."""
    details = LETTERS if title == LETTERS.title else LeafletDetails(title, "en")
    leaflet = leaflets.upload(event, Upload(details, Kind.PDF, b"%PDF-"), "")
    if made is not None:
        outcome.finish(leaflet.shown, made, leaflet.shown.source_key)
    return leaflet


def _next_version(leaflet: Leaflet, made: RebuiltPdf) -> LeafletVersion:
    said = VersionDetails("The new address of the prison, and one letter more")
    version = leaflets.upload_version(leaflet, Upload(said, Kind.PDF, b"%PDF-"), "")
    outcome.finish(version, made, version.source_key)
    return version


def _renewed(event: Event, pages: RebuiltPdf) -> tuple[Leaflet, LeafletVersion]:
    """One in its second version, ready to print, with codes of both; and its first version."""
    leaflet = _uploaded(event, LETTERS.title, pages)
    first = leaflet.shown
    leaflets.publish(leaflet, "", first.number)
    _code(first, "The north gate", event, 60)
    second = _next_version(leaflet, pages)
    leaflets.publish(leaflet, "", second.number)
    for place, count in zip(PLACES, FOLLOWED, strict=True):
        _code(second, place, event if count else None, count)
    for row_id in db.session.scalars(select(OutboxRow.id).where(OutboxRow.subject_id == second.id)).all():
        outbox.run(row_id)
    row = db.session.get_one(EventLeaflet, (event.id, leaflet.id))
    copies.change(row, ALL_KNOWN, CopiesDetails().fingerprint, "")
    return leaflet, first


def _code(version: LeafletVersion, place: str, event: Event | None, followed: int) -> None:
    code = codes.make(version, place, event.id if event else None, "")
    if followed:
        leaflet = db.session.get_one(Leaflet, version.leaflet_id)
        day = code_queries.today(leaflet.group_id) - timedelta(days=3)
        db.session.add(LeafletScan(code_id=code.id, day=day, count=followed))
        db.session.commit()


def _withdrawn(event: Event, made: RebuiltPdf) -> Leaflet:
    leaflet = _uploaded(event, "Visiting hours", made)
    leaflets.publish(leaflet, "", leaflet.shown.number)
    return leaflets.withdraw(leaflet, "", "The address of the prison has changed.")


def _before_its_organizers(event: Event, planted: RebuiltPdf) -> dict[str, str]:
    """Between the upload and the publication."""
    waiting, refused = _uploaded(event, "On its way"), _uploaded(event, "Not taken")
    waiting.shown.uploaded_at = clock.now() - LONG_AGO
    db.session.commit()
    outcome.refuse(refused.shown, "archive", refused.shown.source_key)
    ready = _uploaded(event, "Whose files these are", planted)
    older = _uploaded(event, HOW["title"], planted)
    leaflets.publish(older, "", older.shown.number)
    newer = _next_version(older, planted)
    return {
        "leaflet on its way": f"/leaflets/{waiting.id}",
        "leaflet not taken": f"/leaflets/{refused.id}",
        "leaflet to look at": f"/leaflets/{ready.id}",
        "new version to look at": f"/leaflets/{older.id}/versions/{newer.number}",
    }


def _made_here(made: World) -> dict[str, str]:
    """Posters: one that could not be made, and one that hangs somewhere with an hour that does not hold any more."""
    event = factories.event(
        made.ours.group, title="Vigil by the lake", what_for="For those who are moved in the night."
    )
    recipe = Recipe(event.id, Shape.POSTER, Sheet.A4, ("en",))
    failed = posters.make(event, recipe, LeafletDetails("Poster that had no room", "en"), "")
    outcome.refuse(failed.shown, NO_ROOM, None)
    poster = posters.make(event, recipe, LeafletDetails("Poster", "en"), "")
    outbox.run(db.session.scalars(select(OutboxRow.id).where(OutboxRow.subject_id == poster.shown.id)).one())
    db.session.refresh(poster.shown)
    leaflets.publish(poster, "", poster.shown.number)
    events.reschedule(event, replace(event.when, starts_time=time(18), ends_time=time(19)), "It is dark by then.", "")
    return {"poster not made": f"/leaflets/{failed.id}", "poster overtaken": f"/leaflets/{poster.id}"}


def _on_the_day(made: World, pages: RebuiltPdf) -> str:
    """The slug of a group of our owner's whose action is today, with leaflets to count."""
    ours = Membership.group_id == made.ours.group.id
    owner_id = db.session.scalars(select(Membership.account_id).where(ours, Membership.role == Role.OWNER)).one()
    group = factories.group("Lake Park Bakers")
    db.session.add(Membership(group_id=group.id, account_id=owner_id, role=Role.OWNER))
    db.session.commit()
    today = code_queries.today(group.id)
    event = factories.event(group, starts_on=today, is_all_day=True, starts_time=None, ends_time=None)
    for title, known in (("Letters to prisoners", ALL_KNOWN), ("Bread and letters", CopiesDetails(needed=50))):
        leaflet = _uploaded(event, title, pages)
        leaflets.publish(leaflet, "", leaflet.shown.number)
        row = db.session.get_one(EventLeaflet, (event.id, leaflet.id))
        copies.change(row, known, CopiesDetails().fingerprint, "")
    return group.slug
