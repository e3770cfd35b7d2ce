"""A database that another version of the demonstration has left behind: the host's tables are made anew."""

from __future__ import annotations

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, pool, text

from demo.cocoom.tables import Table

OURS = "demo_"
"""How the names of the host's tables and of its revisions begin."""


class OtherVersionError(Exception):
    """Tables of a plugin are of a version that is not installed. They are not ours to drop."""


def make_room(config: Config, url: str) -> bool:
    """Drop the host's tables if this version did not make them; the migrations make them again.

    What plugins keep stays, as the bases come back with the same ids. True when something was dropped.
    Raises OtherVersionError.
    """
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
        scripts = ScriptDirectory.from_config(config)
        known = {script.revision for script in scripts.walk_revisions()}
        _refuse_foreign([head for head in found if head not in known and not head.startswith(OURS)], url)
        ours = [head for head in found if head.startswith(OURS)]
        if not ours or (set(ours) <= known and (ours != _newest(scripts) or _as_declared(connection))):
            return False
        _drop(connection)
    return True


def _refuse_foreign(heads: list[str], url: str) -> None:
    if heads:
        raise OtherVersionError(
            f"the database {url.rpartition('/')[2].partition('?')[0]} was made by another version of a plugin: "
            f"nobody here knows its revision {', '.join(heads)}. Drop the database (for `make demo`: remove "
            "build/demo), then start again."
        )


def _newest(scripts: ScriptDirectory) -> list[str]:
    return [head for head in scripts.get_heads() if head.startswith(OURS)]


def _as_declared(connection: Connection) -> bool:
    """Whether the host's tables have the columns that the models have."""
    there = inspect(connection)
    found = {name for name in there.get_table_names() if name.startswith(OURS)}
    if found != set(Table.metadata.tables):
        return False
    columns = there.get_multi_columns(filter_names=sorted(found))
    return all(
        {column["name"] for column in rows} == set(Table.metadata.tables[name].columns.keys())
        for (_, name), rows in columns.items()
    )


def _drop(connection: Connection) -> None:
    for name in inspect(connection).get_table_names():
        if name.startswith(OURS):
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
    connection.execute(
        text("DELETE FROM alembic_version WHERE starts_with(version_num, :ours)"), {"ours": OURS}
    )
