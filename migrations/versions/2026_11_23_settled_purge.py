"""From when on the day of an event's purge is settled."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("capacity", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    # As `rules.settled_at` says: what is postponed may get a new date until its answers go.
    op.execute(
        "UPDATE capacity SET settled_at = (SELECT CASE event.occurrence WHEN 'postponed' THEN capacity.purge_at "
        "ELSE event.ends_at END FROM event WHERE event.id = capacity.event_id)"
    )


def downgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and the answers would go with the old one.
    op.drop_column("capacity", "settled_at")
