"""The tables of notifications: routes, events, lanes, messages and notices."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from cocoom_slack_plugin.database import PREFIX, metadata, serial_id, tenant_id, timestamp


def on_doubt() -> Column[str]:
    """What is done when it is unknown whether Slack took a message."""
    return Column("on_doubt", Text, nullable=False, server_default="resend", comment="resend or give_up")


route = Table(
    f"{PREFIX}route",
    metadata,
    serial_id(),
    tenant_id(),
    Column("subject", Text, nullable=False, comment="what goes there: posts or newcomers"),
    Column("thread_id", Text, comment="posts of this thread; null: of all threads that no route names"),
    Column("channel", Text, nullable=False, comment="Slack's id of the channel, C... or G..."),
    Column("locale", Text, comment="language of the messages; null: the tenant's"),
    on_doubt(),
    timestamp("created_at"),
    UniqueConstraint("tenant_id", "subject", "thread_id", "channel", postgresql_nulls_not_distinct=True),
    CheckConstraint("subject IN ('posts', 'newcomers')", name="subject"),
    CheckConstraint("subject = 'posts' OR thread_id IS NULL", name="thread"),
    CheckConstraint("on_doubt IN ('resend', 'give_up')", name="on_doubt"),
    comment="Rules: these events of this tenant go to this channel.",
)

event = Table(
    f"{PREFIX}event",
    metadata,
    serial_id(),
    tenant_id(),
    Column("event_id", Text, nullable=False, comment="the host's; the same act told twice is one event"),
    Column("kind", Text, nullable=False, comment="the hook's name without cocoom_"),
    Column("payload", JSONB, nullable=False),
    timestamp("recorded_at"),
    timestamp("decided_at", nullable=True),
    UniqueConstraint("tenant_id", "event_id"),
    Index("ix_cocoom_slack_event_undecided", "tenant_id", "id", postgresql_where=text("decided_at IS NULL")),
    comment="The outbox: one row per hook call, written in the host's own transaction.",
)

lane = Table(
    f"{PREFIX}lane",
    metadata,
    serial_id(),
    tenant_id(),
    Column(
        "conversation",
        Text,
        nullable=False,
        comment="C...: a channel; @<user id>: direct messages to that user",
    ),
    timestamp("ready_at", default=True),
    timestamp("due_at", nullable=True),
    timestamp("lease_until", nullable=True),
    Column("fence", BigInteger, nullable=False, server_default="0", comment="raised by every claim"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="in a row without success"),
    Column("trouble", Text, comment="why the last attempt did not succeed"),
    timestamp("doubted_at", nullable=True),
    Column(
        "doubt_upto", BigInteger, comment="the last notice of the message in doubt, if it must not be doubled"
    ),
    UniqueConstraint("tenant_id", "conversation"),
    Index("ix_cocoom_slack_lane_due", "tenant_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    comment="The ordered, paced line of notices for one conversation. due_at is null while nothing waits; doubted_at "
    "is since when it is unknown whether Slack took a message of it.",
)

workspace = Table(
    f"{PREFIX}workspace",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column(
        "ready_at", DateTime(timezone=True), nullable=False, server_default=text("now() - interval '1 hour'")
    ),
    Column("failures", Integer, nullable=False, server_default="0", comment="of Slack's, in a row"),
    Column("trouble", Text, comment="why the breaker is open, or what Slack asked us to wait for"),
    comment="What all lanes of a tenant share: the budget of its workspace, Slack's pauses, and the breaker.",
)

message = Table(
    f"{PREFIX}message",
    metadata,
    serial_id(),
    tenant_id(),
    Column("lane_id", BigInteger, ForeignKey(lane.c.id, ondelete="CASCADE"), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("channel", Text, comment="where Slack put it, C... or D..."),
    Column("ts", Text, comment="Slack's id of the message within the channel; a string, never a number"),
    Column("trouble", Text, comment="Slack's code, or ours, when it was not sent"),
    timestamp("posted_at"),
    Index(None, "tenant_id", "posted_at"),
    Index(None, "lane_id"),
    CheckConstraint("outcome IN ('sent', 'failed', 'unknown')", name="outcome"),
    comment="What was given to Slack, and what became of it.",
)

notice = Table(
    f"{PREFIX}notice",
    metadata,
    serial_id(),
    tenant_id(),
    Column("event_pk", BigInteger, ForeignKey(event.c.id, ondelete="CASCADE"), nullable=False),
    Column("lane_id", BigInteger, ForeignKey(lane.c.id, ondelete="CASCADE")),
    Column("locale", Text, nullable=False),
    on_doubt(),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("reason", Text, comment="why it was dropped or failed"),
    Column("message_id", BigInteger, ForeignKey(message.c.id, ondelete="SET NULL")),
    timestamp("created_at"),
    timestamp("finished_at", nullable=True),
    Index("ix_cocoom_slack_notice_waiting", "lane_id", "id", postgresql_where=text("state = 'waiting'")),
    Index(None, "event_pk"),
    Index(None, "lane_id"),
    Index(None, "message_id"),
    Index(
        "ix_cocoom_slack_notice_dead",
        "tenant_id",
        "id",
        postgresql_where=text("state IN ('failed', 'unknown')"),
    ),
    CheckConstraint("state IN ('waiting', 'sent', 'failed', 'unknown', 'dropped')", name="state"),
    CheckConstraint("lane_id IS NOT NULL OR state = 'dropped'", name="lane"),
    CheckConstraint("on_doubt IN ('resend', 'give_up')", name="on_doubt"),
    comment="What one event means for one conversation. A dropped one has no lane and a reason.",
)
