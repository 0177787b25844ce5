"""What a reader may ask of a page beside its address. Anything else in the query changes nothing."""

from __future__ import annotations

from flask import request
from flask_babel import get_locale

from organizer import languages


def text_language() -> str:
    """`?text`, the language in which an event's texts are wanted; the page's own without it."""
    wanted = request.args.get("text", "")
    return wanted if wanted in languages.WRITTEN else str(get_locale())
