"""Reading statements, the author's form, and her secret link."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import clock, documents, paging, policy
from organizer.accounts import cookie
from organizer.errors import RuleError
from organizer.events.gate import VisibleEvent
from organizer.forms import Blank
from organizer.policy import Viewer
from organizer.statements import queries, rules
from organizer.statements import service as statements
from organizer.statements.cards import Quote
from organizer.statements.forms import USES, AgreeForm, StatementForm
from organizer.statements.models import Statement
from organizer.statements.queries import LINK_COOKIE, OpenedStatement

blueprint = Blueprint("statements", __name__)
PAGE = 20
LAST_PAGE = 1000


# What everyone reads. Nothing of it may be kept without asking again, so that a withdrawal is at once.


@blueprint.get("/statements")
@policy.allows(policy.anyone)
def library(viewer: Viewer) -> ResponseReturnValue:
    """All published statements, the newest first."""
    page = paging.page_of(queries.latest, PAGE)
    return _always_asked_for(render_template("statements/library.html", page=page), viewer)


@blueprint.get("/statements/<statement_id>")
@policy.allows(queries.published)
def read(quote: Quote) -> ResponseReturnValue:
    """One statement."""
    return _always_asked_for(render_template("statements/read.html", quote=quote), policy.viewer())


def _always_asked_for(page: str, viewer: Viewer) -> Response:
    response = make_response(page)
    if viewer.account_id is None:
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept-Language, Cookie"
    return response


# The author's side.


@blueprint.route("/events/<address>/statements/new", methods=["GET", "POST"])
@policy.allows(queries.speakable)
def new(event: VisibleEvent) -> ResponseReturnValue:
    """Say why; no account, no name."""
    form = StatementForm(data={"language": _language()})
    statement = form.accepted(lambda: statements.submit(event, form.details(), form.granted()))
    if statement is None:
        has_begun = event.starts_at <= clock.now()
        return form.page("statements/new.html", event=event, has_begun=has_begun, words_version=rules.WORDS_VERSION)
    return _to_own_page(queries.link_token(statement), is_new=True)


@blueprint.get("/s/<token>")
@policy.allows(queries.by_token)
def link(opened: OpenedStatement) -> ResponseReturnValue:
    """Exchange the secret link for a cookie and a clean address."""
    return _to_own_page(queries.link_token(opened.statement), is_new="new" in request.args)


@blueprint.get("/s/mine/<statement_id>")
@policy.allows(queries.by_cookie)
def mine(opened: OpenedStatement) -> ResponseReturnValue:
    """The secret link's page: what she said and agreed to, and the link itself to keep."""
    return _mine_page(opened, _agree_form(opened))


@blueprint.post("/s/mine/<statement_id>/agree")
@policy.allows(queries.by_cookie)
def agree(opened: OpenedStatement) -> ResponseReturnValue:
    """Consent to what stands on the page."""
    form = AgreeForm()
    if form.accepted(lambda: statements.agree(opened.statement, form.granted(), form.shown.data or "")):
        return _told_author(opened, _("Thank you. It may stand just there."))
    return _mine_page(opened, form)


@blueprint.route("/s/mine/<statement_id>/change", methods=["GET", "POST"])
@policy.allows(queries.by_cookie)
def change(opened: OpenedStatement) -> ResponseReturnValue:
    """Other words or another name, with consent to just that."""
    held = {"uses": [use.value for use in opened.consent.uses]} if opened.consent else {}
    form = StatementForm(obj=opened.statement, data=held, is_known=True)
    if form.accepted(lambda: statements.change(opened.statement, form.details(), form.granted())):
        return _told_author(opened, _("Changed."))
    return form.page("statements/change.html", opened=opened, event=opened.event, words_version=rules.WORDS_VERSION)


@blueprint.post("/s/mine/<statement_id>/name")
@policy.allows(queries.by_cookie)
def take_name_back(opened: OpenedStatement) -> ResponseReturnValue:
    """Remove the name, at once."""
    return _pressed(opened, statements.take_name_back, _("Your name is gone. The text stays as it was."))


@blueprint.post("/s/mine/<statement_id>/link")
@policy.allows(queries.by_cookie)
def renew_link(opened: OpenedStatement) -> ResponseReturnValue:
    """Make the link void that others may have seen."""
    return _pressed(opened, statements.renew_link, _("This is your new link. The old one leads nowhere now."))


@blueprint.route("/s/mine/<statement_id>/withdraw", methods=["GET", "POST"])
@policy.allows(queries.by_cookie)
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
@policy.allows(queries.by_cookie)
def link_file(opened: OpenedStatement) -> ResponseReturnValue:
    """The secret link as a file to keep."""
    response = Response(f"{_secret_url(opened)}\n", mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="link.txt"'
    return response


def _agree_form(opened: OpenedStatement) -> AgreeForm:
    uses = [use.value for use in opened.consent.uses] if opened.consent else []
    return AgreeForm(formdata=None, data={"uses": uses, "shown": opened.shown})


def _mine_page(opened: OpenedStatement, form: AgreeForm) -> ResponseReturnValue:
    url = _secret_url(opened)
    return form.page(
        "statements/mine.html",
        opened=opened,
        event=opened.event,
        uses=dict(USES),
        words_version=rules.WORDS_VERSION,
        emptied_on=opened.statement.state_on + rules.KEPT_WHEN_REJECTED,
        is_withheld=rules.is_name_withheld(opened.statement),
        secret_url=url,
        qr=documents.qr_svg(url),
        is_new="new" in request.args,
        blank=Blank(formdata=None),
    )


def _pressed(opened: OpenedStatement, act: Callable[[Statement], object], sentence: str) -> ResponseReturnValue:
    """Do what a single button says, or show its page again."""
    if Blank().validate_on_submit():
        act(opened.statement)
        flash(sentence)
        return _to_own_page(queries.link_token(opened.statement), is_new=False)
    form = _agree_form(opened)
    form.refuse(RuleError("Something was lost on the way. Send it once more, please."))
    return _mine_page(opened, form)


def _told_author(opened: OpenedStatement, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("statements.mine", statement_id=opened.statement.id), 303)


def _secret_url(opened: OpenedStatement) -> str:
    return url_for("statements.link", token=queries.link_token(opened.statement), _external=True)


def _cookie_path(statement_id: str) -> str:
    """Each statement has a cookie of its own, which is sent to its pages only."""
    return url_for("statements.mine", statement_id=statement_id)


def _to_own_page(token: str, *, is_new: bool) -> ResponseReturnValue:
    statement_id = token.partition(".")[0]
    response = redirect(url_for("statements.mine", statement_id=statement_id, new=1 if is_new else None), 303)
    path, is_https = _cookie_path(statement_id), cookie.is_https()
    response.set_cookie(LINK_COOKIE, token, path=path, secure=is_https, httponly=True, samesite="Lax")
    return response


def _language() -> str:
    return str(get_locale())
