"""Whether everyone could have a version before it was replaced: as far as is known, yes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and what belongs to a version would go with the old one.
    op.add_column(
        "leaflet_version", sa.Column("was_for_everyone", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("leaflet_version", "was_for_everyone")
