"""The library, a leaflet and its files; and the organizers' side, from the last look to the withdrawal."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import kept, languages, limits, paging, policy, serving, uploads
from organizer.forms import Blank
from organizer.leaflets import coming, files, further_pages, labels, names, queries, renditions, search, translations
from organizer.leaflets import service as leaflets
from organizer.leaflets.cards import REMOVED, list_url
from organizer.leaflets.files import ServedFile
from organizer.leaflets.forms import LICENCES, EditForm
from organizer.leaflets.queries import SeenLeaflet, Withdrawn
from organizer.leaflets.rules import Kind, State
from organizer.leaflets.search import Wanted
from organizer.leaflets.version_forms import WithdrawForm
from organizer.policy import Viewer, actor_id
from organizer.search import typed as typed_words

blueprint = Blueprint("leaflets", __name__)
PAGE = 24
SEARCHED = "120/minute"
"""For the whole site, whoever searches: in long leaflets it takes a fifth of a second, and looking around is free."""
SLUG = re.compile(r"[a-z0-9-]{1,80}")


# What everyone reads.


@blueprint.get("/leaflets")
@policy.allows(policy.anyone)
def library(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """All leaflets that are handed out somewhere, the newest first, or what a reader looks for."""
    asked = _asked()
    if "q" in asked:
        limits.take("searches of leaflets", "all", SEARCHED)
    found = search.found(_wanted(asked), PAGE, (paging.number() - 1) * PAGE)
    page = render_template(
        "leaflets/library.html",
        page=paging.page_found(found.cards, found.count, PAGE, asked),
        count=found.count,
        asked=asked,
        choices=search.choices(),
    )
    return kept.asked_anew(page)


def _asked() -> dict[str, str]:
    """What was typed and chosen, by field, to be shown and linked to again; what cannot be is left out."""
    given = request.args
    asked = {
        "q": typed_words(given.get("q", "")),
        "language": given.get("language", "") if given.get("language") in languages.WRITTEN else "",
        "topic": given.get("topic", "") if SLUG.fullmatch(given.get("topic", "")) else "",
        "format": given.get("format", "") if given.get("format") in list(Kind) else "",
    }
    return {name: value for name, value in asked.items() if value}


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(
        words=tuple(asked.get("q", "").split()),
        language=asked.get("language", ""),
        topic=asked.get("topic", ""),
        kind=Kind(asked["format"]) if "format" in asked else None,
    )


@blueprint.get("/leaflets/<leaflet_id>")
@blueprint.get("/leaflets/<leaflet_id>/versions/<int(max=10000):version>")
@policy.allows(queries.seen)
def read(seen: SeenLeaflet) -> ResponseReturnValue:
    """One leaflet, or one of its versions; before it is published, what its organizers must know of it."""
    if not seen.is_published:
        return _draft_page(seen, Blank())
    further = {
        "to_print": renditions.to_print(seen.version),
        "coming": coming.coming(seen.leaflet),
        "translations": translations.seen(seen.viewer, seen.leaflet),
        "form": Blank(),
    }
    return kept.asked_anew(render_template("leaflets/read.html", **_values(seen), **further))


def _draft_page(seen: SeenLeaflet, form: Blank) -> ResponseReturnValue:
    """What becomes of an upload; while it is rebuilt, the page looks again by itself."""
    reason = _(queries.REASONS[seen.version.reason]) if seen.version.reason else ""
    to_print = renditions.to_print(seen.version)
    further = {"to_print": to_print, "removed_words": REMOVED, "list_url": list_url(seen.leaflet)}
    page = make_response(form.page("leaflets/draft.html", **_values(seen), **further, reason=reason))
    is_worked_on = seen.version.state == State.UPLOADED
    return uploads.looking_again(page, [seen.version.uploaded_at] if is_worked_on else [])


def _values(seen: SeenLeaflet) -> dict[str, object]:
    shown, version = seen.leaflet.shown, seen.version
    here = url_for("leaflets.read", leaflet_id=seen.leaflet.id, version=None if version is shown else version.number)
    return {
        "seen": seen,
        "leaflet": seen.leaflet,
        "version": version,
        "here": here,
        "licences": dict(LICENCES),
        "to_come": further_pages.to_come(version),
        "spoken": labels.spoken(seen.leaflet, version),
    }


@blueprint.app_errorhandler(Withdrawn)
def withdrawn(gone: Withdrawn) -> ResponseReturnValue:
    """Say that something was there, and why it is gone; who has it in her hand sees where to come all the same."""
    next_one = coming.coming(gone.leaflet)
    return render_template("leaflets/withdrawn.html", because=gone.because, leaflet=gone.leaflet, coming=next_one), 410


@blueprint.get("/leaflets/<leaflet_id>/file")
@blueprint.get("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/file")
@policy.allows(files.file)
def file(served: ServedFile) -> ResponseReturnValue:
    """The whole leaflet, to download."""
    return names.attach(sent(served), served.name)


@blueprint.get("/leaflets/<leaflet_id>/pages/<int(max=1000):number>/<size>.webp")
@blueprint.get("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/pages/<int(max=1000):number>/<size>.webp")
@policy.allows(files.preview)
def page(served: ServedFile) -> ResponseReturnValue:
    """One page as a picture."""
    return sent(served)


def sent(served: ServedFile) -> Response:
    """The file with headers that keep it out of caches that others share."""
    headers = {} if served.is_listed else {"X-Robots-Tag": "noindex"}
    if served.is_for_everyone:
        # Private: what is withdrawn must not live on in caches that others share.
        kept_for = "private, max-age=31536000, immutable" if served.is_permanent else "private, no-cache"
        headers["Cache-Control"] = kept_for
    return serving.respond(served.rendition, headers)


# The organizers' side.


@blueprint.route("/leaflets/<leaflet_id>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(seen: SeenLeaflet) -> ResponseReturnValue:
    """Change what is said about it."""
    form, leaflet = EditForm(seen.leaflet), seen.leaflet
    version = form.accepted(lambda: leaflets.edit(leaflet, form.details(), actor_id(), form.number, form.same))
    if version is not None and version.state == State.WITHDRAWN:
        return _told(seen, _("The version whose words you changed was taken away meanwhile. The rest is saved."))
    if version is not None:
        return _told(seen, _("Changed."), None if version is leaflet.shown else version.number)
    return form.page("leaflets/edit.html", leaflet=seen.leaflet, has_text=bool(seen.version.text))


@blueprint.post("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/publish")
@policy.allows(queries.organized, signed_in=True)
def publish(seen: SeenLeaflet) -> ResponseReturnValue:
    """Confirm what was made of the upload, and let others have it in place of what they had."""
    form, is_there = Blank(), seen.version is seen.leaflet.published
    # Pressed twice, it is published all the same.
    if form.accepted(lambda: is_there or leaflets.publish(seen.leaflet, actor_id(), seen.version.number)):
        return _told(seen, _("Published. It stands on the pages of its actions."))
    return _draft_page(seen, form)


@blueprint.route("/leaflets/<leaflet_id>/withdraw", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def withdraw(seen: SeenLeaflet) -> ResponseReturnValue:
    """Take it away for good, after a page that says what that does."""
    form = WithdrawForm()
    if form.accepted(lambda: leaflets.withdraw(seen.leaflet, actor_id(), form.because)):
        flash(_("It is gone, here and everywhere on this site."))
        return redirect(list_url(seen.leaflet), 303)
    label = labels.full_label(seen.leaflet, seen.version)
    return form.page("leaflets/withdraw.html", leaflet=seen.leaflet, label_of=label, is_published=seen.is_published)


def _told(seen: SeenLeaflet, sentence: str, version: int | None = None) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id, version=version), 303)
