"""What editors do to a statement beside deciding about it: its words, quotes, translations, and what stands beside."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy
from organizer.forms import Blank, Form, options
from organizer.policy import actor_id
from organizer.statements import beside, editing, opening
from organizer.statements.forms import BesideForm, QuotesForm, TranslationForm, WordingForm
from organizer.statements.opening import OpenedStatement

blueprint = Blueprint("wording", __name__, url_prefix="/events/<event_id>/statements/<statement_id>")


@blueprint.route("/words", methods=["GET", "POST"])
@policy.allows(opening.reviewed, signed_in=True)
def words(opened: OpenedStatement) -> ResponseReturnValue:
    """Mend it within what its author allowed, or suggest other words to her."""
    form = WordingForm(data={"text": opened.statement.text, "shown": opened.shown})

    def mend() -> None:
        takes_back = bool(form.take_back.data)
        editing.edit(opened.statement, form.details(), form.shown.data or "", actor_id(), takes_back=takes_back)

    def suggest() -> None:
        editing.suggest(opened.statement, form.details(), actor_id())

    if "mend" in request.form:
        return _done(opened, form, mend, _("Mended. Its author sees what was changed."), "statements/words.html")
    return _done(opened, form, suggest, _("Suggested. It changes when its author agrees."), "statements/words.html")


@blueprint.route("/translate", methods=["GET", "POST"])
@policy.allows(opening.reviewed, signed_in=True)
def translate(opened: OpenedStatement) -> ResponseReturnValue:
    """Add a translation, or replace one."""
    form = TranslationForm(data={"shown": opened.shown})

    def act() -> None:
        editing.translate(opened.statement, form.details(), form.shown.data or "", actor_id())

    return _done(opened, form, act, _("The translation stands beside it."), "statements/translate.html")


@blueprint.post("/translations/<language>/drop")
@policy.allows(opening.reviewed_language, signed_in=True)
def drop_translation(found: tuple[OpenedStatement, str]) -> ResponseReturnValue:
    """Take a translation away."""
    opened, language = found
    button = Blank()
    if button.validate_on_submit():
        editing.drop_translation(opened.statement, language, actor_id())
        flash(_("The translation is gone."))
        return _back(opened)
    form = TranslationForm(formdata=None, data={"shown": opened.shown}).tell_for(button)
    return _page(opened, form, "statements/translate.html")


@blueprint.route("/quotes", methods=["GET", "POST"])
@policy.allows(opening.reviewed, signed_in=True)
def quotes(opened: OpenedStatement) -> ResponseReturnValue:
    """Choose few words of it, to be set large."""
    form = QuotesForm(data={"quotes": "\n".join(quote.text for quote in opened.statement.quotes)})

    def act() -> None:
        editing.choose_quotes(opened.statement, form.chosen(), actor_id())

    return _done(opened, form, act, _("Changed."), "statements/quotes.html")


@blueprint.route("/beside", methods=["GET", "POST"])
@policy.allows(opening.reviewed, signed_in=True)
def stands_beside(opened: OpenedStatement) -> ResponseReturnValue:
    """Choose the photos beside it and the actions that it speaks of."""
    choice = beside.choice(opened.statement)
    held = {"photos": [each.photo_id for each in opened.statement.pictures], "events": choice.chosen_events}
    form = BesideForm(data=held)
    form.photos.choices, form.events.choices = options(choice.photos), options(choice.events)

    def act() -> None:
        found = beside.rows(opened.statement, form.photos.data or [], form.events.data or [])
        editing.put_beside(opened.statement, *found, actor_id())

    return _done(
        opened,
        form,
        act,
        _("Changed. A photo is seen beside it once its author agrees to that."),
        "statements/stands_beside.html",
    )


def _done(
    opened: OpenedStatement, form: Form, act: Callable[[], None], sentence: str, page: str
) -> ResponseReturnValue:
    """Do what the form says and lead back to the statement, or show the form again."""

    def write() -> bool:
        act()
        return True

    if form.accepted(write):
        flash(sentence)
        return _back(opened)
    return _page(opened, form, page)


def _back(opened: OpenedStatement) -> ResponseReturnValue:
    ids = (opened.event.id, opened.statement.id)
    return redirect(url_for("review.statement", event_id=ids[0], statement_id=ids[1]), 303)


def _page(opened: OpenedStatement, form: Form, page: str) -> ResponseReturnValue:
    return form.page(page, opened=opened, event=opened.event, proposals=opening.proposals, blank=Blank(formdata=None))
