"""Reading pages as a browser does: their forms, with what stands in the fields, and what they load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

LOADING = {"link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src", "object": "data"}
TYPED = ("text", "email", "url", "tel", "search", "number", "date", "time", "hidden", "password", "file")


@dataclass
class Field:
    """One control or one group of radios or checkboxes: what is chosen, and what could be."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def is_typed(self) -> bool:
        """Whether people write into it, so that what they wrote must not be lost."""
        return self.kind in ("textarea", *TYPED) and self.kind not in ("password", "file", "hidden")


@dataclass
class Form:
    """A form on a page; `path` is where it is sent."""

    page: str
    path: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        """What a browser sends when nobody touches anything."""
        return {name: list(each.values) for name, each in self.fields.items() if each.kind not in ("file", "button")}


class Page(HTMLParser):
    """A parsed page: `forms`, and `loads`, the (tag, address) pairs of what it fetches."""

    def __init__(self, html: str, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.forms: list[Form] = []
        self.loads: list[tuple[str, str]] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None
        self._is_first_of_text = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what loads, leads or asks."""
        given = {name: value or "" for name, value in attrs}
        if tag in LOADING and given.get(LOADING[tag]):
            self.loads.append((tag, given[LOADING[tag]]))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            action = urlsplit(urljoin(self.path, given.get("action", ""))).path if given.get("action") else self.path
            self.loads.append(("form", given.get("action", "")))
            self._open = Form(self.path, action, given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and (given.get("name") or tag == "option"):
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._open
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input":
            self._input(self._open, given, name, value)
        elif tag == "textarea":
            self._text = self._open.fields.setdefault(name, Field(name, "textarea", [""]))
            self._is_first_of_text = True
        elif tag == "select":
            self._select = self._open.fields.setdefault(name, Field(name, "select"))
        elif tag == "option" and self._select is not None:
            self._select.choices.append(value)
            if "selected" in given:
                self._select.values = [value]
        elif tag == "button":
            self._open.fields.setdefault(name, Field(name, "button", [value]))

    def _input(self, form: Form, given: dict[str, str], name: str, value: str) -> None:
        kind = given.get("type", "text")
        if kind not in ("radio", "checkbox"):
            form.fields.setdefault(name, Field(name, kind)).values.append(value)
            return
        group = form.fields.setdefault(name, Field(name, kind))
        group.choices.append(value or "on")
        if "checked" in given:
            group.values.append(value or "on")

    def handle_data(self, data: str) -> None:
        """Take what stands in a text area; a browser leaves out a line end right after the tag."""
        if self._text is not None:
            if self._is_first_of_text:
                data = data.removeprefix("\r\n").removeprefix("\n")
                self._is_first_of_text = False
            self._text.values = [self._text.value + data]

    def handle_endtag(self, tag: str) -> None:
        """Close what was open; a select without a choice has its first one."""
        if tag == "textarea":
            self._text = None
        elif tag == "select" and self._select is not None:
            self._select.values = self._select.values or self._select.choices[:1]
            self._select = None
        elif tag == "form":
            self._open = None
