"""Who brings leaflets is sealed under the key of the event: names under the old key, or an older version's, go."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A migration has no keys. What the one version has sealed the other cannot open.
FORGET = "UPDATE event_leaflet SET brought_by = NULL WHERE brought_by IS NOT NULL"


def upgrade() -> None:
    op.execute(FORGET)


def downgrade() -> None:
    op.execute(FORGET)
