"""`cocoom-slack` against the demo host with the real PostgreSQL and Redis, and the stand-in Slack."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from cocoom_slack_plugin import cli
from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.commands import deployment as hosts
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.cocoom import initialise
from demo.servers import Postgres, Redis
from demo.slack.control import Control
from demo.slack.seed import seeded
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread

ROOT = Path(__file__).parents[3]
INI = """\
[app:main]
use = call:demo.cocoom.app:main
sqlalchemy.url = {database}
cocoom.tenant_url = http://{{subdomain}}.localhost:6543
cocoom.secret = only-for-tests
cocoom.plugins = slack
cocoom_slack.tenants =
    {tenants}
cocoom_slack.redis_url = {redis}
cocoom_slack.encryption_keys = test {key}
cocoom_slack.slack_url = {slack}
cocoom_slack.slack_timeout = 1
cocoom_slack.lease = 7
cocoom_slack.sweep_interval = 0.3
cocoom_slack.channel_interval = 0
cocoom_slack.queue = {queue}

[alembic]
script_location = demo.cocoom:migrations
version_locations = demo.cocoom:migrations/versions cocoom_slack_plugin:migrations/versions
path_separator = space
sqlalchemy.url = {database}
"""
LOGGING = """
[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = line

[logger_root]
level = DEBUG
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = line

[formatter_line]
format = %(levelname)s %(name)s %(message)s
"""
EVERYTHING = "* login notifications"


@pytest.fixture(scope="session")
def database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Made by the migrations of host and plugin, with the seed of the demo host."""
    url = postgres.url("connections_cli")
    ini = tmp_path_factory.mktemp("ini") / "init.ini"
    known = {"redis": "redis://127.0.0.1:1", "key": EXAMPLE_KEY, "slack": "http://127.0.0.1:1", "queue": "q"}
    ini.write_text(INI.format(database=url, tenants=EVERYTHING, **known), "utf-8")
    assert initialise.main([str(ini)]) == 0
    return url


@pytest.fixture(scope="session")
def engine(database: str) -> Iterator[Engine]:
    made = create_engine(database)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
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


@dataclass
class Deployment:
    """One INI file and what its commands leave in the database."""

    ini: Path
    engine: Engine

    def run(self, *arguments: str, given: str | None = None, env: dict[str, str] | None = None) -> Result:
        clean = {f"COCOOM_SLACK_{name}": None for name in ("BOT_TOKEN", "CLIENT_SECRET", "SIGNING_SECRET")}
        return CliRunner().invoke(
            cli.main, ["-c", str(self.ini), *arguments], input=given, env={**clean, **(env or {})}
        )

    def good(self, *arguments: str, **more: Any) -> str:
        """Run a command that works, and return what it said."""
        result = self.run(*arguments, **more)
        assert result.exit_code == 0, result.output
        return str(result.output)

    def bad(self, *arguments: str, **more: Any) -> str:
        """Run a command that is refused, and return what it said: a line, and no trace."""
        result = self.run(*arguments, **more)
        assert result.exit_code in (1, 2), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        return str(result.output)

    def connect(self, tenant: str = "acme") -> None:
        number = {"acme": 1, "globex": 2}[tenant]
        self.good(
            *("connect", tenant, "--client-id", f"100000000{number}.200000000{number}", "--stdin"),
            given=f"bot_token=xoxb-demo-{tenant}\nclient_secret={tenant}-client-secret\n",
        )

    def rows(self, table: Any) -> list[Any]:
        with Session(self.engine) as dbsession:
            return list(dbsession.execute(select(table).order_by(*table.primary_key.columns)))

    @property
    def connections(self) -> dict[str, Any]:
        return {row.tenant_id: row for row in self.rows(connection)}

    @property
    def audited(self) -> list[tuple[str, str, str]]:
        return [(row.tenant_id, row.action, row.outcome) for row in self.rows(audit)]


@pytest.fixture
def make(
    database: str, engine: Engine, slack: Control, redis_server: Redis, tmp_path: Path
) -> Callable[..., Deployment]:
    """A deployment; with other settings if wanted."""

    def made(tenants: str = EVERYTHING, logging: str = "", **changes: str) -> Deployment:
        known = {"redis": redis_server.url(), "key": EXAMPLE_KEY, "slack": slack.url, "database": database}
        ini = tmp_path / f"{secrets.token_hex(4)}.ini"
        queue = f"cli-{secrets.token_hex(4)}"
        ini.write_text(
            INI.format(**{**known, "queue": queue, "tenants": tenants, **changes}) + logging, "utf-8"
        )
        return Deployment(ini, engine)

    return made


@pytest.fixture(scope="session")
def ini(
    database: str, slack_thread: SlackThread, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Of the deployment that most tests use."""
    path = tmp_path_factory.mktemp("ini") / "host.ini"
    known = {"redis": redis_server.url(), "key": EXAMPLE_KEY, "slack": slack_thread.url, "queue": "cli"}
    path.write_text(INI.format(database=database, tenants=EVERYTHING, **known), "utf-8")
    return path


@pytest.fixture
def deployment(ini: Path, slack: Control, engine: Engine) -> Deployment:
    with engine.begin() as open_:
        for table in reversed(metadata.sorted_tables):
            open_.execute(table.delete())
    return Deployment(ini, engine)


@pytest.fixture(scope="session", autouse=True)
def _applications() -> Iterator[None]:
    """Each INI file's application is built once; a pool that nobody disposes would be a warning."""
    built: dict[str, Any] = {}

    def get_app(path: str) -> Any:
        if path not in built:
            built[path] = get_new_app(path)
        return built[path]

    get_new_app = hosts.get_app
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "get_app", get_app)
        patch.setattr(hosts.console, "width", 240)
        yield
    for application in built.values():
        application.registry.cocoom_sessionmaker.kw["bind"].dispose()


@pytest.fixture
def worker() -> Iterator[Callable[[Deployment], Path]]:
    """Start a real worker on a deployment; the path of its log."""
    started: list[subprocess.Popen[bytes]] = []

    def start(deployment: Deployment) -> Path:
        log = deployment.ini.with_suffix(".log")
        path = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
        command = [sys.executable, "-m", "cocoom_slack_plugin.cli", "-c", str(deployment.ini), "worker"]
        with log.open("ab") as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=file, cwd=log.parent, env={**os.environ, "PYTHONPATH": path}
            )
        started.append(process)
        return log

    yield start
    for process in started:
        process.terminate()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
