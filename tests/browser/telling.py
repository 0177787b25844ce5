"""Those who say, write down, picture and print why people came, each before a browser of her own."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import cv2
import numpy as np
import pypdfium2
from playwright.sync_api import BrowserContext, FilePayload, Locator, expect

from tests.browser.people import REBUILT_WITHIN_MILLISECONDS, Organizer, Participant, Person

PRINTED_DENSITY = 3


class Author(Participant):
    """Someone who said why. What she does again later, she does by her secret link."""

    def says(self, address: str, text: str, byline: str, affiliation: str, *uses: str) -> str:
        """Hand it in by the form, light edits allowed; return the secret link."""
        self.opens(address)
        self.follows("Say why")
        self.fills(text=text, byline=byline, affiliation=affiliation)
        self.chooses("A first name", *uses)
        self.unfolds("More: spelling, translation, until when")
        self.chooses("You may mend spelling")
        self.presses("Hand it in")
        self.sees("Thank you", byline, affiliation)
        return self._secret()

    def says_with_full_name(self, address: str, text: str, name: str, *uses: str) -> None:
        self.opens(address)
        self.follows("Say why")
        self.fills(text=text, byline=name)
        self.chooses("A full name", *uses)
        self.presses("Hand it in")
        self.sees("Thank you", name)

    def takes_the_words(self, secret: str, *, gone: str, new: str) -> None:
        """Look at what an editor did and suggests, and say yes to that."""
        self.opens(secret)
        self.sees("Lightly edited", "An organizer suggests other words")
        proposal = self.page.locator("#proposal")
        expect(proposal.locator("del").filter(has_text=gone)).to_be_visible()
        expect(proposal.locator("ins").filter(has_text=new)).to_be_visible()
        self.presses("Take these words")
        self.sees("These words stand there now.")

    def agrees(self, *uses: str) -> None:
        """Agree to what stands on the page."""
        self.chooses(*uses)
        self.presses("I agree")
        self.sees("Thank you. It may stand just there.")

    def takes_all_back(self, secret: str) -> None:
        self.opens(secret)
        self.follows("Take all of it back")
        self.sees("We cannot reach what is printed")
        self.presses("Delete it now")
        self.sees("It is deleted")


class Pictured(Person):
    """Someone in a photo, with a secret link of her own."""

    def agrees(self, secret: str, *uses: str) -> None:
        self.opens(secret)
        self.sees("It is not shown to anyone but the organizers unless you agree.")
        expect_seen(self.page.locator(".photo img"))
        self.chooses(*uses)
        self.presses("I agree")
        self.sees("Thank you. It may stand just there.")

    def takes_the_picture_away(self, secret: str) -> None:
        self.opens(secret)
        self.follows("Take this picture away")
        self.presses("Delete it now")
        self.sees("It is deleted")


class Reader(Person):
    def status(self, address: str) -> int:
        """How the address answers to somebody without account."""
        answer = self.page.goto(address)
        assert answer
        return answer.status

    def finds(self, words: str, *texts: str) -> None:
        """Look for words in the library, and see these."""
        self.opens("/statements")
        self.page.get_by_label("Words", exact=True).fill(words)
        self.presses("Find")
        self.sees(*texts)


class NewspapersEditor(Reader):
    def downloads_everything(self) -> dict[str, bytes]:
        """What is in the archive, by name."""
        with zipfile.ZipFile(BytesIO(self.downloads("Download everything"))) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}


class Editor(Organizer):
    """An organizer who sees to words and photos. `has_script` is whether her browser runs any."""

    def __init__(self, context: BrowserContext, *, has_script: bool) -> None:
        super().__init__(context)
        self.has_script = has_script

    def reads(self, address: str, words: str) -> None:
        """Open the statement with these words from the queue of its action."""
        self.opens(address)
        self.follows("Statements")
        self.page.get_by_role("listitem").filter(has_text=words).get_by_role("link", name="Read it").click()
        self.sees(words)

    def mends(self, text: str) -> None:
        self.follows("Mend or suggest words")
        self.fills(text=text)
        self.presses("Mend it")
        self.sees("Mended. Its author sees what was changed.")

    def suggests(self, text: str, note: str) -> None:
        self.follows("Mend or suggest words")
        self.fills(text=text, note=note)
        self.presses("Suggest it to its author")
        self.sees("Suggested. It changes when its author agrees.")

    def quotes(self, *quotes: str) -> None:
        self.follows("Short quotes")
        self.fills(quotes="\n".join(quotes))
        self.presses("Keep it")
        self.sees("Changed.")

    def decides_to_publish(self) -> None:
        self.presses("Publish")
        self.sees("It is public now.")

    def prints_slips(self, address: str) -> tuple[str, str]:
        """Make a sheet; return the number on its first slip, and the link in that slip's code, as a phone reads it."""
        self.opens(address)
        self.follows("Statements")
        self.follows("Consent slips")
        self.presses("Make a sheet of 8")
        self.sees("Here they are.")
        code = first_code_on(self.page.pdf(prefer_css_page_size=True))
        return self.page.locator(".slip-number").first.inner_text(), code

    def writes_down(self, address: str, text: str, slip: str) -> None:
        """Write down what is said; its author is to agree by the code on her slip."""
        self.opens(address)
        self.follows("Statements")
        self.follows("Write down a statement")
        self.fills(text=text, slip=slip)
        self.presses("Keep it")
        self.sees("Did you write it down for someone?", text)

    def sends_a_photo(self, address: str, picture: bytes) -> None:
        """Send it and wait until it can be covered."""
        self.opens(address)
        self.follows("Photos")
        self.follows("Send a photo")
        file = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=picture)
        self.page.locator("[name=file]").set_input_files(file)
        self.presses("Send")
        burn = self.page.get_by_role("button", name="Burn the boxes in")
        expect(burn).to_be_visible(timeout=REBUILT_WITHIN_MILLISECONDS)

    def covers(self, who: str) -> None:
        """Cover a face, by drawing or by choosing squares, and say who can still be recognised."""
        if self.has_script:
            self._draws((0.15, 0.15), (0.3, 0.4))
            expect(self.page.get_by_role("button", name="Remove box 1")).to_be_visible()
        else:
            for square in ("B2", "C2"):
                self.page.get_by_role("checkbox", name=f"Cover {square}", exact=True).check()
        self.chooses(who)
        self.presses("Burn the boxes in")
        heading = self.page.get_by_role("heading", name="Photo, not published yet")
        expect(heading).to_be_visible(timeout=REBUILT_WITHIN_MILLISECONDS)

    def _draws(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        picture = self.page.locator("[data-cover]")
        picture.scroll_into_view_if_needed()
        frame = picture.bounding_box()
        assert frame
        places = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        self.page.mouse.move(*places[1], steps=4)
        self.page.mouse.up()

    def says_what_is_seen(self, alt: str, caption: str, *uses: str) -> None:
        self.follows("Say what is seen")
        self.fills(alt=alt, caption=caption, credit="A participant")
        self.chooses(*uses)
        self.presses("Save")
        self.sees("Kept.", alt)

    def asks_somebody_pictured(self) -> str:
        """Add her, and return the secret link for her; this page is the photo's again."""
        self.presses("Add somebody")
        secret = self.page.get_by_role("textbox", name="Their link").input_value()
        self.follows("Photo")
        self.sees("Has not agreed to this picture")
        return secret

    def publishes_the_photo(self) -> str:
        """Return the photo's address."""
        self.page.reload()
        self.chooses("Everyone who can be recognised was asked")
        self.presses("Publish")
        self.sees("Published, just where everyone agreed to it.")
        return self.page.url

    def pastes(self, address: str, transcript: str) -> None:
        self.opens(address)
        self.follows("Statements")
        self.follows("Paste a transcript")
        self.fills(text=transcript)
        self.presses("Split it")
        self.sees("Whose words are whose?")

    def block(self, words: str) -> Locator:
        """The paragraph with just these words on the page that splits a transcript."""
        just_these = self.page.locator("textarea", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$"))
        return self.page.locator(".block").filter(has=just_these)

    def collects(self, slug: str, title: str, photo: str = "", *statements: str) -> str:
        """Put a photo and statements into a new collection by what is read of them, publish it, return its address."""
        self.opens(f"/groups/{slug}/desk")
        self.follows("Collections")
        self.follows("New collection")
        self.fills(title=title, note="What was said at the lake.")
        self.presses("Save the draft")
        self.sees("Saved as a draft.")
        for part, label, words in (
            *(("#statements", "Add the statement", words) for words in statements),
            *(("#photos", "Add the photo", words) for words in (photo,) if words),
        ):
            item = self.page.locator(f"{part} li").filter(has_text=words)
            item.get_by_role("button", name=label).click()
            self.sees("It stands at the end now.")
        self.presses("Publish")
        self.sees("Published. Anyone can read it now.")
        return self.page.url

    def invites_a_newspaper(self, collection: str) -> str:
        """Return the link for its editor."""
        self.opens(collection)
        self.follows("For a newspaper")
        self.presses("Make the link")
        self.sees("This is the link.")
        return self.page.get_by_role("textbox", name="The editor’s link").input_value()


def expect_seen(picture: Locator) -> None:
    """Expect that a picture is there, not its place alone."""
    expect(picture).to_be_visible()
    assert picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth; }") > 0


def first_code_on(pdf: bytes) -> str:
    """What a reader that knows nothing of us reads from the first slip on the only page of a printed sheet."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        (page,) = document
        sheet = page.render(scale=PRINTED_DENSITY).to_pil().convert("L")
    finally:
        document.close()
    slip = sheet.crop((0, 0, sheet.width // 2, sheet.height // 4))
    text, _corners, _code = cv2.QRCodeDetectorAruco().detectAndDecode(np.asarray(slip))
    assert text
    return text
