"""Alembic environment of the host. Its branch is ``cocoom_demo``; ``version_locations`` adds others."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from demo.cocoom.tables import Table

LOCK = 0x0C0C00
"""Two that start at once migrate one after the other."""


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url, "sqlalchemy.url is missing in the section [alembic]"
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            include_name=_is_ours,
            compare_server_default=True,
        )
        context.run_migrations()


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Plugins keep their tables in the same database; comparing is about the host's alone."""
    return kind != "table" or (name or "").startswith("demo_")


if context.is_offline_mode():
    raise SystemExit("the host's migrations need a database: run without --sql")
run()
