"""What everyone reads of a collection: its page, its files, its feed; asked for anew, so a withdrawal is at once."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from organizer import config, kept, paging, policy
from organizer.collections import feed, queries, setting, words, written
from organizer.collections.cards import Reading
from organizer.collections.models import Collection
from organizer.policy import Viewer

blueprint = Blueprint("collections", __name__)
PAGE = 20


@blueprint.get("/collections")
@policy.allows(policy.anyone)
def library(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """All published collections, the newest first."""
    page = paging.page_of(queries.latest, PAGE)
    return kept.asked_anew(render_template("collections/library.html", page=page, words=words))


@blueprint.get("/collections/<slug>")
@policy.allows(queries.seen)
def read(reading: Reading) -> ResponseReturnValue:
    """One collection to read and to print; a draft for its organizers."""
    page = render_template("collections/read.html", reading=reading, collection=reading.collection, words=words)
    return kept.asked_anew(page)


@blueprint.get("/collections/<slug>.pdf")
@policy.allows(queries.published)
def pdf(collection: Collection) -> ResponseReturnValue:
    """The collection as a PDF."""
    with words.in_its_language(collection):
        reading = queries.reading(collection)
        said = setting.sheet(reading)
        version, headers = kept.UndatedVersion(setting.version(said)), _file_headers(reading, "pdf")
        return kept.respond(
            version, lambda: setting.kept_pdf(reading, said), content_type="application/pdf", headers=headers
        )


@blueprint.get("/collections/<slug>.md")
@policy.allows(queries.published)
def markdown(collection: Collection) -> ResponseReturnValue:
    """The collection as Markdown."""
    return _text(collection, "md", "text/markdown; charset=utf-8", lambda reading: written.markdown(reading).encode())


@blueprint.get("/collections/<slug>.txt")
@policy.allows(queries.published)
def plain(collection: Collection) -> ResponseReturnValue:
    """The collection as plain text."""
    return _text(collection, "txt", "text/plain; charset=utf-8", lambda reading: written.plain(reading).encode())


@blueprint.get("/collections/<slug>.atom")
@policy.allows(queries.published)
def atom(collection: Collection) -> ResponseReturnValue:
    """The collection for feed readers."""
    source = config.absolute(url_for("collections.atom", slug=collection.slug))
    return _text(collection, "", "application/atom+xml", lambda reading: feed.write(reading, source))


def _text(
    collection: Collection, ending: str, content_type: str, write: Callable[[Reading], bytes]
) -> ResponseReturnValue:
    """Written anew each time: what a version would cost to make out is what it costs to write."""
    with words.in_its_language(collection):
        reading = queries.reading(collection)
        data = write(reading)
        version = kept.UndatedVersion(setting.hashed(data))
        headers = _file_headers(reading, ending)
    return kept.respond(version, lambda: kept.Body(data), content_type=content_type, headers=headers)


def _file_headers(reading: Reading, ending: str) -> dict[str, str]:
    is_personal = bool(ending) and policy.viewer().account_id is not None
    headers = {"Cache-Control": "no-store" if is_personal else "no-cache"}
    if not reading.is_indexed:
        headers["X-Robots-Tag"] = "noindex"
    if ending:
        headers["Content-Disposition"] = f'attachment; filename="{reading.collection.slug}.{ending}"'
    return headers
