"""Asking to remove a statement: anyone may, nobody has to say who she is, and the organizers decide."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from organizer import policy
from organizer.removals import asking
from organizer.removals.asking import Subject
from organizer.removals.rules import Kind
from organizer.statements import of_group, queries
from organizer.statements.cards import Quote

blueprint = Blueprint("removal", __name__)


@blueprint.route("/statements/<statement_id>/remove", methods=["GET", "POST"])
@policy.allows(queries.published)
def remove(quote: Quote) -> ResponseReturnValue:
    """Ask for it; nothing is removed by that."""
    subject = Subject(Kind.STATEMENT, quote.id, of_group.group_id(quote.id))
    return asking.answer(subject, "statements/remove.html", quote=quote)
