"""The ten lines of docs/embedding.md work as they stand, and a host that is set up wrongly is told what to do."""

from __future__ import annotations

import ast
import itertools
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from pyramid.config import Configurator
from sqlalchemy import Engine, NullPool, create_engine, func, insert, inspect, select, text
from sqlalchemy.orm import sessionmaker
from webtest import TestApp

from cocoom_hooks import Hooks, build_plugin_manager, hookimpl
from cocoom_slack_plugin import cli, pages, startup
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.login import addresses
from cocoom_slack_plugin.login.tables import login_attempt
from cocoom_slack_plugin.notifications import preferences_addresses
from cocoom_slack_plugin.testing import MemoryServices
from demo.servers import Postgres, free_port

from . import ten_lines
from .documents import document, sections

DATABASES = itertools.count()


@pytest.fixture(scope="module")
def ini(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's three files in a folder, before anything was done with them."""
    return ten_lines.write(tmp_path_factory.mktemp("host") / "files", postgres.url("embedding"))


@pytest.fixture(scope="module")
def settings(ini: Path) -> dict[str, str]:
    return ten_lines.settings(ini)


@pytest.fixture(scope="module")
def engine(settings: dict[str, str]) -> Iterator[Engine]:
    made = create_engine(settings["sqlalchemy.url"])
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def tables(ini: Path) -> None:
    """What the page's ``alembic -c host.ini upgrade heads`` makes."""
    command.upgrade(Config(ini), "heads")


@pytest.fixture(scope="module")
def host(tables: None, ini: Path, settings: dict[str, str], engine: Engine) -> Iterator[Any]:
    """The application of the ten lines. Acme's administrator has switched login on; Globex may not use it."""
    application = ten_lines.main(ini)({}, **settings)
    vault = application.registry.cocoom_slack.vault
    acme = {
        "tenant_id": "t-acme",
        "team_id": "T0ACME",
        "client_id": "1.1",
        "sealed_client_secret": vault.seal(SecretStr("not a secret"), "t-acme", SecretKind.CLIENT_SECRET),
        "login_enabled": True,
    }
    with engine.begin() as open_:
        open_.execute(insert(connection).values(acme))
    yield application
    with application.registry.cocoom_hooks.open_dbsession(None) as dbsession:
        dbsession.get_bind().dispose()


def browser(host: Any, subdomain: str) -> TestApp:
    return TestApp(host, extra_environ={"HTTP_HOST": f"{subdomain}.cocoom.test", "wsgi.url_scheme": "https"})


# --- the ten lines ---


def test_the_smallest_host_has_ten_lines() -> None:
    [main] = [each for each in ast.parse(ten_lines.HOST).body if isinstance(each, ast.FunctionDef)]
    assert main.end_lineno is not None
    assert main.end_lineno - main.lineno + 1 == 10


def test_the_tables_are_there_after_the_alembic_command_of_the_page(tables: None, engine: Engine) -> None:
    assert "alembic -c host.ini upgrade heads" in ten_lines.PAGE
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())


def test_the_host_starts_and_keeps_the_runtime_of_the_plugin(host: Any) -> None:
    assert host.registry.cocoom_slack.hooks is host.registry.cocoom_hooks


def test_the_callback_of_a_tenant_without_login_is_the_own_404_of_the_host(host: Any) -> None:
    globex = browser(host, "globex")
    oidc, nowhere = globex.get("/oidc", status=404), globex.get("/nowhere", status=404)
    assert oidc.text.replace("/oidc", "/nowhere") == nowhere.text
    assert sorted(oidc.headers) == sorted(nowhere.headers)


def test_an_address_where_no_tenant_lives_is_the_own_404_of_the_host(host: Any) -> None:
    browser(host, "nobody").get("/oidc", status=404)


def test_the_callback_of_a_tenant_with_login_is_answered_by_the_plugin(host: Any) -> None:
    refused = browser(host, "acme").get("/oidc?code=c&state=s", status=400)
    assert refused.headers["Cache-Control"] == "no-store"


