"""The forms that stand on the world's pages, and how a person would fill them in."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import TestResponse

from organizer import clock
from organizer.accounts.models import Account
from organizer.db import db
from tests import factories
from tests.reading import Field, Form, Page
from tests.world import PHOTO, World, path_of

Sent = dict[str, list[str] | FileStorage]
SPEAKERS = ("anonymous", "answer-link holder", "statement-link holder", "photo-link holder", "owner")
NEW_PASSWORD = "copper lantern under maples"
GOOD = {
    "title": "Letters for two",
    "what_for": "For those who sit for a word.",
    "starts_time": "10:00",
    "ends_time": "12:00",
    "place": "By the fountain",
    "text": "Two words more.",
    "reason": "The hall is closed.",
    "report": "Forty came.",
    "party_size": "1",
    "nickname": "Thyme",
    "places": "40",
    "first": "1",
    "last": "2",
    "uses": ["site"],
    "heard_by": "Rowan",
    "read_back": ["text", "byline"],
    "byline_kind": "pseudonym",
    "byline": "Sorrel",
    "known_by": "We have known her for years.",
    "alt": "Two people at a table.",
    "faces": "nobody",
    "is_everyone_asked": "y",
    "agreed_on": clock.today().isoformat(),
    "quotes": "I came because",
    "role": "2",
    "about": "Five people and a table.",
    "region": "Oregon",
    "credits": "A kitchen table",
    "printed": "400",
    "left_over": "30",
    "brought_by": "Wren",
}
# Where a name means something else: by endpoint.
GOOD_HERE: dict[str, dict[str, str]] = {
    "accounts.sign_in": {"password": factories.PASSWORD},
    "accounts.change_password": {
        "present_password": factories.PASSWORD,
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
    },
    "accounts.password": {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD},
    "groups.invitation": {"name": "Marigold", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD},
    "groups.new_city": {"name": "Eugene"},
    "groups.edit": {"name": "East Bay Table"},
    "wording.translate": {"language": "fa", "text": "برای نامه‌ها آمدم."},
    "paste.paste": {"text": "I came for the letters.\n\n—Sorrel, Oakland"},
}


@dataclass(frozen=True)
class Asked:
    """A form that sends a POST: where it goes, who sees it, what stands in it."""

    endpoint: str
    path: str
    role: str
    form: Form = field(repr=False)

    @property
    def fields(self) -> list[Field]:
        """What people or programs can write into it."""
        return [each for each in self.form.fields.values() if each.kind != "button" and each.name != "csrf_token"]


def forms(world: World) -> dict[str, list[Asked]]:
    """By route (as in documentation), each address that a form on a page of ours sends to; looked for once."""
    found = _found.get(id(world))
    if found is None:
        found = _found[id(world)] = _find(world)
    return found


_found: dict[int, dict[str, list[Asked]]] = {}


def _find(world: World) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    addresses = world.app.url_map.bind("localhost")
    seen: set[str] = set()
    for role in SPEAKERS:
        for path in world.pages():
            page = world.read(role, path)
            if page.status_code != 200 or page.mimetype != "text/html":
                continue
            for form in Page(page.text, path).forms:
                if form.method != "post" or form.path in seen:
                    continue
                seen.add(form.path)
                rule = _match(addresses, form.path)
                found.setdefault(path_of(rule), []).append(Asked(rule.endpoint, form.path, role, form))
    return found


def _match(addresses: MapAdapter, path: str) -> Rule:
    try:
        return addresses.match(path, method="POST", return_rule=True)[0]
    except HTTPException as error:
        raise AssertionError(f"A form sends to {path}, where nothing takes it.") from error


def filled(world: World, asked: Asked) -> Sent:
    """The form as a person would send it, so that it is taken."""
    good = GOOD | GOOD_HERE.get(asked.endpoint, {})
    sent: Sent = dict(asked.form.filled())
    for each in asked.fields:
        if each.name in good:
            value = good[each.name]
            sent[each.name] = [value] if isinstance(value, str) else list(value)
        elif each.kind == "file":
            sent[each.name] = FileStorage(io.BytesIO(PHOTO.data), "leaflet.jpg")
        else:
            sent |= _thought_of(each)
    if asked.endpoint == "accounts.sign_in":
        sent["name"] = [owner_name(world)]
    return sent


def _thought_of(each: Field) -> Sent:
    """What depends on what stands there already."""
    if each.name == "position" and each.kind != "hidden":
        return {each.name: ["1" if each.value == "2" else "2"]}
    if each.name == "chosen":
        return {each.name: list(each.choices)}
    if each.kind == "password":
        return {each.name: [factories.PASSWORD]}
    if each.kind == "date" and not each.value and each.name == "starts_on":
        return {each.name: [(clock.today() + timedelta(days=20)).isoformat()]}
    return {}


def owner_name(world: World) -> str:
    return db.session.query(Account).order_by(Account.name).first().name  # type: ignore[union-attr] # there are some


def send(world: World, asked: Asked, data: Sent, **options: object) -> TestResponse:
    """Send the form as the role that sees it."""
    return world.ask(asked.role, asked.path, "POST", data=data, **options)
