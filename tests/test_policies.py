"""Who may: every route × every role, and that nothing changes but by a form of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from organizer.db import db, new_id
from organizer.web import create_app
from tests import asking, world
from tests.world import ROLES, WITHOUT_ACCOUNT, World, build, path_of

OPEN, SIGN_IN, NOTHING = "open", "sign in", "nothing"
TOKEN = re.compile(rb'(name="(?:csrf_token|began)"[^>]*value=)"[^"]*"')


def _column(*open_to: str, with_account: bool = False) -> dict[str, str]:
    """What each role is answered: those named see it, the others do not; with account, strangers sign in first."""
    others = {role: SIGN_IN if with_account and role in WITHOUT_ACCOUNT else NOTHING for role in ROLES}
    return others | dict.fromkeys(open_to, OPEN)


EVERYONE = _column(*ROLES)
LINK_HOLDERS = EVERYONE  # the secret is in the address itself
ANSWER_HOLDER = _column("answer-link holder")
STATEMENT_HOLDER = _column("statement-link holder")
PHOTO_HOLDER = _column("photo-link holder")
PRINT_HOLDER = _column("print-link holder")
ACCOUNTS = _column(*ROLES[len(WITHOUT_ACCOUNT) :], with_account=True)
SESSION_HOLDER = _column("owner", with_account=True)
ORGANIZERS = _column("organizer", "owner", with_account=True)
KEY_HOLDER = _column("owner", with_account=True)  # whose browser has the picture's key
ANY_ORGANIZER = _column("organizer", "owner", "organizer of another group", with_account=True)
OWNERS = _column("owner", with_account=True)

TABLE = {
    "/": EVERYONE,
    "/account": ACCOUNTS,
    "/account/password": ACCOUNTS,
    "/account/sessions/<session_id>/end": SESSION_HOLDER,
    "/account/sessions/end-others": ACCOUNTS,
    "/cities/<slug>": EVERYONE,
    "/cities/<slug>.atom": EVERYONE,
    "/cities/<slug>.ics": EVERYONE,
    "/cities/new": ANY_ORGANIZER,
    "/collections": EVERYONE,
    "/collections/<slug>": EVERYONE,
    "/collections/<slug>.atom": EVERYONE,
    "/collections/<slug>.md": EVERYONE,
    "/collections/<slug>.pdf": EVERYONE,
    "/collections/<slug>.txt": EVERYONE,
    "/collections/<slug>/edit": ORGANIZERS,
    "/collections/<slug>/for-print": ORGANIZERS,
    "/collections/<slug>/for-print/end": ORGANIZERS,
    "/collections/<slug>/items": ORGANIZERS,
    "/collections/<slug>/items/<item_id>/move": ORGANIZERS,
    "/collections/<slug>/items/<item_id>/remove": ORGANIZERS,
    "/collections/<slug>/items/add": ORGANIZERS,
    "/collections/<slug>/publish": ORGANIZERS,
    "/collections/<slug>/take-off": ORGANIZERS,
    "/collections/for-print/<token>": LINK_HOLDERS,
    "/collections/for-print/given/<collection_id>": PRINT_HOLDER,
    "/collections/for-print/given/<collection_id>/archive.zip": PRINT_HOLDER,
    "/events.atom": EVERYONE,
    "/events.ics": EVERYONE,
    "/events/<address>": EVERYONE,
    "/events/<address>.ics": EVERYONE,
    "/events/<address>/answer": EVERYONE,
    "/events/<address>/statements/new": EVERYONE,
    "/events/<event_id>/again": ORGANIZERS,
    "/events/<event_id>/answers": ORGANIZERS,
    "/events/<event_id>/answers/aside": ORGANIZERS,
    "/events/<event_id>/answers/back/<batch>": ORGANIZERS,
    "/events/<event_id>/cancel": ORGANIZERS,
    "/events/<event_id>/delete": ORGANIZERS,
    "/events/<event_id>/edit": ORGANIZERS,
    "/events/<event_id>/languages/<code>": ORGANIZERS,
    "/events/<event_id>/leaflets": ORGANIZERS,
    "/events/<event_id>/leaflets/bring": ORGANIZERS,
    "/events/<event_id>/leaflets/make": ORGANIZERS,
    "/events/<event_id>/leaflets/new": ORGANIZERS,
    "/events/<event_id>/leaflets/<leaflet_id>/copies": ORGANIZERS,
    "/events/<event_id>/leaflets/<leaflet_id>/left": ORGANIZERS,
    "/events/<event_id>/leaflets/<leaflet_id>/take-away": ORGANIZERS,
    "/events/<event_id>/notice": ORGANIZERS,
    "/events/<event_id>/notices/<notice_id>/remove": ORGANIZERS,
    "/events/<event_id>/photos": ORGANIZERS,
    "/events/<event_id>/photos/new": ORGANIZERS,
    "/events/<event_id>/postpone": ORGANIZERS,
    "/events/<event_id>/print": ORGANIZERS,
    "/events/<event_id>/publish": ORGANIZERS,
    "/events/<event_id>/reinstate": ORGANIZERS,
    "/events/<event_id>/report": ORGANIZERS,
    "/events/<event_id>/reschedule": ORGANIZERS,
    "/events/<event_id>/slips": ORGANIZERS,
    "/events/<event_id>/slips/<sheet_id>": ORGANIZERS,
    "/events/<event_id>/statements": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/beside": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/hold": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/in-person": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/lift": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/name": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/publish": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/quotes": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/reject": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/signer": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/take-down": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/translate": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/translations/<language>/drop": ORGANIZERS,
    "/events/<event_id>/statements/<statement_id>/words": ORGANIZERS,
    "/events/<event_id>/statements/paste": ORGANIZERS,
    "/events/<event_id>/statements/take": ORGANIZERS,
    "/events/new": ANY_ORGANIZER,
    "/groups/<slug>": EVERYONE,
    "/groups/<slug>.atom": EVERYONE,
    "/groups/<slug>.ics": EVERYONE,
    "/groups/<slug>/collections": ORGANIZERS,
    "/groups/<slug>/collections/new": ORGANIZERS,
    "/groups/<slug>/desk": ORGANIZERS,
    "/groups/<slug>/edit": ORGANIZERS,
    "/groups/<slug>/invitations/<invitation_id>/revoke": OWNERS,
    "/groups/<slug>/people": OWNERS,
    "/groups/<slug>/people/<account_id>": OWNERS,
    "/groups/<slug>/people/<account_id>/password-link": OWNERS,
    "/groups/<slug>/people/<account_id>/remove": OWNERS,
    "/groups/<slug>/removals/<request_id>/settle": ORGANIZERS,
    "/groups/<slug>/statements": ORGANIZERS,
    "/groups/<slug>/statements/reject": ORGANIZERS,
    "/healthz": EVERYONE,
    "/invitations/<token>": LINK_HOLDERS,
    "/l/<code>": EVERYONE,
    "/leaflets": EVERYONE,
    "/leaflets/<leaflet_id>": EVERYONE,
    "/leaflets/<leaflet_id>/again": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes/<code_id>/delete": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes/<code_id>/edit": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes/<code_id>/sheet": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes/<code_id>/stamped": ORGANIZERS,
    "/leaflets/<leaflet_id>/codes/sheet": ORGANIZERS,
    "/leaflets/<leaflet_id>/edit": ORGANIZERS,
    "/leaflets/<leaflet_id>/file": EVERYONE,
    "/leaflets/<leaflet_id>/flatten": ORGANIZERS,
    "/leaflets/<leaflet_id>/pages/<number>/<size>.webp": EVERYONE,
    "/leaflets/<leaflet_id>/make-anew": ORGANIZERS,
    "/leaflets/<leaflet_id>/print/<rendition>.pdf": EVERYONE,
    "/leaflets/<leaflet_id>/versions/<version>": EVERYONE,
    "/leaflets/<leaflet_id>/versions/<version>/file": EVERYONE,
    "/leaflets/<leaflet_id>/versions/<version>/pages/<number>/<size>.webp": EVERYONE,
    "/leaflets/<leaflet_id>/versions/<version>/print/<rendition>.pdf": EVERYONE,
    "/leaflets/<leaflet_id>/versions/<version>/print/again": ORGANIZERS,
    "/leaflets/<leaflet_id>/versions/<version>/publish": ORGANIZERS,
    "/leaflets/<leaflet_id>/versions/<version>/withdraw": ORGANIZERS,
    "/leaflets/<leaflet_id>/versions/<version>/words": ORGANIZERS,
    "/leaflets/<leaflet_id>/versions/new": ORGANIZERS,
    "/leaflets/<leaflet_id>/withdraw": ORGANIZERS,
    "/password/<token>": LINK_HOLDERS,
    "/past": EVERYONE,
    "/photos/<photo_id>": EVERYONE,
    "/photos/<photo_id>/<size>": EVERYONE,
    "/photos/<photo_id>/cover": ORGANIZERS,
    "/photos/<photo_id>/edit": ORGANIZERS,
    "/photos/<photo_id>/people": ORGANIZERS,
    "/photos/<photo_id>/people/<person_id>": ORGANIZERS,
    "/photos/<photo_id>/people/<person_id>/link": ORGANIZERS,
    "/photos/<photo_id>/people/<person_id>/remove": ORGANIZERS,
    "/photos/<photo_id>/publish": ORGANIZERS,
    "/photos/<photo_id>/remove": EVERYONE,
    "/photos/<photo_id>/uncovered": KEY_HOLDER,
    "/photos/<photo_id>/withdraw": ORGANIZERS,
    "/photos/mine/<token>": LINK_HOLDERS,
    "/photos/mine/person/<person_id>": PHOTO_HOLDER,
    "/photos/mine/person/<person_id>/agree": PHOTO_HOLDER,
    "/photos/mine/person/<person_id>/away": PHOTO_HOLDER,
    "/photos/mine/person/<person_id>/link": PHOTO_HOLDER,
    "/photos/mine/person/<person_id>/link.txt": PHOTO_HOLDER,
    "/photos/mine/person/<person_id>/picture": PHOTO_HOLDER,
    "/privacy": EVERYONE,
    "/r/<token>": LINK_HOLDERS,
    "/r/mine/<rsvp_id>": ANSWER_HOLDER,
    "/r/mine/<rsvp_id>/calendar.ics": ANSWER_HOLDER,
    "/r/mine/<rsvp_id>/link.txt": ANSWER_HOLDER,
    "/r/mine/<rsvp_id>/withdraw": ANSWER_HOLDER,
    "/s/<token>": LINK_HOLDERS,
    "/s/mine/<statement_id>": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/agree": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/change": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/link": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/link.txt": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/name": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/photos/<photo_id>/drop": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/proposals/<proposal_id>/accept": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/proposals/<proposal_id>/refuse": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/restore": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/translations/<language>/drop": STATEMENT_HOLDER,
    "/s/mine/<statement_id>/withdraw": STATEMENT_HOLDER,
    "/s/slip/<token>": LINK_HOLDERS,
    "/sign-in": EVERYONE,
    "/sign-out": EVERYONE,
    "/statements": EVERYONE,
    "/statements.atom": EVERYONE,
    "/statements.json": EVERYONE,
    "/statements/<statement_id>": EVERYONE,
    "/statements/<statement_id>.md": EVERYONE,
    "/statements/<statement_id>.txt": EVERYONE,
    "/statements/<statement_id>/remove": EVERYONE,
    "/static/<filename>": EVERYONE,
    "/tags/<slug>": EVERYONE,
    "/tags/<slug>.atom": EVERYONE,
    "/tags/<slug>.ics": EVERYONE,
}
# What is not for all, by its page: who sees it there, and its feed, and may answer or speak about it.
MEMBERS = _column("member", "contact reader", "organizer", "owner")
EDITORS = _column("organizer", "owner")
NOBODY = _column()
HIDDEN = {
    "/events/{draft}": EDITORS,
    "/events/{draft}.ics": NOBODY,
    "/events/{draft}/answer": NOBODY,
    "/events/{draft}/statements/new": NOBODY,
    "/events/{private}": MEMBERS,
    "/events/{private}.ics": NOBODY,
    "/events/{private}/answer": MEMBERS,
    "/events/{private}/statements/new": MEMBERS,
    "/events/{unlisted}": EVERYONE,
    "/events/{unlisted}.ics": EVERYONE,
    "/leaflets/{leaflet}": EDITORS,
    "/leaflets/{leaflet}/file": EDITORS,
    "/leaflets/{leaflet}/versions/1": EDITORS,
    "/leaflets/{leaflet}/versions/1/file": EDITORS,
    "/leaflets/{leaflet}/pages/1/large.webp": EDITORS,
    "/leaflets/{leaflet}/print/grey.pdf": EDITORS,
    "/statements/{statement}": NOBODY,
    "/statements/{statement}.md": NOBODY,
    "/statements/{statement}/remove": NOBODY,
    "/photos/{photo}": EDITORS,
    "/photos/{photo}/large": EDITORS,
    "/photos/{photo}/remove": NOBODY,
    "/collections/{collection}": EDITORS,
    "/collections/{collection}.pdf": NOBODY,
}


@pytest.fixture
def here(app: Flask, set_by_nobody: None) -> World:
    return world.of(app)


def _answer(response: TestResponse) -> str:
    """What the response means for who asks."""
    is_sign_in = "/sign-in" in response.headers.get("Location", "") or b'action="/sign-in' in response.data
    if response.status_code == 404:
        return NOTHING
    if response.status_code in (303, 403) and is_sign_in:
        return SIGN_IN
    is_page = response.mimetype == "text/html" and response.status_code in (400, 422)
    return OPEN if response.status_code in (200, 303, 308) or is_page else str(response.status_code)


def _bytes(response: TestResponse, address: str) -> tuple[object, ...]:
    """All that the response tells: status, headers and body, but for the address that was asked for and tokens."""
    told = [(name, value) for name, value in response.headers if name not in ("Set-Cookie", "Date", "Content-Length")]
    body = TOKEN.sub(rb"\1", response.data)
    for written in (address, quote(address, safe="")):
        body = body.replace(written.encode(), b"")
        told = [(name, value.replace(written, "")) for name, value in told]
    return response.status_code, sorted(told), body


def _methods(rule: Rule) -> Iterator[str]:
    return (method for method in ("GET", "POST") if method in (rule.methods or ()))


def test_every_route_has_its_row_in_the_table(here: World) -> None:
    assert sorted({path_of(rule) for rule in here.rules()} ^ set(TABLE)) == []


def test_each_role_is_answered_as_the_table_says_and_looking_changes_nothing(here: World) -> None:
    wrong = []
    before = here.state()
    for rule in here.rules():
        address = here.address(rule)
        for role in ROLES:
            for method in _methods(rule):
                found = _answer(here.ask(role, address, method))
                if found != TABLE[path_of(rule)][role]:
                    wrong.append(f"{role}: {method} {path_of(rule)} is {found}")
        if here.state() != before:
            wrong.append(f"{path_of(rule)}: something was changed")
            here.put_back()
    assert "\n".join(wrong) == ""


def test_a_head_request_is_answered_like_a_get_without_a_body(here: World) -> None:
    wrong = []
    before = here.state()
    for address in here.pages():
        get, role = here.read("anonymous", address), "anonymous"
        if _answer(get) != OPEN:
            get, role = here.read("owner", address), "owner"
        head = here.ask(role, address, "HEAD")
        if head.status_code != get.status_code or head.data or head.mimetype != get.mimetype:
            wrong.append(f"{role}: {address}: {head.status}")
    assert here.state() == before
    assert "\n".join(wrong) == ""


def test_drafts_and_what_is_for_members_are_seen_by_whom_the_table_names(here: World) -> None:
    wrong = []
    for path, column in HIDDEN.items():
        address = path.format(**here.ours.special["hidden"])
        for role in ROLES:
            found = _answer(here.read(role, address))
            if found != column[role]:
                wrong.append(f"{role}: {path} is {found}")
    assert "\n".join(wrong) == ""


# One of each kind of stranger: who holds nothing, who is in the group, who is in another, who runs the site.
STRANGERS = {"anonymous", "member", "organizer of another group", "operator"}


def test_what_is_not_for_one_is_answered_with_the_bytes_of_what_is_missing(here: World) -> None:
    wrong = []
    nothing = {role: _bytes(here.ask(role, "/no/such/page"), "") for role in ROLES}
    addresses = [(here.address(rule), _without(rule), path_of(rule), TABLE[path_of(rule)]) for rule in here.rules()]
    hidden = here.ours.special["hidden"]
    addresses += [(path.format(**hidden), None, path, column) for path, column in HIDDEN.items()]
    for address, missing, path, column in addresses:
        for role in (role for role in ROLES if column[role] != OPEN):
            found = _bytes(here.read(role, address), address)
            if column[role] == NOTHING and found[0] != 405 and found != nothing[role]:
                wrong.append(f"{role}: {path} is not the one 404")
            if role not in STRANGERS:
                continue
            if missing and found != _bytes(here.ask(role, missing), missing):
                wrong.append(f"{role}: {path} differs from what is missing")
            if missing and _bytes(here.ask(role, address, "POST"), address) != _bytes(
                here.ask(role, missing, "POST"), missing
            ):
                wrong.append(f"{role}: POST {path} differs from what is missing")
    assert "\n".join(wrong) == ""


# The same for everyone's things, so that it leads to no other's.
SAME_FOR_ALL = ("code", "number", "size", "batch", "language", "version", "rendition")


def _without(rule: Rule) -> str | None:
    """The address of nothing there ever was, made for this route."""
    return build(rule, {name: _missing(name) for name in rule.arguments}) if rule.arguments else None


def _missing(name: str) -> str:
    if name.endswith("_id") or name == "token":
        return new_id()
    return {"number": "7", "batch": "77", "version": "77", "code": "fa"}.get(name, f"nothing-{new_id()[:6]}")


def test_another_groups_thing_in_ones_own_address_is_missing_too(here: World) -> None:
    """An owner may edit her own event, and so must not reach another's notice, answer or member through it."""
    wrong = []
    ours, before = asking.forms(here), here.state()
    rules = [rule for rule in here.rules() if TABLE[path_of(rule)] not in (EVERYONE, ACCOUNTS)]
    for rule in rules:
        theirs = here.theirs.values(rule)
        for name in (name for name in theirs if name not in SAME_FOR_ALL):
            foreign = here.address(rule, **{name: theirs[name]})
            missing = here.address(rule, **{name: _missing(name)})
            for method in _methods(rule):
                form = ours[path_of(rule)][-1] if method == "POST" else None
                found = here.ask("owner", foreign, method, data=asking.filled(here, form) if form else None)
                other = here.ask("owner", missing, method, data=asking.filled(here, form) if form else None)
                if _bytes(found, foreign) != _bytes(other, missing):
                    wrong.append(f"{method} {path_of(rule)} tells of another's {name}")
                if here.state() != before:
                    wrong.append(f"{method} {path_of(rule)} changes another's {name}")
                    here.put_back()
    assert "\n".join(wrong) == ""


