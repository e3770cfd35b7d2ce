"""The tables of notifications: routes, preferences, events, lanes, messages and notices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
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


def words(name: str, comment: str) -> Column[list[str]]:
    """A list of words, empty where it says nothing."""
    return Column(name, ARRAY(Text), nullable=False, server_default="{}", comment=comment)


def schedule() -> list[Column[Any]]:
    """When a digest is told: how often, and at which hour and day of the week in which time zone."""
    return [
        Column("digest", Text, comment="hourly, daily, workdays or weekly; null: each notice at once"),
        Column("digest_hour", SmallInteger, nullable=False, server_default="9", comment="0 to 23, local"),
        Column("digest_weekday", SmallInteger, nullable=False, server_default="0", comment="0 is Monday"),
        Column("timezone", Text, comment="as the IANA names it; null: the host's word"),
    ]


def schedule_checks() -> list[CheckConstraint]:
    return [
        CheckConstraint("digest IN ('hourly', 'daily', 'workdays', 'weekly')", name="digest"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("digest_weekday BETWEEN 0 AND 6", name="digest_weekday"),
    ]


route = Table(
    f"{PREFIX}route",
    metadata,
    serial_id(),
    tenant_id(),
    Column("effect", Text, nullable=False, comment="tell; default: tell what no other route tells; mute"),
    Column("channel", Text, comment="Slack's id of the channel, C... or G...; null: mute in all channels"),
    words("kinds", "publications, shares, newcomers, comments, edits"),
    words("threads", "ids of Cocoom's threads, one of which it must be; empty: any"),
    words("not_threads", "ids of threads that it must not be"),
    words("tags", "tags, one of which a post must have; empty: any"),
    words("not_tags", "tags that a post must not have"),
    words("authors", "ids of users, one of whom must be the author; empty: anybody"),
    words("not_authors", "ids of users who must not be the author"),
    Column("locale", Text, comment="language of the messages; null: the tenant's"),
    on_doubt(),
    Column(
        "replies",
        Boolean,
        nullable=False,
        server_default="true",
        comment="comments and edits go under the post's message",
    ),
    Column(
        "broadcast",
        Boolean,
        nullable=False,
        server_default="false",
        comment="such replies also show in the channel",
    ),
    Column(
        "window_seconds",
        Integer,
        nullable=False,
        server_default="0",
        comment="how long an author's further posts are waited for, to be told together",
    ),
    *schedule(),
    timestamp("created_at"),
    Index(None, "tenant_id"),
    CheckConstraint("effect IN ('tell', 'default', 'mute')", name="effect"),
    CheckConstraint("channel IS NOT NULL OR effect = 'mute'", name="channel"),
    CheckConstraint(
        "cardinality(kinds) > 0 AND kinds <@ ARRAY['publications', 'shares', 'newcomers', 'comments', 'edits']",
        name="kinds",
    ),
    CheckConstraint("window_seconds BETWEEN 0 AND 3600", name="window_seconds"),
    CheckConstraint("on_doubt IN ('resend', 'give_up')", name="on_doubt"),
    *schedule_checks(),
    comment="Rules: these events of this tenant go to this channel.",
)

preference = Table(
    f"{PREFIX}preference",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True, comment="the host's id of the collaborator"),
    words("off", "comments, removed_comments, edits, removed_posts: what this person is not told"),
    Column("quiet_from", SmallInteger, comment="minute of the day, local; null: no quiet hours"),
    Column("quiet_to", SmallInteger, comment="minute of the day; before quiet_from: on the next day"),
    *schedule(),
    timestamp("updated_at"),
    CheckConstraint(
        "off <@ ARRAY['comments', 'removed_comments', 'edits', 'removed_posts']",
        name="off",
    ),
    CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to", name="quiet"),
    CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="quiet_minutes"),
    *schedule_checks(),
    comment="What one person wants to be told by direct message, and when.",
)

event = Table(
    f"{PREFIX}event",
    metadata,
    serial_id(),
    tenant_id(),
    Column("event_id", Text, nullable=False, comment="the host's; the same act told twice is one event"),
    Column("kind", Text, nullable=False, comment="the hook's name without cocoom_"),
    Column("payload", JSONB, nullable=False),
    Column(
        "post_id",
        Text,
        Computed("payload #>> '{post,id}'", persisted=True),
        comment="of the post that it is about",
    ),
    timestamp("recorded_at"),
    timestamp("decided_at", nullable=True),
    UniqueConstraint("tenant_id", "event_id"),
    Index(
        "ix_cocoom_slack_event_post",
        "tenant_id",
        "post_id",
        "kind",
        postgresql_where=text("post_id IS NOT NULL"),
    ),
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
    Column("parent_ts", Text, comment="of the message under which it stands"),
    Column("amended_by", BigInteger, comment="the last notice for which it was brought up to date"),
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
    Column("route_id", BigInteger, ForeignKey(route.c.id, ondelete="SET NULL")),
    Column("locale", Text, nullable=False),
    on_doubt(),
    Column(
        "act",
        Text,
        nullable=False,
        server_default="tell",
        comment="tell; amend: bring what was told of the post up to date",
    ),
    Column("reply", Boolean, nullable=False, server_default="false", comment="under the post's message"),
    Column(
        "broadcast",
        Boolean,
        nullable=False,
        server_default="false",
        comment="a reply shown in the channel too",
    ),
    timestamp("not_before", nullable=True),
    Column("bundle", Text, comment="those of a lane with the same one are told together"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("reason", Text, comment="why it was dropped or failed"),
    Column("message_id", BigInteger, ForeignKey(message.c.id, ondelete="SET NULL")),
    timestamp("created_at"),
    timestamp("finished_at", nullable=True),
    Index("ix_cocoom_slack_notice_waiting", "lane_id", "id", postgresql_where=text("state = 'waiting'")),
    Index(
        "ix_cocoom_slack_notice_deferred",
        "lane_id",
        "not_before",
        "id",
        postgresql_where=text("state = 'waiting' AND not_before IS NOT NULL"),
    ),
    Index(None, "event_pk"),
    Index(None, "lane_id"),
    Index(None, "message_id"),
    Index(None, "route_id"),
    Index(
        "ix_cocoom_slack_notice_unrouted",
        "finished_at",
        "tenant_id",
        postgresql_where=text("reason = 'no_route'"),
    ),
    Index(
        "ix_cocoom_slack_notice_dead",
        "tenant_id",
        "id",
        postgresql_where=text("state IN ('failed', 'unknown')"),
    ),
    CheckConstraint("state IN ('waiting', 'sent', 'failed', 'unknown', 'dropped')", name="state"),
    CheckConstraint("lane_id IS NOT NULL OR state = 'dropped'", name="lane"),
    CheckConstraint("on_doubt IN ('resend', 'give_up')", name="on_doubt"),
    CheckConstraint("act IN ('tell', 'amend')", name="act"),
    comment="What one event means for one conversation. A dropped one has no lane and a reason.",
)
