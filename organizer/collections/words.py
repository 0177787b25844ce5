"""What is said around the items in every form of a collection: who signed, where it was printed, what was agreed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import url_for
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from organizer import config, languages
from organizer.collections.cards import Changed, PrintSize, Terms
from organizer.collections.models import Collection
from organizer.collections.rules import Change, Kind
from organizer.photos.cards import PhotoCard
from organizer.photos.rules import Way

# Marks a sentence for extraction; Babel knows the name.
N_ = str

KINDS = {
    Kind.STATEMENT: N_("Statement"),
    Kind.QUOTE: N_("Quote"),
    Kind.PHOTO: N_("Photo"),
}
CHANGES = {
    Change.WITHDRAWN: N_("It was withdrawn. Please do not print it."),
    Change.NAME_TAKEN_BACK: N_("The name was taken back. Please print it without the name."),
    Change.NAME_CHANGED: N_("The name is another one now."),
    Change.CHANGED: N_("It was changed. Please take it anew from here."),
    Change.NOT_FOR_PRESS: N_("It is no longer for the press. Please do not print it."),
    Change.TAKEN_OUT: N_("The group took it out of this collection. Please ask before you print it."),
    Change.ADDED: N_("It is new here since you got this link."),
}
WAYS = {
    Way.LINK: N_("in writing, by a form or link of their own"),
    Way.IN_PERSON: N_("in person, to one of the organizers"),
}


def in_its_language(collection: Collection) -> AbstractContextManager[None]:
    """Translate inside the block into the collection's own language, English where we do not speak it."""
    language = collection.language if collection.language in languages.INTERFACE else "en"
    spoken: AbstractContextManager[None] = force_locale(language)
    return spoken


def printed_in(collection: Collection) -> str:
    """Where and when it was printed, on one line; empty when it was not."""
    if not collection.publication:
        return ""
    day = format_date(collection.published_on, "long") if collection.published_on else ""
    where = ", ".join(filter(None, (collection.publication, collection.issue, day)))
    return str(_("Published in %(where)s", where=where))


def credited(photo: PhotoCard) -> str:
    return str(_("Photo: %(credit)s", credit=photo.credit)) if photo.credit else ""


def own_page(collection: Collection) -> str:
    """The absolute address of its reading page."""
    return config.absolute(url_for("collections.read", slug=collection.slug))


def sized(size: PrintSize) -> str:
    """A photo's size in print, in words."""
    return str(
        _(
            "%(width)d × %(height)d pixels, %(width_cm)s × %(height_cm)s cm at 300 dpi",
            width=size.width,
            height=size.height,
            width_cm=size.width_cm,
            height_cm=size.height_cm,
        )
    )


def agreed(kind: Kind, terms: Terms) -> list[str]:
    """What was agreed to for the press, in a few sentences."""
    if kind == Kind.PHOTO:
        return _agreed_photo(terms)
    day = format_date(terms.given_on, "long")
    said = [
        _("Agreed to print on %(day)s, %(way)s.", day=day, way=_(WAYS[terms.way or Way.LINK])),
        _("Light edits are allowed: spelling, and cuts that are marked.")
        if terms.may_edit
        else _("Please change nothing, not even spelling."),
        _("It may be translated.") if terms.may_translate else _("Please do not translate it."),
    ]
    return [str(sentence) for sentence in [*said, *_until(terms)]]


def _agreed_photo(terms: Terms) -> list[str]:
    said = [_("Whoever took it lets newspapers print it.")]
    if terms.people and terms.given_on:
        day = format_date(terms.given_on, "long")
        said.append(_("Everyone who can be recognised agreed to print, the last on %(day)s.", day=day))
    else:
        said.append(_("Nobody can be recognised."))
    return [str(sentence) for sentence in [*said, *_until(terms)]]


def _until(terms: Terms) -> list[str]:
    return [_("Until %(day)s.", day=format_date(terms.expires_on, "long"))] if terms.expires_on else []


def numbered(number: int, kind: Kind) -> str:
    """The number that an item keeps, and what it is."""
    numbered = _("No. %(number)d", number=number)
    return f"{numbered}, {_(KINDS[kind])}"


def translated(language: str, translator: str) -> str:
    """What stands above a translation."""
    name = languages.own_name(language)
    if translator:
        return str(_("In %(language)s, translated by %(name)s", language=name, name=translator))
    return str(_("In %(language)s", language=name))


def changed(each: Changed) -> str:
    """One line of what has changed: number, kind, what to do."""
    return f"{numbered(each.number, each.kind)}: {_(CHANGES[each.change])}"


def withheld() -> str:
    return str(_("The name is withheld. Please do not ask around for it."))


def edited() -> str:
    return str(_("What stands here was lightly edited, as allowed: spelling, and cuts that are marked."))


def ready(collection: Collection) -> str:
    day = collection.ready_by
    return str(_("Ready for print by %(day)s.", day=format_date(day, "full"))) if day else ""
