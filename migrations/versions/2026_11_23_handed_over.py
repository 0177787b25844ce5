"""Which statements wait for their author's first answer, since an organizer wrote them down."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # None that is there already: their authors may have answered, and what they agreed to may have ended since.
    op.add_column("statement", sa.Column("awaits_author", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and what belongs to a statement would go with the old one.
    op.drop_column("statement", "awaits_author")
