"""Delivery: the workspace's budget and breaker, doubt about messages, and holding notices of a broken connection.

Why: pauses of a whole workspace, and lanes that are created during one, need a row of their own to look at; and
whether a lost answer leads to a second message is decided per route.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "cocoom_slack_0002"
down_revision = "cocoom_slack_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cocoom_slack_workspace",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column(
            "ready_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() - interval '1 hour'"),
            nullable=False,
        ),
        sa.Column(
            "failures", sa.Integer(), server_default="0", nullable=False, comment="of Slack's, in a row"
        ),
        sa.Column(
            "trouble",
            sa.Text(),
            nullable=True,
            comment="why the breaker is open, or what Slack asked us to wait for",
        ),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_cocoom_slack_workspace"),
        comment="What all lanes of a tenant share: the budget of its workspace, Slack's pauses, and the breaker.",
    )
    op.execute(
        "INSERT INTO cocoom_slack_workspace (tenant_id) SELECT DISTINCT tenant_id FROM cocoom_slack_lane"
    )
    op.add_column(
        "cocoom_slack_connection",
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since when notices wait for a decision, after the connection was broken",
        ),
    )
    for table in ("cocoom_slack_route", "cocoom_slack_notice"):
        op.add_column(
            table,
            sa.Column(
                "on_doubt", sa.Text(), server_default="resend", nullable=False, comment="resend or give_up"
            ),
        )
        op.create_check_constraint(f"ck_{table}_on_doubt", table, "on_doubt IN ('resend', 'give_up')")
    op.create_index(
        "ix_cocoom_slack_notice_dead",
        "cocoom_slack_notice",
        ["tenant_id", "id"],
        postgresql_where=sa.text("state IN ('failed', 'unknown')"),
    )
    for table in ("cocoom_slack_notice", "cocoom_slack_message"):
        op.create_index(f"ix_{table}_lane_id", table, ["lane_id"])
    op.add_column("cocoom_slack_lane", sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "cocoom_slack_lane",
        sa.Column(
            "doubt_upto",
            sa.BigInteger(),
            nullable=True,
            comment="the last notice of the message in doubt, if it must not be doubled",
        ),
    )
    op.create_table_comment(
        "cocoom_slack_lane",
        "The ordered, paced line of notices for one conversation. due_at is null while nothing waits; doubted_at "
        "is since when it is unknown whether Slack took a message of it.",
    )
    _replace_index("cocoom_slack_lane", "due", ["tenant_id", "due_at"], "due_at IS NOT NULL")
    _replace_index("cocoom_slack_event", "undecided", ["tenant_id", "id"], "decided_at IS NULL")


def downgrade() -> None:
    _replace_index("cocoom_slack_event", "undecided", ["id"], "decided_at IS NULL")
    _replace_index("cocoom_slack_lane", "due", ["due_at"], "due_at IS NOT NULL")
    op.create_table_comment(
        "cocoom_slack_lane",
        "The ordered, paced line of notices for one conversation. due_at is null while nothing waits.",
    )
    op.drop_column("cocoom_slack_lane", "doubt_upto")
    op.drop_column("cocoom_slack_lane", "doubted_at")
    for table in ("cocoom_slack_message", "cocoom_slack_notice"):
        op.drop_index(f"ix_{table}_lane_id", table)
    op.drop_index("ix_cocoom_slack_notice_dead", "cocoom_slack_notice")
    for table in ("cocoom_slack_notice", "cocoom_slack_route"):
        op.drop_constraint(f"ck_{table}_on_doubt", table)
        op.drop_column(table, "on_doubt")
    op.drop_column("cocoom_slack_connection", "held_at")
    op.drop_table("cocoom_slack_workspace")


def _replace_index(table: str, name: str, columns: list[str], where: str) -> None:
    op.drop_index(f"ix_{table}_{name}", table)
    op.create_index(f"ix_{table}_{name}", table, columns, postgresql_where=sa.text(where))