def test_every_post_route_has_a_form_on_some_page(here: World) -> None:
    routes = {path_of(rule) for rule in here.rules() if "POST" in (rule.methods or ())}
    assert sorted(routes - set(asking.forms(here))) == []


# Nothing is kept before the last step.
BY_STEPS = {"/events/<event_id>/statements/paste"}


def test_a_form_changes_something_and_without_its_token_nothing(here: World) -> None:
    wrong = []
    before = here.state()
    for path, found in asking.forms(here).items():
        for asked in found[:2]:
            for token in ([], ["forged"], [asked.form.fields["csrf_token"].value[:-3] + "aaa"]):
                sent = asking.filled(here, asked) | {"csrf_token": token}
                refused = asking.send(here, asked, sent)
                if not 400 <= refused.status_code < 500 or b'class="error-summary"' not in refused.data:
                    wrong.append(f"{asked.role}: {path} without token: {refused.status}")
            if here.state() != before:
                wrong.append(f"{asked.role}: {path} changes something without token")
                here.put_back()
            taken = asking.send(here, asked, asking.filled(here, asked))
            if taken.status_code >= 400:
                wrong.append(f"{asked.role}: {path} with token: {taken.status}")
            if here.state() == before and path not in BY_STEPS:
                wrong.append(f"{asked.role}: {path} changes nothing")
            here.put_back()
    assert "\n".join(wrong) == ""


ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "http://localhost:1"},
    {"Origin": "localhost"},
)


