"""For each module a database of its own and a stand-in Slack; for each test empty tables and a world as seeded."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from cocoom_slack_plugin.database import metadata
from demo.servers import Postgres, Redis
from demo.slack.control import Control
from demo.slack.seed import seeded
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread

from .host import ACME, GLOBEX, Host, make_engine, make_settings


@pytest.fixture(scope="module")
def database_url(postgres: Postgres, request: pytest.FixtureRequest) -> str:
    return postgres.url(request.module.__name__.rpartition(".")[2].replace("test_", "notifications_"))


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """Empty ones."""
    with engine.begin() as open_:
        for table in reversed(metadata.sorted_tables):
            open_.execute(table.delete())
    return engine


@pytest.fixture(scope="module")
def slack_thread() -> Iterator[SlackThread]:
    with SlackThread() as thread:
        yield thread


def _as_seeded(slack: Slack) -> None:
    slack.world = seeded().world


@pytest.fixture
def slack(slack_thread: SlackThread) -> Control:
    slack_thread.run(_as_seeded)
    slack_thread.control.calm()
    slack_thread.control.clear_record()
    slack_thread.control.limits(enabled=False, tiers_enabled=False)
    return slack_thread.control


@pytest.fixture
def host(tables: Engine, slack: Control, redis_server: Redis) -> Host:
    """Acme and Globex, connected, nothing routed."""
    queue = f"test-{secrets.token_hex(4)}"
    made = Host(tables, make_settings(slack.url, redis_server.url(), queue=queue))
    made.connect(ACME)
    made.connect(GLOBEX)
    return made
