"""A pasted transcript of many: paste, look it over as often as needed, say how each is signed, keep.

All of it is one address. Every step sends the whole of it in its form, so nothing is stored before the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from organizer import policy
from organizer.errors import RuleError
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank, Form
from organizer.statements import drafting, gathering, rules, transcripts
from organizer.statements.cues import Reason
from organizer.statements.forms import HeardForm
from organizer.statements.gathering import Draft
from organizer.statements.models import Statement
from organizer.statements.paste_forms import REASONS, ROLES, CardForm, PasteForm
from organizer.statements.transcript import MOST_CHARACTERS, Split
from organizer.statements.transcript import statements as split
from organizer.statements.transcripts import Look, Spoken

blueprint = Blueprint("paste", __name__, url_prefix="/events/<event_id>/statements/paste")
PAGE = "statements/paste.html"
OF_BLOCKS = ("text-", "role-", "begins-", "was-")
OWN = ("csrf_token", "step", "blocks", "text")


@dataclass(frozen=True)
class Card:
    """A statement to be, and what is asked about it."""

    spoken: Spoken
    form: CardForm

    @property
    def draft(self) -> Draft:
        """It as it would be kept."""
        form = self.form
        return Draft(self.spoken.key, form.details(self.spoken.text), form.slip.data or "", form.agreed.data)


@blueprint.route("", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def paste(event: Event) -> ResponseReturnValue:
    """The steps by the button that was pressed; without one the first, or the review where there are blocks."""
    steps = {"look": _look, "go": _go_on, "keep": _keep}
    step = request.form.get("step", "look" if "blocks" in request.form else "")
    return steps.get(step, _read)(event)


def _read(event: Event) -> ResponseReturnValue:
    form = PasteForm()
    look = form.accepted(lambda: transcripts.pasted(event, form.text.data or ""))
    if look is None:
        return form.page(PAGE, step="text", event=event, most=MOST_CHARACTERS)
    return _review_page(event, Blank(), look)


def _look(event: Event) -> ResponseReturnValue:
    form, look, _is_good = _reviewed()
    return _review_page(event, form, look)


def _go_on(event: Event) -> ResponseReturnValue:
    form, look, is_good = _reviewed()
    if any(look.blocks[place].reason != Reason.AFTER_BYLINE for place in look.offered):
        form.refuse(RuleError("By what you marked as a name, words belong elsewhere now. Look at them, then go on."))
    elif look.offered:
        form.refuse(RuleError("Below each name that you marked, a new statement begins now. Look at it, then go on."))
    elif is_good:
        try:
            return _sign_page(event, _agreed_form(event), look, _cards(event, transcripts.spoken(look)))
        except RuleError as error:
            form.refuse(error)
    return _review_page(event, form, look)


def _keep(event: Event) -> ResponseReturnValue:
    received = transcripts.sent(request.form)
    try:
        look = transcripts.looked(received)
        if look.offered:
            raise RuleError("Something was lost on the way. Look at each paragraph once more, please.")
        cards = _cards(event, transcripts.spoken(look))
    except RuleError as error:
        form = Blank(formdata=None)
        form.refuse(error)
        return _review_page(event, form, transcripts.as_sent(received))
    agreed = _agreed_form(event)
    kept = _written(event, agreed, [card for card in cards if card.form.keep.data])
    if not kept:
        return _sign_page(event, agreed, look, cards)
    flash(ngettext("One statement waits to be read.", "%(num)d statements wait to be read.", len(kept)))
    return redirect(url_for("review.queue", event_id=event.id), 303)


def _reviewed() -> tuple[Form, Look, bool]:
    """The blocks that were sent, as the editor wants them; False when a sentence stands on top of them."""
    form, received = Blank(), transcripts.sent(request.form)
    look = form.accepted(lambda: transcripts.looked(received))
    return form, look or transcripts.as_sent(received), look is not None


def _written(event: Event, form: HeardForm, cards: list[Card]) -> list[Statement]:
    """Keep what is ticked; nothing when something is refused, with the sentence beside it and on top."""

    def write() -> list[Statement]:
        drafts = [card.draft for card in cards]
        return gathering.keep(event, drafts, form.consent(), policy.actor_id())

    wrong = [card for card in cards if not card.form.validate()]
    kept = form.accepted(_telling(cards, write)) if not wrong or not form.validate() else []
    form.form_errors.extend(_link(card) for card in cards if card.form.errors)
    return kept or []


def _telling(cards: list[Card], write: Callable[[], list[Statement]]) -> Callable[[], list[Statement]]:
    """The same, but what is refused of one statement stands beside its field."""

    def told() -> list[Statement]:
        try:
            return write()
        except RuleError as error:
            card = next((card for card in cards if (error.field or "").startswith(card.spoken.key)), None)
            if card is None:
                raise
            error.field = (error.field or "").removeprefix(card.spoken.key)
            card.form.refuse(error)
            return []

    return told


def _link(card: Card) -> Markup:
    """What is wrong with a statement, leading there."""
    name, sentences = next(iter(card.form.errors.items()))
    sentence = _("Statement %(number)d: %(sentence)s", number=card.spoken.number, sentence=sentences[0])
    return Markup('<a href="#{}{}">{}</a>').format(card.spoken.key, name or "keep", sentence)


def _agreed_form(event: Event) -> HeardForm:
    """What was said about consent; the first time nothing, but today's date."""
    if "given_on" in request.form:
        return HeardForm()
    return HeardForm(formdata=None, data={"given_on": drafting.local_day(event.zone)})


