"""A leaflet's further files on their way out: to print on sheets, in grey, small."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from organizer import policy
from organizer.leaflets import names, renditions
from organizer.leaflets.files import ServedFile
from organizer.leaflets.views import sent

blueprint = Blueprint("print_pages", __name__)


@blueprint.get("/leaflets/<leaflet_id>/print/<rendition>.pdf")
@blueprint.get("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/print/<rendition>.pdf")
@policy.allows(renditions.printed)
def printed(served: ServedFile) -> ResponseReturnValue:
    """One of them, to download."""
    return names.attach(sent(served), served.name)
