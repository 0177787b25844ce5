"""The organizers' side: a group's collections, what stands in each and in which order, and when it is public."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy
from organizer.collections import queries, words
from organizer.collections import service as collections
from organizer.collections.forms import AddForm, DetailsForm, PlaceForm
from organizer.collections.models import Collection, CollectionItem
from organizer.forms import Blank, Form
from organizer.groups import queries as groups
from organizer.groups.models import Group
from organizer.policy import actor_id

blueprint = Blueprint("arranging", __name__)


@blueprint.get("/groups/<slug>/collections")
@policy.allows(groups.organized, signed_in=True)
def of_group(group: Group) -> ResponseReturnValue:
    """A group's collections in every state."""
    return render_template("collections/of_group.html", group=group, collections=queries.of_group(group.id))


@blueprint.route("/groups/<slug>/collections/new", methods=["GET", "POST"])
@policy.allows(groups.organized, signed_in=True)
def new(group: Group) -> ResponseReturnValue:
    """Begin one."""
    form = DetailsForm(data={"language": group.language})
    collection = form.accepted(lambda: collections.create(group, form.details(), actor_id()))
    if collection is None:
        return form.page("collections/new.html", group=group)
    flash(_("Saved as a draft. Now put something in it."))
    return redirect(url_for("arranging.items", slug=collection.slug), 303)


@blueprint.route("/collections/<slug>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(collection: Collection) -> ResponseReturnValue:
    """Change what is said about it."""
    form = DetailsForm(obj=collection)
    if form.accepted(lambda: collections.edit(collection, form.details(), actor_id())):
        return _told(collection, _("Changed."))
    return form.page("collections/edit.html", collection=collection)


@blueprint.get("/collections/<slug>/items")
@policy.allows(queries.organized, signed_in=True)
def items(collection: Collection) -> ResponseReturnValue:
    """What stands in it, in its order, and what could."""
    return _items_page(collection, AddForm(formdata=None))


@blueprint.post("/collections/<slug>/items/add")
@policy.allows(queries.organized, signed_in=True)
def add(collection: Collection) -> ResponseReturnValue:
    """Put something at the end."""
    form = AddForm()
    chosen = (form.kind.data, form.subject_id.data or "", form.quote.data or "")
    if form.accepted(lambda: collections.add(collection, *chosen, actor_id())):
        return _told(collection, _("It stands at the end now."))
    return _items_page(collection, form)


@blueprint.post("/collections/<slug>/items/<item_id>/move")
@policy.allows(queries.organized_item, signed_in=True)
def move(found: tuple[Collection, CollectionItem]) -> ResponseReturnValue:
    """Put an item at another place."""
    collection, item = found
    form = PlaceForm()
    if form.validate_on_submit():
        collections.move(item, form.position.data or 0, actor_id())
        return _told(collection, _("Moved."))
    return _items_page(collection, form)


@blueprint.post("/collections/<slug>/items/<item_id>/remove")
@policy.allows(queries.organized_item, signed_in=True)
def remove(found: tuple[Collection, CollectionItem]) -> ResponseReturnValue:
    """Take an item out; what it shows stays where it was."""
    collection, item = found
    button = Blank()
    if button.validate_on_submit():
        collections.take_out(item, actor_id())
        return _told(collection, _("It stands in it no more."))
    return _items_page(collection, button)


@blueprint.post("/collections/<slug>/publish")
@policy.allows(queries.organized, signed_in=True)
def publish(collection: Collection) -> ResponseReturnValue:
    """Let everyone read it."""
    button = Blank()
    if button.accepted(lambda: collections.publish(collection, actor_id())):
        flash(_("Published. Anyone can read it now."))
        return redirect(url_for("collections.read", slug=collection.slug), 303)
    return _items_page(collection, button)


@blueprint.route("/collections/<slug>/take-off", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def take_off(collection: Collection) -> ResponseReturnValue:
    """Let nobody read it any more, after a page that says what that does."""
    form = Blank()

    def write() -> bool:
        collections.take_off(collection, actor_id())
        return True

    if not form.accepted(write):
        return form.page("collections/take_off.html", collection=collection)
    flash(_("It was taken off. Its address says that it is gone."))
    return redirect(url_for("arranging.of_group", slug=collection.group.slug), 303)


def _items_page(collection: Collection, form: Form) -> ResponseReturnValue:
    return form.page(
        "collections/items.html",
        collection=collection,
        arranged=queries.to_arrange(collection),
        there={(item.kind, item.subject_id, item.quote) for item in collection.present},
        words=words,
        blank=Blank(formdata=None),
    )


def _told(collection: Collection, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("arranging.items", slug=collection.slug), 303)