def test_a_form_on_another_site_is_refused_even_with_its_token(here: World) -> None:
    wrong = []
    before = here.state()
    for path, found in asking.forms(here).items():
        for headers in ELSEWHERE:
            refused = asking.send(here, found[0], asking.filled(here, found[0]), headers=headers)
            if refused.status_code != 403 or refused.mimetype != "text/html":
                wrong.append(f"{path} with {headers}: {refused.status}")
        if here.state() != before:
            wrong.append(f"{path} changes something")
            here.put_back()
    assert "\n".join(wrong) == ""


def test_our_own_pages_and_those_that_tell_nothing_may_send_forms(here: World) -> None:
    asked = asking.forms(here)["/events/<address>/answer"][0]
    for headers in ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}):
        assert asking.send(here, asked, asking.filled(here, asked), headers=headers).status_code == 303


@pytest.mark.parametrize(("origin", "status"), [("http://example.org", 403), ("https://example.org", 303)])
def test_where_the_site_has_tls_a_form_that_came_without_it_is_refused(app: Flask, origin: str, status: int) -> None:
    config = app.extensions["config"]
    env = {
        "ORGANIZER_DATA_DIR": str(config.data_dir),
        "ORGANIZER_DATABASE_URL": config.database_url,
        "ORGANIZER_SITE_URL": "https://example.org",
    }
    site = create_app(env, testing=True)
    # Over http as far as the server sees: nobody has set how many proxies are in front.
    answer = site.test_client().post("/sign-out", base_url="http://example.org", headers={"Origin": origin})
    with site.app_context():
        db.engine.dispose()
    assert answer.status_code == status
