"""The first tables: connections, people, login, notifications and the audit.

Why: everything the plugin keeps, as described by the tables of each room. Names are explicit, so that a later
revision can speak of them whatever naming convention the host uses.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "cocoom_slack_0001"
down_revision = None
branch_labels = ("cocoom_slack",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cocoom_slack_audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "action",
            sa.Text(),
            nullable=False,
            comment="what was tried, such as login.sign_in or connection.connect",
        ),
        sa.Column("outcome", sa.Text(), nullable=False, comment="ok, or the stable code of the refusal"),
        sa.Column(
            "actor",
            sa.Text(),
            nullable=True,
            comment="who: a Cocoom user id, or cli:<system user>; null for somebody unknown",
        ),
        sa.Column(
            "correlation_id",
            sa.Text(),
            nullable=False,
            comment="shown to the person, so that support can find the row",
        ),
        sa.Column("detail", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_audit"),
        comment="Sign-ins, refusals and changes of connections. Rows are only ever added, and purged by age.",
    )
    op.create_index(
        "ix_cocoom_slack_audit_tenant_id_at", "cocoom_slack_audit", ["tenant_id", "at"], unique=False
    )
    op.create_table(
        "cocoom_slack_connection",
        sa.Column("tenant_id", sa.Text(), nullable=False, comment="immutable id of the Cocoom base"),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the pinned Slack workspace, T..."),
        sa.Column("team_name", sa.Text(), server_default="", nullable=False),
        sa.Column("team_url", sa.Text(), server_default="", nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=True, comment="E... on Enterprise Grid"),
        sa.Column("app_id", sa.Text(), nullable=True, comment="A..., known once a bot token was proved"),
        sa.Column("bot_user_id", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True, comment="<digits>.<digits>; public"),
        sa.Column("sealed_client_secret", sa.Text(), nullable=True),
        sa.Column("sealed_bot_token", sa.Text(), nullable=True),
        sa.Column("sealed_signing_secret", sa.Text(), nullable=True),
        sa.Column("bot_token_fingerprint", sa.Text(), nullable=True),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="of the bot token",
        ),
        sa.Column("login_enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("notifications_enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "login_policy", sa.Text(), server_default="invited", nullable=False, comment="who may enter"
        ),
        sa.Column(
            "login_domains",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="of e-mails, policy domains",
        ),
        sa.Column(
            "login_role",
            sa.Text(),
            server_default="reader",
            nullable=False,
            comment="of accounts that login makes",
        ),
        sa.Column(
            "login_guests",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="whether Slack guests may enter",
        ),
        sa.Column(
            "login_pin",
            sa.Text(),
            server_default="workspace",
            nullable=False,
            comment="what Slack's answer must match",
        ),
        sa.Column(
            "login_only",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="no other way to sign in",
        ),
        sa.Column(
            "login_tested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="an administrator's last successful test sign-in",
        ),
        sa.Column("health", sa.Text(), server_default="ok", nullable=False),
        sa.Column("health_code", sa.Text(), nullable=True, comment="why it is broken: Slack's code or ours"),
        sa.Column(
            "health_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "version", sa.Integer(), server_default="1", nullable=False, comment="for optimistic locking"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("health IN ('ok', 'broken')", name="ck_cocoom_slack_connection_health"),
        sa.CheckConstraint(
            "login_pin = 'workspace' OR enterprise_id IS NOT NULL",
            name="ck_cocoom_slack_connection_login_pin",
        ),
        sa.CheckConstraint(
            "login_policy IN ('invited', 'domains', 'workspace')",
            name="ck_cocoom_slack_connection_login_policy",
        ),
        sa.CheckConstraint(
            "login_role IN ('reader', 'contributor')", name="ck_cocoom_slack_connection_login_role"
        ),
        sa.CheckConstraint(
            "NOT login_enabled OR (client_id IS NOT NULL AND sealed_client_secret IS NOT NULL)",
            name="ck_cocoom_slack_connection_login",
        ),
        sa.CheckConstraint(
            "NOT login_only OR login_tested_at IS NOT NULL", name="ck_cocoom_slack_connection_login_only"
        ),
        sa.CheckConstraint(
            "NOT notifications_enabled OR sealed_bot_token IS NOT NULL",
            name="ck_cocoom_slack_connection_notifications",
        ),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_cocoom_slack_connection"),
        comment="What ties a tenant to its Slack app. Secrets are sealed by the vault, never in clear.",
    )
    op.create_index(
        "ix_cocoom_slack_connection_client_id", "cocoom_slack_connection", ["client_id"], unique=True
    )
    op.create_table(
        "cocoom_slack_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column(
            "event_id", sa.Text(), nullable=False, comment="the host's; the same act told twice is one event"
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="the hook's name without cocoom_"),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_event"),
        sa.UniqueConstraint("tenant_id", "event_id", name="uq_cocoom_slack_event_tenant_id_event_id"),
        comment="The outbox: one row per hook call, written in the host's own transaction.",
    )
    op.create_index(
        "ix_cocoom_slack_event_undecided",
        "cocoom_slack_event",
        ["id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "cocoom_slack_lane",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column(
            "conversation",
            sa.Text(),
            nullable=False,
            comment="C...: a channel; @<user id>: direct messages to that user",
        ),
        sa.Column("ready_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fence", sa.BigInteger(), server_default="0", nullable=False, comment="raised by every claim"
        ),
        sa.Column(
            "attempts", sa.Integer(), server_default="0", nullable=False, comment="in a row without success"
        ),
        sa.Column("trouble", sa.Text(), nullable=True, comment="why the last attempt did not succeed"),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_lane"),
        sa.UniqueConstraint("tenant_id", "conversation", name="uq_cocoom_slack_lane_tenant_id_conversation"),
        comment="The ordered, paced line of notices for one conversation. due_at is null while nothing waits.",
    )
    op.create_index(
        "ix_cocoom_slack_lane_due",
        "cocoom_slack_lane",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "cocoom_slack_login_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False, comment="SHA-256 of the state in the address"),
        sa.Column("browser_hash", sa.Text(), nullable=False, comment="SHA-256 of the browser's own cookie"),
        sa.Column(
            "purpose", sa.Text(), nullable=False, comment="what the attempt is for; only that flow may use it"
        ),
        sa.Column(
            "user_id",
            sa.Text(),
            nullable=True,
            comment="the signed-in user who started it and alone may finish it; null for a sign-in",
        ),
        sa.Column(
            "nonce", sa.Text(), nullable=True, comment="expected in the id_token; null once it was compared"
        ),
        sa.Column(
            "next_path", sa.Text(), nullable=False, comment="local path to go to, validated at the start"
        ),
        sa.Column(
            "found",
            postgresql.JSONB(),
            nullable=True,
            comment="whom Slack named, kept until the person confirms a link",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_login_attempt"),
        sa.UniqueConstraint("state_hash", name="uq_cocoom_slack_login_attempt_state_hash"),
        comment="A sign-in that was started. Consumed once, in a committed transaction of its own; purged when expired.",
    )
    op.create_index(
        "ix_cocoom_slack_login_attempt_expires_at", "cocoom_slack_login_attempt", ["expires_at"], unique=False
    )
    op.create_table(
        "cocoom_slack_login_identity",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(collation="C"), nullable=False),
        sa.Column("slack_user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("enterprise_id", sa.Text(collation="C"), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=False, comment="the host's id of the collaborator"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_login_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_login_identity"),
        sa.UniqueConstraint(
            "tenant_id",
            "team_id",
            "slack_user_id",
            name="uq_cocoom_slack_login_identity_tenant_id_team_id_slack_user_id",
        ),
        sa.UniqueConstraint("tenant_id", "user_id", name="uq_cocoom_slack_login_identity_tenant_id_user_id"),
        comment="Which Slack user signs in as which collaborator. The identity is tenant, workspace and Slack user.",
    )
    op.create_index(
        "ix_cocoom_slack_login_identity_checked_at",
        "cocoom_slack_login_identity",
        ["checked_at"],
        unique=False,
    )
    op.create_table(
        "cocoom_slack_person",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False, comment="the host's id of the collaborator"),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column(
            "slack_user_id",
            sa.Text(),
            nullable=False,
            comment="U... or W..., unique only within its workspace",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="how we know"),
        sa.Column("matched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('login', 'email', 'hand')", name="ck_cocoom_slack_person_source"),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_person"),
        sa.UniqueConstraint(
            "tenant_id",
            "team_id",
            "slack_user_id",
            name="uq_cocoom_slack_person_tenant_id_team_id_slack_user_id",
        ),
        sa.UniqueConstraint("tenant_id", "user_id", name="uq_cocoom_slack_person_tenant_id_user_id"),
        comment="One Cocoom user matched with one Slack user of the tenant's workspace.",
    )
    op.create_table(
        "cocoom_slack_route",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="what goes there: posts or newcomers"),
        sa.Column(
            "thread_id",
            sa.Text(),
            nullable=True,
            comment="posts of this thread; null: of all threads that no route names",
        ),
        sa.Column("channel", sa.Text(), nullable=False, comment="Slack's id of the channel, C... or G..."),
        sa.Column("locale", sa.Text(), nullable=True, comment="language of the messages; null: the tenant's"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("subject = 'posts' OR thread_id IS NULL", name="ck_cocoom_slack_route_thread"),
        sa.CheckConstraint("subject IN ('posts', 'newcomers')", name="ck_cocoom_slack_route_subject"),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_route"),
        sa.UniqueConstraint(
            "tenant_id",
            "subject",
            "thread_id",
            "channel",
            name="uq_cocoom_slack_route_tenant_id_subject_thread_id_channel",
            postgresql_nulls_not_distinct=True,
        ),
        comment="Rules: these events of this tenant go to this channel.",
    )
    op.create_table(
        "cocoom_slack_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True, comment="where Slack put it, C... or D..."),
        sa.Column(
            "ts",
            sa.Text(),
            nullable=True,
            comment="Slack's id of the message within the channel; a string, never a number",
        ),
        sa.Column("trouble", sa.Text(), nullable=True, comment="Slack's code, or ours, when it was not sent"),
        sa.Column("posted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'failed', 'unknown')", name="ck_cocoom_slack_message_outcome"
        ),
        sa.ForeignKeyConstraint(
            ["lane_id"], ["cocoom_slack_lane.id"], name="fk_cocoom_slack_message_lane_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_message"),
        comment="What was given to Slack, and what became of it.",
    )
    op.create_index(
        "ix_cocoom_slack_message_tenant_id_posted_at",
        "cocoom_slack_message",
        ["tenant_id", "posted_at"],
        unique=False,
    )
    op.create_table(
        "cocoom_slack_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("event_pk", sa.BigInteger(), nullable=False),
        sa.Column("lane_id", sa.BigInteger(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was dropped or failed"),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("lane_id IS NOT NULL OR state = 'dropped'", name="ck_cocoom_slack_notice_lane"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'unknown', 'dropped')",
            name="ck_cocoom_slack_notice_state",
        ),
        sa.ForeignKeyConstraint(
            ["event_pk"],
            ["cocoom_slack_event.id"],
            name="fk_cocoom_slack_notice_event_pk",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lane_id"], ["cocoom_slack_lane.id"], name="fk_cocoom_slack_notice_lane_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["cocoom_slack_message.id"],
            name="fk_cocoom_slack_notice_message_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cocoom_slack_notice"),
        comment="What one event means for one conversation. A dropped one has no lane and a reason.",
    )
    op.create_index("ix_cocoom_slack_notice_event_pk", "cocoom_slack_notice", ["event_pk"], unique=False)
    op.create_index("ix_cocoom_slack_notice_message_id", "cocoom_slack_notice", ["message_id"], unique=False)
    op.create_index(
        "ix_cocoom_slack_notice_waiting",
        "cocoom_slack_notice",
        ["lane_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_cocoom_slack_notice_waiting",
        table_name="cocoom_slack_notice",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_cocoom_slack_notice_message_id", table_name="cocoom_slack_notice")
    op.drop_index("ix_cocoom_slack_notice_event_pk", table_name="cocoom_slack_notice")
    op.drop_table("cocoom_slack_notice")
    op.drop_index("ix_cocoom_slack_message_tenant_id_posted_at", table_name="cocoom_slack_message")
    op.drop_table("cocoom_slack_message")
    op.drop_table("cocoom_slack_route")
    op.drop_table("cocoom_slack_person")
    op.drop_index("ix_cocoom_slack_login_identity_checked_at", table_name="cocoom_slack_login_identity")
    op.drop_table("cocoom_slack_login_identity")
    op.drop_index("ix_cocoom_slack_login_attempt_expires_at", table_name="cocoom_slack_login_attempt")
    op.drop_table("cocoom_slack_login_attempt")
    op.drop_index(
        "ix_cocoom_slack_lane_due",
        table_name="cocoom_slack_lane",
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("cocoom_slack_lane")
    op.drop_index(
        "ix_cocoom_slack_event_undecided",
        table_name="cocoom_slack_event",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_table("cocoom_slack_event")
    op.drop_index("ix_cocoom_slack_connection_client_id", table_name="cocoom_slack_connection")
    op.drop_table("cocoom_slack_connection")
    op.drop_index("ix_cocoom_slack_audit_tenant_id_at", table_name="cocoom_slack_audit")
    op.drop_table("cocoom_slack_audit")
