"""What was typed into a form whose session had ended, carried through the sign-in page and back to the form.

It travels in the pages' hidden fields, never in an address, and is not sent in the person's name: without a form token
the form is shown to her filled, for her to send.
"""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

# A form makes three bytes of one, and is read up to three million.
LARGEST_CARRIED_BYTES = 900_000


def typed() -> str | None:
    """The fields of this POST as JSON, without passwords, the old form token and files; empty for other requests.

    None when they are too large to come back from the sign-in page.
    """
    if request.method != "POST":
        return ""
    try:
        sent = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return None
    kept = [(name, value) for name, value in sent if name != "csrf_token" and "password" not in name]
    written = json.dumps(kept, ensure_ascii=False)
    return written if len(written.encode("utf-8", "replace")) <= LARGEST_CARRIED_BYTES else None


def fields(carried: str | None) -> list[tuple[str, str]] | None:
    """The (name, value) pairs that `typed` has written, None where it has written nothing."""
    try:
        pairs = json.loads(carried or "null")
        return [(_sound(name), _sound(value)) for name, value in pairs]
    except (TypeError, ValueError, RecursionError):
        return None


def _sound(value: object) -> str:
    """The text without halves of characters, which cannot be sent."""
    return str(value).encode("utf-8", "ignore").decode()