def test_a_press_of_the_button_leads_to_slack_and_names_the_configured_address(host: Any) -> None:
    acme = browser(host, "acme")
    page = acme.get("/slack/sign-in")
    assert "form-action 'self' https:" in page.headers["Content-Security-Policy"]
    started = page.form.submit(headers={"Origin": "https://acme.cocoom.test"}, status=303)
    assert started.location.startswith("http://127.0.0.1:6868/openid/connect/authorize?")
    assert parse_qs(urlsplit(started.location).query)["redirect_uri"] == ["https://acme.cocoom.test/oidc"]


def test_a_sign_in_without_the_csrf_token_of_the_host_starts_nothing(host: Any, engine: Engine) -> None:
    def attempts() -> int | None:
        with engine.connect() as open_:
            return open_.scalar(select(func.count()).select_from(login_attempt))

    before = attempts()
    browser(host, "acme").post("/slack/sign-in", {"next": "/"}, status=400)
    assert attempts() == before


def test_the_command_line_finds_the_host_by_its_ini(host: Any, ini: Path) -> None:
    assert "PYTHONPATH=. cocoom-slack -c host.ini status" in ten_lines.PAGE
    done = subprocess.run(
        [sys.executable, "-m", "cocoom_slack_plugin.cli", "-c", "host.ini", "status"],
        cwd=ini.parent,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "T0ACME" in done.stdout


# --- what the page says about the rest ---


def test_the_addresses_of_the_page_are_those_of_the_plugin() -> None:
    static, preferences = f"/{pages.STATIC_PATH}", preferences_addresses.PATH
    for path in (
        addresses.SIGN_IN_PATH,
        addresses.CALLBACK_PATH,
        addresses.ACCOUNT_PATH,
        static,
        preferences,
    ):
        assert f"`{path}`" in ten_lines.PAGE


def test_the_required_services_of_the_page_are_those_that_the_start_asks_for() -> None:
    [services] = [each.text for each in sections(ten_lines.PAGE) if each.title == "Services"]
    required = services.partition("missing:")[2].partition(".")[0]
    assert required.replace("`", "").replace(",", " ").split() == [
        f"cocoom_{name}" for name in startup.NEEDED_SERVICES
    ]


def test_every_command_of_the_page_exists() -> None:
    assert "cocoom-slack -c host.ini worker" in ten_lines.PAGE
    assert {"worker", "status", "key", "connect"} <= set(cli.main.commands)


def test_every_link_to_another_page_leads_somewhere() -> None:
    for page in ("hooks.md", "settings.md", "embedding.md"):
        for name, anchor in _links(document(page)):
            titles = {_anchor(each.title) for each in sections(document(name or page))}
            assert not anchor or anchor in titles, f"{page}: {name}#{anchor}"


def _links(page: str) -> Iterator[tuple[str, str]]:
    for piece in page.split("](")[1:]:
        name, _, anchor = piece.partition(")")[0].partition("#")
        if not name.startswith("http"):
            yield name, anchor


def _anchor(title: str) -> str:
    kept = "".join(each for each in title.lower() if each.isalnum() or each in " -_")
    return kept.replace(" ", "-")


# --- set up wrongly ---


def problems(settings: dict[str, str], hooks: Hooks | None) -> tuple[str, ...]:
    """What a host with these settings and hooks is told instead of starting."""
    config = Configurator(settings=settings)
    if hooks is not None:
        config.registry.cocoom_hooks = hooks
    with pytest.raises(ConfigurationError) as refused:
        _start(config)
    for problem in refused.value.problems:
        assert f"\n  - {problem}" in str(refused.value)
    return refused.value.problems


def _start(config: Any) -> Any:
    config.include("cocoom_slack_plugin")
    return config.make_wsgi_app()


def hooks_on(url: str, *, enabled: tuple[str, ...] = ("slack",)) -> Hooks:
    services = MemoryServices(sessionmaker(create_engine(url, poolclass=NullPool)))
    return Hooks(build_plugin_manager(enabled, {"host": services}))


def explained(problem: str, row: int) -> None:
    """The table at the end of the page says this, in this row; the words may be shortened at their end."""
    [table] = [each for each in sections(ten_lines.PAGE) if each.title == "When it does not start"]
    assert problem.startswith(table.rows[row]["what it says"])


def test_a_host_without_hooks_is_told_where_to_put_them(settings: dict[str, str]) -> None:
    [problem] = problems(settings, None)
    assert problem == "the host must store its cocoom_hooks.Hooks as registry.cocoom_hooks first"
    explained(problem, row=0)


def test_a_host_that_did_not_enable_the_plugin_is_told_its_name(settings: dict[str, str]) -> None:
    [problem] = problems(settings, hooks_on(settings["sqlalchemy.url"], enabled=()))
    assert problem == "the host's plugin manager was built without the plugin 'slack'"
    explained(problem, row=1)


def test_a_host_without_services_is_told_all_of_them_at_once(settings: dict[str, str]) -> None:
    class Little:
        @hookimpl
        def cocoom_find_tenant(self) -> None:
            return None

    found = problems(settings, Hooks(build_plugin_manager(["slack"], {"host": Little()})))
    missing = [name for name in startup.NEEDED_SERVICES if name != "find_tenant"]
    assert list(found) == [f"the host does not implement the service cocoom_{name}" for name in missing]
    for problem in found:
        explained(problem, row=2)


def test_wrong_settings_are_all_told_at_once_with_the_nearest_name_and_without_a_value(
    settings: dict[str, str],
) -> None:
    wrong = {
        **settings,
        "cocoom_slack.redis_url": "",
        "cocoom_slack.slack_timout": "5",
        "cocoom_slack.queue": "no good name",
        "cocoom_slack.verify_tables": "yess",
        "cocoom_slack.lanes_in_flight": "many",
        "cocoom_slack.encryption_keys": "mine hidden-hidden-hidden",
    }
    found = problems(wrong, hooks_on(settings["sqlalchemy.url"]))
    assert len(found) == 6
    told = "\n".join(found)
    assert "cocoom_slack.redis_url is missing" in told
    assert "unknown setting cocoom_slack.slack_timout; did you mean cocoom_slack.slack_timeout?" in told
    for name in ("queue", "verify_tables", "lanes_in_flight", "encryption_keys"):
        assert f"cocoom_slack.{name}: " in told
    for value in ("no good name", "yess", "many", "hidden-hidden"):
        assert value not in told


def test_missing_tables_stop_the_start_and_name_the_alembic_command(
    postgres: Postgres, settings: dict[str, str]
) -> None:
    url = postgres.url(f"empty_{next(DATABASES)}")
    [problem] = problems(settings, hooks_on(url))
    assert problem.startswith("these tables are missing: cocoom_slack_audit, ")
    assert "`alembic upgrade heads`" in problem
    assert "cocoom_slack_plugin:migrations/versions" in problem


def test_tables_of_an_older_version_stop_the_start_and_name_the_alembic_command(
    postgres: Postgres, settings: dict[str, str]
) -> None:
    url = postgres.url(f"old_{next(DATABASES)}")
    old = create_engine(url)
    metadata.create_all(old)
    with old.begin() as open_:
        open_.execute(text("ALTER TABLE cocoom_slack_lane DROP COLUMN fence"))
    old.dispose()
    [problem] = problems(settings, hooks_on(url))
    assert problem.startswith("table cocoom_slack_lane lacks fence; ")
    assert "`alembic upgrade heads`" in problem


def test_a_host_may_start_without_tables_when_its_operator_says_so(
    postgres: Postgres, settings: dict[str, str]
) -> None:
    config = Configurator(settings={**settings, "cocoom_slack.verify_tables": "no"})
    config.registry.cocoom_hooks = hooks_on(postgres.url(f"empty_{next(DATABASES)}"))
    _start(config)


def test_a_database_that_is_down_at_the_start_is_only_warned_of(
    settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    down = f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/nobody?password=hidden-hidden"
    config = Configurator(settings=settings)
    config.registry.cocoom_hooks = hooks_on(down)
    with caplog.at_level(logging.WARNING, "cocoom_slack_plugin"):
        _start(config)
    [record] = [each for each in caplog.records if each.name == "cocoom_slack_plugin.startup"]
    assert record.levelno == logging.WARNING
    assert "could not be looked at" in record.getMessage()
    assert "hidden-hidden" not in caplog.text
