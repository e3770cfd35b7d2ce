"""The table of people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, UniqueConstraint

from cocoom_slack_plugin.database import PREFIX, metadata, serial_id, tenant_id, timestamp

person = Table(
    f"{PREFIX}person",
    metadata,
    serial_id(),
    tenant_id(),
    Column("user_id", Text, nullable=False, comment="the host's id of the collaborator"),
    Column("team_id", Text, nullable=False),
    Column("slack_user_id", Text, nullable=False, comment="U... or W..., unique only within its workspace"),
    Column("source", Text, nullable=False, comment="how we know"),
    timestamp("matched_at"),
    UniqueConstraint("tenant_id", "user_id"),
    UniqueConstraint("tenant_id", "team_id", "slack_user_id"),
    CheckConstraint("source IN ('login', 'email', 'hand')", name="source"),
    comment="One Cocoom user matched with one Slack user of the tenant's workspace.",
)

stranger = Table(
    f"{PREFIX}stranger",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True, comment="the host's id of the collaborator"),
    Column("team_id", Text, nullable=False, comment="the workspace in which they were looked for"),
    Column("email", Text, nullable=False, comment="by which they were looked for"),
    Column("display_name", Text, nullable=False),
    Column("reason", Text, nullable=False, comment="not_found, or no_scope: we may not look for e-mails"),
    Column("missed", Integer, nullable=False, server_default="0", comment="notices that could not be told"),
    timestamp("looked_up_at"),
    timestamp("last_missed_at"),
    CheckConstraint("reason IN ('not_found', 'no_scope')", name="reason"),
    comment="A Cocoom user whom nobody in the tenant's workspace is known to be.",
)
