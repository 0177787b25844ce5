"""An organizer's work on an event. The page that everyone sees is composed in `pages`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import languages, policy
from organizer.events import queries
from organizer.events import service as events
from organizer.events.cards import card
from organizer.events.forms import (
    CancelForm,
    EventForm,
    ReasonForm,
    ReportForm,
    RescheduleForm,
    TextsForm,
    event_form,
    notice_form,
)
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.groups import queries as groups
from organizer.groups.models import Group
from organizer.policy import actor_id

blueprint = Blueprint("events", __name__)


def _to_page(event: Event, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("pages.event", address=event.slug or event.id), 303)


def _form(group: Group, event: Event | None) -> EventForm:
    return event_form(group, event, cities=groups.cities(), languages=languages.choices(languages.WRITTEN))


@blueprint.route("/events/new", methods=["GET", "POST"])
@policy.allows(groups.organized_by, signed_in=True)
def new(own_groups: list[Group]) -> ResponseReturnValue:
    """Write a new event of one of the viewer's groups; it is published at once or kept as a draft."""
    wanted = request.args.get("group")
    group = next((group for group in own_groups if group.slug == wanted), own_groups[0])
    form = _form(group, None)
    is_published = "draft" not in request.form
    event = form.accepted(lambda: events.create(group, form.details(), actor_id(), is_published=is_published))
    if event is None:
        return form.page("events/new.html", group=group, own_groups=own_groups)
    if is_published:
        return _to_page(event, _("Published."))
    return _to_page(event, _("Kept as a draft. Only the group's organizers see it."))


@blueprint.route("/events/<event_id>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(event: Event) -> ResponseReturnValue:
    """Change what the form says."""
    form = _form(event.group, event)
    if form.accepted(lambda: events.edit(event, form.details(), actor_id(), form.seen())):
        return _to_page(event, _("Changed."))
    form.seen_at.data = event.changed_at.isoformat()
    return form.page("events/edit.html", event=event)


@blueprint.route("/events/<event_id>/delete", methods=["GET", "POST"])
@policy.allows(queries.organized_draft, signed_in=True)
def delete(event: Event) -> ResponseReturnValue:
    """Leave nothing of a draft."""
    form, slug = Blank(), event.group.slug

    def act() -> bool:
        events.delete_draft(event, actor_id())
        return True

    if form.accepted(act):
        flash(_("The draft is deleted."))
        return redirect(url_for("desk.desk", slug=slug), 303)
    return form.page("events/act.html", event=event, act="delete")


@blueprint.post("/events/<event_id>/publish")
@policy.allows(queries.organized, signed_in=True)
def publish(event: Event) -> ResponseReturnValue:
    """Make a draft visible, as its form says."""
    form = Blank()
    if form.accepted(lambda: events.publish(event, actor_id())):
        return _to_page(event, _("Published."))
    return form.page("events/act.html", event=event, act="publish")


@blueprint.route("/events/<event_id>/postpone", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def postpone(event: Event) -> ResponseReturnValue:
    """Say that the date no longer holds."""
    form = ReasonForm()
    if form.accepted(lambda: events.postpone(event, form.reason.data or "", actor_id())):
        return _to_page(event, _("Postponed. The page and the calendars say so."))
    return form.page("events/act.html", event=event, act="postpone")


@blueprint.route("/events/<event_id>/cancel", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def cancel(event: Event) -> ResponseReturnValue:
    """Say that it does not take place, and why."""
    form = CancelForm()
    if form.accepted(lambda: events.cancel(event, form.reason.data or "", actor_id())):
        return _to_page(event, _("Cancelled. The page stays and says so, the calendars too."))
    return form.page("events/act.html", event=event, act="cancel")


@blueprint.route("/events/<event_id>/reinstate", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def reinstate(event: Event) -> ResponseReturnValue:
    """Take the cancellation back."""
    form = Blank()
    if form.accepted(lambda: events.reinstate(event, actor_id())):
        return _to_page(event, _("It takes place again."))
    return form.page("events/act.html", event=event, act="reinstate")


@blueprint.route("/events/<event_id>/reschedule", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def reschedule(event: Event) -> ResponseReturnValue:
    """Give it a new time."""
    form = RescheduleForm.of(event.when)
    if form.accepted(lambda: events.reschedule(event, form.when(), form.reason.data or "", actor_id())):
        return _to_page(event, _("It has a new time. The page and the calendars say so."))
    shown = card(queries.seen(policy.viewer(), event.id), str(get_locale()))
    return form.page("events/reschedule.html", event=event, card=shown)


@blueprint.route("/events/<event_id>/notice", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def notice(event: Event) -> ResponseReturnValue:
    """Tell all who come of a change: one field, one button."""
    form = notice_form(event)
    if form.accepted(lambda: events.post_notice(event, form.texts(event.language), actor_id())):
        return _to_page(event, _("Told. It stands on top of the page and in the calendars."))
    return form.page("events/notice.html", event=event)


@blueprint.post("/events/<event_id>/notices/<notice_id>/remove")
@policy.allows(queries.organized_notice, signed_in=True)
def remove_notice(found: tuple[Event, str]) -> ResponseReturnValue:
    """Take a notice down again."""
    event, notice_id = found
    form = Blank()
    if form.accepted(lambda: events.remove_notice(event, notice_id, actor_id())):
        return _to_page(event, _("Taken down."))
    return form.page("events/act.html", event=event, act="remove_notice")


@blueprint.route("/events/<event_id>/languages/<code>", methods=["GET", "POST"])
@policy.allows(queries.organized_in_language, signed_in=True)
def translate(found: tuple[Event, str]) -> ResponseReturnValue:
    """Write the event's texts in one more language, or take them away."""
    event, code = found
    form = TextsForm(data=event.translations.get(code))
    is_removed = "remove" in request.form
    sent = Blank() if is_removed else form

    def write() -> Event:
        return events.translate(event, code, None if is_removed else form.texts(), actor_id())

    if sent.accepted(write):
        return _to_page(event, _("Changed."))
    return form.page("events/translate.html", event=event, code=code, own_name=languages.own_name(code))


@blueprint.post("/events/<event_id>/again")
@policy.allows(queries.organized, signed_in=True)
def again(event: Event) -> ResponseReturnValue:
    """Copy it, a week later."""
    form = Blank()
    copy = form.accepted(lambda: events.do_again(event, actor_id()))
    if copy is None:
        return form.page("events/act.html", event=event, act="again")
    flash(_("A copy, one week later. Look at the date, then publish it."))
    return redirect(url_for("events.edit", event_id=copy.id), 303)


@blueprint.route("/events/<event_id>/report", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def report(event: Event) -> ResponseReturnValue:
    """Tell afterwards what happened."""
    form = ReportForm(obj=event)

    def write() -> Event:
        return events.report(event, form.report.data or "", form.came.data, form.handed_out.data, actor_id())

    if form.accepted(write):
        return _to_page(event, _("Thank you. The report stands on the page."))
    return form.page("events/report.html", event=event)
