"""Leaflets in versions, on paper and counted: their words, renditions by paper, copies for each event, codes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTS = ("needed", "printed", "left_over", "handed_out")
# Parents are never rebuilt on SQLite, since that would empty what hangs on them; so these are added one by one.
WORDS = {
    "leaflet": (("audience", 120), ("print_notes", 300)),
    "leaflet_version": (("changes", 200), ("withdrawn_because", 300)),
}


def upgrade() -> None:
    for table, words in WORDS.items():
        for name, length in words:
            op.add_column(table, sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''")))
    op.add_column("leaflet_version", sa.Column("is_flat", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("leaflet_version", sa.Column("made_as", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("rendition") as batch_op:
        batch_op.add_column(sa.Column("paper", sa.String(8), nullable=False, server_default=sa.text("''")))
        batch_op.drop_constraint(op.f("uq_rendition_version_id_purpose_page"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_rendition_version_id_purpose_page_paper"), ["version_id", "purpose", "page", "paper"]
        )
    with op.batch_alter_table("event_leaflet") as batch_op:
        for name in COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("brought_by", sa.LargeBinary(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_event_leaflet_counts"), " AND ".join(f"{name} >= 0" for name in COUNTS)
        )
    op.create_table(
        "leaflet_code",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("version_id", sa.String(26), nullable=False),
        sa.Column("event_id", sa.String(26), nullable=True),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["leaflet_version.id"], name=op.f("fk_leaflet_code_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_leaflet_code_event_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflet_code")),
        sa.UniqueConstraint("code", name=op.f("uq_leaflet_code_code")),
    )
    op.create_index(op.f("ix_leaflet_code_version_id"), "leaflet_code", ["version_id"])
    op.create_index(op.f("ix_leaflet_code_event_id"), "leaflet_code", ["event_id"])
    op.create_table(
        "leaflet_scan",
        sa.Column("code_id", sa.String(26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_leaflet_scan_counted")),
        sa.ForeignKeyConstraint(
            ["code_id"], ["leaflet_code.id"], name=op.f("fk_leaflet_scan_code_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_id", "day", name=op.f("pk_leaflet_scan")),
    )


def downgrade() -> None:
    op.drop_table("leaflet_scan")
    op.drop_index(op.f("ix_leaflet_code_event_id"), table_name="leaflet_code")
    op.drop_index(op.f("ix_leaflet_code_version_id"), table_name="leaflet_code")
    op.drop_table("leaflet_code")
    with op.batch_alter_table("event_leaflet") as batch_op:
        batch_op.drop_constraint(op.f("ck_event_leaflet_counts"), type_="check")
        for name in ("brought_by", *COUNTS):
            batch_op.drop_column(name)
    # The version before shows a leaflet's latest version: that must be the one that everyone sees or, of a leaflet that
    # was withdrawn, saw last. What hangs on the others goes with them.
    op.execute(
        "DELETE FROM leaflet_version WHERE state <> 'published' AND leaflet_id IN "
        "(SELECT leaflet_id FROM leaflet_version WHERE state = 'published')"
    )
    op.execute(
        "DELETE FROM leaflet_version WHERE published_at IS NULL AND leaflet_id IN "
        "(SELECT leaflet_id FROM leaflet_version WHERE published_at IS NOT NULL)"
    )
    # Nor does it know these files, or who would make them.
    op.execute("DELETE FROM outbox WHERE fact IN ('leaflet.rebuilt', 'leaflet.made', 'leaflet.flattened')")
    # What was to be made of an action, or made flat, has no file that it could rebuild.
    op.execute(
        "UPDATE leaflet_version SET state = 'refused', reason = 'lost' "
        "WHERE state = 'uploaded' AND original_key IS NULL"
    )
    op.execute("DELETE FROM rendition WHERE paper <> '' OR purpose IN ('screen', 'grey', 'two_up', 'four_up')")
    with op.batch_alter_table("rendition") as batch_op:
        batch_op.drop_constraint(op.f("uq_rendition_version_id_purpose_page_paper"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_rendition_version_id_purpose_page"), ["version_id", "purpose", "page"]
        )
        batch_op.drop_column("paper")
    op.drop_column("leaflet_version", "made_as")
    op.drop_column("leaflet_version", "is_flat")
    for table, words in WORDS.items():
        for name, _length in words:
            op.drop_column(table, name)
