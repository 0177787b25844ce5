"""Which leaflets say the same in several languages: those that share a work."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leaflet", sa.Column("work_id", sa.String(26), nullable=True))
    op.create_index("ix_leaflet_work_id", "leaflet", ["work_id"])


def downgrade() -> None:
    op.drop_index("ix_leaflet_work_id", "leaflet")
    # Not as a batch: SQLite would make the table anew, and what belongs to a leaflet would go with the old one.
    op.drop_column("leaflet", "work_id")
