"""Dull makers of rows, by way of the services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organizer import clock, outbox
from organizer.accounts import passwords
from organizer.accounts import service as accounts
from organizer.accounts.models import Account, add_account
from organizer.db import db, new_id, writing
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import EventDetails, Kind
from organizer.groups.models import City, Group, Membership
from organizer.policy import Role

PASSWORD = "four plain words together"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BEGAN = re.compile(r'name="began"[^>]*value="([^"]+)"')


@dataclass
class Person:
    """An account with its group and a browser that it has signed in with."""

    account_id: str
    group: Group
    client: FlaskClient


def city(name: str = "Oakland", region: str = "California", country: str = "US") -> City:
    """A stored city; not committed."""
    found = City(
        id=new_id(), slug=f"{name.lower().replace(' ', '-')}-{new_id()}", name=name, region=region, country=country
    )
    db.session.add(found)
    return found


def group(name: str = "East Bay Solidarity", zone: str = "America/Los_Angeles") -> Group:
    """A stored group in a city of its own."""
    home = city()
    made = Group(
        id=new_id(),
        slug=f"group-{new_id()[:12]}",
        name=name,
        contact="table@bay.example",
        zone=zone,
        language="en",
        city_id=home.id,
        created_on=clock.today(),
    )
    db.session.add_all([home, made])
    db.session.commit()
    return made


def account(name: str) -> Account:
    """An account that signs in with PASSWORD."""
    password_hash = passwords.hashed(PASSWORD)
    with writing():
        made = add_account(name, password_hash)
        outbox.commit()
    return made


def person(app: Flask, role: Role = Role.ORGANIZER, of: Group | None = None) -> Person:
    """An account with a role in a group, signed in."""
    of = of or group()
    holder = account(f"person {new_id()}")
    db.session.add(Membership(group_id=of.id, account_id=holder.id, role=role))
    db.session.commit()
    client = app.test_client()
    token = accounts.sign_in(holder.name, PASSWORD, "test")
    client.set_cookie("session", token)
    return Person(holder.id, of, client)


def details(of: Group, **changes: object) -> EventDetails:
    """The leafleting of the yardstick, in thirty days."""
    base = EventDetails(
        kind=Kind.LEAFLETING,
        title="Leaflets at the market",
        what_for="For political prisoners who oppose the war.",
        starts_on=(clock.now() + timedelta(days=30)).date(),
        starts_time=time(10),
        ends_time=time(13),
        place="Grand Lake market",
        city_id=of.city_id,
        zone=of.zone,
        language="en",
        contact="table@bay.example",
    )
    return replace(base, **changes)  # type: ignore[arg-type] # the fields are named by the tests


def event(of: Group | None = None, *, published: bool = True, **changes: object) -> Event:
    """A stored event, published unless told otherwise."""
    of = of or group()
    made = events.create(of, details(of, **changes), new_id())
    return events.publish(made, new_id()) if published else made


def past_day() -> date:
    return (clock.now() - timedelta(days=3)).date()


def post(
    client: FlaskClient, path: str, data: Mapping[str, object], form_at: str | None = None, **options: object
) -> TestResponse:
    """Send a form as a browser does: look at it, then post it with its token."""
    page = client.get(form_at or path).get_data(as_text=True)
    token, began = TOKEN.search(page), BEGAN.search(page)
    sent = {"csrf_token": token[1] if token else "", "began": began[1] if began else "", **data}
    return client.post(path, data=sent, **options)
