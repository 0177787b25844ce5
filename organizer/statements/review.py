"""The editors' side: an event's statements by state, taking one down on the street, and what is decided about each."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from organizer import clock, documents, policy
from organizer.events import queries as events
from organizer.events.gate import Clearance, may_see
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.policy import actor_id
from organizer.statements import drafting, opening, queries, rules
from organizer.statements import service as statements
from organizer.statements.forms import USES, AgreedForm, ReviewForm, TakeForm
from organizer.statements.models import Statement
from organizer.statements.opening import OpenedStatement

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
    return redirect(url_for("statements.link", token=opening.link_token(noted), new=1), 303)


@blueprint.get("/<statement_id>")
@policy.allows(opening.reviewed, signed_in=True)
def statement(opened: OpenedStatement) -> ResponseReturnValue:
    """One statement with its consent, and the editor's buttons."""
    return _review_page(opened, _review_form(opened))


@blueprint.post("/<statement_id>/publish")
@policy.allows(opening.reviewed, signed_in=True)
def publish(opened: OpenedStatement) -> ResponseReturnValue:
    def act(form: ReviewForm) -> None:
        statements.publish(opened.statement, opened.event, form.details(), actor_id())

    return _decided(opened, act, lambda: _published_how(opened.statement, opened.event.when.zone))


def _published_how(statement: Statement, zone: str) -> str:
    """What an editor's yes did: it may have its time, and its author's consent, still before it."""
    agreed = rules.living(statement.consents, statement, clock.today())
    if statement.publish_at is not None:
        local = statement.publish_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        day = format_datetime(local, "medium", rebase=False)
        if agreed is None:
            return str(_("It waits for its author’s consent, and is public on %(day)s at the earliest.", day=day))
        return str(_("It becomes public on %(day)s, or when the action is over.", day=day))
    if agreed is None:
        return str(_("It waits for its author’s consent. Until then nobody else sees it."))
    if not queries.is_public(statement):
        return str(_("Done. It stands only where its author lets it stand, and that is not on this site."))
    if not any(may_see(event, Clearance.PUBLIC) for event in statement.events):
        return str(_("Done: whoever sees the action sees it."))
    return str(_("It is public now."))


@blueprint.post("/<statement_id>/in-person")
@policy.allows(opening.reviewed, signed_in=True)
def in_person(opened: OpenedStatement) -> ResponseReturnValue:
    """Record what its author agreed to in person, after it was written down without that."""
    form = AgreedForm()

    def write() -> Statement:
        return statements.agree_in_person(
            opened.statement, opened.event, form.heard(), form.shown.data or "", actor_id()
        )

    if form.accepted(write):
        flash(_("Kept."))
        return redirect(url_for("review.statement", event_id=opened.event.id, statement_id=opened.statement.id), 303)
    if not opened.statement.awaits_author:  # the page has no such form any more
        return _review_page(opened, _review_form(opened).tell_for(form))
    return _review_page(opened, _review_form(opened), form)


@blueprint.post("/<statement_id>/signer")
@policy.allows(opening.reviewed, signed_in=True)
def signer(opened: OpenedStatement) -> ResponseReturnValue:
    """Record how the signer is known, so that her full name is shown."""

    def act(form: ReviewForm) -> None:
        statements.know_signer(opened.statement, form.details(), actor_id())

    return _decided(opened, act, _("Noted. The name is shown where the text is."))


@blueprint.post("/<statement_id>/reject")
@policy.allows(opening.reviewed, signed_in=True)
def reject(opened: OpenedStatement) -> ResponseReturnValue:
    def act(_form: ReviewForm) -> None:
        statements.reject(opened.statement, actor_id())

    return _decided(opened, act, _("It is not public."))


@blueprint.post("/<statement_id>/hold")
@policy.allows(opening.reviewed, signed_in=True)
def hold(opened: OpenedStatement) -> ResponseReturnValue:
    """Take it out of sight, since it could harm someone."""

    def act(_form: ReviewForm) -> None:
        statements.hold(opened.statement, actor_id())

    return _decided(opened, act, _("It is held back. Nobody sees it until you lift that."))


@blueprint.post("/<statement_id>/lift")
@policy.allows(opening.reviewed, signed_in=True)
def lift(opened: OpenedStatement) -> ResponseReturnValue:
    """Let what was held back be read and published."""

    def act(_form: ReviewForm) -> None:
        statements.lift(opened.statement, actor_id())

    return _decided(opened, act, _("It can be published again."))


@blueprint.post("/<statement_id>/name")
@policy.allows(opening.reviewed, signed_in=True)
def name(opened: OpenedStatement) -> ResponseReturnValue:
    """Remove the name at the author's word."""

    def act(_form: ReviewForm) -> None:
        statements.take_name_back(opened.statement, actor_id())

    return _decided(opened, act, _("The name is gone. The text stays as it was."))


@blueprint.route("/<statement_id>/take-down", methods=["GET", "POST"])
@policy.allows(opening.reviewed, signed_in=True)
def take_down(opened: OpenedStatement) -> ResponseReturnValue:
    """Delete it at the author's word, after a page that says what that does."""
    form = Blank()
    if not form.validate_on_submit():
        return form.page("statements/take_down.html", opened=opened, event=opened.event)
    statements.withdraw(opened.statement, actor_id())
    flash(_("It is gone, here and everywhere on this site."))
    return redirect(url_for("review.queue", event_id=opened.event.id), 303)


def _decided(
    opened: OpenedStatement, act: Callable[[ReviewForm], None], told: str | Callable[[], str]
) -> ResponseReturnValue:
    """Do what an editor decided, or show her page again."""
    form = ReviewForm()

    def write() -> bool:
        act(form)
        return True

    if form.accepted(write):
        flash(told if isinstance(told, str) else told())
        return redirect(url_for("review.queue", event_id=opened.event.id), 303)
    return _review_page(opened, form)


def _review_form(opened: OpenedStatement) -> ReviewForm:
    return ReviewForm(formdata=None, data={"shown": opened.shown})


def _review_page(opened: OpenedStatement, form: ReviewForm, heard: AgreedForm | None = None) -> ResponseReturnValue:
    """The page with both its forms; what was refused in either is told."""
    form.shown.data = opened.shown
    page = render_template(
        "statements/review.html",
        form=form,
        opened=opened,
        event=opened.event,
        is_over=opened.event.ends_at <= clock.now(),
        is_withheld=rules.is_name_withheld(opened.statement),
        can=[move for move in rules.Move if opened.statement.state in rules.MOVES[move]],
        mended=opening.mended(opened),
        proposals=opening.proposals(opened.statement),
        uses=dict(USES),
        blank=Blank(formdata=None),
        **(_handing_over(opened, heard) if opened.statement.awaits_author else {}),
    )
    return page, 422 if form.errors or (heard and heard.errors) else 200


def _handing_over(opened: OpenedStatement, heard: AgreedForm | None) -> dict[str, object]:
    """Its author's link while she has not answered, and the form for what she says instead."""
    url = url_for("statements.link", token=opening.link_token(opened.statement), _external=True)
    day = drafting.local_day(opened.event.when.zone)
    heard = heard or AgreedForm(formdata=None, data={"given_on": day})
    heard.shown.data = opened.shown
    return {"secret_url": url, "qr": documents.qr_svg(url), "heard": heard, "words_version": rules.WORDS_VERSION}
