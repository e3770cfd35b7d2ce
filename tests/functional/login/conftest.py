"""One PostgreSQL and one stand-in Slack for the session; for each test empty tables, calm, and the same two bases."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.login.tables import login_attempt, login_identity
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.servers import Postgres
from demo.slack.seed import seeded
from demo.slack.thread import SlackThread

from .host import ACME, GLOBEX, People, make_host
from .visitor import Visitor


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "storm: hundreds of sign-ins on many threads; a quarter of a minute or more"
    )


SECRETS = {"acme": "acme-client-secret", "globex": "globex-client-secret"}
APPS = {
    "acme": ("T0ACME", "Acme Workspace", "1000000001.2000000001"),
    "globex": ("T0GLOBEX", "Globex Workspace", "1000000002.2000000002"),
}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("servers") / "postgres"
    with Postgres(folder, options={"fsync": "off"}) as server:
        assert isinstance(server, Postgres)
        made = create_engine(server.url("login"), pool_size=20)
        metadata.create_all(made)
        yield made
        made.dispose()


@pytest.fixture(scope="session")
def slack_thread() -> Iterator[SlackThread]:
    slack = seeded([f"{ACME.url}/oidc"], [f"{GLOBEX.url}/oidc"])
    with SlackThread(slack) as thread:
        yield thread


@pytest.fixture
def slack(slack_thread: SlackThread) -> SlackThread:
    slack_thread.control.calm()
    slack_thread.control.clear_record()
    slack_thread.control.limits(enabled=False, tiers_enabled=False)
    slack_thread.control.approve_as("U0ALICE", team="T0ACME", app="A0ACME")
    slack_thread.control.approve_as("U0GINA", team="T0GLOBEX", app="A0GLOBEX")
    return slack_thread


@dataclass
class Rows:
    """What is in the plugin's tables."""

    engine: Engine

    def _all(self, table: Any) -> list[Any]:
        with Session(self.engine) as session:
            # In the order of writing; without it PostgreSQL gives them as it likes.
            return list(session.execute(select(table).order_by(*table.primary_key)))

    @property
    def audit(self) -> list[Any]:
        return self._all(audit)

    @property
    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.audit]

    @property
    def attempts(self) -> list[Any]:
        return self._all(login_attempt)

    @property
    def identities(self) -> list[Any]:
        return self._all(login_identity)

    @property
    def persons(self) -> list[Any]:
        return self._all(person)

    def run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.fixture
def rows(engine: Engine) -> Rows:
    vault = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
    with engine.begin() as open_:
        for table in metadata.sorted_tables:
            open_.execute(table.delete())
        for tenant, (team, name, client_id) in APPS.items():
            sealed = vault.seal(SecretStr(SECRETS[tenant]), tenant, SecretKind.CLIENT_SECRET)
            open_.execute(
                insert(connection).values(
                    tenant_id=tenant,
                    team_id=team,
                    team_name=name,
                    client_id=client_id,
                    sealed_client_secret=sealed,
                    login_enabled=True,
                )
            )
    return Rows(engine)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def application(engine: Engine, people: People, slack: SlackThread, rows: Rows) -> Any:
    return make_host(engine, people, slack.url)


@pytest.fixture
def visitor(application: Any) -> Callable[[Tenant], Visitor]:
    return lambda tenant: Visitor(application, tenant)


@pytest.fixture
def acme(visitor: Callable[[Tenant], Visitor]) -> Visitor:
    return visitor(ACME)


@pytest.fixture
def globex(visitor: Callable[[Tenant], Visitor]) -> Visitor:
    return visitor(GLOBEX)


@pytest.fixture
def alice(people: People) -> User:
    """Active at Acme under the address that Slack tells for U0ALICE."""
    return people.add(ACME, "u-alice", "alice@acme.example")


@pytest.fixture
def token_calls(slack: SlackThread) -> Callable[[], int]:
    return lambda: len(slack.control.requests("openid.connect.token"))


CANARIES = (
    *SECRETS.values(),
    "xoxp-",
    # How the header of a JWT begins; "eyJ" alone also turns up in random states and nonces.
    "eyJ0eXAi",
    "eyJhbGci",
    "alice@acme.example",
    "U0ALICE",
    "Traceback",
)


@pytest.fixture
def refused(rows: Rows, people: People, caplog: pytest.LogCaptureFixture) -> Callable[..., Any]:
    """Assert all of REFUSED(code) of security.md A3 about an answer."""
    caplog.set_level("DEBUG")

    def check(answer: Any, code: str, *, tenant: str = "acme", records: int = 1, left_bound: int = 0) -> Any:
        assert answer.status_int in (400, 403, 503), answer.status
        assert rows.outcomes.count(code) == 1, rows.outcomes
        assert len(rows.audit) == records
        record = next(row for row in rows.audit if row.outcome == code)
        assert (record.tenant_id, record.action, record.actor) == (tenant, "login.sign_in", None)
        assert record.correlation_id in answer.text
        assert "Set-Cookie" not in answer.headers
        accepted = [row for row in rows.audit if row.outcome == "ok"]
        bound = len([row for row in accepted if row.detail.get("first_time")])
        assert len(rows.identities) == bound + left_bound
        assert len(people.begun) == len(accepted)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        mine = [each for each in caplog.records if each.name.startswith(("cocoom", "social", "urllib3"))]
        logged = "\n".join(f"{each.getMessage()} {each.exc_text or ''}" for each in mine)
        for canary in CANARIES:
            assert canary not in answer.text
            assert canary not in str(rows.audit)
            assert canary not in logged
        return answer

    return check
