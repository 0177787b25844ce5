"""When an event that was moved was to begin before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("former_starts_on", sa.Date(), nullable=True))
    op.add_column("event", sa.Column("former_starts_time", sa.Time(), nullable=True))


def downgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and what belongs to an event would go with the old one.
    op.drop_column("event", "former_starts_time")
    op.drop_column("event", "former_starts_on")
