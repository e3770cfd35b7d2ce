"""What all tables share, and how a short transaction of our own is made.

Tables are SQLAlchemy Core, grouped by room (``<room>/tables.py``), all on this MetaData. The database's clock is the
only one that leases and due times are compared with, so that workers on several machines agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Identity,
    MetaData,
    Table,
    Text,
    delete,
    func,
    inspect,
)
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.errors import ConfigurationError

PREFIX = "cocoom_slack_"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def serial_id() -> Column[int]:
    """A primary key that counts up."""
    return Column("id", BigInteger, Identity(), primary_key=True)


def tenant_id() -> Column[str]:
    """The tenant that the row belongs to; every statement on such a table names it."""
    return Column("tenant_id", Text, nullable=False)


def timestamp(name: str, *, nullable: bool = False, default: bool = True) -> Column[Any]:
    """An instant with its time zone; by default the one at which the row was made."""
    server_default = func.now() if default and not nullable else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=server_default)


@contextmanager
def transaction(hooks: Hooks, tenant: str | None = None) -> Iterator[Session]:
    """A short transaction of our own: committed at the end of the block, rolled back when it raises.

    Never open one around a call to Slack.
    """
    with hooks.open_dbsession(tenant) as dbsession, dbsession.begin():
        yield dbsession


def seconds_from_now(seconds: float) -> ColumnElement[Any]:
    """An instant by the database's clock, which moves on within a transaction."""
    return func.clock_timestamp() + timedelta(seconds=seconds)


def forget_tenant(dbsession: Session, tenant: str, but: Collection[Table] = ()) -> None:
    """Delete every row of a tenant from every table, except from those that are named."""
    for table in reversed(metadata.sorted_tables):
        if table in but:
            continue
        dbsession.execute(delete(table).where(table.c.tenant_id == tenant))


def verify_tables(dbsession: Session) -> None:
    """Raise ConfigurationError when the tables are missing or of another version than this code."""
    hint = (
        "run `alembic upgrade heads` with cocoom_slack_plugin:migrations/versions among the version locations"
    )
    inspector = inspect(dbsession.connection())
    missing = sorted(set(metadata.tables) - set(inspector.get_table_names()))
    if missing:
        raise ConfigurationError([f"these tables are missing: {', '.join(missing)}; {hint}"])
    for table in metadata.sorted_tables:
        known = {column["name"] for column in inspector.get_columns(table.name)}
        if absent := sorted(set(table.columns.keys()) - known):
            raise ConfigurationError([f"table {table.name} lacks {', '.join(absent)}; {hint}"])
