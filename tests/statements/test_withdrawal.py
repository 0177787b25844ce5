"""Whatever is taken back, in whichever way, is nowhere from the next request on, and nothing else is gone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from organizer import clock, outbox
from organizer.db import db
from organizer.photos import consents
from organizer.photos import service as photos
from organizer.photos.rules import AgreementDetails
from organizer.photos.rules import Use as PhotoUse
from organizer.photos.rules import Way as PhotoWay
from organizer.statements import service as statements
from organizer.statements.rules import StatementDetails, Use
from tests.factories import post
from tests.statements import canaries
from tests.statements.canaries import (
    ALL,
    NAMES,
    OF_PHOTO,
    OF_SAYING,
    PICTURES,
    UNDER_PHOTO,
    WORDS,
    Found,
    Told,
    where,
)
from tests.statements.saying import ACTOR, FREELY, shown

COLLECTION = "/collections/what-was-said-at-the-lake"
FILES = {f"{COLLECTION}{ending}" for ending in ("", ".md", ".txt")}
LISTS = {
    f"/statements{kind}{asked}"
    for kind in ("", ".atom", ".json")
    for asked in ("", "?q=stood+beside", "?action=E", "?photo=1")
}
PUBLIC = {"/events/action", f"{COLLECTION}.atom", f"{COLLECTION}.pdf", *FILES, *LISTS}
PUBLIC |= {f"/statements/S{ending}" for ending in ("", ".md", ".txt")}
PICTURED = {"/", "/events/action", "/photos/P", "/statements/S", f"{COLLECTION}.atom", *FILES}
STANDS = {
    "wordcanary": PUBLIC,
    "letterscanary": PUBLIC,
    "quotecanary": {"/", "/statements/S/remove", *PUBLIC},
    "traductcanary": {"/statements/S", f"{COLLECTION}.pdf", *FILES},
    "translatorcanary": {"/statements/S", f"{COLLECTION}.pdf", *FILES},
    "bylinecanary": {"/", *PUBLIC},
    "affiliationcanary": {"/", *PUBLIC},
    "captioncanary": {f"{COLLECTION}.pdf", *PICTURED},
    "creditcanary": {f"{COLLECTION}.pdf", *PICTURED},
    "altcanary": {"/photos/P/remove", *PICTURED},
    "smallcanary": {"/photos/P/small"},
    "largecanary": {"/photos/P/large"},
    "printcanary": {"/photos/P/print"},
}
# What her own link, that of somebody in the photo, and the newspaper's editor's link show beside it.
BY_LINK = {
    **{name: {"/s/mine/S", "/s/mine/S/change"} for name in ("wordcanary", "letterscanary", "quotecanary", *NAMES)},
    **{name: {"/s/mine/S"} for name in ("traductcanary", "translatorcanary", "leterscanary", "suggestedcanary")},
    **{name: {"/s/mine/S"} for name in ("whycanary", "heardcanary")},
    **{name: {"/s/mine/S", "/photos/mine/person/N"} for name in UNDER_PHOTO},
    "largecanary": {"/photos/mine/person/N/picture"},
}
GIVEN = "/collections/for-print/given/C"
IN_PRINT = {name: {GIVEN, f"{GIVEN}/archive.zip"} for name in (*WORDS, *NAMES, *UNDER_PHOTO)}
IN_PRINT["printcanary"] = {f"{GIVEN}/archive.zip"}

ANYWHERE = ""
FROM_READERS = r" (?!/s/mine/|/events/E/|/groups/)/"
FOR_THE_PRESS = r" /collections/for-print/given/"


@dataclass(frozen=True)
class Case:
    """A way to take something back: `gone` says where which canaries are no longer read, as a pattern of addresses.

    Those that are gone ANYWHERE are in no table and file either. `also` is where others go with them.
    """

    name: str
    act: Callable[[Told], None]
    gone: tuple[tuple[tuple[str, ...], str], ...]
    also: str = "$^"
    days: int = 0


def _press(told: Told, who: str, path: str, form_at: str | None = None) -> None:
    """Press a button; her browser keeps its cookies, also where it is told to lose one."""
    browser = told.browsers[who]
    cookies = dict(browser._cookies or {})
    answered = post(browser, path, {}, form_at)
    browser._cookies = cookies
    assert answered.status_code in (200, 303), answered.text


def _withdraw_by_link(told: Told) -> None:
    _press(told, "who holds the links", f"/s/mine/{told.statement_id}/withdraw")


def _withdraw_at_her_word(told: Told) -> None:
    _press(told, "the owner", f"/events/{told.event_id}/statements/{told.statement_id}/take-down")


def _name(told: Told) -> None:
    mine = f"/s/mine/{told.statement_id}"
    _press(told, "who holds the links", f"{mine}/name", mine)


def _photo_beside(told: Told) -> None:
    mine = f"/s/mine/{told.statement_id}"
    _press(told, "who holds the links", f"{mine}/photos/{told.photo_id}/drop", mine)


def _photo_by_person(told: Told) -> None:
    _press(told, "who holds the links", f"/photos/mine/person/{told.person_id}/away")


def _photo_by_organizer(told: Told) -> None:
    _press(told, "the owner", f"/photos/{told.photo_id}/withdraw")


def _press_by_author(told: Told) -> None:
    less = replace(FREELY, uses=frozenset(Use) - {Use.PRESS})
    statements.agree(told.statement, less, shown(told.statement))


def _press_by_person(told: Told) -> None:
    less = AgreementDetails(frozenset(PhotoUse) - {PhotoUse.PRESS}, clock.today())
    consents.agree(told.person, less, told.photo.picture_hash)


def _consent_until_tomorrow(told: Told) -> None:
    until = replace(FREELY, expires_on=clock.today() + timedelta(days=1))
    statements.agree(told.statement, until, shown(told.statement))


def _change(told: Told) -> None:
    statements.change(told.statement, StatementDetails("Other words.", "en"), FREELY)


WITHDRAWN = ((OF_SAYING, ANYWHERE), (UNDER_PHOTO, r"/S\b"))
TAKEN_AWAY = ((OF_PHOTO, ANYWHERE),)
HIDDEN = (((*WORDS, *NAMES), FROM_READERS), (UNDER_PHOTO, r" /statements/S"))
CASES = (
    Case("withdrawn by link", _withdraw_by_link, WITHDRAWN),
    Case("withdrawn at her word", _withdraw_at_her_word, WITHDRAWN),
    Case("name", _name, (((*NAMES, "knowncanary"), ANYWHERE),)),
    Case("photo beside", _photo_beside, ((UNDER_PHOTO, r" (/statements|/s/mine)/S"),), also=r"photo=1"),
    Case("photo, by a person in it", _photo_by_person, TAKEN_AWAY, also=r"photo=1"),
    Case("photo, by an organizer", _photo_by_organizer, TAKEN_AWAY, also=r"photo=1"),
    Case(
        "press, by the author",
        _press_by_author,
        (((*WORDS, *NAMES), FOR_THE_PRESS), (("heardcanary", "leterscanary"), ANYWHERE)),
    ),
    Case(
        "press, by a person in the photo",
        _press_by_person,
        (
            (UNDER_PHOTO, FOR_THE_PRESS),
            (("printcanary",), f"{FOR_THE_PRESS}|(stranger|links) /photos/P/print"),
            (("toldcanary",), ANYWHERE),
        ),
    ),
    Case(
        "expiry",
        _consent_until_tomorrow,
        (*HIDDEN, (("heardcanary", "leterscanary"), ANYWHERE)),
        days=3,
    ),
    Case("rejection", lambda told: statements.reject(told.statement, ACTOR), HIDDEN),
    Case("hold", lambda told: statements.hold(told.statement, ACTOR), HIDDEN),
    Case(
        "other words",
        _change,
        (
            (("wordcanary", "letterscanary", "quotecanary", *NAMES), ANYWHERE),
            (("leterscanary", "suggestedcanary", "whycanary", "knowncanary", "heardcanary"), ANYWHERE),
            (("traductcanary", "translatorcanary"), FROM_READERS),
            (UNDER_PHOTO, r" /statements/S"),
        ),
    ),
)


@pytest.fixture
def told(app: Flask) -> Iterator[Told]:
    made = canaries.of(app)
    with time_machine.travel(made.at, tick=False):
        yield made


def _read(told: Told, found: Found, canary: str) -> set[str]:
    return {told.named(*asked) for asked in where(found, canary)}


def test_all_of_it_stands_where_it_was_agreed_to_and_nowhere_else(told: Told) -> None:
    for canary in ALL[: -len(canaries.STAYS)]:
        read = _read(told, told.before, canary)
        public, links = STANDS.get(canary, set()), BY_LINK.get(canary, set()) | IN_PRINT.get(canary, set())
        assert {each for each in read if "stranger" in each} == {f"a stranger {path}" for path in public}, canary
        expected = {f"who holds the links {path}" for path in public | links}
        assert {each for each in read if "links" in each} == expected, canary
        assert {f"the owner {path}" for path in public} <= read, canary
    assert canaries.held(told) == set(ALL) - set(PICTURES)


def test_no_cache_may_use_again_what_showed_any_of_it(told: Told) -> None:
    for canary in ALL:
        for asked in where(told.before, canary):
            kept = told.before[asked].headers["Cache-Control"]
            assert re.search(r"\b(no-cache|no-store)\b", kept), (asked, kept)
            assert not re.search(r"immutable|max-age|public", kept), (asked, kept)


# The others differ in who presses the button, not in what must be gone.
OFTEN = {"withdrawn by link", "name", "photo beside", "photo, by a person in it", "press, by the author", "expiry"}
IS_SOAK = bool(os.environ.get("ORGANIZER_SOAK"))
TRIED = CASES if IS_SOAK else [case for case in CASES if case.name in OFTEN]


@pytest.mark.parametrize("case", TRIED, ids=[case.name for case in TRIED])
def test_what_is_taken_back_is_gone_from_everywhere_and_the_rest_is_not(told: Told, case: Case) -> None:
    pages = {
        asked
        for canaries_gone, _places in case.gone
        for canary in canaries_gone
        for asked in where(told.before, canary)
    }
    _look_at(told, pages)
    case.act(told)
    with time_machine.travel(told.at + timedelta(days=case.days), tick=False):
        _is_gone(told, case, told.crawl_again("who holds the links"))
        outbox.tick()
        # Pages that told nothing of it do not begin to when it goes: one case asks them, too.
        after = told.crawl() if case is CASES[0] or IS_SOAK else told.crawl_again()
        _is_gone(told, case, after)
        _stays(told, case, after)
        _is_not_confirmed(told, case, pages)
    gone = {canary for names, places in case.gone for canary in names if places == ANYWHERE}
    assert canaries.held(told) == set(ALL) - gone - set(PICTURES)
    assert (canaries.blobs_of(told.photo_id) == []) == (set(PICTURES) <= gone)


def _look_at(told: Told, pages: set[tuple[str, str]]) -> None:
    """Let the memory hold what was asked for, and every version be known."""
    for who, address in sorted(pages):
        if tag := told.before[who, address].headers.get("ETag"):
            assert told.ask(who, address, If_None_Match=tag).status_code == 304, address
    told.ask("a stranger", f"{COLLECTION}.pdf")


def _is_gone(told: Told, case: Case, after: Found) -> None:
    for names, places in case.gone:
        for canary in names:
            left = {each for each in _read(told, after, canary) if re.search(places, each)}
            # What a job deletes stands only where nobody but the author and the editors look.
            assert not (left if case.days == 0 else {each for each in left if re.search(FROM_READERS, each)}), canary


def _stays(told: Told, case: Case, after: Found) -> None:
    places = {canary: pattern for names, pattern in case.gone for canary in names}
    for canary in ALL:
        before = _read(told, told.before, canary)
        expected = {each for each in before if not re.search(places.get(canary, "$^"), each)}
        lost = {each for each in expected - _read(told, after, canary) if not re.search(case.also, each)}
        assert lost == set(), canary


def _is_not_confirmed(told: Told, case: Case, pages: set[tuple[str, str]]) -> None:
    """Whoever holds an old version is not told that it is still good."""
    places = [(canary, pattern) for names, pattern in case.gone for canary in names]
    for who, address in sorted(pages):
        answer, name = told.before[who, address], told.named(who, address)
        if not any(canary in answer.text and re.search(pattern, name) for canary, pattern in places):
            continue
        for known, given in (("If_None_Match", "ETag"), ("If_Modified_Since", "Last-Modified")):
            if given in answer.headers:
                assert told.ask(who, address, **{known: answer.headers[given]}).status_code != 304, address


def test_what_was_rejected_is_deleted_when_nobody_has_published_it_for_a_month(told: Told) -> None:
    statements.reject(told.statement, ACTOR)
    with time_machine.travel(told.at + timedelta(days=31), tick=False):
        outbox.tick()
        db.session.rollback()
        after = told.crawl_again()
    assert [_read(told, after, canary) for canary in OF_SAYING] == [set()] * len(OF_SAYING)
    assert canaries.held(told) == set(ALL) - set(OF_SAYING) - set(PICTURES)


def test_a_photo_whose_page_is_gone_is_gone_before_any_job_has_run(told: Told) -> None:
    photos.withdraw(told.photo)
    assert canaries.blobs_of(told.photo_id) != []
    after = told.crawl_again()
    assert [_read(told, after, canary) for canary in OF_PHOTO] == [set()] * len(OF_PHOTO)


def test_the_yes_of_a_person_in_a_photo_goes_after_its_last_day_and_the_photo_is_not_public(told: Told) -> None:
    until = AgreementDetails(frozenset(PhotoUse), clock.today(), PhotoWay.IN_PERSON, "Rowan", clock.today())
    consents.agree_in_person(told.person, until, told.photo.picture_hash, clock.today(), ACTOR)
    with time_machine.travel(told.at + timedelta(days=2), tick=False):
        outbox.tick()
        db.session.rollback()
        after = told.crawl_again("a stranger")
    assert [_read(told, after, canary) for canary in OF_PHOTO] == [set()] * len(OF_PHOTO)
    assert (told.person.heard_by, told.person.picture_hash, told.person.expires_on) == (None, "", None)
    assert canaries.blobs_of(told.photo_id) != []
