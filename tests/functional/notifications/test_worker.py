"""The worker as the operator runs it: a process, killed and stopped by real signals, with servers that come and go."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis as Client
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.jobs import deliver
from cocoom_slack_plugin.notifications.tables import notice, route
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.cocoom import initialise
from demo.servers import Postgres, Redis
from demo.slack.control import Control

from .host import ACME, VAULT, make_engine, shared, titles

POST = "chat.postMessage"
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
INI = """\
[app:main]
use = call:demo.cocoom.app:main
sqlalchemy.url = {database}
cocoom.tenant_url = http://{{subdomain}}.localhost:6543
cocoom.secret = only-for-tests
cocoom.plugins = slack
cocoom_slack.tenants = * notifications
cocoom_slack.redis_url = {redis}
cocoom_slack.encryption_keys = test {key}
cocoom_slack.slack_url = {slack}
cocoom_slack.slack_timeout = 2
cocoom_slack.lease = 7
cocoom_slack.sweep_interval = 0.3
cocoom_slack.channel_interval = 0
cocoom_slack.digest_size = 1
cocoom_slack.queue = {queue}

[alembic]
script_location = demo.cocoom:migrations
version_locations = demo.cocoom:migrations/versions cocoom_slack_plugin:migrations/versions
path_separator = space
sqlalchemy.url = {database}
"""


def until(happened: Callable[[], Any], what: str = "") -> Any:
    """Wait for a condition and return what it was."""
    deadline = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < deadline, what or "it did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis of our own, which may be stopped and wiped."""
    with Redis(tmp_path_factory.mktemp("worker") / "redis", options={"appendonly": "no"}) as server:
        yield server


@pytest.fixture(scope="module")
def database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Made by the migrations, as in production."""
    url = postgres.url("notifications_worker_process")
    ini = tmp_path_factory.mktemp("ini") / "init.ini"
    ini.write_text(INI.format(database=url, redis="redis://127.0.0.1:1", key="", slack="", queue=""), "utf-8")
    assert initialise.main([str(ini)]) == 0
    return url


class Workers:
    """Processes of `cocoom-slack worker` on one queue, and the outbox that feeds them."""

    def __init__(self, ini: Path, engine: Engine, queue: str) -> None:
        self.ini, self.engine, self.queue = ini, engine, queue
        self.started: list[subprocess.Popen[bytes]] = []
        self.log = ini.parent / "worker.log"

    def start(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
        command = [sys.executable, "-m", "cocoom_slack_plugin.cli", "-c", str(self.ini), "worker"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.ini.parent, env={**os.environ, "PYTHONPATH": path}
            )
        self.started.append(process)
        until(
            lambda: self.log.read_bytes().count(b"serving the queue") >= len(self.started),
            "no worker started",
        )
        return process

    def share(self, title: str, event_id: str = "") -> None:
        """As the hook does in the host's transaction; nobody rings, the sweeper finds it."""
        with outbox_session(self.engine) as dbsession:
            outbox.record(dbsession, "share_published", shared(title, event_id=event_id))

    def states(self) -> list[str]:
        with self.engine.connect() as open_:
            return list(open_.scalars(select(notice.c.state).order_by(notice.c.id)))

    def stop_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()


@contextmanager
def outbox_session(engine: Engine) -> Iterator[Any]:
    with Session(engine) as dbsession, dbsession.begin():
        yield dbsession


@pytest.fixture
def workers(database: str, cache: Redis, slack: Control, tmp_path: Path) -> Iterator[Workers]:
    engine = make_engine(database)
    with engine.begin() as open_:
        for table in reversed(metadata.sorted_tables):
            open_.execute(table.delete())
        open_.execute(
            insert(connection).values(
                tenant_id=ACME.id,
                team_id="T0ACME",
                sealed_bot_token=VAULT.seal(SecretStr("xoxb-demo-acme"), ACME.id, SecretKind.BOT_TOKEN),
                notifications_enabled=True,
            )
        )
        open_.execute(
            insert(route).values(
                tenant_id=ACME.id, effect="tell", kinds=["publications", "shares"], channel="C0NEWS"
            )
        )
    queue = f"worker-{secrets.token_hex(4)}"
    ini = tmp_path / "host.ini"
    known = {
        "database": database,
        "redis": cache.url(),
        "key": EXAMPLE_KEY,
        "slack": slack.url,
        "queue": queue,
    }
    ini.write_text(INI.format(**known), "utf-8")
    made = Workers(ini, engine, queue)
    yield made
    made.stop_all()
    engine.dispose()


def test_a_worker_that_is_killed_in_the_middle_of_a_delivery_loses_nothing(
    workers: Workers, slack: Control
) -> None:
    """F06: the lease runs out, and another worker sends it, once."""
    slack.fault("hang", POST, times=1, seconds=120)
    first = workers.start()
    for number in range(3):
        workers.share(str(number))
    until(lambda: slack.requests(POST), "nothing was sent")
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=PATIENCE)
    killed_at = time.monotonic()
    workers.start()
    messages = until(lambda: len(found := slack.messages("T0ACME", "news")) == 3 and found, "not delivered")
    assert titles(messages) == ["0", "1", "2"]
    assert time.monotonic() - killed_at > 3, "the lease of the killed one was not respected"
    until(lambda: workers.states() == ["sent"] * 3)
    assert slack.duplicates() == {}


