"""The page on which anyone asks to remove something. Each room shows it at the address of its own subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from organizer.removals import service as removals
from organizer.removals.forms import RemovalForm
from organizer.removals.rules import Kind


@dataclass(frozen=True)
class Subject:
    """What the request is about, and the group that is asked."""

    kind: Kind
    id: str
    group_id: str


def answer(subject: Subject, template: str, **shown: Any) -> ResponseReturnValue:
    """Show the form, take it, or say thanks, at the address of the view that calls this.

    `template` includes `removals/_ask.html`; with `is_sent` it thanks, and repeats nothing of what was sent.
    """
    if request.method == "GET" and "sent" in request.args:
        return render_template(template, is_sent=True, **shown)
    form = RemovalForm()
    if form.accepted(lambda: removals.ask(subject.group_id, subject.kind, subject.id, form.note.data or "")):
        return redirect(url_for(request.endpoint or "", **(request.view_args or {}), sent=1), 303)
    return form.page(template, is_sent=False, **shown)
