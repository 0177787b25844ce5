"""Those who can be recognised: asked, agreeing, and no longer. Each function is one commit."""

from __future__ import annotations

from datetime import date

from organizer import audit, clock, outbox, vault
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.outbox import Fact
from organizer.photos import queries, rules
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import AgreementDetails, Faces, State

WITH_PICTURE = (State.DRAFT, State.PUBLISHED)


def add(photo: Photo, actor_id: str) -> PhotoPerson:
    """Somebody can be recognised: until she agrees, it is not public."""
    with writing(lock=photo):
        _check_has_picture(photo)
        if len(photo.persons) >= rules.MOST_PEOPLE:
            raise RuleError("These are very many people. Cover those whom you cannot ask.")
        number = max((person.number for person in photo.persons), default=0) + 1
        person = PhotoPerson(id=new_id(), number=number)
        photo.persons.append(person)
        photo.faces = Faces.ASKED
        _record(actor_id, "photo.person_added", photo)
    return person


def remove(person: PhotoPerson, actor_id: str) -> None:
    """She cannot be recognised after all. An organizer confirms the picture anew before it is public."""
    photo = person.photo
    with writing(lock=photo):
        if photo.state != State.DRAFT:
            raise RuleError("It is published. Cover the face first, or withdraw the photo.")
        photo.persons.remove(person)
        photo.checked_hash = ""
        if not photo.persons:
            photo.faces = Faces.NOBODY
        _record(actor_id, "photo.person_removed", photo)


def agree(person: PhotoPerson, details: AgreementDetails, shown: str) -> None:
    """Record her consent to the picture that she was `shown`, by its hash, in place of any earlier one."""
    rules.check_agreement(details, clock.today())
    with writing(lock=person.photo):
        _check_shown(person.photo, shown)
        person.take(person.photo.picture_hash, details)
        _record(None, "photo.person_agreed", person.photo)


def agree_in_person(person: PhotoPerson, details: AgreementDetails, shown: str, began_on: date, actor_id: str) -> None:
    """Record what she said to an organizer."""
    rules.check_agreement(details, clock.today())
    rules.check_in_person(details, began_on, clock.today())
    with writing(lock=person.photo):
        _check_shown(person.photo, shown)
        person.take(person.photo.picture_hash, details)
        person.heard_by = vault.seal(queries.notes_key(), details.heard_by, queries.heard_by_aad(person.id))
        _record(actor_id, "photo.person_agreed", person.photo)


def end(person: PhotoPerson, today: date) -> bool:
    """Delete a consent whose last day is over; whether there was one."""
    with writing(lock=person.photo):
        if person.expires_on is None or person.expires_on >= today:
            return False
        person.forget()
        outbox.commit(Fact("photo.consent_ended", person.photo_id))
    return True


def renew_link(person: PhotoPerson, actor_id: str | None = None) -> PhotoPerson:
    """Make the secret link void that others may have, in favour of a new one."""
    with writing(lock=person):
        person.generation += 1
        _record(actor_id, "photo.link_renewed", db.session.get_one(Photo, person.photo_id))
    return person


def _check_has_picture(photo: Photo) -> None:
    if photo.state == State.WITHDRAWN:
        raise Gone
    if photo.state not in WITH_PICTURE:
        raise RuleError("The faces are not covered yet. Come back when they are.")


def _check_shown(photo: Photo, shown: str) -> None:
    _check_has_picture(photo)
    if not vault.same(photo.picture_hash, shown):
        raise RuleError("The picture was changed a moment ago. Look at it once more.")


def _record(actor_id: str | None, verb: str, photo: Photo) -> None:
    if actor_id is not None:
        audit.write(actor_id, verb, photo.id)
    outbox.commit(Fact(verb, photo.id))