def test_a_worker_that_is_killed_after_slack_took_the_message_sends_one_double(
    workers: Workers, slack: Control
) -> None:
    """F07"""
    slack.fault("hang_after", POST, times=1, seconds=120)
    first = workers.start()
    for number in range(2):
        workers.share(str(number), event_id=f"e{number}")
    until(lambda: slack.messages("T0ACME", "news"), "nothing was sent")
    first.kill()
    first.wait(timeout=PATIENCE)
    workers.start()
    until(lambda: workers.states() == ["sent"] * 2, "not delivered")
    assert titles(slack.messages("T0ACME", "news")) == ["0", "0", "1"]
    assert slack.duplicates() == {"e0": 2}


def test_a_worker_that_is_asked_to_end_finishes_what_is_under_way(workers: Workers, slack: Control) -> None:
    """F10"""
    slack.settings(latency_ms=800)
    worker = workers.start()
    workers.share("News")
    until(lambda: slack.requests(POST), "nothing was sent")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0
    assert workers.states() == ["sent"]
    with workers.engine.connect() as open_:
        assert open_.scalar(text("SELECT count(*) FROM cocoom_slack_message WHERE outcome <> 'sent'")) == 0
        assert open_.scalar(text("SELECT count(*) FROM cocoom_slack_lane WHERE lease_until IS NOT NULL")) == 0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_ends_at_once_with_status_0(workers: Workers, sign: signal.Signals) -> None:
    worker = workers.start()
    workers.share("News")
    until(lambda: workers.states() == ["sent"], "the worker does not work")
    worker.send_signal(sign)
    assert worker.wait(timeout=PATIENCE) == 0
    assert b"Traceback" not in workers.log.read_bytes()


def test_without_redis_the_sweeper_delivers(workers: Workers, slack: Control) -> None:
    """F12: no queue at all, from the first moment on; what happens is told all the same."""
    ini = workers.ini.read_text("utf-8")
    nowhere = re.sub(
        r"(?m)^cocoom_slack.redis_url = .*$", "cocoom_slack.redis_url = redis://127.0.0.1:1/0", ini
    )
    workers.ini.write_text(nowhere, "utf-8")
    process = workers.start()
    for number in range(3):
        workers.share(str(number))
    until(lambda: workers.states() == ["sent"] * 3, "not delivered")
    assert titles(slack.messages("T0ACME", "news")) == ["0", "1", "2"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0


def test_a_redis_that_is_wiped_between_ring_and_delivery_loses_nothing(
    workers: Workers, slack: Control, cache: Redis
) -> None:
    """F16: the sweeper rings again."""
    slack.settings(latency_ms=1000)
    workers.start()
    workers.share("first")
    until(lambda: slack.requests(POST), "nothing was sent")
    workers.share("second")
    with Client.from_url(cache.url()) as client:
        client.flushall()
    until(lambda: workers.states() == ["sent"] * 2, "not delivered")
    assert titles(slack.messages("T0ACME", "news")) == ["first", "second"]


def test_a_redis_that_goes_and_comes_back_empty_does_not_end_the_worker(
    workers: Workers, slack: Control, cache: Redis
) -> None:
    """F11"""
    worker = workers.start()
    workers.share("before")
    until(lambda: workers.states() == ["sent"], "not delivered")
    cache.stop(signal.SIGKILL)
    workers.share("meanwhile")
    cache.start()
    workers.share("after")
    until(lambda: workers.states() == ["sent"] * 3, "not delivered")
    assert titles(slack.messages("T0ACME", "news")) == ["before", "meanwhile", "after"]
    assert worker.poll() is None
    worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0


def test_a_worker_that_starts_before_redis_waits_for_it(workers: Workers, cache: Redis) -> None:
    cache.stop()
    worker = workers.start()
    workers.share("News")
    until(lambda: b"Redis is away" in workers.log.read_bytes(), "nothing was said")
    cache.start()
    until(lambda: workers.states() == ["sent"], "not delivered")
    assert worker.poll() is None


def test_two_workers_share_the_work_and_send_everything_once(workers: Workers, slack: Control) -> None:
    workers.start()
    workers.start()
    for number in range(20):
        workers.share(f"{number:02}")
    until(lambda: workers.states() == ["sent"] * 20, "not delivered")
    assert titles(slack.messages("T0ACME", "news")) == [f"{number:02}" for number in range(20)]
    assert slack.duplicates() == {}


def test_a_bare_rq_worker_is_told_who_serves_this_queue() -> None:
    with pytest.raises(ConfigurationError, match="served by `cocoom-slack worker`"):
        deliver()
