"""The editors' side: an event's statements by state, taking one down on the street, and what is decided about each."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, policy
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.policy import actor_id
from organizer.statements import drafting, queries, rules
from organizer.statements import service as statements
from organizer.statements.forms import USES, ReviewForm, TakeForm
from organizer.statements.queries import OpenedStatement

blueprint = Blueprint("review", __name__, url_prefix="/events/<event_id>/statements")


@blueprint.get("")
@policy.allows(events.organized, signed_in=True)
def queue(event: Event) -> ResponseReturnValue:
    """An event's statements by state."""
    return render_template(
        "statements/queue.html",
        event=event,
        queue=queries.queue(event.id),
        is_public=queries.is_public,
        is_name_withheld=rules.is_name_withheld,
    )


@blueprint.route("/take", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def take(event: Event) -> ResponseReturnValue:
    """Write down what someone says, with her consent or to have it later; then her link is on the screen."""
    form = TakeForm(data={"language": event.language, "given_on": drafting.local_day(event.zone)})
    noted = form.accepted(
        lambda: statements.note_down(event, form.details(), form.consent(), actor_id(), form.slip.data or "")
    )
    if noted is None:
        return form.page("statements/take.html", event=event, words_version=rules.WORDS_VERSION)
    return redirect(url_for("statements.link", token=queries.link_token(noted), new=1), 303)


@blueprint.get("/<statement_id>")
@policy.allows(queries.reviewed, signed_in=True)
def statement(opened: OpenedStatement) -> ResponseReturnValue:
    """One statement with its consent, and the editor's buttons."""
    return _review_page(opened, _review_form(opened))


@blueprint.post("/<statement_id>/publish")
@policy.allows(queries.reviewed, signed_in=True)
def publish(opened: OpenedStatement) -> ResponseReturnValue:
    def act(form: ReviewForm) -> None:
        statements.publish(opened.statement, opened.event, form.details(), actor_id())

    return _decided(opened, act, _("It is public as soon as its time has come and its author has agreed."))


@blueprint.post("/<statement_id>/signer")
@policy.allows(queries.reviewed, signed_in=True)
def signer(opened: OpenedStatement) -> ResponseReturnValue:
    """Record how the signer is known, so that her full name is shown."""

    def act(form: ReviewForm) -> None:
        statements.know_signer(opened.statement, form.details(), actor_id())

    return _decided(opened, act, _("Noted. The name is shown where the text is."))


@blueprint.post("/<statement_id>/reject")
@policy.allows(queries.reviewed, signed_in=True)
def reject(opened: OpenedStatement) -> ResponseReturnValue:
    def act(_form: ReviewForm) -> None:
        statements.reject(opened.statement, actor_id())

    return _decided(opened, act, _("It is not public."))


@blueprint.post("/<statement_id>/hold")
@policy.allows(queries.reviewed, signed_in=True)
def hold(opened: OpenedStatement) -> ResponseReturnValue:
    """Take it out of sight, since it could harm someone."""

    def act(_form: ReviewForm) -> None:
        statements.hold(opened.statement, actor_id())

    return _decided(opened, act, _("It is held back. Nobody sees it until you lift that."))


@blueprint.post("/<statement_id>/lift")
@policy.allows(queries.reviewed, signed_in=True)
def lift(opened: OpenedStatement) -> ResponseReturnValue:
    """Let what was held back be read and published."""

    def act(_form: ReviewForm) -> None:
        statements.lift(opened.statement, actor_id())

    return _decided(opened, act, _("It can be published again."))


@blueprint.post("/<statement_id>/name")
@policy.allows(queries.reviewed, signed_in=True)
def name(opened: OpenedStatement) -> ResponseReturnValue:
    """Remove the name at the author's word."""

    def act(_form: ReviewForm) -> None:
        statements.take_name_back(opened.statement, actor_id())

    return _decided(opened, act, _("The name is gone. The text stays as it was."))


@blueprint.route("/<statement_id>/take-down", methods=["GET", "POST"])
@policy.allows(queries.reviewed, signed_in=True)
def take_down(opened: OpenedStatement) -> ResponseReturnValue:
    """Delete it at the author's word, after a page that says what that does."""
    form = Blank()
    if not form.validate_on_submit():
        return form.page("statements/take_down.html", opened=opened, event=opened.event)
    statements.withdraw(opened.statement, actor_id())
    flash(_("It is gone, here and everywhere on this site."))
    return redirect(url_for("review.queue", event_id=opened.event.id), 303)


def _decided(opened: OpenedStatement, act: Callable[[ReviewForm], None], sentence: str) -> ResponseReturnValue:
    """Do what an editor decided, or show her page again."""
    form = ReviewForm()

    def write() -> bool:
        act(form)
        return True

    if form.accepted(write):
        flash(sentence)
        return redirect(url_for("review.queue", event_id=opened.event.id), 303)
    return _review_page(opened, form)


def _review_form(opened: OpenedStatement) -> ReviewForm:
    return ReviewForm(formdata=None, data={"shown": opened.shown})


def _review_page(opened: OpenedStatement, form: ReviewForm) -> ResponseReturnValue:
    form.shown.data = opened.shown
    return form.page(
        "statements/review.html",
        opened=opened,
        event=opened.event,
        is_over=opened.event.ends_at <= clock.now(),
        is_withheld=rules.is_name_withheld(opened.statement),
        can=[move for move in rules.Move if opened.statement.state in rules.MOVES[move]],
        mended=queries.mended(opened),
        proposals=queries.proposals(opened.statement),
        uses=dict(USES),
        blank=Blank(formdata=None),
    )
