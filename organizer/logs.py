"""Logs on standard error: what failed, of what kind and on which line. Never an address, an agent, a path or a value.

Libraries put paths and values into their sentences, and exceptions into theirs, so neither is written: the place in
the code says where to look.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from flask import Flask, got_request_exception, request

HERE = Path(__file__).resolve().parent
PLACES = 3

log = structlog.get_logger()


class _Libraries(logging.Handler):
    """What libraries warn of, told by who says it and where."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        told = {"error": type(error).__name__, "at": places(error.__traceback__)} if error else {}
        where = f"{Path(record.pathname).name}:{record.lineno}"
        log.warning("library.warned", library=record.name, where=where, **told)


def init_app(app: Flask) -> None:
    """Send all logs through here; the access logs of servers are off."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )
    root = logging.getLogger()
    root.handlers = [*(kept for kept in root.handlers if not isinstance(kept, _Libraries)), _Libraries(logging.WARNING)]
    # Werkzeug gives itself a handler and an access log unless it is told a level.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # One line whenever more requests wait than there are threads.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Its line about a failed request names the path, and with it secret links.
    app.logger.disabled = True
    got_request_exception.connect(_request_failed, app)


def places(trace: TracebackType | None) -> str:
    """Where in this program's own code an exception came by, the innermost last: "events/service.py:80"."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if frame.filename.startswith(f"{HERE}/")] or frames
    return " ".join(f"{frame.filename.removeprefix(f'{HERE}/')}:{frame.lineno}" for frame in own[-PLACES:])


def _request_failed(_app: Flask, exception: BaseException) -> None:
    log.error(
        "request.failed",
        endpoint=request.endpoint,
        error=type(exception).__name__,
        at=places(exception.__traceback__),
    )
