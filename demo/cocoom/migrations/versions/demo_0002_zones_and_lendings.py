"""Time zones of bases and people, and the threads that one base lends to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "demo_0002"
down_revision = "demo_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("demo_base", sa.Column("timezone", sa.Text, nullable=False, server_default="Europe/Paris"))
    op.add_column("demo_user", sa.Column("timezone", sa.Text))
    op.create_table(
        "demo_lending",
        _link("thread_id", "demo_thread", primary_key=True),
        _link("tenant_id", "demo_base", primary_key=True),
        _link("local_thread_id", "demo_thread"),
        sa.UniqueConstraint("local_thread_id", name="uq_demo_lending_local_thread_id"),
    )


def downgrade() -> None:
    op.drop_table("demo_lending")
    op.drop_column("demo_user", "timezone")
    op.drop_column("demo_base", "timezone")


def _link(column: str, target: str, *, primary_key: bool = False) -> sa.Column[str]:
    name = f"fk_demo_lending_{column}_{target}"
    reference = sa.ForeignKey(f"{target}.id", ondelete="CASCADE", name=name)
    return sa.Column(column, sa.Text, reference, primary_key=primary_key, nullable=False)
