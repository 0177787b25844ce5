"""A collection as Markdown and as plain text, of just what may be shown at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask_babel import gettext as _

from organizer import config, languages, text
from organizer.collections import words
from organizer.collections.cards import Reading, Shown
from organizer.collections.rules import Kind
from organizer.photos.cards import PhotoCard

Place = Callable[[PhotoCard], str]
"""Where a photo is found: its page, or its file in an archive."""


def on_site(photo: PhotoCard) -> str:
    """A photo's own page."""
    return config.absolute(photo.url)


def markdown(reading: Reading, place: Place = on_site, *, is_numbered: bool = False) -> str:
    """The whole collection as Markdown in which nothing is HTML and no picture is fetched from elsewhere."""
    parts = [f"# {text.escaped(reading.collection.title)}", *map(text.escaped, _about(reading))]
    if reading.collection.note:
        parts += [f"**{_('Editor’s note')}**", text.sound(reading.collection.note)]
    for shown in reading.items:
        parts += ["* * *", *_numbered(shown, is_numbered=is_numbered), *_markdown_of(shown, place)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_of(shown: Shown, place: Place) -> Iterator[str]:
    said = shown.said
    if said and shown.kind == Kind.QUOTE:
        yield f"> {text.escaped(shown.quote)}"
    elif said:
        yield text.sound(said.text)
    if said:
        yield f"— {text.escaped(said.signature)}"
    for photo in shown.all_photos:
        yield f"[{text.escaped(photo.alt)}]({place(photo)})"
        yield text.escaped(_caption(photo))
    for each in said.translations if said and shown.kind == Kind.STATEMENT else ():
        yield f"**{text.escaped(words.translated(each.language, each.translator))}**"
        yield text.sound(each.text)


def plain(reading: Reading, place: Place = on_site, *, is_numbered: bool = False) -> str:
    """The whole collection as plain text, a paragraph on each line."""
    title = reading.collection.title
    parts = [f"{title}\n{'=' * min(len(title), 70)}", *_about(reading)]
    if reading.collection.note:
        parts += [f"{_('Editor’s note')}:", text.to_plain(reading.collection.note)]
    for shown in reading.items:
        parts += ["* * *", *_numbered(shown, is_numbered=is_numbered), *_plain_of(shown, place)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain_of(shown: Shown, place: Place) -> Iterator[str]:
    said = shown.said
    if said:
        yield f"“{shown.quote}”" if shown.kind == Kind.QUOTE else text.to_plain(said.text)
        yield f"— {said.signature}"
    for photo in shown.all_photos:
        yield "\n".join(filter(None, (f"[{photo.alt}]", _caption(photo), place(photo))))
    for each in said.translations if said and shown.kind == Kind.STATEMENT else ():
        yield f"{words.translated(each.language, each.translator)}:"
        yield text.to_plain(each.text)


def _about(reading: Reading) -> list[str]:
    collection = reading.collection
    return [collection.group.name, words.printed_in(collection), collection.link]


def _numbered(shown: Shown, *, is_numbered: bool) -> list[str]:
    if not is_numbered:
        return []
    name = languages.own_name(shown.language)
    return [f"{words.numbered(shown.number, shown.kind)} ({name})"]


def _caption(photo: PhotoCard) -> str:
    return " ".join(filter(None, (photo.caption, words.credited(photo), f"({photo.licence_label})")))
