"""A look at everything that a site stands on: one line each, and an alarm where someone must act."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from organizer import audit, clock, config, storage, vault
from organizer.db import db, new_id
from organizer.errors import OrganizerError
from organizer.keeping import orphans, purge, upgrades
from organizer.outbox import OutboxRow

LEAST_FREE_BYTES = 500_000_000
LONGEST_OWED = timedelta(days=1)
LONGEST_ORPHANED = 2 * orphans.KEPT


@dataclass(frozen=True)
class Finding:
    """What one check says; an alarm's sentence says what to do."""

    subject: str
    sentence: str
    is_alarm: bool = False


class _Alarm(Exception):
    pass


def examine() -> Iterator[Finding]:
    """Run every check; one that cannot even be made is an alarm, and the next ones are still made."""
    for subject, check in CHECKS.items():
        try:
            yield Finding(subject, check())
        except _Alarm as alarm:
            yield Finding(subject, str(alarm), is_alarm=True)
        except (OrganizerError, SQLAlchemyError, OSError) as error:
            db.session.rollback()
            yield Finding(subject, f"cannot be reached ({type(error).__name__})", is_alarm=True)


def _settings() -> str:
    settings = config.current()
    return f"the site is {settings.site_url}, mail is {'on' if settings.mail_url else 'off'}"


def _master_key() -> str:
    path = config.current().master_key_file
    if stat.S_IMODE(path.stat().st_mode) & 0o037:
        raise _Alarm(f"others may read {path}: chmod 600 it")
    return f"{path} is closed to others; keep a copy of it apart from the backups"


def _database() -> str:
    found = upgrades.revisions()
    if not found.is_current:
        raise _Alarm(f"at revision {found.present or 'none'}, needed is {found.needed}: run flask upgrade")
    return f"{db.engine.dialect.name}, at revision {found.present}"


def _keys() -> str:
    probe = new_id()
    vault.event_key(probe, create=True)
    vault.destroy_event_key(probe)
    return "a key was made and destroyed"


def _blobs() -> str:
    probe = storage.new_key()
    storage.current().put(probe, b"")
    storage.current().delete(probe)
    found = orphans.all_old()
    if any(blob.changed_at < clock.now() - LONGEST_ORPHANED for blob in found):
        raise _Alarm(
            f"{len(found)} are needed by nothing and stay: is a worker running? "
            "If this is the right database for them, run flask sweep"
        )
    return f"a blob was written and deleted, {len(found)} are needed by nothing"


def _purges() -> str:
    late = purge.late()
    if late:
        raise _Alarm(
            f"what people told for {len(late)} events is kept a day too long: run flask purge, and look into the log"
        )
    return "nothing is kept too long"


def _copies() -> str:
    if upgrades.old_copies():
        raise _Alarm("a copy from before an upgrade is older than three days: is a worker running? Or delete it")
    if upgrades.copies():
        return "one is kept for three days; what is purged or withdrawn meanwhile still stands in it"
    return "none is kept"


def _outbox() -> str:
    owed, oldest = db.session.execute(select(func.count(), func.min(OutboxRow.happened_at))).one()
    if owed and oldest < clock.now() - LONGEST_OWED:
        raise _Alarm(f"{owed} jobs wait, since {oldest:%d %B}: is a worker running, and what does its log say?")
    return f"{owed} jobs wait"


def _audit() -> str:
    broken = audit.verify()
    if broken is not None:
        raise _Alarm(f"line {broken} was changed by someone, or is missing")
    return "no line was changed"


def _disk() -> str:
    free = shutil.disk_usage(config.current().data_dir).free
    if free < LEAST_FREE_BYTES:
        raise _Alarm(f"{free // 1_000_000} MB are free: make room before answers are refused")
    return f"{free // 1_000_000_000} GB are free"


CHECKS: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "master key": _master_key,
    "database": _database,
    "event keys": _keys,
    "blobs": _blobs,
    "purge": _purges,
    "upgrade copies": _copies,
    "outbox": _outbox,
    "audit trail": _audit,
    "disk": _disk,
}
