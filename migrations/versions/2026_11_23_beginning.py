"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "audit_line",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=60), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_line")),
    )
    op.create_table(
        "city",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        sa.UniqueConstraint("slug", name=op.f("uq_city_slug")),
    )
    op.create_table(
        "feed",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_served", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "page_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
    )
    op.create_table(
        "tag",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_tag")),
    )
    op.create_table(
        "group",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("city_id", sa.String(length=26), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_group_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("slug", name=op.f("uq_group_slug")),
    )
    op.create_table(
        "password_link",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_link_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_link_token_hash")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("uid", sa.String(length=160), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("what_for", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("city_id", sa.String(length=26), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("starts_time", sa.Time(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_time", sa.Time(), nullable=True),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("starts_fold", sa.Integer(), nullable=True),
        sa.Column("ends_fold", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("spot", sa.String(), nullable=False),
        sa.Column("spot_shown", sa.String(length=12), nullable=False),
        sa.Column("spot_hours_before", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("spoken_languages", sa.String(), nullable=False),
        sa.Column("what_to_bring", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("photo_rule", sa.String(), nullable=False),
        sa.Column("safety_notes", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("endorsers", sa.String(), nullable=False),
        sa.Column("press_contact", sa.String(), nullable=False),
        sa.Column("private_notes", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("editorial", sa.String(length=12), nullable=False),
        sa.Column("occurrence", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("handed_out", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_ends_after_start")),
        sa.CheckConstraint("ends_time IS NULL OR starts_time IS NOT NULL", name=op.f("ck_event_end_needs_start")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_event_city_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_event_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_event_uid")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_city_ends", ["city_id", "ends_at"], unique=False)
        batch_op.create_index("ix_event_group_ends", ["group_id", "ends_at"], unique=False)
        batch_op.create_index("ix_event_listed", ["editorial", "visibility", "ends_at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("reads_contacts", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role BETWEEN 1 AND 3", name=op.f("ck_invitation_role_known")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_invitation_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_group_id"), ["group_id"], unique=False)

    op.create_table(
        "leaflet",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("licence", sa.String(length=20), nullable=False),
        sa.Column("credits", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_leaflet_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflet")),
    )
    with op.batch_alter_table("leaflet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaflet_group_id"), ["group_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("reads_contacts", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role BETWEEN 1 AND 3", name=op.f("ck_membership_role_known")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_membership_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_membership_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "account_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_account_id"), ["account_id"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("byline_kind", sa.String(length=12), nullable=False),
        sa.Column("byline", sa.String(length=80), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known_by", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.CheckConstraint("byline_kind <> 'none' OR byline = ''", name=op.f("ck_statement_unsigned")),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR (text = '' AND byline = '' AND known_by IS NULL)",
            name=op.f("ck_statement_tombstone"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_statement_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_statement_state_published", ["state", "published_at"], unique=False)

    op.create_table(
        "calendar_entry",
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rerender_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_calendar_entry_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_calendar_entry")),
    )
    with op.batch_alter_table("calendar_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_entry_rerender_at"), ["rerender_at"], unique=False)

    op.create_table(
        "capacity",
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("party_max", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("has_public_count", sa.Boolean(), nullable=False),
        sa.Column("going", sa.Integer(), nullable=False),
        sa.Column("maybe", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total_rounded", sa.Integer(), nullable=True),
        sa.Column("shown", sa.String(length=12), nullable=False),
        sa.CheckConstraint("going >= 0 AND maybe >= 0", name=op.f("ck_capacity_not_under")),
        sa.CheckConstraint("places IS NULL OR going <= places", name=op.f("ck_capacity_not_over")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_capacity_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_capacity")),
    )
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_capacity_purge_at"), ["purge_at"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("statement_id", sa.String(length=26), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("byline_kind", sa.String(length=12), nullable=False),
        sa.Column("byline", sa.String(length=80), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("heard_by", sa.LargeBinary(), nullable=True),
        sa.Column("read_back", sa.JSON(), nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_consent_statement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "event_leaflet",
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("leaflet_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_leaflet_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["leaflet_id"], ["leaflet.id"], name=op.f("fk_event_leaflet_leaflet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "leaflet_id", name=op.f("pk_event_leaflet")),
    )
    with op.batch_alter_table("event_leaflet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_leaflet_leaflet_id"), ["leaflet_id"], unique=False)

    op.create_table(
        "event_tag",
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("tag_slug", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_tag_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_slug"], ["tag.slug"], name=op.f("fk_event_tag_tag_slug")),
        sa.PrimaryKeyConstraint("event_id", "tag_slug", name=op.f("pk_event_tag")),
    )
    with op.batch_alter_table("event_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_tag_tag_slug"), ["tag_slug"], unique=False)

    op.create_table(
        "leaflet_version",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("leaflet_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_key", sa.String(length=80), nullable=True),
        sa.Column("original_seal", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_alternative", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.CheckConstraint("original_key IS NULL OR state = 'uploaded'", name=op.f("ck_leaflet_version_original_goes")),
        sa.CheckConstraint(
            "(original_key IS NULL) = (original_seal IS NULL)", name=op.f("ck_leaflet_version_original_has_key")
        ),
        sa.ForeignKeyConstraint(
            ["leaflet_id"], ["leaflet.id"], name=op.f("fk_leaflet_version_leaflet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflet_version")),
        sa.UniqueConstraint("leaflet_id", "number", name=op.f("uq_leaflet_version_leaflet_id_number")),
    )
    with op.batch_alter_table("leaflet_version", schema=None) as batch_op:
        batch_op.create_index("ix_leaflet_version_state_published", ["state", "published_at"], unique=False)
        batch_op.create_index(
            "uq_leaflet_version_published",
            ["leaflet_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_event_id"), ["event_id"], unique=False)

    op.create_table(
        "old_slug",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_old_slug_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_old_slug")),
    )
    with op.batch_alter_table("old_slug", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_old_slug_event_id"), ["event_id"], unique=False)

    op.create_table(
        "statement_event",
        sa.Column("statement_id", sa.String(length=26), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_statement_event_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_event_statement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("statement_id", "event_id", name=op.f("pk_statement_event")),
    )
    with op.batch_alter_table("statement_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_event_event_id"), ["event_id"], unique=False)

    op.create_table(
        "consent_use",
        sa.Column("consent_id", sa.String(length=26), nullable=False),
        sa.Column("use", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_consent_use_consent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consent_id", "use", name=op.f("pk_consent_use")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("feed_key", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["calendar_entry.event_id"], name=op.f("fk_feed_entry_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["feed_key"], ["feed.key"], name=op.f("fk_feed_entry_feed_key")),
        sa.PrimaryKeyConstraint("feed_key", "event_id", name=op.f("pk_feed_entry")),
    )
    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_entry_event_id"), ["event_id"], unique=False)

    op.create_table(
        "rendition",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["leaflet_version.id"], name=op.f("fk_rendition_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("blob_key", name=op.f("uq_rendition_blob_key")),
        sa.UniqueConstraint("version_id", "purpose", "page", name=op.f("uq_rendition_version_id_purpose_page")),
    )
    op.create_table(
        "rsvp",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("coming", sa.String(length=8), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("nickname", sa.LargeBinary(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=True),
        sa.CheckConstraint("party_size >= 1", name=op.f("ck_rsvp_party")),
        sa.ForeignKeyConstraint(["event_id"], ["capacity.event_id"], name=op.f("fk_rsvp_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rsvp")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_rsvp_event_id_number")),
    )
    op.execute("INSERT INTO page_version (id, version) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("rsvp")
    op.drop_table("rendition")
    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_entry_event_id"))

    op.drop_table("feed_entry")
    op.drop_table("consent_use")
    with op.batch_alter_table("statement_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_event_event_id"))

    op.drop_table("statement_event")
    with op.batch_alter_table("old_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_old_slug_event_id"))

    op.drop_table("old_slug")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_event_id"))

    op.drop_table("notice")
    with op.batch_alter_table("leaflet_version", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_leaflet_version_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index("ix_leaflet_version_state_published")

    op.drop_table("leaflet_version")
    with op.batch_alter_table("event_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_tag_tag_slug"))

    op.drop_table("event_tag")
    with op.batch_alter_table("event_leaflet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_leaflet_leaflet_id"))

    op.drop_table("event_leaflet")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_statement_id"))

    op.drop_table("consent")
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capacity_purge_at"))

    op.drop_table("capacity")
    with op.batch_alter_table("calendar_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_entry_rerender_at"))

    op.drop_table("calendar_entry")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_state_published")
        batch_op.drop_index(batch_op.f("ix_statement_group_id"))

    op.drop_table("statement")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_account_id"))

    op.drop_table("membership")
    with op.batch_alter_table("leaflet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaflet_group_id"))

    op.drop_table("leaflet")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_group_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_listed")
        batch_op.drop_index("ix_event_group_ends")
        batch_op.drop_index("ix_event_city_ends")

    op.drop_table("event")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_account_id"))

    op.drop_table("session")
    op.drop_table("password_link")
    op.drop_table("group")
    op.drop_table("tag")
    op.drop_table("page_version")
    op.drop_table("outbox")
    op.drop_table("feed")
    op.drop_table("city")
    op.drop_table("audit_line")
    op.drop_table("account")
