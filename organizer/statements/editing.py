"""What editors do to a statement beside publishing it, and its author's answer. Each function is one commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from organizer import audit, clock, outbox
from organizer import text as texts
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.events.gate import Clearance, is_listed, may_see
from organizer.events.models import Event
from organizer.outbox import Fact
from organizer.photos.models import Photo
from organizer.statements import drafting, edits, rules
from organizer.statements.models import (
    Consent,
    Statement,
    StatementPhoto,
    StatementQuote,
    StatementTranslation,
    Suggestion,
)
from organizer.statements.quotes import check_quotes
from organizer.statements.rules import Move, SuggestionDetails, TranslationDetails


def edit(
    statement: Statement, details: SuggestionDetails, shown: str, actor_id: str, *, takes_back: bool = False
) -> None:
    """Mend spelling and mark cuts, as far as the author allowed it; her own words are kept beside it.

    Raises RuleError when she did not, for more than that, for something else than the editor was `shown`, and while
    a suggestion waits for the author's answer, unless the editor `takes_back` that one.
    """
    with writing(lock=statement):
        drafting.check_shown(statement, shown)
        rules.moved(statement.state, Move.EDIT)
        consent = statement.consent
        if consent is None or not consent.may_edit or not rules.agrees(consent, statement, clock.today()):
            raise RuleError("Its author has not allowed light edits. Suggest it instead.", field="text")
        own = consent.agreed_text or statement.text
        if not edits.is_light(own, details.text):
            raise RuleError(
                "This is more than spelling and cuts marked with […]. Suggest it to the author instead.", field="text"
            )
        if not takes_back and any(_is_open(statement, made) for made in statement.suggestions):
            raise RuleError(
                "A suggestion waits for its author, and would be gone. Tick below that you take it back, or wait.",
                field="take_back",
            )
        _stand_in(statement, consent, own, details.text)
        audit.write(actor_id, "statement.edited", statement.id)
        outbox.commit(Fact("statement.edited", statement.id))


def restore(statement: Statement) -> None:
    """Put the author's own words back in place of a light edit."""
    with writing(lock=statement):
        consent = statement.consent
        if consent is None or consent.agreed_text is None:
            raise RuleError("These are your own words already.")
        _stand_in(statement, consent, consent.agreed_text, consent.agreed_text)
        outbox.commit(Fact("statement.edited", statement.id))


def suggest(statement: Statement, details: SuggestionDetails, actor_id: str) -> None:
    """Propose other words to the author, in place of any earlier proposal; nothing changes until she agrees."""
    with writing(lock=statement):
        rules.moved(statement.state, Move.EDIT)
        if details.text == statement.text:
            raise RuleError("Nothing is different yet. Change the words first.", field="text")
        made = Suggestion(text=details.text, note=details.note, of_hash=statement.text_hash, made_on=clock.today())
        statement.suggestions = [made]
        audit.write(actor_id, "statement.suggested", statement.id)
        outbox.commit(Fact("statement.suggested", statement.id))


def accept(statement: Statement, suggestion_id: str) -> None:
    """Take over the proposed words, with the author's consent to just them; all else that she allowed stays."""
    with writing(lock=statement):
        suggestion, consent = _open_suggestion(statement, suggestion_id), statement.consent
        statement.say(suggestion.text)
        statement.awaits_author = False
        if consent is not None:
            consent.text_hash, consent.edited_hash, consent.agreed_text = statement.text_hash, None, None
            consent.given_on, consent.way = clock.today(), rules.Way.LINK
            consent.heard_by, consent.read_back, consent.words_version = None, [], rules.WORDS_VERSION
        outbox.commit(Fact("statement.edited", statement.id))


def refuse(statement: Statement, suggestion_id: str) -> None:
    """Leave the words as they are; the editor sees that her proposal was refused."""
    with writing(lock=statement):
        suggestion = _open_suggestion(statement, suggestion_id)
        suggestion.is_refused, suggestion.text, suggestion.note = True, "", ""
        statement.awaits_author = False
        outbox.commit(Fact("statement.suggestion_refused", statement.id))


