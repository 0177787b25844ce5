"""Those who act in a journey, each with a browser of their own. They find things as people do: by their words."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from playwright.sync_api import BrowserContext, FilePayload, Page, expect

PASSWORD = "four plain words together"
REBUILT_WITHIN_MILLISECONDS = 60_000


class Person:
    """Someone before a page. Fields are found by their names, which are those of the columns."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()

    def opens(self, address: str) -> None:
        self.page.goto(address)

    def follows(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).click()

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def chooses(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label).check()

    def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main form [name={name}]").fill(value)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def unfolds(self, label: str) -> None:
        self.page.locator("summary").filter(has_text=label).click()

    def downloads(self, name: str) -> bytes:
        with self.page.expect_download() as told:
            self.follows(name)
        return told.value.path().read_bytes()


class Organizer(Person):
    def chooses_a_password(self, link: str) -> None:
        """Use the link that the command printed; that signs her in."""
        self.opens(link)
        self.fills(password=PASSWORD, password_again=PASSWORD)
        self.presses("Set it and sign in")
        self.sees("You have a new password")

    def signs_out_and_in(self, name: str) -> None:
        self.opens("/account")
        self.presses("Sign out")
        self.opens("/account")
        self.fills(name=name, password=PASSWORD)
        self.presses("Sign in")
        self.sees("Where you are signed in")

    def publishes(self, **fields: str) -> str:
        """Fill in the one-page form; return the address of the event's page."""
        self.opens("/events/new")
        self.fills(**fields)
        self.presses("Publish")
        self.sees("Published.")
        return self.page.url

    def event_id(self, address: str) -> str:
        self.opens(address)
        edit = self.page.get_by_role("link", name="Change", exact=True).get_attribute("href") or ""
        return PurePosixPath(edit).parent.name

    def publishes_a_leaflet(self, address: str, title: str, pdf: bytes) -> None:
        """Upload it, wait until the worker has rebuilt it, look at it and let everyone have it."""
        self.opens(address)
        self.follows("Leaflets")
        self.follows("Upload a leaflet")
        self.fills(title=title)
        file = FilePayload(name="leaflet.pdf", mimeType="application/pdf", buffer=pdf)
        self.page.locator("[name=file]").set_input_files(file)
        self.presses("Upload")
        publish = self.page.get_by_role("button", name="Publish", exact=True)
        expect(publish).to_be_visible(timeout=REBUILT_WITHIN_MILLISECONDS)
        publish.click()
        self.sees("Published. It stands on the pages of its actions.")

    def posts_a_notice(self, address: str, text: str) -> None:
        self.opens(address)
        self.follows("Post a notice")
        self.fills(text=text)
        self.presses("Tell everyone")
        self.sees(text)

    def moves(self, address: str, place: str) -> None:
        self.opens(address)
        self.follows("Change")
        self.fills(place=place)
        self.presses("Save")
        self.sees("Changed.", place)

    def publishes_the_statement(self, address: str) -> None:
        self.opens(address)
        self.follows("Statements")
        self.follows("Read it")
        self.presses("Publish")
        self.sees("It is public now.")

    def cancels(self, address: str, reason: str) -> None:
        self.opens(address)
        self.follows("Cancel")
        self.fills(reason=reason)
        self.presses("Cancel")
        self.sees("Cancelled. The page stays", reason)


class Participant(Person):
    """Someone without account. What she does again later, she does by a secret link alone."""

    def answers(self, address: str, party_size: int) -> str:
        """Return the secret link of the answer."""
        self.opens(address)
        self.follows("Tell them you come")
        self.chooses("I am coming")
        self.fills(party_size=str(party_size), nickname="Leek")
        self.presses("Tell them")
        self.sees("See you there", "Leek")
        return self._secret()

    def changes_the_party(self, secret: str, party_size: int) -> None:
        self.opens(secret)
        self.page.locator("#answer summary").click()
        self.fills(party_size=str(party_size))
        self.presses("Change it")
        self.sees("Changed.", f"{party_size} people")

    def says_why(self, address: str, text: str, byline: str) -> str:
        """Return the secret link of the statement."""
        self.opens(address)
        self.follows("Say why")
        self.fills(text=text, byline=byline)
        self.chooses("A first name", "On the page of this action", "Elsewhere on this site")
        self.presses("Hand it in")
        self.sees("Thank you", byline)
        return self._secret()

    def takes_the_name_back(self, secret: str) -> None:
        self.opens(secret)
        self.presses("Take my name back")
        self.sees("Your name is gone. The text stays as it was.")

    def _secret(self) -> str:
        return self.page.get_by_role("textbox", name="Your link").input_value()


def owner_link(printed: str) -> str:
    """The path of the one-use link in what `flask start` has printed."""
    found = re.search(r"/password/\S+", printed)
    assert found, printed
    return found[0]
