"""One PostgreSQL and the real application for all, freshly planted bases and browsers for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker
from webtest import TestApp

from cocoom_hooks import Hooks
from demo.cocoom import initialise, passwords
from demo.cocoom.app import make_application
from demo.cocoom.seed import plant
from demo.cocoom.tables import BaseRow
from demo.servers import Postgres

from .browser import Browser
from .recorder import Recorder

INI = """\
[app:main]
use = call:demo.cocoom.app:main
sqlalchemy.url = {url}
cocoom.tenant_url = http://{{subdomain}}.localhost:6543
cocoom.secret = only-for-tests
cocoom.plugins =

[alembic]
script_location = demo.cocoom:migrations
version_locations = demo.cocoom:migrations/versions
path_separator = space
sqlalchemy.url = {url}
"""


@pytest.fixture(scope="session")
def database_url(postgres: Postgres) -> str:
    return postgres.url("demo_cocoom")


@pytest.fixture(scope="session")
def ini(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ini") / "development.ini"
    path.write_text(INI.format(url=database_url), encoding="utf-8")
    initialise.main([str(path)])
    return path


@pytest.fixture(scope="session")
def settings(ini: Path, database_url: str) -> dict[str, str]:
    return {
        "sqlalchemy.url": database_url,
        "cocoom.tenant_url": "http://{subdomain}.localhost:6543",
        "cocoom.secret": "only-for-tests",
    }


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(passwords.COST, "n", 2)
        yield


@pytest.fixture(scope="session")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def application(settings: dict[str, str], recorder: Recorder) -> Iterator[Any]:
    application = make_application(settings, {"recorder": recorder})
    yield application
    application.registry.cocoom_sessionmaker.kw["bind"].dispose()


@pytest.fixture(scope="session")
def sessions(application: Any) -> sessionmaker[Session]:
    made: sessionmaker[Session] = application.registry.cocoom_sessionmaker
    return made


@pytest.fixture(scope="session")
def hooks(application: Any) -> Hooks:
    found: Hooks = application.registry.cocoom_hooks
    return found


@pytest.fixture(autouse=True)
def _planted(sessions: sessionmaker[Session], recorder: Recorder) -> None:
    recorder.forget()
    with sessions.begin() as dbsession:
        dbsession.execute(delete(BaseRow))  # everything belongs to a base
        plant(dbsession)


@pytest.fixture
def dbsession(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session of its own, for looking at what was committed."""
    with sessions() as dbsession:
        yield dbsession


@pytest.fixture
def browse(application: Any) -> Callable[..., Browser]:
    """``browse()`` is a stranger at acme, ``browse("bob")`` is Bob, signed in."""

    def browse(person: str = "", subdomain: str = "acme") -> Browser:
        host = f"{subdomain}.localhost:6543"
        browser = Browser(TestApp(application, extra_environ={"HTTP_HOST": host}))
        if person:
            browser.sign_in(f"{person}@{subdomain}.example")
        return browser

    return browse
