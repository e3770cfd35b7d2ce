"""`cocoom-slack rotate`: another credential of the same app, proved first, without a pause."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretBytes
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.connections import rotation
from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.notifications.tables import notice
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.slack.control import Control

from .conftest import Deployment
from .telling import tell

NEW = "xoxb-demo-acme-2"
SCOPES = ("chat:write", "chat:write.public", "users:read", "users:read.email")
ROTATE = ("rotate", "bot-token", "acme")


def _env(token: str = NEW) -> dict[str, str]:
    return {"COCOOM_SLACK_BOT_TOKEN": token}


def _opened(deployment: Deployment, kind: SecretKind) -> str:
    vault = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
    sealed = getattr(deployment.connections["t-acme"], f"sealed_{kind}")
    return vault.open(sealed, "t-acme", kind).get_secret_value()


@pytest.fixture
def acme(deployment: Deployment, slack: Control) -> Deployment:
    """Connected, and its app has a second token."""
    deployment.connect()
    slack.install_app("A0ACME", "T0ACME", SCOPES, token=NEW)
    return deployment


class TestTheBotToken:
    def test_it_is_replaced_and_nothing_else(self, acme: Deployment) -> None:
        before = acme.connections["t-acme"]
        said = acme.good(*ROTATE, env=_env())
        assert "acme uses the new bot token from now on" in said
        now = acme.connections["t-acme"]
        assert _opened(acme, SecretKind.BOT_TOKEN) == NEW
        assert now.bot_token_fingerprint != before.bot_token_fingerprint
        assert now.version == before.version + 1
        same = ("team_id", "app_id", "client_id", "sealed_client_secret", "login_enabled", "held_at")
        assert [getattr(now, name) for name in same] == [getattr(before, name) for name in same]

    def test_it_is_recorded_without_a_secret(self, acme: Deployment) -> None:
        acme.good(*ROTATE, env=_env())
        (record,) = [row for row in acme.rows(audit) if row.action == "connection.rotate"]
        assert record.detail["credential"] == "bot_token"
        assert record.detail["changes"]["bot_token"] == "changed"
        assert record.actor.startswith("cli:")

    def test_it_is_asked_for_and_not_shown(self, acme: Deployment) -> None:
        said = acme.good(*ROTATE, given=f"{NEW}\n")
        assert "Bot token:" in said
        assert NEW not in said
        assert _opened(acme, SecretKind.BOT_TOKEN) == NEW

    def test_it_comes_from_standard_input(self, acme: Deployment) -> None:
        acme.good(*ROTATE, "--stdin", given=f"bot_token={NEW}\n")
        assert _opened(acme, SecretKind.BOT_TOKEN) == NEW

    def test_of_another_workspace_it_is_refused_with_both_names(self, acme: Deployment) -> None:
        said = acme.bad(*ROTATE, env=_env("xoxb-demo-globex"))
        assert "workspace Globex (T0GLOBEX), but this base is connected to Acme (T0ACME)" in said
        assert "`cocoom-slack connect` connects another workspace" in said
        assert _opened(acme, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"

    def test_of_another_app_it_is_refused_with_both_ids(self, acme: Deployment, slack: Control) -> None:
        slack.add_app("T0ACME", id="A0OTHER")
        slack.install_app("A0OTHER", "T0ACME", SCOPES, token="xoxb-demo-other")
        said = acme.bad(*ROTATE, env=_env("xoxb-demo-other"))
        assert "it belongs to another Slack app (A0OTHER instead of A0ACME)" in said
        assert _opened(acme, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"

    def test_where_slack_names_no_app_the_bot_tells_it(self, acme: Deployment, slack: Control) -> None:
        slack.fault("rewrite", "auth.test", drop=["app_id"])
        slack.add_app("T0ACME", id="A0OTHER")
        slack.install_app("A0OTHER", "T0ACME", SCOPES, token="xoxb-demo-other")
        assert "another Slack app" in acme.bad(*ROTATE, env=_env("xoxb-demo-other"))
        assert "from now on" in acme.good(*ROTATE, env=_env())

    def test_the_one_that_is_stored_is_refused_without_asking_slack(
        self, acme: Deployment, slack: Control
    ) -> None:
        slack.clear_record()
        said = acme.bad(*ROTATE, env=_env("xoxb-demo-acme"))
        assert "bot token: this is the one that is stored already" in said
        assert slack.requests() == []

    @pytest.mark.parametrize(
        ("code", "what"),
        [
            ("account_inactive", "Slack answers account_inactive"),
            ("invalid_auth", "Slack answers invalid_auth"),
        ],
    )
    def test_one_that_slack_refuses_is_not_stored(
        self, acme: Deployment, slack: Control, code: str, what: str
    ) -> None:
        slack.fault("error", "auth.test", code=code)
        assert what in acme.bad(*ROTATE, env=_env())
        assert _opened(acme, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"

    def test_one_that_may_not_post_is_told_the_scope(self, acme: Deployment, slack: Control) -> None:
        slack.set_token_scopes(NEW, ["users:read"])
        assert "it lacks chat:write" in acme.bad(*ROTATE, env=_env())

    def test_one_that_may_less_than_the_old_one_is_noted(self, acme: Deployment, slack: Control) -> None:
        slack.set_token_scopes(NEW, ["chat:write", "chat:write.public", "users:read"])
        said = acme.good(*ROTATE, env=_env())
        assert "note: unlike the old one it lacks " in said
        assert "users:read.email" in said

    def test_a_slack_that_is_away_is_said_and_nothing_is_stored(
        self, acme: Deployment, slack: Control
    ) -> None:
        slack.fault("server_error", "auth.test")
        assert "Slack had a fault (HTTP 500)" in acme.bad(*ROTATE, env=_env())
        assert _opened(acme, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"

    def test_what_is_no_bot_token_is_called_by_its_name(self, acme: Deployment) -> None:
        """B17"""
        assert "this is a user token" in acme.bad(*ROTATE, env=_env("xoxp-demo"))

    def test_without_a_connection_it_says_so_before_asking(self, deployment: Deployment) -> None:
        said = deployment.bad(*ROTATE)
        assert "this base is not connected to Slack" in said
        assert "Bot token:" not in said

    def test_without_a_bot_token_connect_is_named(self, deployment: Deployment) -> None:
        client = ("--login", "--team", "T0ACME", "--client-id", "1000000001.2000000001")
        given = {"COCOOM_SLACK_CLIENT_SECRET": "acme-client-secret"}
        deployment.good("connect", "acme", *client, env=given)
        said = deployment.bad(*ROTATE, env=_env())
        assert "no bot token that could be replaced: `cocoom-slack connect` connects it with one" in said

    def test_a_token_that_no_key_opens_is_replaced(self, acme: Deployment, engine: Engine) -> None:
        """B50: to enter it again is what helps."""
        with engine.begin() as open_:
            open_.exec_driver_sql("UPDATE cocoom_slack_connection SET sealed_bot_token = 'v1.gone.xxxx'")
        said = acme.good(*ROTATE, env=_env())
        assert "the old bot token could not be revoked (secret_unreadable)" in said
        assert _opened(acme, SecretKind.BOT_TOKEN) == NEW

    def test_somebody_who_saved_meanwhile_is_not_overwritten(
        self, acme: Deployment, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """B24"""
        prove = rotation.prove_bot_token

        async def prove_and_be_overtaken(*arguments: Any) -> Any:
            with engine.begin() as open_:
                open_.execute(connection.update().values(version=connection.c.version + 1))
            return await prove(*arguments)

        monkeypatch.setattr(rotation, "prove_bot_token", prove_and_be_overtaken)
        assert "look again and repeat" in acme.bad(*ROTATE, env=_env())
        assert _opened(acme, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"

    def test_a_broken_connection_is_healthy_with_it_and_what_waited_is_asked_about(
        self, acme: Deployment, engine: Engine
    ) -> None:
        with Session(engine) as dbsession:
            mark_broken(dbsession, "t-acme", "token_revoked")
            dbsession.commit()
        tell(engine, "C0NEWS")
        said = acme.good(*ROTATE, env=_env())
        assert "waiting: 1 notice in 1 conversation" in said
        row = acme.connections["t-acme"]
        assert (row.health, row.health_code) == ("ok", None)
        assert row.held_at is not None


class TestTheOldBotToken:
    def test_one_that_works_still_is_kept_because_revoking_takes_the_bot_out_of_its_channels(
        self, acme: Deployment, slack: Control
    ) -> None:
        said = acme.good(*ROTATE, env=_env())
        assert "the old bot token still works. It was not revoked" in said
        assert slack.requests("auth.revoke") == []
        assert acme.rows(audit)[-1].detail == {"token": "same_bot"}

    def test_it_is_revoked_on_demand(self, acme: Deployment, slack: Control) -> None:
        said = acme.good(*ROTATE, "--revoke-old", env=_env())
        assert "Slack has revoked the old bot token" in said
        (request,) = slack.requests("auth.revoke")
        assert request["token"] == "xoxb-demo-acme"
        assert acme.rows(audit)[-1].detail == {"token": "revoked"}

    def test_one_that_does_not_work_any_more_is_said(self, acme: Deployment, slack: Control) -> None:
        slack.uninstall_app("A0ACME", "T0ACME")
        slack.install_app("A0ACME", "T0ACME", SCOPES, token="xoxb-demo-acme-3")
        said = acme.good(*ROTATE, env=_env("xoxb-demo-acme-3"))
        assert "the old bot token did not work any more (Slack answers account_inactive)" in said
        assert slack.requests("auth.revoke") == []
        record = acme.rows(audit)[-1]
        assert (record.action, record.outcome) == ("connection.revoke", "account_inactive")

    def test_it_is_not_looked_at_when_it_is_to_be_kept(self, acme: Deployment, slack: Control) -> None:
        slack.clear_record()
        acme.good(*ROTATE, "--keep-old", env=_env())
        assert [each["token"] for each in slack.requests()] == [NEW]

    def test_a_slack_that_cannot_revoke_it_does_not_undo_the_rotation(
        self, acme: Deployment, slack: Control
    ) -> None:
        slack.fault("server_error", "auth.revoke")
        said = acme.good(*ROTATE, "--revoke-old", env=_env())
        assert "the old bot token could not be revoked (http_500)" in said
        assert _opened(acme, SecretKind.BOT_TOKEN) == NEW


class TestTheClientSecret:
    ROTATE = ("rotate", "client-secret", "acme")

    def _env(self, secret: str) -> dict[str, str]:
        return {"COCOOM_SLACK_CLIENT_SECRET": secret}

    def test_it_is_replaced_and_a_test_sign_in_stays_good(
        self, acme: Deployment, slack: Control, engine: Engine
    ) -> None:
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_connection SET login_tested_at = now(), login_only = true"
            )
        slack.change_app("A0ACME", client_secret="acme-client-secret-2")
        said = acme.good(*self.ROTATE, env=self._env("acme-client-secret-2"))
        assert "acme uses the new client secret from now on" in said
        assert _opened(acme, SecretKind.CLIENT_SECRET) == "acme-client-secret-2"
        row = acme.connections["t-acme"]
        assert row.login_only
        assert row.login_tested_at is not None
        assert acme.rows(audit)[-1].detail["changes"] == {"client_secret": "changed"}

    def test_one_of_another_app_is_refused(self, acme: Deployment) -> None:
        said = acme.bad(*self.ROTATE, env=self._env("globex-client-secret"))
        assert "client secret: Slack answers bad_client_secret" in said
        assert _opened(acme, SecretKind.CLIENT_SECRET) == "acme-client-secret"

    def test_the_one_that_is_stored_is_refused(self, acme: Deployment) -> None:
        said = acme.bad(*self.ROTATE, env=self._env("acme-client-secret"))
        assert "client secret: this is the one that is stored already" in said

    def test_without_one_connect_is_named(self, deployment: Deployment) -> None:
        deployment.good("connect", "acme", "--notifications", env=_env("xoxb-demo-acme"))
        said = deployment.bad(*self.ROTATE, env=self._env("acme-client-secret"))
        assert "no client secret that could be replaced" in said


@pytest.mark.parametrize("how", ["--keep-old", "--revoke-old"])
def test_while_a_worker_drains_nothing_is_lost_and_nothing_doubled(
    acme: Deployment, worker: Callable[[Deployment], Path], slack: Control, engine: Engine, how: str
) -> None:
    """With both tokens in use for a while; a private channel only where the bot stays in it."""
    channels = ["C0NEWS", "C0GENERAL", "C0WELCOME"] + ["C0EDITORS"] * (how == "--keep-old")
    slack.settings(latency_ms=100)
    worker(acme)
    with _telling(engine, slack, channels) as told:
        _until(lambda: _posts(slack, "xoxb-demo-acme") >= 2 * len(channels))
        acme.good(*ROTATE, how, env=_env())
        _until(lambda: _posts(slack, NEW) >= 2 * len(channels))
    _until(lambda: {row.state for row in acme.rows(notice)} == {"sent"})
    assert len(acme.rows(notice)) == len(slack.posted()) == len(told) * len(channels)
    assert set(slack.posted().values()) == {1}
    assert slack.duplicates() == {}
    row = acme.connections["t-acme"]
    assert (row.health, row.held_at) == ("ok", None)
    assert len(slack.requests("auth.revoke")) == (how == "--revoke-old")
    refused = {each["answer"] for each in slack.requests("chat.postMessage")} - {"ok"}
    assert refused == set(), "the old token was revoked only when nobody used it any more"


def _posts(slack: Control, token: str) -> int:
    return sum(each["token"] == token for each in slack.requests("chat.postMessage"))


@contextmanager
def _telling(engine: Engine, slack: Control, channels: list[str]) -> Iterator[list[int]]:
    """Meanwhile something is told all the time, never more than three rounds ahead of what is posted."""
    told: list[int] = []
    enough = threading.Event()

    def go_on() -> None:
        while not enough.is_set():
            if len(slack.posted()) >= (len(told) - 3) * len(channels):
                tell(engine, *channels)
                told.append(len(told))
            else:
                enough.wait(0.02)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield told
    finally:
        enough.set()
        thread.join(timeout=60)


def _until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
