"""Looking after connections: status, switches, keys; and the wrong ways to ask."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cocoom_slack_plugin import cli
from cocoom_slack_plugin.connections import connect as connecting
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.errors import ChangedMeanwhile
from cocoom_slack_plugin.switches import Function

from .conftest import Deployment


def test_a_key_is_32_bytes_in_base64_and_never_the_same(deployment: Deployment) -> None:
    keys = {deployment.good("key").strip() for _ in range(5)}
    assert len(keys) == 5
    assert {len(base64.b64decode(key, validate=True)) for key in keys} == {32}


def test_a_missing_ini_file_is_said(tmp_path: Path, engine: Engine) -> None:
    said = Deployment(tmp_path / "nowhere.ini", engine).bad("status")
    assert "nowhere.ini: name the host's INI file with --config" in said


def test_a_wrong_setting_is_said_in_its_line(make: Callable[..., Deployment]) -> None:
    said = make(tenants="acme mail").bad("status")
    assert "cocoom_slack.tenants: acme: there is no function 'mail'" in said


class TestStatus:
    def test_without_connections(self, deployment: Deployment) -> None:
        assert "nothing is connected" in deployment.good("status")
        assert "acme is not connected" in deployment.good("status", "acme")

    def test_every_connection_is_a_line_without_a_secret(self, deployment: Deployment) -> None:
        for tenant in ("acme", "globex"):
            deployment.connect(tenant)
        said = deployment.good("status")
        for word in ("acme", "Acme (T0ACME)", "globex", "Globex (T0GLOBEX)", "A0ACME", "chat:write", " ok "):
            assert word in said
        for secret in ("xoxb", "client-secret", "v1."):
            assert secret not in said
        assert "globex" not in deployment.good("status", "acme")
        assert "acme" in deployment.good("status", "t-acme")

    def test_health_and_permission_are_shown(
        self, deployment: Deployment, make: Callable[..., Deployment], engine: Engine
    ) -> None:
        deployment.connect()
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_connection SET health = 'broken', health_code = 'token_revoked'"
            )
        assert "broken: token_revoked" in deployment.good("status")
        assert "on, but not allowed" in make(tenants="acme login").good("status")

    @pytest.mark.parametrize("name", ["[/red] Inc.", "[red]Acme[/red]", ":tada: Acme"])
    def test_a_workspaces_name_is_shown_as_it_is(
        self, deployment: Deployment, engine: Engine, name: str
    ) -> None:
        """It comes from Slack, where a tenant chooses it; one must not hide or break the list of all."""
        deployment.connect()
        with engine.begin() as open_:
            open_.execute(connection.update().values(team_name=name))
        assert name in deployment.good("status")


class TestSwitches:
    def test_a_function_is_switched_off_and_on(self, deployment: Deployment) -> None:
        deployment.connect()
        assert "login of acme is off" in deployment.good("disable", "acme", "login")
        row = deployment.connections["t-acme"]
        assert (row.login_enabled, row.notifications_enabled) == (False, True)
        assert "login of acme is on" in deployment.good("enable", "acme", "login")
        assert deployment.connections["t-acme"].login_enabled
        assert [action for _, action, _ in deployment.audited][-2:] == [
            "connection.disable",
            "connection.enable",
        ]

    def test_what_the_operator_does_not_allow_is_noted(
        self, deployment: Deployment, make: Callable[..., Deployment]
    ) -> None:
        deployment.connect()
        said = make(tenants="* notifications").good("enable", "acme", "login")
        assert "it runs once the setting cocoom_slack.tenants allows it" in said

    def test_what_the_connection_lacks_is_said(self, deployment: Deployment) -> None:
        deployment.good(
            "connect", "acme", "--notifications", env={"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme"}
        )
        said = deployment.bad("enable", "acme", "login")
        assert "login: connect with client id and client secret first" in said

    def test_without_a_connection_nothing_is_switched(self, deployment: Deployment) -> None:
        assert "this base is not connected to Slack" in deployment.bad("enable", "acme", "login")

    def test_an_unknown_function_is_told_the_known_ones(self, deployment: Deployment) -> None:
        assert "'login', 'notifications'" in deployment.bad("enable", "acme", "mail")

    def test_an_unknown_tenant_is_said(self, deployment: Deployment) -> None:
        assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("disable", "nobody", "login")


def test_somebody_who_saved_in_between_is_not_overwritten(deployment: Deployment, engine: Engine) -> None:
    """B24"""
    deployment.connect()
    with Session(engine) as one, Session(engine) as other:
        mine, theirs = (connections.get(each, "t-acme") for each in (one, other))
        connecting.switch(one, mine, Function.LOGIN, False, "one")
        one.commit()
        with pytest.raises(ChangedMeanwhile, match="somebody else changed this connection"):
            connecting.switch(other, theirs, Function.NOTIFICATIONS, False, "other")
    row = deployment.connections["t-acme"]
    assert (row.login_enabled, row.notifications_enabled) == (False, True)


def test_of_many_who_save_at_once_one_wins(deployment: Deployment, engine: Engine) -> None:
    """B24, with real transactions."""
    deployment.connect()
    with Session(engine) as dbsession:
        seen = connections.get(dbsession, "t-acme")
    barrier = threading.Barrier(5)
    outcomes: list[Any] = []

    def save(number: int) -> None:
        with Session(engine) as dbsession:
            barrier.wait(timeout=30)
            try:
                connections.change(dbsession, seen, {"team_name": str(number)})
                dbsession.commit()
                outcomes.append(number)
            except ChangedMeanwhile:
                outcomes.append(None)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    (winner,) = [each for each in outcomes if each is not None]
    assert len(outcomes) == 5
    row = deployment.connections["t-acme"]
    assert (row.team_name, row.version) == (str(winner), seen.version + 1)


def test_a_command_says_so_when_somebody_saved_meanwhile(
    deployment: Deployment, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.connect()
    get = connections.get

    def get_and_be_overtaken(dbsession: Session, tenant_id: str) -> Any:
        found = get(dbsession, tenant_id)
        with engine.begin() as open_:
            open_.execute(connection.update().values(version=connection.c.version + 1))
        return found

    monkeypatch.setattr(connections, "get", get_and_be_overtaken)
    assert "look again and repeat" in deployment.bad("disable", "acme", "login")
    with engine.connect() as open_:
        assert open_.scalar(select(connection.c.login_enabled))


def test_a_host_that_cannot_be_imported_is_said_in_one_line(tmp_path: Path) -> None:
    ini = tmp_path / "host.ini"
    ini.write_text("[app:main]\nuse = call:no_such_host:main\n", encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["-c", str(ini), "status"])
    assert result.exit_code == 1
    assert "cannot be loaded: No module named 'no_such_host'" in result.output


def test_a_host_may_live_beside_its_ini_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "host_beside_it.py").write_text("raise ImportError('found, and asked')\n", encoding="utf-8")
    ini = tmp_path / "host.ini"
    ini.write_text("[app:main]\nuse = call:host_beside_it:main\n", encoding="utf-8")
    assert "found, and asked" in CliRunner().invoke(cli.main, ["-c", str(ini), "status"]).output
