"""The tables of login: identities and attempts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from cocoom_slack_plugin.database import PREFIX, metadata, serial_id, tenant_id, timestamp

login_identity = Table(
    f"{PREFIX}login_identity",
    metadata,
    serial_id(),
    tenant_id(),
    # Compared byte by byte: a collation without case would let U1 and u1 be one person (CVE-2024-32879).
    Column("team_id", Text(collation="C"), nullable=False),
    Column("slack_user_id", Text(collation="C"), nullable=False),
    Column("enterprise_id", Text(collation="C")),
    Column("user_id", Text, nullable=False, comment="the host's id of the collaborator"),
    timestamp("created_at"),
    timestamp("last_login_at"),
    timestamp("checked_at", nullable=True),
    timestamp("left_at", nullable=True),
    UniqueConstraint("tenant_id", "team_id", "slack_user_id"),
    UniqueConstraint("tenant_id", "user_id"),
    Index(None, "checked_at"),
    comment="Which Slack user signs in as which collaborator. The identity is tenant, workspace and Slack user.",
)

login_attempt = Table(
    f"{PREFIX}login_attempt",
    metadata,
    serial_id(),
    tenant_id(),
    Column("state_hash", Text, nullable=False, unique=True, comment="SHA-256 of the state in the address"),
    Column("browser_hash", Text, nullable=False, comment="SHA-256 of the browser's own cookie"),
    Column("purpose", Text, nullable=False, comment="what the attempt is for; only that flow may use it"),
    Column(
        "user_id",
        Text,
        comment="the signed-in user who started it and alone may finish it; null for a sign-in",
    ),
    Column("nonce", Text, comment="expected in the id_token; null once it was compared"),
    Column("next_path", Text, nullable=False, comment="local path to go to, validated at the start"),
    Column("found", JSONB, comment="whom Slack named, kept until the person confirms a link"),
    timestamp("created_at"),
    timestamp("expires_at", default=False),
    timestamp("consumed_at", nullable=True),
    Index(None, "expires_at"),
    comment="A sign-in that was started. Consumed once, in a committed transaction of its own; purged when expired.",
)