def _cards(event: Event, found: list[Spoken]) -> list[Card]:
    """A form for each statement: as it was filled in, else with what its signature says."""
    return [Card(each, _card_form(event, each)) for each in found]


def _card_form(event: Event, spoken: Spoken) -> CardForm:
    is_signed = bool(spoken.byline)
    if f"{spoken.key}language" in request.form:
        return CardForm(prefix=spoken.key, is_signed=is_signed)
    data = {
        "keep": is_signed,
        "byline": spoken.byline,
        "affiliation": spoken.affiliation,
        "byline_kind": transcripts.kind_of(spoken.byline),
        "language": event.language,
    }
    return CardForm(formdata=None, prefix=spoken.key, data=data, is_signed=is_signed)


def _review_page(event: Event, form: Form, look: Look) -> ResponseReturnValue:
    """All blocks; beside them whatever was typed in the next step already."""
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OWN and not name.startswith(OF_BLOCKS)
    ]
    groups, found = transcripts.groups(look), split(look.blocks)
    return form.page(
        PAGE,
        step="review",
        event=event,
        groups=groups,
        last=max((group.number for group in groups), default=0),
        count=len(look.blocks),
        was=transcripts.was,
        roles=[(role.value, str(words)) for role, words in ROLES.items()],
        reasons={reason: str(words) for reason, words in REASONS.items()},
        said=found.said,
        rest=_rest(found),
        carried=carried,
    )


def _sign_page(event: Event, form: Form, look: Look, cards: list[Card]) -> ResponseReturnValue:
    """All statements to be; the blocks travel along unseen."""
    return form.page(
        PAGE,
        step="sign",
        event=event,
        blocks=look.blocks,
        was=transcripts.was,
        signed=[card for card in cards if card.spoken.byline],
        unsigned=[card for card in cards if not card.spoken.byline],
        rest=_rest(split(look.blocks)),
        words_version=rules.WORDS_VERSION,
    )


def _rest(found: Split) -> dict[str, list[str]]:
    """What nobody signed, and what nobody said."""
    return {
        "unsigned": [" ".join(piece.paragraphs) for piece in found.unsigned],
        "notes": list(found.notes),
        "captions": [f"{caption.text} {caption.credit}".strip() for caption in found.captions],
        "other": list(found.other),
    }
