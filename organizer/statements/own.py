"""The author's answers, by her secret link, to what editors did with her words."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy
from organizer.statements import editing, opening
from organizer.statements import service as statements
from organizer.statements.opening import OpenedStatement
from organizer.statements.views import pressed

blueprint = Blueprint("own", __name__, url_prefix="/s/mine/<statement_id>")


@blueprint.post("/proposals/<proposal_id>/accept")
@policy.allows(opening.proposed)
def accept(found: tuple[OpenedStatement, str]) -> ResponseReturnValue:
    """Take over the words that an editor proposed."""
    opened, proposal_id = found
    return pressed(opened, lambda row: editing.accept(row, proposal_id), _("These words stand there now."))


@blueprint.post("/proposals/<proposal_id>/refuse")
@policy.allows(opening.proposed)
def refuse(found: tuple[OpenedStatement, str]) -> ResponseReturnValue:
    """Leave the words as they are."""
    opened, proposal_id = found
    return pressed(opened, lambda row: editing.refuse(row, proposal_id), _("Your words stay as they are."))


@blueprint.post("/restore")
@policy.allows(opening.by_cookie)
def restore(opened: OpenedStatement) -> ResponseReturnValue:
    """Put her own words back in place of a light edit."""
    return pressed(opened, editing.restore, _("Your own words stand there again."))


@blueprint.post("/translations/<language>/drop")
@policy.allows(opening.translated)
def drop_translation(found: tuple[OpenedStatement, str]) -> ResponseReturnValue:
    """Take a translation away, at once."""
    opened, language = found
    return pressed(opened, lambda row: editing.drop_translation(row, language), _("The translation is gone."))


@blueprint.post("/photos/<photo_id>/drop")
@policy.allows(opening.pictured)
def drop_photo(found: tuple[OpenedStatement, str]) -> ResponseReturnValue:
    """Take a photo from beside her words, at once."""
    opened, photo_id = found
    return pressed(opened, lambda row: statements.take_photo_back(row, photo_id), _("The photo is gone from here."))
