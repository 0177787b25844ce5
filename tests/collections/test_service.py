from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from organizer.collections import queries
from organizer.collections import service as collections
from organizer.collections.models import Collection, CollectionItem
from organizer.collections.rules import GONE, Kind, State
from organizer.db import db, new_id
from organizer.errors import RuleError
from organizer.photos import service as photos
from organizer.statements import service as statements
from organizer.statements.rules import ConsentDetails, StatementDetails, Use
from tests import factories
from tests.collections.collecting import DETAILS, collection, photo, put, said
from tests.factories import Person

pytestmark = pytest.mark.usefixtures("app")
WORDS = "I came because of the letters. They write back."


def _order(made: Collection) -> list[int]:
    db.session.expire_all()
    return [item.number for item in made.present]


def test_two_collections_of_one_title_have_addresses_of_their_own(organizer: Person) -> None:
    first, second = collection(organizer, is_published=False), collection(organizer, is_published=False)
    assert first.slug == "why-we-stood-at-the-lake"
    assert second.slug.startswith("why-we-stood-at-the-lake-")


def test_an_address_follows_the_title_until_it_is_public(organizer: Person) -> None:
    made = collection(organizer, said(organizer, WORDS), is_published=False)
    collections.edit(made, replace(DETAILS, title="Letters"), organizer.account_id)
    assert made.slug == "letters"
    collections.publish(made, organizer.account_id)
    collections.edit(made, replace(DETAILS, title="Other letters"), organizer.account_id)
    assert (made.title, made.slug) == ("Other letters", "letters")


def test_an_empty_collection_is_not_published(organizer: Person) -> None:
    made = collection(organizer, is_published=False)
    with pytest.raises(RuleError):
        collections.publish(made, organizer.account_id)
    put(organizer, made, said(organizer, WORDS, consent=ConsentDetails(frozenset({Use.PRESS}))))
    with pytest.raises(RuleError):
        collections.publish(made, organizer.account_id)


def test_items_are_moved_up_down_and_far(organizer: Person) -> None:
    made = collection(organizer, *(said(organizer, f"Words of {number}.") for number in range(4)))
    assert _order(made) == [1, 2, 3, 4]
    collections.move(made.present[3], 1, organizer.account_id)
    assert _order(made) == [4, 1, 2, 3]
    collections.move(made.present[0], 99, organizer.account_id)
    assert _order(made) == [1, 2, 3, 4]
    collections.take_out(made.present[1], organizer.account_id)
    assert _order(made) == [1, 3, 4]
    put(organizer, made, said(organizer, "A fifth."))
    assert _order(made) == [1, 3, 4, 5]


def test_only_what_is_public_and_the_group_s_own_can_be_put_in(organizer: Person) -> None:
    made = collection(organizer, is_published=False)
    waiting = said(organizer, WORDS, is_published=False)
    for kind, subject_id in ((Kind.STATEMENT, waiting.id), (Kind.STATEMENT, new_id()), (Kind.PHOTO, "\x00")):
        with pytest.raises(RuleError):
            collections.add(made, kind, subject_id, "", organizer.account_id)


def test_what_another_group_has_is_not_to_be_had(app: Flask, organizer: Person) -> None:
    other = factories.person(app)
    made = collection(organizer, is_published=False)
    for subject in (said(other, WORDS), photo(other)):
        with pytest.raises(RuleError):
            put(organizer, made, subject)


@pytest.mark.parametrize("quote", ["", "because of letters", "of the lett", "They  write\nback. Never."])
def test_a_quote_is_word_for_word(organizer: Person, quote: str) -> None:
    made, statement = collection(organizer, is_published=False), said(organizer, WORDS)
    with pytest.raises(RuleError):
        put(organizer, made, (statement, quote))


def test_nothing_stands_in_it_twice(organizer: Person) -> None:
    statement = said(organizer, WORDS)
    made = collection(organizer, statement, (statement, "They write back."))
    for subject in (statement, (statement, "They  write back.")):
        with pytest.raises(RuleError):
            put(organizer, made, subject)


def test_a_withdrawn_statement_leaves_no_word_and_no_trace(organizer: Person) -> None:
    statement = said(organizer, WORDS, "Leek")
    made = collection(organizer, statement, (statement, "They write back."))
    collections.make_link(made, 30, organizer.account_id)
    statements.withdraw(statement)
    rows = db.session.scalars(select(CollectionItem)).all()
    assert [(row.quote, row.shown_hash, row.shown_name_hash) for row in rows] == [(None, GONE, GONE)] * 2


def test_a_quote_goes_when_the_words_are_changed_and_stays_when_it_still_stands(organizer: Person) -> None:
    statement = said(organizer, WORDS, "Leek")
    collection(organizer, (statement, "because of the letters"), (statement, "They write back."))
    statements.change(statement, StatementDetails("They write back. Always.", "en"), ConsentDetails(frozenset(Use)))
    assert [row.quote for row in db.session.scalars(select(CollectionItem).order_by(CollectionItem.number))] == [
        None,
        "They write back.",
    ]


def test_a_name_that_is_taken_back_cannot_be_confirmed_by_a_guess(organizer: Person) -> None:
    statement, picture = said(organizer, WORDS, "Leek"), photo(organizer)
    made = collection(organizer, statement, picture)
    collections.make_link(made, 30, organizer.account_id)
    statements.take_name_back(statement)
    photos.withdraw(picture)
    rows = db.session.scalars(select(CollectionItem).order_by(CollectionItem.number)).all()
    assert [row.shown_name_hash for row in rows] == [GONE, GONE]
    assert rows[0].shown_hash != GONE
    assert rows[1].shown_hash == GONE


def test_taking_it_off_ends_the_link_and_publishing_again_keeps_the_day(organizer: Person) -> None:
    made = collection(organizer, said(organizer, WORDS))
    published_at = made.published_at
    collections.make_link(made, 30, organizer.account_id)
    token = queries.link_token(made)
    collections.take_off(made, organizer.account_id)
    assert (made.state, made.link_expires_on) == (State.WITHDRAWN, None)
    assert queries.link_token(made) != token
    with pytest.raises(RuleError):
        collections.make_link(made, 30, organizer.account_id)
    assert collections.publish(made, organizer.account_id).published_at == published_at


def test_what_was_taken_out_is_kept_only_while_an_editor_must_be_told(organizer: Person) -> None:
    made = collection(organizer, said(organizer, WORDS), said(organizer, "Another."))
    collections.make_link(made, 30, organizer.account_id)
    collections.take_out(made.present[0], organizer.account_id)
    assert sorted((item.position, item.number, item.is_taken_out) for item in made.items) == [
        (1, 2, False),
        (2, 1, True),
    ]
    collections.end_link(made, organizer.account_id)
    assert [item.number for item in made.items] == [2]
