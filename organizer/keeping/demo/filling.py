"""Filling the demo, through the services that organizers and participants use."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from organizer import audit, clock, outbox
from organizer.accounts import passwords
from organizer.accounts.models import Account
from organizer.db import db, writing
from organizer.errors import OrganizerError
from organizer.events import service as events
from organizer.events.models import Event
from organizer.groups import service as groups
from organizer.groups.models import Group
from organizer.keeping.demo import emptying, handing_out, state, telling
from organizer.keeping.demo.groups import CITIES, GROUPS
from organizer.keeping.demo.past import PAST
from organizer.keeping.demo.scenes import Scene
from organizer.keeping.demo.upcoming import UPCOMING
from organizer.outbox import Fact


class NotEmpty(OrganizerError):
    """Someone has begun a real site here."""


def fill() -> bool:
    """Fill an untouched database with the demo; False when it is there already. Raises NotEmpty.

    A filling that was broken off is begun anew.
    """
    if state.is_fillable():
        renew()
        return True
    if not state.is_demo():
        raise NotEmpty("This database holds a real site, so the demo stays out of it.")
    return False


def renew() -> None:
    """Fill the demo anew, dated from today. The caller has made sure that there is nothing else."""
    emptying.empty()
    _make_organizer(state.new_password())
    cities = {details.name: groups.add_city(details, state.ACCOUNT_ID).id for details in CITIES}
    bands = {
        details.name: groups.found(replace(details, city_id=cities[details.city_id]), state.ACCOUNT_ID)
        for details in GROUPS
    }
    played = {scene.title: _play(scene, bands[scene.group], cities[scene.city]) for scene in (*PAST, *UPCOMING)}
    telling.tell(played, bands)
    handing_out.hand_out(played)
    _finish()


def _finish() -> None:
    with writing():
        audit.write(None, state.FILLED, state.ACCOUNT_ID)
        outbox.commit(Fact(state.FILLED, state.ACCOUNT_ID))


def sign_in_password() -> str | None:
    """The demo organizer's password, a new one when its file is gone; None on a real site, where no file may stay."""
    account = db.session.get(Account, state.ACCOUNT_ID)
    if account is None:
        state.forget_password()
        return None
    password = state.password()
    if password is None:
        password = state.new_password()
        password_hash = passwords.hashed(password)
        with writing(lock=account):
            account.password_hash = password_hash
            outbox.commit(Fact("account.password_changed", account.id))
    return password


def _make_organizer(password: str) -> None:
    password_hash = passwords.hashed(password)
    with writing():
        db.session.add(
            Account(
                id=state.ACCOUNT_ID,
                name=state.ACCOUNT_NAME,
                password_hash=password_hash,
                is_operator=True,
                created_on=clock.today(),
            )
        )
        outbox.commit(Fact("account.added", state.ACCOUNT_ID))


def _play(scene: Scene, group: Group, city_id: str) -> Event:
    today = clock.now().astimezone(ZoneInfo(scene.zone)).date()
    event = events.create(group, scene.details(city_id, group.contact, today), state.ACCOUNT_ID)
    events.publish(event, state.ACCOUNT_ID)
    for step in scene.life:
        step(event, state.ACCOUNT_ID)
    return event
