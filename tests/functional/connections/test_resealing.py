"""`cocoom-slack rotate-keys`: every stored secret is sealed with the first key, beside everybody who uses them."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.connections import resealing
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault, key_id_of
from cocoom_slack_plugin.notifications.tables import notice
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.slack.control import Control

from .conftest import Deployment
from .telling import tell
from .terminal import at_a_terminal

NEW_KEY = base64.b64encode(bytes(range(1, 33))).decode()
BOTH = f"\n    new {NEW_KEY}\n    test {EXAMPLE_KEY}"
OLD, NEW = (SecretBytes(base64.b64decode(key)) for key in (EXAMPLE_KEY, NEW_KEY))
OLD_VAULT, BOTH_VAULT, NEW_VAULT = Vault({"test": OLD}), Vault({"new": NEW, "test": OLD}), Vault({"new": NEW})

Make = Callable[..., Deployment]


@pytest.fixture
def rotated(make: Make, deployment: Deployment) -> Deployment:
    """Two bases connected with the old key; the ring of this deployment has a new one on top."""
    for tenant in ("acme", "globex"):
        deployment.connect(tenant)
    return _with_ring(make, BOTH)


def _with_ring(make: Make, ring: str) -> Deployment:
    made = make()
    text = made.ini.read_text("utf-8")
    made.ini.write_text(
        text.replace(f"encryption_keys = test {EXAMPLE_KEY}", f"encryption_keys = {ring}"), "utf-8"
    )
    return made


def _keys(deployment: Deployment) -> dict[str, int]:
    with Session(deployment.engine) as dbsession:
        return resealing.in_use(dbsession)


def _many(engine: Engine, count: int) -> None:
    """Connections of that many bases, each with a client secret and a bot token under the old key."""
    rows = []
    for number in range(count):
        tenant = f"t-{number:05}"
        secrets = {
            kind: OLD_VAULT.seal(SecretStr(f"secret-{number}-{kind}"), tenant, kind) for kind in SecretKind
        }
        rows.append(
            {
                "tenant_id": tenant,
                "team_id": "T1",
                "sealed_client_secret": secrets[SecretKind.CLIENT_SECRET],
                "sealed_bot_token": secrets[SecretKind.BOT_TOKEN],
            }
        )
    with engine.begin() as open_:
        open_.execute(insert(connection), rows)


def test_everything_is_sealed_with_the_first_key_and_opens_without_the_old_one(rotated: Deployment) -> None:
    said = rotated.good("rotate-keys")
    assert "4 of 4 secrets" in said, "progress"
    assert "4 secrets of 4 were sealed anew with the key new" in said
    assert "no secret needs test any more: remove from cocoom_slack.encryption_keys once every host" in said
    assert _keys(rotated) == {"new": 4}
    row = rotated.connections["t-acme"]
    token = NEW_VAULT.open(row.sealed_bot_token, "t-acme", SecretKind.BOT_TOKEN)
    assert token.get_secret_value() == "xoxb-demo-acme"
    secret = NEW_VAULT.open(row.sealed_client_secret, "t-acme", SecretKind.CLIENT_SECRET)
    assert secret.get_secret_value() == "acme-client-secret"
    assert row.bot_token_fingerprint == NEW_VAULT.fingerprint(token)


def test_the_version_stays_so_that_nobodys_form_is_refused(rotated: Deployment) -> None:
    before = {key: row.version for key, row in rotated.connections.items()}
    rotated.good("rotate-keys")
    assert {key: row.version for key, row in rotated.connections.items()} == before


def test_it_is_recorded_for_each_base(rotated: Deployment) -> None:
    rotated.good("rotate-keys")
    records = [row for row in rotated.rows(audit) if row.action == "connection.rotate_keys"]
    assert [row.tenant_id for row in records] == ["t-acme", "t-globex"]
    change = {"before": "test", "after": "new"}
    assert records[0].detail == {"changes": {"key_of_bot_token": change, "key_of_client_secret": change}}
    assert records[0].actor.startswith("cli:")


def test_a_dry_run_changes_nothing(rotated: Deployment) -> None:
    before = rotated.connections, len(rotated.rows(audit))
    said = rotated.good("rotate-keys", "--dry-run")
    assert "4 secrets of 4 would be sealed anew with the key new" in said
    assert "remove" not in said
    assert (rotated.connections, len(rotated.rows(audit))) == before


def test_again_there_is_nothing_to_do(rotated: Deployment) -> None:
    rotated.good("rotate-keys")
    before = rotated.connections
    assert "0 secrets of 4 were sealed anew" in rotated.good("rotate-keys")
    assert rotated.connections == before


def test_without_connections(deployment: Deployment) -> None:
    assert "0 secrets of 0 were sealed anew with the key test" in deployment.good("rotate-keys")


@pytest.mark.parametrize(
    ("stored", "key"),
    [("v1.gone.xxxx", "gone"), ("v1.test.xxxx", "test"), ("v1.new.xxxx", "new"), ("xoxb-in-clear", "")],
)
def test_what_cannot_be_opened_is_named_without_its_value_and_the_rest_is_done(
    rotated: Deployment, engine: Engine, stored: str, key: str
) -> None:
    with engine.begin() as open_:
        globex = update(connection).where(connection.c.tenant_id == "t-globex")
        open_.execute(globex.values(sealed_bot_token=stored))
    for arguments in (("rotate-keys", "--dry-run"), ("rotate-keys",), ("rotate-keys",)):
        said = rotated.bad(*arguments)
        assert f"cannot be opened: the bot token of t-globex, sealed with the key {key!r}" in said
        assert "or connect the base again" in said
        assert "xxxx" not in said
        assert "in-clear" not in said
    assert rotated.connections["t-globex"].sealed_bot_token == stored
    assert key_id_of(rotated.connections["t-globex"].sealed_client_secret) == "new"
    assert _keys(rotated)["new"] == 3 + (key == "new")
    assert ("the key test is still needed, for 1 secret" in said) == (key == "test")


def test_many_are_done_in_pages_with_a_line_each(deployment: Deployment, make: Make, engine: Engine) -> None:
    _many(engine, 120)
    said = _with_ring(make, BOTH).good("rotate-keys")
    assert [line for line in said.splitlines() if line.endswith(" of 240 secrets")] == [
        "100 of 240 secrets",
        "200 of 240 secrets",
        "240 of 240 secrets",
    ]
    assert _keys(deployment) == {"new": 240}


def test_at_a_terminal_there_is_a_bar(rotated: Deployment) -> None:
    said = at_a_terminal(rotated, ("rotate-keys",))
    assert "4/4" in said
    assert "4 of 4 secrets" not in said
    assert "4 secrets of 4 were sealed anew" in said


def test_what_was_interrupted_goes_on_where_it_ended(deployment: Deployment, engine: Engine) -> None:
    _many(engine, 120)
    hooks = _hooks(engine)
    first = resealing.reseal(hooks, BOTH_VAULT, "cli:one")
    assert next(first).resealed == 100
    first.close()
    assert _keys(deployment) == {"new": 100, "test": 140}
    *_, tally = resealing.reseal(hooks, BOTH_VAULT, "cli:two")
    assert (tally.seen, tally.resealed) == (240, 140)
    assert _keys(deployment) == {"new": 240}


def test_a_secret_that_somebody_saves_meanwhile_is_not_overwritten(
    deployment: Deployment, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing, in a transaction of somebody else."""
    _many(engine, 2)
    kind = SecretKind.BOT_TOKEN
    saved = OLD_VAULT.seal(SecretStr("xoxb-saved-meanwhile"), "t-00000", kind)
    page = resealing._page

    def page_and_be_overtaken(dbsession: Session, after: str) -> Any:
        found = page(dbsession, after)
        if found:
            with engine.begin() as open_:
                mine = update(connection).where(connection.c.tenant_id == "t-00000")
                open_.execute(mine.values(sealed_bot_token=saved))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(resealing, "_page", page_and_be_overtaken)
        *_, tally = resealing.reseal(_hooks(engine), BOTH_VAULT, "cli:one")
    assert (tally.resealed, tally.overtaken) == (3, 1)
    assert deployment.connections["t-00000"].sealed_bot_token == saved
    *_, tally = resealing.reseal(_hooks(engine), BOTH_VAULT, "cli:one")
    opened = NEW_VAULT.open(deployment.connections["t-00000"].sealed_bot_token, "t-00000", kind)
    assert (tally.resealed, opened.get_secret_value()) == (1, "xoxb-saved-meanwhile")


def test_beside_a_worker_everything_arrives(
    rotated: Deployment, worker: Callable[[Deployment], Path], slack: Control, engine: Engine
) -> None:
    worker(rotated)
    for _ in range(5):
        tell(engine, "C0NEWS", "C0GENERAL")
        rotated.good("rotate-keys")
        with engine.begin() as open_:
            sealed = OLD_VAULT.seal(SecretStr("xoxb-demo-acme"), "t-acme", SecretKind.BOT_TOKEN)
            mine = update(connection).where(connection.c.tenant_id == "t-acme")
            open_.execute(mine.values(sealed_bot_token=sealed))
    _until(lambda: {row.state for row in rotated.rows(notice)} == {"sent"})
    assert set(slack.posted().values()) == {1}
    assert rotated.connections["t-acme"].health == "ok"


def _hooks(engine: Engine) -> Any:
    """The one service that resealing asks a host for."""

    class Host:
        def open_dbsession(self, tenant: str | None = None) -> Session:
            return Session(engine)

    return Host()


def _until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
