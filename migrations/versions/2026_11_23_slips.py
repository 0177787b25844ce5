"""Consent slips, and requests to remove something."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_slip",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("event_id", sa.String(26), nullable=False),
        sa.Column("sheet_id", sa.String(26), nullable=False),
        sa.Column("number", sa.String(6), nullable=False),
        sa.Column("statement_id", sa.String(26), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_consent_slip_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_consent_slip_statement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_slip")),
        sa.UniqueConstraint("number", name=op.f("uq_consent_slip_number")),
    )
    for column in ("event_id", "sheet_id", "statement_id"):
        op.create_index(op.f(f"ix_consent_slip_{column}"), "consent_slip", [column])
    op.create_table(
        "removal_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'settled') = (settled_on IS NOT NULL)", name=op.f("ck_removal_request_settled")),
        sa.CheckConstraint("state <> 'settled' OR note IS NULL", name=op.f("ck_removal_request_note_gone")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_removal_request_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal_request")),
    )
    op.create_index("ix_removal_request_group_state", "removal_request", ["group_id", "state"])
    op.create_index(op.f("ix_removal_request_subject_id"), "removal_request", ["subject_id"])


def downgrade() -> None:
    op.drop_table("removal_request")
    op.drop_table("consent_slip")
