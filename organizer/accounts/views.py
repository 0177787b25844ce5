"""Signing in and out, one's own account, and new passwords."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organizer import limits, policy
from organizer.accounts import carried, cookie, queries
from organizer.accounts import service as accounts
from organizer.accounts.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from organizer.accounts.models import Account, Session
from organizer.accounts.queries import OpenLink
from organizer.forms import Blank
from organizer.policy import SignInNeeded, Viewer

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@policy.allows(policy.anyone)
def sign_in(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - whoever she was before does not matter
    """Begin a new session; whatever session the browser had before is ended."""
    form = SignInForm()
    network = limits.network_of(request.remote_addr)
    back_to = own_address(request.args.get("next"))
    name, password = form.name.data or "", form.password.data or ""
    token = form.accepted(lambda: accounts.sign_in(name, password, network, cookie.token(), cookie.mark()))
    if token is None:
        return form.page("accounts/sign_in.html", back_to=back_to)
    return cookie.give(_go_on(back_to, form.carried.data), token, name)


@blueprint.app_errorhandler(SignInNeeded)
def _ask(error: SignInNeeded) -> ResponseReturnValue:  # noqa: ARG001 - the handler's signature
    """Ask for a sign-in on the way to a page, or in the middle of sending a form, which is kept."""
    back_to = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=back_to), 303)
    typed = carried.typed()
    form = SignInForm(formdata=None, data={"carried": typed})
    return render_template("accounts/sign_in.html", form=form, back_to=back_to, is_too_large=typed is None), 403


def _go_on(back_to: str | None, kept: str | None) -> Response:
    """Lead to where she was going; with a form in hand, by a button, as its fields must not stand in an address."""
    fields = carried.fields(kept)
    if back_to is None or fields is None:
        return redirect(back_to or url_for("accounts.account"), 303)
    return make_response(render_template("accounts/signed_in.html", back_to=back_to, fields=fields))


@blueprint.route("/sign-out", methods=["GET", "POST"])
@policy.allows(policy.anyone)
def sign_out(viewer: Viewer) -> ResponseReturnValue:
    """End this browser's session, at the press of a button."""
    form = Blank()
    if viewer.account_id and not form.validate_on_submit():
        return form.page("accounts/sign_out.html")
    if viewer.account_id:
        accounts.sign_out(viewer.account_id, cookie.token())
    g.viewer = policy.NOBODY
    return cookie.take(redirect(url_for("pages.home"), 303))


@blueprint.get("/account")
@policy.allows(queries.holder, signed_in=True)
def account(found: Account) -> ResponseReturnValue:
    """One's groups with their desks, one's password, and where one is signed in."""
    return _account_page(found, Blank(formdata=None))


def _account_page(found: Account, button: Blank) -> ResponseReturnValue:
    sessions = queries.sessions(found.id, cookie.token())
    return button.page("accounts/account.html", account=found, sessions=sessions)


@blueprint.route("/account/password", methods=["GET", "POST"])
@policy.allows(queries.holder, signed_in=True)
def change_password(found: Account) -> ResponseReturnValue:
    """Take a new password, giving the present one."""
    form = ChangePasswordForm()

    def change() -> bool:
        present, new = form.present_password.data or "", form.password.data or ""
        accounts.change_password(found, present, new, cookie.token())
        return True

    if form.accepted(change):
        return _to_account(_("You have a new password. Everywhere else you are signed out."))
    return form.page("accounts/change_password.html", account=found)


@blueprint.post("/account/sessions/<session_id>/end")
@policy.allows(queries.own_session, signed_in=True)
def end_session(session: Session) -> ResponseReturnValue:
    button = Blank()
    if not button.validate_on_submit():
        return _account_page(queries.account(session.account_id), button)
    accounts.end_session(session)
    return _to_account(_("Signed out there."))


@blueprint.post("/account/sessions/end-others")
@policy.allows(queries.holder, signed_in=True)
def end_other_sessions(found: Account) -> ResponseReturnValue:
    """Sign out everywhere else."""
    button = Blank()
    if not button.validate_on_submit():
        return _account_page(found, button)
    accounts.end_other_sessions(found.id, cookie.token())
    return _to_account(_("Signed out everywhere else."))


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@policy.allows(queries.open_link)
def password(link: OpenLink) -> ResponseReturnValue:
    """Set a new password by the link that an owner or the command line made; it works once."""
    form = NewPasswordForm()
    token = form.accepted(lambda: accounts.use_password_link(link, form.password.data or ""))
    if token is None:
        return form.page("accounts/password.html", account=link.account)
    cookie.give(response := redirect(url_for("accounts.account"), 303), token, link.account.name)
    flash(_("You have a new password, and are signed in here only."))
    return response


def _to_account(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("accounts.account"), 303)


def own_address(address: str | None) -> str | None:
    """The address when it is a path on this site, None for anything else."""
    if not address or not address.startswith("/") or "\\" in address or not address.isprintable():
        return None
    return None if urlsplit(address).netloc or address.startswith("//") else address
