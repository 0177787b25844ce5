"""What a consent allows, and what becomes of a statement."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _of_statements() -> list[sa.Column[object]]:
    return [
        sa.Column("affiliation", sa.String(120), nullable=False, server_default=""),
        sa.Column("search_text", sa.String(), nullable=False, server_default=""),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _of_consents() -> list[sa.Column[object]]:
    return [
        sa.Column("affiliation", sa.String(120), nullable=False, server_default=""),
        sa.Column("edited_hash", sa.String(64), nullable=True),
        sa.Column("agreed_text", sa.String(), nullable=True),
        sa.Column("may_edit", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("may_translate", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("pictures", sa.JSON(), nullable=True),
    ]


def upgrade() -> None:
    for table, columns in (("statement", _of_statements()), ("consent", _of_consents())):
        for column in columns:
            op.add_column(table, column)
    _fill_search_text()
    op.create_table(
        "statement_photo",
        sa.Column("statement_id", sa.String(26), nullable=False),
        sa.Column("photo_id", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_photo_statement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_statement_photo_photo_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("statement_id", "photo_id", name=op.f("pk_statement_photo")),
    )
    op.create_index(op.f("ix_statement_photo_photo_id"), "statement_photo", ["photo_id"])
    _of_statement(
        "statement_quote",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    _of_statement(
        "statement_translation",
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("translator", sa.String(80), nullable=False),
        sa.Column("of_hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("statement_id", "language", name=op.f("uq_statement_translation_statement_id_language")),
    )
    _of_statement(
        "suggestion",
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("of_hash", sa.String(64), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
    )


def _fill_search_text() -> None:
    """What was said before is found too: by its markdown, until it is changed."""
    statement = sa.table("statement", sa.column("id"), sa.column("text"), sa.column("search_text"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(statement.c.id, statement.c.text)).all():
        folded = " ".join(row.text.casefold().split())
        connection.execute(sa.update(statement).where(statement.c.id == row.id).values(search_text=folded))


def _of_statement(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("statement_id", sa.String(26), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f(f"fk_{name}_statement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_statement_id"), name, ["statement_id"])


def downgrade() -> None:
    for name in ("suggestion", "statement_translation", "statement_quote", "statement_photo"):
        op.drop_table(name)
    # Not as a batch: SQLite would make the tables anew, and what belongs to them would go with the old ones.
    for table, columns in (("consent", _of_consents()), ("statement", _of_statements())):
        for column in columns:
            op.drop_column(table, column.name)
