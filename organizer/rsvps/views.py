"""Answering without an account, the secret link's page, and the organizers' side of answers."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import clock, documents, policy
from organizer.accounts import links
from organizer.events import queries as events
from organizer.events.cards import card
from organizer.events.models import Event
from organizer.events.rules import EventState
from organizer.forms import Blank
from organizer.leaflets import queries as leaflets
from organizer.policy import actor_id
from organizer.rsvps import queries
from organizer.rsvps import service as rsvps
from organizer.rsvps.forms import LARGEST_NUMBER, CapacityForm, RsvpForm, SetAsideForm
from organizer.rsvps.queries import LINK_COOKIE, OpenedRsvp
from organizer.rsvps.rules import RsvpDetails

blueprint = Blueprint("rsvps", __name__)


def _language() -> str:
    return str(get_locale())


@blueprint.route("/events/<address>/answer", methods=["GET", "POST"])
@policy.allows(queries.answerable)
def answer(state: EventState) -> ResponseReturnValue:
    """Ask as little as the event asks; no account, no address, no answer is required."""
    form = RsvpForm()
    token = form.accepted(lambda: rsvps.answer(state, form.details()))
    if token is not None:
        return _to_own_page(token)
    event = events.seen(policy.viewer(), state.id)
    found = None if event.takes_place else events.next_instead(event, clock.now())
    return form.page(
        "rsvps/answer.html",
        event=event,
        card=card(event, _language()),
        asking=queries.asking(event),
        next_event=card(found, _language()) if found else None,
    )


@blueprint.get("/r/<token>")
@policy.allows(queries.by_token)
def link(opened: OpenedRsvp) -> ResponseReturnValue:
    """Exchange the secret link for a cookie and a clean address."""
    return _to_own_page(opened.link_token)


@blueprint.get("/r/mine/<rsvp_id>")
@policy.allows(queries.by_cookie)
def mine(opened: OpenedRsvp) -> ResponseReturnValue:
    """The secret link's page: the answer, what is held, and the link itself to keep."""
    return _mine_page(opened, _held_form(opened))


def _held_form(opened: OpenedRsvp) -> RsvpForm:
    """The form as it was last answered."""
    held = {name: getattr(opened.held, name) for name in RsvpDetails.__dataclass_fields__}
    return RsvpForm(formdata=None, data=held, is_known=True)


def _mine_page(opened: OpenedRsvp, form: RsvpForm) -> ResponseReturnValue:
    url = _secret_url(opened)
    asking = queries.asking(opened.event)
    return form.page(
        "rsvps/mine.html",
        event=opened.event,
        card=card(opened.event, _language()),
        held=opened.held,
        asking=asking,
        leaflets=leaflets.on_event(opened.event.id),
        secret_url=url,
        qr=documents.qr_svg(url),
        blank=Blank(),
    )


@blueprint.post("/r/mine/<rsvp_id>")
@policy.allows(queries.by_cookie)
def change(opened: OpenedRsvp) -> ResponseReturnValue:
    """Replace the answer."""
    form = RsvpForm(is_known=True)
    if form.accepted(lambda: rsvps.change(opened.rsvp, form.details())):
        flash(_("Changed."))
        return redirect(url_for("rsvps.mine", rsvp_id=opened.held.id), 303)
    return _mine_page(opened, form)


@blueprint.post("/r/mine/<rsvp_id>/withdraw")
@policy.allows(queries.by_cookie)
def withdraw(opened: OpenedRsvp) -> ResponseReturnValue:
    """Delete the answer; nothing about it is kept."""
    button = Blank()
    if button.accepted(lambda: rsvps.withdraw(opened.rsvp)):
        response = make_response(render_template("rsvps/withdrawn.html", event=opened.event))
        response.delete_cookie(LINK_COOKIE, path=_cookie_path(opened.held.id))
        return response
    return _mine_page(opened, _held_form(opened).tell_for(button))


@blueprint.get("/r/mine/<rsvp_id>/link.txt")
@policy.allows(queries.by_cookie)
def link_file(opened: OpenedRsvp) -> ResponseReturnValue:
    """The secret link as a file to keep."""
    return links.as_file(_secret_url(opened))


@blueprint.route("/events/<event_id>/answers", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def answers(event: Event) -> ResponseReturnValue:
    """Counts and nicknames for the organizers, and how the event asks."""
    row = queries.capacity(event.id)
    form = CapacityForm(obj=row)
    if form.accepted(lambda: rsvps.ask(event.id, form.details(), actor_id())):
        flash(_("Changed."))
        return redirect(url_for("rsvps.answers", event_id=event.id), 303)
    return form.page(
        "rsvps/answers.html",
        event=event,
        capacity=row,
        held=queries.held_answers(event.id, before=_before()),
        batches=queries.batches(event.id),
        aside=SetAsideForm(formdata=None),
        blank=Blank(),
    )


@blueprint.post("/events/<event_id>/answers/aside")
@policy.allows(events.organized, signed_in=True)
def set_aside(event: Event) -> ResponseReturnValue:
    """Set a run of answers aside; the batch can be taken back."""
    form = SetAsideForm()

    def act() -> int:
        return rsvps.set_aside(event.id, form.first.data or 0, form.last.data or 0, actor_id())

    count = form.accepted(act)
    if count is None:
        return form.page("rsvps/aside.html", event=event)
    flash(_("%(count)d answers are set aside and hold no place.", count=count))
    return redirect(url_for("rsvps.answers", event_id=event.id), 303)


@blueprint.post("/events/<event_id>/answers/back/<int(max=1000000):batch>")
@policy.allows(queries.organized_batch, signed_in=True)
def take_back(found: tuple[Event, int]) -> ResponseReturnValue:
    """Undo a batch."""
    event, batch = found
    form = Blank()
    count = form.accepted(lambda: rsvps.take_back(event.id, batch, actor_id()))
    if count is None:
        return form.page("rsvps/aside.html", event=event)
    flash(_("%(count)d answers count again.", count=count))
    return redirect(url_for("rsvps.answers", event_id=event.id), 303)


def _before() -> int | None:
    """The number from which to go on to older answers."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number <= LARGEST_NUMBER else None


def _secret_url(opened: OpenedRsvp) -> str:
    return url_for("rsvps.link", token=opened.link_token, _external=True)


def _cookie_path(rsvp_id: str) -> str:
    """Each answer has a cookie of its own, which is sent to its page only."""
    return url_for("rsvps.mine", rsvp_id=rsvp_id)


def _to_own_page(token: str) -> ResponseReturnValue:
    return links.exchange(LINK_COOKIE, token, _cookie_path(links.subject_id(token)))
