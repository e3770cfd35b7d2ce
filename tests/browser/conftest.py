"""The whole product behind real HTTP, and the system's Chromium in front of it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr
from waitress.server import create_server

from cocoom_slack_plugin.connections import connect, connection
from cocoom_slack_plugin.connections.connect import Credentials, Proof
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from cocoom_slack_plugin.switches import Function
from demo.cocoom import initialise
from demo.cocoom.app import make_application
from demo.servers import Postgres, free_port
from demo.slack.thread import SlackThread

INI = """\
[app:main]
use = call:demo.cocoom.app:main
sqlalchemy.url = {url}
cocoom.tenant_url = http://{{subdomain}}.localhost:1
cocoom.secret = only-for-tests

[alembic]
script_location = demo.cocoom:migrations
version_locations = demo.cocoom:migrations/versions cocoom_slack_plugin:migrations/versions
path_separator = space
sqlalchemy.url = {url}
"""


@dataclass(frozen=True)
class Product:
    """Where the bases live, and Slack's stand-in."""

    port: int
    slack: SlackThread

    def address(self, subdomain: str) -> str:
        return f"http://{subdomain}.localhost:{self.port}"


@pytest.fixture(scope="session")
def database_url(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = postgres.url("browser")
    ini = tmp_path_factory.mktemp("ini") / "host.ini"
    ini.write_text(INI.format(url=url), encoding="utf-8")
    initialise.main([str(ini)])
    return url


@pytest.fixture(scope="package")
def product(database_url: str) -> Iterator[Product]:
    port = free_port()
    with SlackThread() as slack:
        slack.control.set_redirect_urls("A0ACME", f"http://acme.localhost:{port}/oidc")
        application = make_application(_settings(database_url, port, slack.url))
        _connect(Runtime.of(application))
        server = create_server(application, host="127.0.0.1", port=port)
        thread = threading.Thread(target=_serve, args=(server,), daemon=True)
        thread.start()
        yield Product(port, slack)
        server.close()
        thread.join(timeout=10)
        application.registry.cocoom_sessionmaker.kw["bind"].dispose()


def _serve(server: Any) -> None:
    # Closing the server takes its sockets from under its select.
    with suppress(OSError):
        server.run()


def _settings(database_url: str, port: int, slack_url: str) -> dict[str, str]:
    return {
        "sqlalchemy.url": database_url,
        "cocoom.plugins": "slack",
        "cocoom.tenant_url": f"http://{{subdomain}}.localhost:{port}",
        "cocoom.secret": "only-for-tests",
        "cocoom_slack.tenants": "acme login notifications\nglobex notifications",
        "cocoom_slack.redis_url": "redis://127.0.0.1:1/0",
        "cocoom_slack.slack_url": slack_url,
        "cocoom_slack.encryption_keys": f"example {EXAMPLE_KEY}",
    }


def _connect(runtime: Runtime) -> None:
    secret = SecretStr("acme-client-secret")
    given = Credentials(client_id="1000000001.2000000001", client_secret=secret, team_id="T0ACME")
    with transaction(runtime.hooks) as dbsession:
        connect.save(dbsession, runtime.vault, "t-acme", Proof(given, None, "T0ACME"), "test")
        seen = connection.get(dbsession, "t-acme")
        connect.switch(dbsession, seen, Function.LOGIN, True, "test")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # No longer than for these tests: Playwright keeps an event loop running, beside which no other can run.
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.skip("no chromium on PATH: `apt-get install chromium`, or let .ci/run do it")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh browser profile. A complaint of the browser, such as one about CSP, fails the test."""
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    # A refusal's page has a status of its own, which the browser mentions too.
    assert not [each for each in complaints if "the server responded with a status of 4" not in each]


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path:
    """Where a test leaves its screenshots: build/screenshots."""
    folder = Path(str(request.config.rootpath)) / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
