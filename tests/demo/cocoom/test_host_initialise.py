"""Migrations and seed: from nothing to the demo, again and back."""

from __future__ import annotations

import time

import pytest
from alembic import command
from alembic.config import Config
from pyramid.paster import get_app
from sqlalchemy import NullPool, create_engine, func, select, text

from demo.cocoom import initialise
from demo.cocoom.seed import plant
from demo.cocoom.settings import SettingsError
from demo.cocoom.tables import BaseRow, LetterRow, PostRow, UserRow


def counts(dbsession):
    return [
        dbsession.scalar(select(func.count()).select_from(table)) for table in (BaseRow, UserRow, PostRow)
    ]


def test_initialising_again_is_quick_and_changes_nothing(ini, sessions):
    with sessions.begin() as dbsession:
        dbsession.get_one(UserRow, "acme-bob").display_name = "Robert Leroy"
    started = time.monotonic()
    assert initialise.main([str(ini)]) == 0
    assert time.monotonic() - started < 2
    with sessions() as dbsession:
        assert counts(dbsession) == [3, 10, 2]
        assert dbsession.get_one(UserRow, "acme-bob").display_name == "Robert Leroy"


def test_planting_adds_what_is_missing(sessions):
    with sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(BaseRow, "t-globex"))
    with sessions.begin() as dbsession:
        plant(dbsession)
    with sessions() as dbsession:
        assert counts(dbsession) == [3, 10, 2]


def test_the_models_and_the_migrations_agree(ini, sessions):
    command.check(Config(str(ini)))


def test_the_branch_goes_down_and_up_again(ini, sessions):
    config = Config(str(ini))
    command.downgrade(config, "cocoom_demo@base")
    command.upgrade(config, "cocoom_demo@head")
    with sessions() as dbsession:
        assert dbsession.scalar(select(func.count()).select_from(LetterRow)) == 0


@pytest.fixture
def of_another_version(ini, database_url, postgres, tmp_path):
    """A database of its own, initialised, then changed by a statement; with its file and an engine."""
    url = postgres.url("demo_other_version")
    path = tmp_path / "development.ini"
    path.write_text(ini.read_text(encoding="utf-8").replace(database_url, url), encoding="utf-8")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert initialise.main([str(path)]) == 0

    def change(statement):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS of_a_plugin AS SELECT 't-acme' AS tenant_id"))
            connection.execute(
                text("INSERT INTO demo_thread (id, tenant_id, name) VALUES ('x', 't-acme', 'x')")
            )
            connection.execute(text(statement))
        return path, engine

    return change


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = 'demo_9999'",
        "ALTER TABLE demo_user DROP COLUMN timezone",
        "ALTER TABLE demo_base ADD COLUMN shoe_size int",
        "DROP TABLE demo_lending",
        "CREATE TABLE demo_extra (id text)",
    ],
)
def test_tables_of_another_version_are_made_anew(of_another_version, capsys, statement):
    path, engine = of_another_version(statement)
    assert initialise.main([str(path)]) == 0
    assert "made anew" in capsys.readouterr().out
    command.check(Config(str(path)))
    with engine.begin() as connection:
        assert not connection.scalar(text("SELECT count(*) FROM demo_thread WHERE id = 'x'"))
        assert connection.scalar(text("SELECT count(*) FROM demo_base")) == 3
        assert connection.scalar(text("SELECT tenant_id FROM of_a_plugin")) == "t-acme"
    assert initialise.main([str(path)]) == 0
    assert "made anew" not in capsys.readouterr().out


def test_tables_of_an_earlier_version_are_migrated_and_what_is_in_them_stays(of_another_version, capsys):
    path, engine = of_another_version("SELECT 1")
    command.downgrade(Config(str(path)), "demo_0001")
    assert initialise.main([str(path)]) == 0
    assert "made anew" not in capsys.readouterr().out
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM demo_thread WHERE id = 'x'")) == 1
        assert connection.scalar(text("SELECT count(*) FROM demo_lending")) == 1


def test_a_plugin_s_tables_of_another_version_are_named_and_left_alone(of_another_version, capsys):
    path, engine = of_another_version("INSERT INTO alembic_version VALUES ('slack_9999')")
    assert initialise.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert "slack_9999" in said
    assert "demo_other_version" in said
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM demo_thread WHERE id = 'x'")) == 1


def test_the_configuration_file_makes_the_application(ini):
    application = get_app(str(ini))
    assert application.registry.cocoom_hooks.plugin("cocoom")
    application.registry.cocoom_sessionmaker.kw["bind"].dispose()


def test_it_wants_exactly_one_configuration_file(capsys):
    assert initialise.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_it_plants_known_passwords_on_loopback_alone(ini, tmp_path):
    public = tmp_path / "production.ini"
    public.write_text(
        ini.read_text(encoding="utf-8").replace(".localhost:6543", ".cocoom.example"), encoding="utf-8"
    )
    with pytest.raises(SettingsError, match="localhost"):
        initialise.main([str(public)])
