"""Migrations and seed: from nothing to the demo, again and back."""

from __future__ import annotations

import time

import pytest
from alembic import command
from alembic.config import Config
from pyramid.paster import get_app
from sqlalchemy import func, select

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
        assert counts(dbsession) == [2, 8, 2]
        assert dbsession.get_one(UserRow, "acme-bob").display_name == "Robert Leroy"


def test_planting_adds_what_is_missing(sessions):
    with sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(BaseRow, "t-globex"))
    with sessions.begin() as dbsession:
        plant(dbsession)
    with sessions() as dbsession:
        assert counts(dbsession) == [2, 8, 2]


def test_the_models_and_the_migrations_agree(ini, sessions):
    command.check(Config(str(ini)))


def test_the_branch_goes_down_and_up_again(ini, sessions):
    config = Config(str(ini))
    command.downgrade(config, "cocoom_demo@base")
    command.upgrade(config, "cocoom_demo@head")
    with sessions() as dbsession:
        assert dbsession.scalar(select(func.count()).select_from(LetterRow)) == 0


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
