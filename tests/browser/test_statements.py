"""Each way from what was said or seen to a page, to print, and back again, as those concerned live through it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Browse
from tests.browser.letters import GROUP, Letters, in_days
from tests.browser.subscriber import FeedReader
from tests.browser.telling import Author, Editor, NewspapersEditor, Pictured, Reader, expect_seen
from tests.media import corpus

pytestmark = pytest.mark.browser

HERE, SITE, PRESS = "On the page of this action", "Elsewhere on this site", "In newspapers and magazines"
TEXTS = ("statements.txt", "statements.md", "captions.txt", "consent.txt")
TRANSCRIPT = """I came because one of them looked back at me.

They feel.

—Juniper Vale, Oakland

I came with my daughter. Maria K. I hold the blue banner each time. It is heavier than it looks.

– Leek, Alameda

Photo: Wren

I have no words."""
ACTIONS = count(1)


@dataclass(frozen=True)
class Street:
    """After an action that is over: its organizer, and whoever else opens a browser of her own."""

    url: str
    has_script: bool
    editor: Editor
    reader: Reader
    action: str
    number: int
    """What tells the words that are said there from those of other actions, on pages that have all of them."""
    feed: FeedReader
    browse: Browse

    def browser(self) -> BrowserContext:
        return self.browse(self.url, java_script_enabled=self.has_script)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def street(request: pytest.FixtureRequest, letters: Letters, browse: Browse) -> Street:
    editors, readers = (browse(letters.url, java_script_enabled=request.param) for _person in range(2))
    letters.let_in(editors)
    editor, number = Editor(editors, has_script=request.param), next(ACTIONS)
    action = editor.publishes(
        title=f"At the lake, number {number}",
        what_for="For letters to prisoners.",
        starts_on=in_days(-3),
        starts_time="10:00",
        ends_time="13:00",
        place="By the lake",
    )
    feed = FeedReader(f"{letters.url}/statements.atom")
    return Street(letters.url, request.param, editor, Reader(readers), action, number, feed, browse)


def test_words_go_from_their_author_to_the_library_and_back(street: Street) -> None:
    marker = f"Heron{street.number}"
    author = Author(street.browser())
    said = f"I came becuase of the letters. They go by hand. {marker}"
    secret = author.says(street.action, said, "Juniper", "Alameda", HERE, SITE)
    street.reader.opens("/statements")
    street.reader.does_not_see(marker)
    public = is_mended_and_published(street, author, said, secret)
    author.opens(secret)
    author.follows("See it there")
    page = author.page.url
    is_read_everywhere(street, public, marker)
    name_is_taken_back(street, secret, (street.action, "/statements", page), public)
    all_is_taken_back(street, author, secret, page, marker)


def is_mended_and_published(street: Street, author: Author, said: str, secret: str) -> str:
    """Return the words that its author agrees to in the end."""
    mended = said.replace("becuase", "because")
    public = mended.replace("by hand", "from hand to hand")
    street.editor.reads(street.action, said)
    street.editor.mends(mended)
    street.editor.suggests(public, "It says more.")
    street.editor.quotes("I came because of the letters.")
    street.editor.decides_to_publish()
    author.takes_the_words(secret, gone="by", new="from")
    return public


def is_read_everywhere(street: Street, public: str, marker: str) -> None:
    for address in (street.action, "/statements"):
        street.reader.opens(address)
        street.reader.sees(public, "Juniper, Alameda")
    street.reader.finds(f"LETTERS {marker.lower()}", public)
    assert street.feed.hears()
    assert public in street.feed.text
    assert "Juniper" in street.feed.text


def name_is_taken_back(street: Street, secret: str, addresses: tuple[str, ...], public: str) -> None:
    Author(street.browser()).takes_the_name_back(secret)
    for address in addresses:
        street.reader.opens(address)
        street.reader.sees(public, "A participant")
        street.reader.does_not_see("Juniper")
    assert street.feed.hears()
    assert "Juniper" not in street.feed.text


def all_is_taken_back(street: Street, author: Author, secret: str, page: str, marker: str) -> None:
    author.takes_all_back(secret)
    assert [street.reader.status(f"{page}{form}") for form in ("", ".txt", ".md")] == [410, 410, 410]
    for address in (street.action, "/statements", "/"):
        street.reader.opens(address)
        street.reader.does_not_see(marker, "from hand to hand")
    street.reader.opens(f"/statements?q={marker}")
    street.reader.sees("We found nothing like that.")
    assert street.feed.hears()
    assert marker not in street.feed.text


def test_a_slip_from_the_street_leads_to_its_statement(street: Street) -> None:
    number, code = street.editor.prints_slips(street.action)
    author = Author(street.browser())
    author.opens(code)
    author.sees("Nothing is written down under this slip yet", number)

    words = "One of them looked back at me, and I have not forgotten it."
    street.editor.writes_down(street.action, words, number)
    author.opens(code)
    author.sees(words, "It waits for your yes")
    author.agrees(HERE, SITE)
    street.reader.opens(street.action)
    street.reader.does_not_see(words)

    street.editor.reads(street.action, words)
    street.editor.decides_to_publish()
    street.reader.opens(street.action)
    street.reader.sees(words, "A participant")

    author.takes_all_back(code)
    street.reader.opens(street.action)
    street.reader.does_not_see(words)
    assert street.reader.status(code) == 410


def test_a_transcript_of_several_people_becomes_a_statement_of_each(street: Street) -> None:
    editor = street.editor
    editor.pastes(street.action, TRANSCRIPT)
    of_two = "I came with my daughter. Maria K. I hold the blue banner each time. It is heavier than it looks."
    parted = of_two.replace(" Maria K. ", "\n\nMaria K.\n\n")
    editor.block(of_two).locator("textarea").fill(parted)
    editor.presses("Look again")
    editor.block("Maria K.").get_by_role("combobox").select_option("A name")
    editor.presses("Go on")
    editor.sees("Below each name that you marked, a new statement begins now.")
    editor.presses("Go on")
    editor.sees("How it is signed", "One statement is unsigned.")
    expect(editor.page.get_by_role("textbox", name="Caption 1")).to_have_value("Photo: Wren")
    editor.presses("Keep what is ticked")
    editor.sees("3 statements wait to be read.")

    waiting = editor.page.locator("#submitted li")
    expect(waiting).to_have_count(3)
    for words, name in (
        ("I came because one of them looked back at me.", "Juniper Vale"),
        ("I came with my daughter.", "Maria K."),
        ("I hold the blue banner each time.", "Leek"),
    ):
        expect(waiting.filter(has_text=words).locator(".byline")).to_have_text(name)
    expect(waiting.filter(has_text="No consent yet")).to_have_count(3)
    editor.does_not_see("I have no words.")
    street.reader.opens(street.action)
    street.reader.does_not_see("I came with my daughter.")


def test_a_photo_is_public_while_everyone_in_it_agrees(street: Street) -> None:
    editor, pictured = street.editor, Pictured(street.browser())
    editor.sends_a_photo(street.action, corpus.jpeg())
    editor.covers("Somebody, and we asked them")
    alt, caption = "Two people by the water hold a banner.", f"At the lake, seen {street.number}"
    editor.says_what_is_seen(alt, caption, HERE, SITE)
    secret = editor.asks_somebody_pictured()
    street.reader.opens(street.action)
    expect(street.reader.page.get_by_alt_text(alt)).to_have_count(0)

    pictured.agrees(secret, HERE, SITE)
    photo = editor.publishes_the_photo()
    collection = editor.collects(GROUP, "What was seen", caption)
    for address in (street.action, collection, photo):
        street.reader.opens(address)
        expect_seen(street.reader.page.get_by_alt_text(alt))
    files = [f"{photo}/{size}" for size in ("small", "large")]
    assert [street.reader.context.request.get(file).status for file in files] == [200, 200]

    pictured.takes_the_picture_away(secret)
    assert street.reader.status(photo) == 410
    assert [street.reader.context.request.get(file).status for file in files] == [410, 410]
    for address in (street.action, collection):
        street.reader.opens(address)
        expect(street.reader.page.get_by_alt_text(alt)).to_have_count(0)


def test_a_newspapers_editor_takes_what_is_for_print_and_learns_what_is_withdrawn(street: Street) -> None:
    first, second = (f"{words} {street.number}." for words in ("We stood in the rain for", "My son asked me, at"))
    author, named = Author(street.browser()), Author(street.browser())
    secret = author.says(street.action, first, "Juniper", "Alameda", HERE, SITE, PRESS)
    named.says_with_full_name(street.action, second, "Sorrel Invented", HERE, SITE, PRESS)
    collection = is_collected(street, first, second)
    link = street.editor.invites_a_newspaper(collection)

    paper = NewspapersEditor(street.browser())
    paper.opens(link)
    paper.sees(first, second, "Juniper, Alameda", "A banner in the rain", "Agreed to print on")
    paper.sees("The name is withheld. Please do not ask around for it.", "Please change nothing")
    paper.does_not_see("Sorrel")
    expect_seen(paper.page.get_by_alt_text("A banner."))
    takes_it_along(street, paper, link, (first, second))
    street.reader.opens(collection)
    assert street.reader.downloads("PDF").startswith(b"%PDF-")

    author.takes_all_back(secret)
    learns_of_it(paper, first, second)
    street.reader.opens(collection)
    street.reader.sees(second)
    street.reader.does_not_see(first)


def is_collected(street: Street, *statements: str) -> str:
    """Publish them and a photo, and put all that into a collection; return its address."""
    editor, caption = street.editor, f"A banner in the rain {street.number}"
    for words in statements:
        editor.reads(street.action, words)
        editor.decides_to_publish()
    editor.sends_a_photo(street.action, corpus.jpeg())
    editor.covers("Nobody")
    editor.says_what_is_seen("A banner.", caption, HERE, SITE, "In newspapers")
    editor.publishes_the_photo()
    return editor.collects(GROUP, "Why we stood there", caption, *statements)


def takes_it_along(street: Street, paper: NewspapersEditor, link: str, said: tuple[str, ...]) -> None:
    paper.sees("Nothing, as of")
    taken = paper.downloads_everything()
    photo = f"photos/01-a-banner-in-the-rain-{street.number}.jpg"
    assert set(taken) == {*TEXTS, "collection.pdf", photo}
    assert taken[photo].startswith(b"\xff\xd8\xff")
    assert [words for words in said if words not in taken["statements.txt"].decode()] == []
    assert link in taken["consent.txt"].decode()


def learns_of_it(paper: NewspapersEditor, gone: str, left: str) -> None:
    paper.page.reload()
    paper.sees("It was withdrawn. Please do not print it.", left)
    paper.does_not_see(gone)
    anew = paper.downloads_everything()
    assert [name for name in TEXTS if gone.encode() in anew[name]] == []
    assert left in anew["statements.txt"].decode()
    assert "It was withdrawn." in anew["consent.txt"].decode()
