"""huey as `outbox` uses it, without the database driver that our queue has no use for."""

import sys

# huey imports each driver that it finds, and PostgreSQL's takes 10 MB of a process whose queue never lies there.
_driver = sys.modules.get("psycopg")
sys.modules["psycopg"] = None  # type: ignore[assignment] # so that an import fails
try:
    from huey import Huey, MemoryHuey, PriorityRedisHuey, SqliteHuey
    from huey.consumer import Consumer
    from huey.serializer import SignedSerializer
finally:
    del sys.modules["psycopg"]
    if _driver is not None:
        sys.modules["psycopg"] = _driver

__all__ = ["Consumer", "Huey", "MemoryHuey", "PriorityRedisHuey", "SignedSerializer", "SqliteHuey"]
