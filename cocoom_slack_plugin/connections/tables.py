"""The table of connections."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from cocoom_slack_plugin.database import PREFIX, metadata, timestamp

connection = Table(
    f"{PREFIX}connection",
    metadata,
    Column("tenant_id", Text, primary_key=True, comment="immutable id of the Cocoom base"),
    Column("team_id", Text, nullable=False, comment="the pinned Slack workspace, T..."),
    Column("team_name", Text, nullable=False, server_default=""),
    Column("team_url", Text, nullable=False, server_default=""),
    Column("enterprise_id", Text, comment="E... on Enterprise Grid"),
    Column("app_id", Text, comment="A..., known once a bot token was proved"),
    Column("bot_user_id", Text),
    Column("client_id", Text, comment="<digits>.<digits>; public"),
    Column("sealed_client_secret", Text),
    Column("sealed_bot_token", Text),
    Column("sealed_signing_secret", Text),
    Column("bot_token_fingerprint", Text),
    Column("scopes", ARRAY(Text), nullable=False, server_default="{}", comment="of the bot token"),
    Column("login_enabled", Boolean, nullable=False, server_default="false"),
    Column("notifications_enabled", Boolean, nullable=False, server_default="false"),
    Column("login_policy", Text, nullable=False, server_default="invited", comment="who may enter"),
    Column(
        "login_domains",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="of e-mails, policy domains",
    ),
    Column(
        "login_role", Text, nullable=False, server_default="reader", comment="of accounts that login makes"
    ),
    Column(
        "login_guests",
        Boolean,
        nullable=False,
        server_default="false",
        comment="whether Slack guests may enter",
    ),
    Column(
        "login_pin",
        Text,
        nullable=False,
        server_default="workspace",
        comment="what Slack's answer must match",
    ),
    Column("login_only", Boolean, nullable=False, server_default="false", comment="no other way to sign in"),
    Column(
        "login_tested_at", DateTime(timezone=True), comment="an administrator's last successful test sign-in"
    ),
    Column("health", Text, nullable=False, server_default="ok"),
    Column("health_code", Text, comment="why it is broken: Slack's code or ours"),
    timestamp("health_changed_at"),
    Column(
        "held_at",
        DateTime(timezone=True),
        comment="since when notices wait for a decision, after the connection was broken",
    ),
    Column("version", Integer, nullable=False, server_default="1", comment="for optimistic locking"),
    timestamp("created_at"),
    timestamp("updated_at"),
    CheckConstraint("health IN ('ok', 'broken')", name="health"),
    CheckConstraint("login_policy IN ('invited', 'domains', 'workspace')", name="login_policy"),
    CheckConstraint("login_role IN ('reader', 'contributor')", name="login_role"),
    CheckConstraint("login_pin = 'workspace' OR enterprise_id IS NOT NULL", name="login_pin"),
    CheckConstraint("NOT login_only OR login_tested_at IS NOT NULL", name="login_only"),
    CheckConstraint(
        "NOT login_enabled OR (client_id IS NOT NULL AND sealed_client_secret IS NOT NULL)", name="login"
    ),
    CheckConstraint("NOT notifications_enabled OR sealed_bot_token IS NOT NULL", name="notifications"),
    Index(None, "client_id", unique=True),
    comment="What ties a tenant to its Slack app. Secrets are sealed by the vault, never in clear.",
)
