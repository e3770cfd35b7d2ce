"""Routing: rules with conditions and a mode, preferences, what is told late or amended, and people who could not be found.

Why: a route was one thread and one channel; what is told late, together, under another message or brought up to date
afterwards needs to be said of each notice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "cocoom_slack_0003"
down_revision = "cocoom_slack_0002"
branch_labels = None
depends_on = None

ROUTE, NOTICE, EVENT, MESSAGE = (f"cocoom_slack_{each}" for each in ("route", "notice", "event", "message"))


def upgrade() -> None:
    _widen_routes()
    op.create_table(
        "cocoom_slack_preference",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False, comment="the host's id of the collaborator"),
        _words("off", "comments, removed_comments, edits, removed_posts: what this person is not told"),
        sa.Column(
            "quiet_from",
            sa.SmallInteger(),
            nullable=True,
            comment="minute of the day, local; null: no quiet hours",
        ),
        sa.Column(
            "quiet_to",
            sa.SmallInteger(),
            nullable=True,
            comment="minute of the day; before quiet_from: on the next day",
        ),
        *_schedule(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_cocoom_slack_preference"),
        comment="What one person wants to be told by direct message, and when.",
    )
    _checks(
        "cocoom_slack_preference",
        off="off <@ ARRAY['comments', 'removed_comments', 'edits', 'removed_posts']",
        quiet="(quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to",
        quiet_minutes="quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439",
        **SCHEDULE_CHECKS,
    )
    op.create_table(
        "cocoom_slack_stranger",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False, comment="the host's id of the collaborator"),
        sa.Column(
            "team_id", sa.Text(), nullable=False, comment="the workspace in which they were looked for"
        ),
        sa.Column("email", sa.Text(), nullable=False, comment="by which they were looked for"),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="not_found, or no_scope: we may not look for e-mails"
        ),
        sa.Column(
            "missed",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="notices that could not be told",
        ),
        sa.Column(
            "looked_up_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_missed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_cocoom_slack_stranger"),
        comment="A Cocoom user whom nobody in the tenant's workspace is known to be.",
    )
    _checks("cocoom_slack_stranger", reason="reason IN ('not_found', 'no_scope')")
    op.add_column(
        EVENT,
        sa.Column(
            "post_id",
            sa.Text(),
            sa.Computed("payload #>> '{post,id}'", persisted=True),
            nullable=True,
            comment="of the post that it is about",
        ),
    )
    op.create_index(
        "ix_cocoom_slack_event_post",
        EVENT,
        ["tenant_id", "post_id", "kind"],
        postgresql_where=sa.text("post_id IS NOT NULL"),
    )
    op.add_column(
        MESSAGE,
        sa.Column("parent_ts", sa.Text(), nullable=True, comment="of the message under which it stands"),
    )
    op.add_column(
        MESSAGE,
        sa.Column(
            "amended_by",
            sa.BigInteger(),
            nullable=True,
            comment="the last notice for which it was brought up to date",
        ),
    )
    _extend_notices()


def downgrade() -> None:
    op.drop_index("ix_cocoom_slack_notice_unrouted", NOTICE)
    for column in ("bundle", "not_before", "broadcast", "reply", "act", "route_id"):
        op.drop_column(NOTICE, column)
    for column in ("amended_by", "parent_ts"):
        op.drop_column(MESSAGE, column)
    op.drop_index("ix_cocoom_slack_event_post", EVENT)
    op.drop_column(EVENT, "post_id")
    for table in ("stranger", "preference"):
        op.drop_table(f"cocoom_slack_{table}")
    _narrow_routes()


def _widen_routes() -> None:
    op.drop_constraint("uq_cocoom_slack_route_tenant_id_subject_thread_id_channel", ROUTE)
    for check in ("subject", "thread"):
        op.drop_constraint(f"ck_{ROUTE}_{check}", ROUTE)
    op.add_column(
        ROUTE,
        sa.Column(
            "effect", sa.Text(), nullable=True, comment="tell; default: tell what no other route tells; mute"
        ),
    )
    for name, comment in CONDITIONS.items():
        op.add_column(ROUTE, _words(name, comment))
    op.execute(f"""
        UPDATE {ROUTE} SET
            effect = CASE WHEN subject = 'posts' AND thread_id IS NULL THEN 'default' ELSE 'tell' END,
            kinds = CASE subject WHEN 'posts' THEN ARRAY['publications', 'shares'] ELSE ARRAY['newcomers'] END,
            threads = CASE WHEN thread_id IS NULL THEN ARRAY[]::text[] ELSE ARRAY[thread_id] END
    """)  # noqa: S608 - constants alone
    op.alter_column(ROUTE, "effect", nullable=False)
    op.alter_column(
        ROUTE,
        "channel",
        nullable=True,
        comment="Slack's id of the channel, C... or G...; null: mute in all channels",
        existing_comment="Slack's id of the channel, C... or G...",
    )
    op.drop_column(ROUTE, "subject")
    op.drop_column(ROUTE, "thread_id")
    op.add_column(
        ROUTE,
        sa.Column(
            "replies",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="comments and edits go under the post's message",
        ),
    )
    op.add_column(
        ROUTE,
        sa.Column(
            "broadcast",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="such replies also show in the channel",
        ),
    )
    op.add_column(
        ROUTE,
        sa.Column(
            "window_seconds",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how long an author's further posts are waited for, to be told together",
        ),
    )
    for column in _schedule():
        op.add_column(ROUTE, column)
    op.create_index("ix_cocoom_slack_route_tenant_id", ROUTE, ["tenant_id"])
    _checks(ROUTE, **ROUTE_CHECKS, **SCHEDULE_CHECKS)


def _narrow_routes() -> None:
    """What a route of before could not say is lost: its first thread and its channel are kept."""
    for name in (*ROUTE_CHECKS, *SCHEDULE_CHECKS):
        op.drop_constraint(f"ck_{ROUTE}_{name}", ROUTE)
    op.drop_index("ix_cocoom_slack_route_tenant_id", ROUTE)
    op.add_column(
        ROUTE, sa.Column("subject", sa.Text(), nullable=True, comment="what goes there: posts or newcomers")
    )
    op.add_column(
        ROUTE,
        sa.Column(
            "thread_id",
            sa.Text(),
            nullable=True,
            comment="posts of this thread; null: of all threads that no route names",
        ),
    )
    op.execute(f"DELETE FROM {ROUTE} WHERE effect = 'mute'")  # noqa: S608
    op.execute(f"""
        UPDATE {ROUTE} SET subject = CASE WHEN kinds = ARRAY['newcomers'] THEN 'newcomers' ELSE 'posts' END,
                           thread_id = CASE WHEN kinds <> ARRAY['newcomers'] THEN threads[1] END
    """)  # noqa: S608
    op.execute(f"""
        DELETE FROM {ROUTE} a USING {ROUTE} b
        WHERE a.id > b.id AND a.tenant_id = b.tenant_id AND a.channel = b.channel AND a.subject = b.subject
              AND a.thread_id IS NOT DISTINCT FROM b.thread_id
    """)  # noqa: S608
    op.alter_column(ROUTE, "subject", nullable=False)
    op.alter_column(
        ROUTE,
        "channel",
        nullable=False,
        comment="Slack's id of the channel, C... or G...",
        existing_comment="Slack's id of the channel, C... or G...; null: mute in all channels",
    )
    for column in (
        "effect",
        *CONDITIONS,
        "replies",
        "broadcast",
        "window_seconds",
        "digest",
        "digest_hour",
        "digest_weekday",
        "timezone",
    ):
        op.drop_column(ROUTE, column)
    _checks(
        ROUTE, subject="subject IN ('posts', 'newcomers')", thread="subject = 'posts' OR thread_id IS NULL"
    )
    op.create_unique_constraint(
        "uq_cocoom_slack_route_tenant_id_subject_thread_id_channel",
        ROUTE,
        ["tenant_id", "subject", "thread_id", "channel"],
        postgresql_nulls_not_distinct=True,
    )


def _extend_notices() -> None:
    op.add_column(NOTICE, sa.Column("route_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_cocoom_slack_notice_route_id", NOTICE, ROUTE, ["route_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_cocoom_slack_notice_route_id", NOTICE, ["route_id"])
    op.add_column(
        NOTICE,
        sa.Column(
            "act",
            sa.Text(),
            server_default="tell",
            nullable=False,
            comment="tell; amend: bring what was told of the post up to date",
        ),
    )
    op.add_column(
        NOTICE,
        sa.Column(
            "reply", sa.Boolean(), server_default="false", nullable=False, comment="under the post's message"
        ),
    )
    op.add_column(
        NOTICE,
        sa.Column(
            "broadcast",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a reply shown in the channel too",
        ),
    )
    op.add_column(NOTICE, sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        NOTICE,
        sa.Column(
            "bundle", sa.Text(), nullable=True, comment="those of a lane with the same one are told together"
        ),
    )
    _checks(NOTICE, act="act IN ('tell', 'amend')")
    op.create_index(
        "ix_cocoom_slack_notice_unrouted",
        NOTICE,
        ["finished_at", "tenant_id"],
        postgresql_where=sa.text("reason = 'no_route'"),
    )
    op.create_index(
        "ix_cocoom_slack_notice_deferred",
        NOTICE,
        ["lane_id", "not_before", "id"],
        postgresql_where=sa.text("state = 'waiting' AND not_before IS NOT NULL"),
    )


CONDITIONS = {
    "kinds": "publications, shares, newcomers, comments, edits",
    "threads": "ids of Cocoom's threads, one of which it must be; empty: any",
    "not_threads": "ids of threads that it must not be",
    "tags": "tags, one of which a post must have; empty: any",
    "not_tags": "tags that a post must not have",
    "authors": "ids of users, one of whom must be the author; empty: anybody",
    "not_authors": "ids of users who must not be the author",
}
ROUTE_CHECKS = {
    "effect": "effect IN ('tell', 'default', 'mute')",
    "channel": "channel IS NOT NULL OR effect = 'mute'",
    "kinds": "cardinality(kinds) > 0 AND kinds <@ ARRAY['publications', 'shares', 'newcomers', 'comments', 'edits']",
    "window_seconds": "window_seconds BETWEEN 0 AND 3600",
}
SCHEDULE_CHECKS = {
    "digest": "digest IN ('hourly', 'daily', 'workdays', 'weekly')",
    "digest_hour": "digest_hour BETWEEN 0 AND 23",
    "digest_weekday": "digest_weekday BETWEEN 0 AND 6",
}


def _words(name: str, comment: str) -> sa.Column[list[str]]:
    return sa.Column(name, sa.ARRAY(sa.Text()), server_default="{}", nullable=False, comment=comment)


def _schedule() -> list[sa.Column[object]]:
    return [
        sa.Column(
            "digest",
            sa.Text(),
            nullable=True,
            comment="hourly, daily, workdays or weekly; null: each notice at once",
        ),
        sa.Column(
            "digest_hour", sa.SmallInteger(), server_default="9", nullable=False, comment="0 to 23, local"
        ),
        sa.Column(
            "digest_weekday", sa.SmallInteger(), server_default="0", nullable=False, comment="0 is Monday"
        ),
        sa.Column(
            "timezone", sa.Text(), nullable=True, comment="as the IANA names it; null: the host's word"
        ),
    ]


def _checks(table: str, **conditions: str) -> None:
    for name, condition in conditions.items():
        op.create_check_constraint(f"ck_{table}_{name}", table, condition)
