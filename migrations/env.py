"""Runs migrations on the app's own engine; batch mode, since SQLite alters tables by copying them."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from organizer.db import Instant, db


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | bool:  # noqa: ARG001 - called so
    """Write our column type as what it is in the database, so that old migrations need none of our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate, all revisions in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(immediate=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
