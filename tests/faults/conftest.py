"""For each module a database, a Redis and a stand-in Slack of its own; for each test a deployment with empty tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.cocoom import initialise
from demo.servers import Postgres, Redis
from demo.slack.control import Control
from demo.slack.seed import seeded
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread

from .deployment import KEY, Deployment, write_ini


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "storm: long and loud; COCOOM_STORM_SECONDS says how long")


def initialised(postgres: Postgres, name: str, folder: Path) -> str:
    """The URL of a database with the host's and the plugin's tables, made by the migrations as in production."""
    url = postgres.url(name)
    given = {"encryption_keys": f"test {KEY}", "redis_url": "redis://127.0.0.1:1/0"}
    assert initialise.main([str(write_ini(folder / "initialise.ini", url, given))]) == 0
    return url


@pytest.fixture(scope="module")
def database(
    postgres: Postgres, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    name = request.module.__name__.rpartition(".")[2].replace("test_", "faults_")
    return initialised(postgres, name, tmp_path_factory.mktemp("ini"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis that may be stopped and wiped."""
    with Redis(tmp_path_factory.mktemp("cache") / "redis", options={"appendonly": "no"}) as server:
        yield server


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
def deployment(database: str, cache: Redis, slack: Control, tmp_path: Path) -> Iterator[Deployment]:
    """Both bases connected, nothing told, no worker."""
    made = Deployment(tmp_path, database, cache.url(), slack)
    made.connect()
    yield made
    made.end()
