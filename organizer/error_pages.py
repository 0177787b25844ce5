"""Every refusal and failure as a kind page with the right status."""

from __future__ import annotations

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from organizer import errors
from organizer.db import db

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(errors.Gone, lambda _error: page(410))
    app.register_error_handler(errors.NotAllowed, lambda _error: page(403))
    app.register_error_handler(errors.Unavailable, lambda _error: page(503))
    app.register_error_handler(errors.RuleError, show_rule_error)
    app.register_error_handler(OperationalError, show_database_error)
    app.register_error_handler(PoolTimeout, show_database_error)


def page(status: int) -> ResponseReturnValue:
    """The page of a status; the 404 is the same to the byte for what is missing and what is not for this viewer."""
    heading, advice = WORDS.get(status, WORDS[500 if status >= 500 else 400])()
    return _page(status, heading, advice)


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """What routing and views abort with; a redirect passes through."""
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(request.routing_exception, SecurityError) or isinstance(error, SecurityError):
        # The host is none of ours: nothing on a page could link anywhere.
        return Response("This address is not served here.\n", 400, mimetype="text/plain")
    response = make_response(page(error.code))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def show_rule_error(error: errors.RuleError) -> ResponseReturnValue:
    """A refusal that no form shows."""
    response = make_response(
        _page(
            429 if isinstance(error, errors.TooMany) else 409,
            _("That does not work"),
            _(str(error.message), **error.values),
        )
    )
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def show_database_error(error: Exception) -> ResponseReturnValue:
    """The database is down, full or locked for too long; what was typed must be sent again."""
    db.session.rollback()
    log.error("database.failed", error=type(getattr(error, "orig", error)).__name__)
    return page(503)


def _page(status: int, heading: str, advice: str) -> ResponseReturnValue:
    return render_template("errors/error.html", status=status, heading=heading, advice=advice, retry_url=None), status


WORDS = {
    400: lambda: (_("We did not understand that"), _("Go back and try once more.")),
    403: lambda: (_("You may not do that here"), _("If you came from another site, open our page and try there.")),
    404: lambda: (_("There is nothing here"), _("The address may be mistyped, or what was here has been taken away.")),
    405: lambda: (_("That does not work"), _("This address takes no such request.")),
    410: lambda: (_("It is no longer here"), _("It was taken away for good.")),
    413: lambda: (_("That is too large"), _("Send something smaller.")),
    429: lambda: (_("Too many at once"), _("Wait a minute and try once more.")),
    500: lambda: (_("Something went wrong here"), _("It is our fault, not yours. Try once more in a minute.")),
    503: lambda: (_("Not possible at the moment"), _("Nothing was changed. Try once more in a minute.")),
}
