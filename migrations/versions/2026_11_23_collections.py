"""Collections and what they hold."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("publication", sa.String(length=120), nullable=False),
        sa.Column("issue", sa.String(length=120), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("ready_by", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("link_made_on", sa.Date(), nullable=True),
        sa.Column("link_expires_on", sa.Date(), nullable=True),
        sa.Column("items_made", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_collection_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("slug", name=op.f("uq_collection_slug")),
    )
    op.create_index(op.f("ix_collection_group_id"), "collection", ["group_id"], unique=False)
    op.create_index("ix_collection_state_published", "collection", ["state", "published_at"], unique=False)
    op.create_table(
        "collection_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("collection_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("statement_id", sa.String(length=26), nullable=True),
        sa.Column("photo_id", sa.String(length=26), nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("shown_hash", sa.String(length=40), nullable=False),
        sa.Column("shown_name_hash", sa.String(length=40), nullable=False),
        sa.Column("was_signed", sa.Boolean(), nullable=False),
        sa.Column("is_taken_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(kind = 'photo') = (photo_id IS NOT NULL)", name=op.f("ck_collection_item_photo")),
        sa.CheckConstraint(
            "(kind IN ('statement', 'quote')) = (statement_id IS NOT NULL)", name=op.f("ck_collection_item_statement")
        ),
        sa.CheckConstraint("kind = 'quote' OR quote IS NULL", name=op.f("ck_collection_item_quote")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collection.id"], name=op.f("fk_collection_item_collection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_collection_item_statement_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_collection_item_photo_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_item")),
    )
    for column in ("collection_id", "photo_id", "statement_id"):
        op.create_index(op.f(f"ix_collection_item_{column}"), "collection_item", [column], unique=False)


def downgrade() -> None:
    op.drop_table("collection_item")
    op.drop_table("collection")
