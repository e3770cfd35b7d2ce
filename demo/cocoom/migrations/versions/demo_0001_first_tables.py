"""The host's first tables: bases, people, threads, posts, sessions, letters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "demo_0001"
down_revision = None
branch_labels = ("cocoom_demo",)
depends_on = None

TABLES = ("base", "user", "thread", "follow", "post", "comment", "session", "letter")


def upgrade() -> None:
    _base_and_people()
    _threads_and_posts()
    _sessions_and_letters()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(f"demo_{name}")


def _base_and_people() -> None:
    op.create_table(
        "demo_base",
        _id(),
        sa.Column("subdomain", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False, server_default="en"),
        sa.Column("comments_may_leave", sa.Boolean, nullable=False, server_default="false"),
        sa.UniqueConstraint("subdomain", name="uq_demo_base_subdomain"),
    )
    op.create_table(
        "demo_user",
        _id(),
        _tenant("user"),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False, server_default="reader"),
        sa.Column("status", sa.Text, nullable=False, server_default="invited"),
        sa.Column("locale", sa.Text),
        sa.Column("password_hash", sa.Text),
    )
    op.create_index("uq_demo_user_email", "demo_user", ["tenant_id", "email"], unique=True)


def _threads_and_posts() -> None:
    op.create_table(
        "demo_thread",
        _id(),
        _tenant("thread"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("color", sa.Text),
    )
    op.create_table(
        "demo_follow",
        _link("follow", "thread", primary_key=True),
        _link("follow", "user", primary_key=True),
    )
    op.create_table(
        "demo_post",
        _id(),
        _tenant("post"),
        _link("post", "thread", index=True),
        _link("post", "user", column="author_id"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "template", "title")),
        sa.Column("subtitle", sa.Text),
        sa.Column("body", sa.Text, nullable=False, server_default=""),
        sa.Column("tags", ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "demo_comment",
        _id(),
        _tenant("comment"),
        _link("comment", "post", index=True),
        _link("comment", "user", column="author_id"),
        sa.Column("text", sa.Text, nullable=False),
        _when("created_at"),
    )


def _sessions_and_letters() -> None:
    op.create_table(
        "demo_session",
        _id(),
        _tenant("session"),
        _link("session", "user", index=True, nullable=True),
        _when("created_at"),
        _when("last_seen"),
        _when("ends_at"),
        sa.Column("data", JSONB, nullable=False, server_default="{}"),
    )
    op.create_table(
        "demo_letter",
        _id(),
        _tenant("letter"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("recipient", "subject", "text")),
        sa.Column("url", sa.Text),
        _when("written_at"),
    )


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _when(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _tenant(table: str) -> sa.Column[str]:
    return _link(table, "base", column="tenant_id", index=True)


def _link(table: str, target: str, column: str = "", **options: Any) -> sa.Column[str]:
    column = column or f"{target}_id"
    name = f"fk_demo_{table}_{column}_demo_{target}"
    reference = sa.ForeignKey(f"demo_{target}.id", ondelete="CASCADE", name=name)
    return sa.Column(column, sa.Text, reference, **{"nullable": False, **options})
