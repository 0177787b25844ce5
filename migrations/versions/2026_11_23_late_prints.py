"""Of which versions of leaflets further files were asked for: the others get theirs a few at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew, and what belongs to a version would go with the old one.
    op.add_column("leaflet_version", sa.Column("has_prints", sa.Boolean(), nullable=False, server_default=sa.false()))
    # One of these is there: the rest of them was asked for with it, and those that were refused stay so.
    op.execute(
        "UPDATE leaflet_version SET has_prints = TRUE WHERE id IN "
        "(SELECT version_id FROM rendition WHERE purpose IN ('screen', 'grey', 'two_up', 'four_up'))"
    )
    # But for pictures of the pages after the fourth, of which the version before knew nothing.
    op.execute(
        "UPDATE leaflet_version SET has_prints = FALSE WHERE pages > 4 AND id NOT IN "
        "(SELECT version_id FROM rendition WHERE purpose = 'large' AND page = 5)"
    )
    # What is owed is known by its handler's name, which is another one by now.
    op.execute(
        "UPDATE outbox SET handler = 'organizer.posters.jobs.set_pages' "
        "WHERE handler = 'organizer.leaflets.made_jobs.set_pages'"
    )


def downgrade() -> None:
    # What the version before would not know how to do.
    op.execute(
        "DELETE FROM outbox WHERE handler IN "
        "('organizer.leaflets.rendering.make_pages', 'organizer.keeping.jobs.destroy_key') "
        "OR (fact LIKE 'leaflet.%' AND handler = 'organizer.keeping.jobs.wipe_taken_back')"
    )
    op.execute(
        "UPDATE outbox SET handler = 'organizer.leaflets.made_jobs.set_pages' "
        "WHERE handler = 'organizer.posters.jobs.set_pages'"
    )
    op.drop_column("leaflet_version", "has_prints")
