"""The bases, people and stand-in of the functional tests, over this run's own database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from cocoom_slack_plugin.database import metadata
from demo.servers import Postgres
from tests.functional.login.conftest import alice, application, people, rows, slack, slack_thread, token_calls

__all__ = ["alice", "application", "engine", "people", "rows", "slack", "slack_thread", "token_calls"]


@pytest.fixture(scope="session")
def engine(postgres: Postgres) -> Iterator[Engine]:
    made = create_engine(postgres.url("login_property"), pool_size=20)
    metadata.create_all(made)
    yield made
    made.dispose()