def choose_quotes(statement: Statement, quotes: Sequence[str], actor_id: str) -> None:
    """Choose the words that may be set large. Raises RuleError for what is not in it word for word."""
    with writing(lock=statement):
        rules.moved(statement.state, Move.EDIT)
        check_quotes(quotes, texts.to_plain(statement.text))
        statement.quotes = [StatementQuote(number=number, text=quote) for number, quote in enumerate(quotes, 1)]
        _record(statement, "statement.quoted", actor_id)


def translate(statement: Statement, details: TranslationDetails, shown: str, actor_id: str) -> None:
    """Add or replace a translation, as far as the author allowed it. It falls with the words that it translates."""
    with writing(lock=statement):
        drafting.check_shown(statement, shown)
        rules.moved(statement.state, Move.EDIT)
        consent = statement.consent
        if consent is None or not consent.may_translate:
            raise RuleError("Its author has not allowed translations.", field="text")
        if details.language == statement.language:
            raise RuleError("It is in this language already.", field="language")
        others = [made for made in statement.translations if made.language != details.language]
        made = next((made for made in statement.translations if made.language == details.language), None)
        made = made or StatementTranslation(language=details.language)
        made.text, made.translator, made.of_hash = details.text, details.translator, statement.text_hash
        statement.translations = [*others, made]
        _record(statement, "statement.translated", actor_id)


def drop_translation(statement: Statement, language: str, actor_id: str | None = None) -> None:
    """Take a translation away, at once; without `actor_id` it is the author who does."""
    with writing(lock=statement):
        statement.translations = [made for made in statement.translations if made.language != language]
        _record(statement, "statement.translation_removed", actor_id)


def put_beside(statement: Statement, photos: Sequence[Photo], events: Sequence[Event], actor_id: str) -> None:
    """Say which photos shall stand beside it and of which actions of its group it speaks.

    Each photo is seen there once the author has agreed to it. Raises RuleError for too many, for no action, and for
    one that more people see than those that she spoke of.
    """
    rules.check_beside(len(photos), len(events))
    with writing(lock=statement):
        rules.check_audience(map(_openness, statement.events), map(_openness, events))
        rules.moved(statement.state, Move.EDIT)
        held = {picture.photo_id: picture for picture in statement.pictures}
        chosen = [held.get(photo.id) or StatementPhoto(photo_id=photo.id, photo=photo) for photo in photos]
        for number, picture in enumerate(chosen, 1):
            picture.number = number
        statement.pictures = chosen
        statement.forget_pictures()
        statement.events = [db.session.get_one(Event, event.id) for event in events]
        _record(statement, "statement.put_beside", actor_id)


def _openness(event: Event) -> int:
    """Who sees it: 2 whoever looks around, 1 whoever has its address, 0 only the group."""
    return int(may_see(event, Clearance.PUBLIC)) + int(is_listed(event))


def end_consent(statement: Statement, today: date) -> bool:
    """Delete a consent whose last day is over; whether there was one."""
    with writing(lock=statement):
        alive = [row for row in statement.consents if row.expires_on is None or row.expires_on >= today]
        if len(alive) == len(statement.consents):
            return False
        statement.consents = alive
        outbox.commit(Fact("statement.consent_ended", statement.id))
    return True


def _stand_in(statement: Statement, consent: Consent, own: str, text: str) -> None:
    """Let `text` stand where the author agreed to her `own`."""
    is_edited = text != own
    statement.say(text)
    consent.agreed_text = own if is_edited else None
    consent.edited_hash = statement.text_hash if is_edited else None


def _open_suggestion(statement: Statement, suggestion_id: str) -> Suggestion:
    for suggestion in statement.suggestions:
        if suggestion.id == suggestion_id and _is_open(statement, suggestion):
            return suggestion
    raise RuleError("This proposal is no longer there.")


def _is_open(statement: Statement, suggestion: Suggestion) -> bool:
    """Whether the author can still answer it."""
    return not suggestion.is_refused and suggestion.of_hash == statement.text_hash


def _record(statement: Statement, verb: str, actor_id: str | None) -> None:
    if actor_id is not None:
        audit.write(actor_id, verb, statement.id)
    outbox.commit(Fact(verb, statement.id))
