"""The table of people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Table, Text, UniqueConstraint

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
