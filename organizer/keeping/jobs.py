"""What follows in the files from what people take back, and from time."""

from __future__ import annotations

from organizer import outbox, vault
from organizer.keeping import orphans, purge, upgrades
from organizer.outbox import Fact

outbox.each_minute(upgrades.delete_old_copies)
outbox.each_minute(orphans.sweep)


@outbox.after(
    "leaflet.edited",
    "leaflet.rebuilt",
    "leaflet.withdrawn",
    "photo.edited",
    "photo.withdrawn",
    "statement.byline_removed",
    "statement.changed",
    "statement.consent_ended",
    "statement.edited",
    "statement.photo_removed",
    "statement.suggestion_refused",
    "statement.translation_removed",
    "statement.withdrawn",
)
def wipe_taken_back(fact: Fact) -> None:  # noqa: ARG001 - the same for whichever
    """Leave nothing of withdrawn names, words and captions in the files either."""
    purge.wipe()


@outbox.after("event.deleted")
def destroy_key(fact: Fact) -> None:
    """Let no backup open what was noted with a draft."""
    vault.destroy_event_key(fact.subject_id)
