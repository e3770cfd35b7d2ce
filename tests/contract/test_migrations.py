"""The tables that the migrations make are those that the code speaks of, and they go without a trace."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, create_engine, inspect, text

import cocoom_slack_plugin
from cocoom_slack_plugin.database import PREFIX, metadata
from demo.servers import Postgres

from .documents import ROOT

# A table is on the MetaData once its module was imported, whichever test runs first.
for each in pkgutil.walk_packages(cocoom_slack_plugin.__path__, "cocoom_slack_plugin."):
    if not each.name.endswith("__main__"):
        importlib.import_module(each.name)

DATABASES = itertools.count()
BRANCH = "cocoom_slack"
TABLES = sorted(metadata.tables)

WITHOUT_TENANT: dict[str, str] = {}
"""Tables that belong to no tenant, and why. Empty: there is none."""

KINDS = set(metadata.naming_convention)
"""What the name of a constraint or index starts with: the naming convention of database.py."""

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, collation_name,
               identity_generation, col_description(format('%I', table_name)::regclass, ordinal_position)
        FROM information_schema.columns WHERE starts_with(table_name, :prefix)""",
    "tables": """
        SELECT relname, obj_description(oid) FROM pg_class
        WHERE relkind = 'r' AND starts_with(relname, :prefix)""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE starts_with(conrelid::regclass::text, :prefix)""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE starts_with(tablename, :prefix)",
}
"""What PostgreSQL itself knows of our tables. Alembic compares neither check constraints nor conditions of indexes."""


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.url(f"migrations_{next(DATABASES)}")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def config(url: str) -> Config:
    """The host's own configuration, as development.ini has it, on an empty database."""
    config = Config(ROOT / "development.ini")
    config.set_main_option("sqlalchemy.url", url)
    return config


def ours(engine: Engine) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if name.startswith(PREFIX)}


def catalogue(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            what: sorted(map(repr, connection.execute(text(query), {"prefix": PREFIX})))
            for what, query in CATALOGUE.items()
        }


# --- up, down, up ---


def test_the_migrations_are_found_by_the_version_locations_of_a_host() -> None:
    locations = Config(ROOT / "development.ini").get_main_option("version_locations") or ""
    assert "cocoom_slack_plugin:migrations/versions" in locations


def test_the_branch_of_the_plugin_stands_alone_and_has_one_head(config: Config) -> None:
    scripts = ScriptDirectory.from_config(config)
    branch = list(scripts.walk_revisions("base", f"{BRANCH}@head"))
    assert len([each for each in branch if each.is_head]) == 1
    for revision in branch:
        assert revision.revision.startswith(f"{BRANCH}_")
        assert BRANCH in revision.branch_labels
        assert not revision.dependencies
        assert "Why: " in (revision.module.__doc__ or ""), f"{revision.revision} does not say why it is there"


def test_upgrading_makes_every_table_of_the_code_and_no_other(config: Config, engine: Engine) -> None:
    command.upgrade(config, "heads")
    assert ours(engine) == set(TABLES)


def test_going_down_leaves_nothing_of_ours_and_everything_of_the_host(config: Config, engine: Engine) -> None:
    command.upgrade(config, "heads")
    of_the_host = set(inspect(engine).get_table_names()) - ours(engine)
    command.downgrade(config, f"{BRANCH}@base")
    assert set(inspect(engine).get_table_names()) == of_the_host
    assert catalogue(engine) == {what: [] for what in CATALOGUE}
    with engine.connect() as connection:
        left = connection.scalars(text("SELECT relname FROM pg_class WHERE relname LIKE '%cocoom_slack%'"))
        assert list(left) == []


def test_going_down_one_by_one_and_up_again_ends_where_it_began(config: Config, engine: Engine) -> None:
    command.upgrade(config, "heads")
    before = catalogue(engine)
    revisions = ScriptDirectory.from_config(config).walk_revisions("base", f"{BRANCH}@head")
    for _ in [each for each in revisions if BRANCH in each.branch_labels]:
        command.downgrade(config, f"{BRANCH}@-1")
    assert ours(engine) == set()
    command.upgrade(config, "heads")
    assert catalogue(engine) == before


# --- no drift ---


def test_alembic_finds_no_difference_between_the_migrations_and_the_code(
    config: Config, engine: Engine
) -> None:
    command.upgrade(config, "heads")
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _: kind != "table" or (name or "").startswith(PREFIX),
    }
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


@pytest.mark.parametrize("what", CATALOGUE)
def test_postgres_finds_no_difference_between_the_migrations_and_the_code(
    what: str, config: Config, engine: Engine, postgres: Postgres
) -> None:
    command.upgrade(config, "heads")
    from_code = create_engine(postgres.url(f"from_code_{next(DATABASES)}"))
    metadata.create_all(from_code)
    expected = catalogue(from_code)[what]
    from_code.dispose()
    assert expected
    assert catalogue(engine)[what] == expected


# --- the manners of a guest ---


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_prefix_and_a_comment(name: str) -> None:
    assert name.startswith(PREFIX)
    assert (metadata.tables[name].comment or "").endswith(".")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_belongs_to_a_tenant_or_says_why_not(name: str) -> None:
    columns = metadata.tables[name].columns
    if name in WITHOUT_TENANT:
        assert "tenant_id" not in columns
    else:
        assert not columns["tenant_id"].nullable


def test_every_reason_for_a_table_without_tenant_is_about_a_table() -> None:
    assert set(WITHOUT_TENANT) <= set(TABLES)


def test_an_included_plugin_knows_every_table_when_it_verifies_them_and_forgets_a_tenant() -> None:
    # In a process of its own: here, other tests have imported everything.
    program = """
from pyramid.config import Configurator
import cocoom_slack_plugin.startup
cocoom_slack_plugin.startup.start = lambda config: None
Configurator().include("cocoom_slack_plugin")
from cocoom_slack_plugin.database import metadata
print(*sorted(metadata.tables))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_a_text_has_no_length_and_an_instant_has_a_time_zone(name: str) -> None:
    for column in metadata.tables[name].columns:
        assert getattr(column.type, "length", None) is None, column
        assert getattr(column.type, "timezone", True), column


def test_constraints_and_indexes_are_named_after_their_table_and_columns(
    config: Config, engine: Engine
) -> None:
    command.upgrade(config, "heads")
    found = inspect(engine)
    for table in map(metadata.tables.__getitem__, TABLES):
        names = [index.name for index in table.indexes] + [each.name for each in table.constraints]
        assert all(_is_conventional(str(name), table) for name in names), (table.name, names)
        assert all(len(str(name)) <= 63 for name in names), f"PostgreSQL would cut a name of {table.name}"
        in_database = [
            *(index["name"] for index in found.get_indexes(table.name)),
            *(each["name"] for each in found.get_check_constraints(table.name)),
            *(each["name"] for each in found.get_foreign_keys(table.name)),
        ]
        assert set(in_database) <= set(names)


def _is_conventional(name: str, table: Table) -> bool:
    kind, _, rest = name.partition("_")
    return kind in KINDS and (rest == table.name or rest.startswith(f"{table.name}_"))
