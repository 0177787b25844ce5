"""Photos, their files, and those who can be recognised."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_key", sa.String(length=80), nullable=True),
        sa.Column("waiting_seal", sa.LargeBinary(), nullable=True),
        sa.Column("waiting_type", sa.String(length=40), nullable=False),
        sa.Column("waits_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("checked_hash", sa.String(length=64), nullable=False),
        sa.Column("faces", sa.String(length=12), nullable=True),
        sa.Column("alt", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("caption", sa.String(length=600), nullable=False),
        sa.Column("credit", sa.String(length=160), nullable=False),
        sa.Column("licence", sa.String(length=20), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.CheckConstraint("(waiting_key IS NULL) = (waits_from_at IS NULL)", name=op.f("ck_photo_waiting_ends")),
        sa.CheckConstraint(
            "waiting_key IS NULL OR state IN ('uploaded', 'ready', 'covering')", name=op.f("ck_photo_uncovered_goes")
        ),
        sa.CheckConstraint("waiting_seal IS NULL OR state IN ('uploaded', 'covering')", name=op.f("ck_photo_key_goes")),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR (caption = '' AND credit = '' AND alt = '')", name=op.f("ck_photo_tombstone")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_photo_group_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_photo_event_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_group_id"), "photo", ["group_id"], unique=False)
    op.create_index(op.f("ix_photo_event_id"), "photo", ["event_id"], unique=False)
    op.create_index(op.f("ix_photo_waits_from_at"), "photo", ["waits_from_at"], unique=False)
    op.create_index("ix_photo_state_published", "photo", ["state", "published_at"], unique=False)

    op.create_table(
        "photo_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("photo_id", sa.String(length=26), nullable=False),
        sa.Column("size", sa.String(length=12), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_file_photo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_file")),
        sa.UniqueConstraint("blob_key", name=op.f("uq_photo_file_blob_key")),
        sa.UniqueConstraint("photo_id", "size", name=op.f("uq_photo_file_photo_id_size")),
    )

    op.create_table(
        "photo_person",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("photo_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("way", sa.String(length=12), nullable=True),
        sa.Column("heard_by", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_person_photo_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_person")),
        sa.UniqueConstraint("photo_id", "number", name=op.f("uq_photo_person_photo_id_number")),
    )


def downgrade() -> None:
    op.drop_table("photo_person")
    op.drop_table("photo_file")
    op.drop_index("ix_photo_state_published", table_name="photo")
    op.drop_index(op.f("ix_photo_waits_from_at"), table_name="photo")
    op.drop_index(op.f("ix_photo_event_id"), table_name="photo")
    op.drop_index(op.f("ix_photo_group_id"), table_name="photo")
    op.drop_table("photo")
