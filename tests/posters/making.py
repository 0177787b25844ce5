"""Posters and leaflets asked for as a browser does, and set as the worker does."""

from __future__ import annotations

from werkzeug.test import TestResponse

from organizer import outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Texts
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import State
from organizer.posters import queries
from tests import factories
from tests.factories import Person, post

SHAPES = ("poster", "leaflet")
OTHERS = {
    "uk": Texts("Листівки на ринку", "За політв’язнів, які виступають проти війни.", "Теплий одяг"),
    "fa": Texts("نامه در بازار", "برای زندانیان سیاسی که با جنگ مخالف هستند.", "خودکار"),
    "ar": Texts("رسائل في السوق", "من أجل السجناء السياسيين.", "قلم"),
    "zh": Texts("市场传单", "为反对战争的政治犯。", "一支笔"),
}


def details(*languages: str, shape: str = "poster", paper: str = "a4") -> dict[str, object]:
    return {"shape": shape, "paper": paper, "languages": list(languages)}


def ask(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> TestResponse:
    path = f"/events/{event.id}/leaflets/make"
    return post(person.client, path, details(*languages, shape=shape, paper=paper))


def make(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> Leaflet:
    """One that was asked for, after the worker."""
    answer = ask(person, event, *languages, shape=shape, paper=paper)
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return db.session.get_one(Leaflet, answer.location.rpartition("/")[2])


def ready(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> Leaflet:
    made = make(person, event, *languages, shape=shape, paper=paper)
    assert (made.shown.state, made.shown.reason) == (State.READY, "")
    return made


def published(person: Person, event: Event, *languages: str) -> Leaflet:
    return leaflets.publish(ready(person, event, *languages), person.account_id, 1)


def anew(person: Person, leaflet: Leaflet, **changes: object) -> TestResponse:
    """The answer to a wish to make it anew, as before but for the changes, after the worker."""
    recipe = queries.made_from(leaflet)[0]
    wish = details(*recipe.languages, shape=recipe.shape, paper=recipe.paper) | changes
    answer = post(person.client, f"/leaflets/{leaflet.id}/make-anew", wish)
    outbox.run_owed()
    db.session.expire_all()
    return answer


def change(event: Event, **changes: object) -> None:
    """Edit the event, and leave its day."""
    events.edit(event, factories.details(event.group, starts_on=event.starts_on, **changes), "")


def url(event: Event, language: str = "") -> str:
    """The event's page, as a code leads there from a side in a language that pages are in."""
    return f"http://localhost/events/{event.slug or event.id}" + (f"?lang={language}" if language else "")
