"""Reading statements, the author's form, and her secret link."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import clock, documents, kept, policy
from organizer.accounts import links
from organizer.errors import RuleError
from organizer.events.gate import VisibleEvent
from organizer.forms import Blank
from organizer.photos import queries as photos
from organizer.statements import opening, queries, rules
from organizer.statements import service as statements
from organizer.statements.cards import Quote
from organizer.statements.forms import USES, AgreeForm, StatementForm
from organizer.statements.models import Statement
from organizer.statements.opening import LINK_COOKIE, OpenedStatement

blueprint = Blueprint("statements", __name__)


# What everyone reads. Nothing of it may be kept without asking again, so that a withdrawal is at once.


@blueprint.get("/statements/<statement_id>")
@policy.allows(queries.published)
def read(quote: Quote) -> ResponseReturnValue:
    """One statement."""
    return kept.asked_anew(render_template("statements/read.html", quote=quote))


# The author's side.


@blueprint.route("/events/<address>/statements/new", methods=["GET", "POST"])
@policy.allows(queries.speakable)
def new(event: VisibleEvent) -> ResponseReturnValue:
    """Say why; no account, no name."""
    form = StatementForm(data={"language": _language()})
    statement = form.accepted(lambda: statements.submit(event, form.details(), form.consent()))
    if statement is None:
        has_begun = event.starts_at <= clock.now()
        return form.page("statements/new.html", event=event, has_begun=has_begun, words_version=rules.WORDS_VERSION)
    return _to_own_page(opening.link_token(statement), is_new=True)


@blueprint.get("/s/<token>")
@policy.allows(opening.by_token)
def link(opened: OpenedStatement) -> ResponseReturnValue:
    """Exchange the secret link for a cookie and a clean address."""
    return _to_own_page(opening.link_token(opened.statement), is_new="new" in request.args)


@blueprint.get("/s/mine/<statement_id>")
@policy.allows(opening.by_cookie)
def mine(opened: OpenedStatement) -> ResponseReturnValue:
    """The secret link's page: what she said and agreed to, and the link itself to keep."""
    return _mine_page(opened, _agree_form(opened))


@blueprint.post("/s/mine/<statement_id>/agree")
@policy.allows(opening.by_cookie)
def agree(opened: OpenedStatement) -> ResponseReturnValue:
    """Consent to what stands on the page."""
    form = AgreeForm()
    if form.accepted(lambda: statements.agree(opened.statement, form.consent(), form.shown.data or "")):
        return _told_author(opened, _("Thank you. It may stand just there."))
    return _mine_page(opened, form)


@blueprint.route("/s/mine/<statement_id>/change", methods=["GET", "POST"])
@policy.allows(opening.by_cookie)
def change(opened: OpenedStatement) -> ResponseReturnValue:
    """Other words or another name, with consent to just that."""
    form = StatementForm(obj=opened.statement, data=_allowed(opened), is_known=True)
    if form.accepted(lambda: statements.change(opened.statement, form.details(), form.consent())):
        return _told_author(opened, _("Changed."))
    return form.page("statements/change.html", opened=opened, event=opened.event, words_version=rules.WORDS_VERSION)


@blueprint.post("/s/mine/<statement_id>/name")
@policy.allows(opening.by_cookie)
def take_name_back(opened: OpenedStatement) -> ResponseReturnValue:
    """Remove the name, at once."""
    return pressed(opened, statements.take_name_back, _("Your name is gone. The text stays as it was."))


@blueprint.post("/s/mine/<statement_id>/link")
@policy.allows(opening.by_cookie)
def renew_link(opened: OpenedStatement) -> ResponseReturnValue:
    """Make the link void that others may have seen."""
    return pressed(opened, statements.renew_link, _("This is your new link. The old one leads nowhere now."))


@blueprint.route("/s/mine/<statement_id>/withdraw", methods=["GET", "POST"])
@policy.allows(opening.by_cookie)
def withdraw(opened: OpenedStatement) -> ResponseReturnValue:
    """Delete it, after a page that says what that does."""
    form = Blank()
    if not form.validate_on_submit():
        return form.page("statements/withdraw.html", opened=opened, event=opened.event)
    statements.withdraw(opened.statement)
    response = make_response(render_template("statements/withdrawn.html", event=opened.event))
    response.delete_cookie(LINK_COOKIE, path=_cookie_path(opened.statement.id))
    return response


@blueprint.get("/s/mine/<statement_id>/link.txt")
@policy.allows(opening.by_cookie)
def link_file(opened: OpenedStatement) -> ResponseReturnValue:
    """The secret link as a file to keep."""
    return links.as_file(_secret_url(opened))


def _agree_form(opened: OpenedStatement) -> AgreeForm:
    return AgreeForm(formdata=None, data=_allowed(opened) | {"shown": opened.shown})


def _allowed(opened: OpenedStatement) -> dict[str, object]:
    """What the author has agreed to, as the forms have it."""
    consent = opened.consent
    if consent is None:
        return {}
    allowed = {name: getattr(consent, name) for name in ("may_edit", "may_translate", "expires_on")}
    return {"uses": [use.value for use in consent.uses], **allowed}


def _mine_page(opened: OpenedStatement, form: AgreeForm) -> ResponseReturnValue:
    url = _secret_url(opened)
    return form.page(
        "statements/mine.html",
        opened=opened,
        event=opened.event,
        uses=dict(USES),
        proposals=opening.proposals(opened.statement),
        mended=opening.mended(opened),
        photos=photos.shown([picture.photo_id for picture in opened.statement.pictures]),
        words_version=rules.WORDS_VERSION,
        emptied_on=opened.statement.state_on + rules.KEPT_WHEN_REJECTED,
        is_withheld=rules.is_name_withheld(opened.statement),
        secret_url=url,
        qr=documents.qr_svg(url),
        is_new="new" in request.args,
        blank=Blank(formdata=None),
    )


def pressed(opened: OpenedStatement, act: Callable[[Statement], object], sentence: str) -> ResponseReturnValue:
    """Do what a single button of the author's page says, or show that page again."""
    form = _agree_form(opened)
    try:
        if Blank().validate_on_submit():
            act(opened.statement)
            flash(sentence)
            return _to_own_page(opening.link_token(opened.statement), is_new=False)
        form.refuse(RuleError("Something was lost on the way. Send it once more, please."))
    except RuleError as error:
        form.refuse(error)
    return _mine_page(opened, form)


def _told_author(opened: OpenedStatement, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("statements.mine", statement_id=opened.statement.id), 303)


def _secret_url(opened: OpenedStatement) -> str:
    return url_for("statements.link", token=opening.link_token(opened.statement), _external=True)


def _cookie_path(statement_id: str) -> str:
    """Each statement has a cookie of its own, which is sent to its pages only."""
    return url_for("statements.mine", statement_id=statement_id)


def _to_own_page(token: str, *, is_new: bool) -> ResponseReturnValue:
    statement_id = links.subject_id(token)
    page = url_for("statements.mine", statement_id=statement_id, new=1 if is_new else None)
    return links.exchange(LINK_COOKIE, token, _cookie_path(statement_id), page=page)


def _language() -> str:
    return str(get_locale())
