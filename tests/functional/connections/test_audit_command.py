"""`cocoom-slack audit`, and what stands in it: every change with before and after, and never a secret."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from cocoom_slack_plugin.audit import audit
from demo.slack.control import Control

from .conftest import Deployment
from .telling import tell

CLIENT = ("--client-id", "1000000001.2000000001")
SECRETS = (
    "canary-bot-1",
    "canary-bot-2",
    "canary-bot-other",
    "canary-client-secret-1",
    "canary-client-secret-2",
)


@pytest.fixture
def many(deployment: Deployment, engine: Engine) -> Deployment:
    """1,200 records of acme, one a day from 2 January 2026 on, and one of globex."""
    with engine.begin() as open_:
        open_.execute(
            text(
                "INSERT INTO cocoom_slack_audit (tenant_id, action, outcome, correlation_id, at, actor) "
                "SELECT 't-acme', 'any.action', 'ok', 'r' || n, '2026-01-01'::timestamptz + n * interval '1 day', "
                "'=cmd' FROM generate_series(1, 1200) n"
            )
        )
        open_.execute(
            text(
                "INSERT INTO cocoom_slack_audit (tenant_id, action, outcome, correlation_id) "
                "VALUES ('t-globex', 'x', 'ok', 'foreign1')"
            )
        )
    return deployment


class TestExport:
    def test_as_json(self, many: Deployment) -> None:
        lines = many.good("audit", "acme", "--json").splitlines()
        assert len(lines) == 1200
        first = json.loads(lines[0])
        assert (first["correlation_id"], first["at"]) == ("r1", "2026-01-02T00:00:00+00:00")
        assert "foreign1" not in str(lines)

    def test_as_a_table_for_spreadsheets(self, many: Deployment) -> None:
        lines = many.good("audit", "acme", "--csv").splitlines()
        found = list(csv.DictReader(lines))
        assert len(found) == 1200
        assert found[0]["correlation_id"] == "r1"
        assert found[0]["actor"] == "'=cmd", "no formula for a spreadsheet"

    def test_of_a_time(self, many: Deployment) -> None:
        times = ("--since", "2026-03-01", "--until", "2026-03-03T12:00:00")
        lines = many.good("audit", "acme", "--json", *times).splitlines()
        assert [json.loads(line)["at"][:10] for line in lines] == ["2026-03-01", "2026-03-02", "2026-03-03"]
        assert many.good("audit", "acme", "--until", "2026-03-01", "--json").count("\n") == 58
        assert "nothing is recorded" in many.good("audit", "acme", "--since", "2036-01-01")
        assert many.good("audit", "acme", "--since", "2036-01-01", "--json") == ""

    def test_wrong_ways_to_ask(self, deployment: Deployment) -> None:
        assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("audit", "nobody")
        assert "does not match the formats" in deployment.bad("audit", "acme", "--since", "yesterday")


def test_changes_are_readable(deployment: Deployment) -> None:
    deployment.connect()
    deployment.good("disable", "acme", "login")
    said = deployment.good("audit", "acme")
    for word in (
        "connection.connect",
        "team_id: null -> T0ACME",
        "bot_token added",
        "client_secret added",
        "connection.disable",
        "login_enabled: true -> false; function: login",
        "cli:",
    ):
        assert word in said


def test_nothing_that_a_terminal_obeys_is_shown(deployment: Deployment, engine: Engine) -> None:
    """A workspace's name is chosen in Slack."""
    name = "Ac\x1b[31mme\x9b31m\u202eX [red]"
    with engine.begin() as open_:
        open_.execute(
            audit.insert().values(
                tenant_id="t-acme", action="a", outcome="ok", correlation_id="r", detail={"team_name": name}
            )
        )
    said = deployment.good("audit", "acme")
    assert "team_name: Ac[31mme31mX [red]" in said
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)


def test_every_change_is_recorded_and_no_secret_is(
    deployment: Deployment, slack: Control, engine: Engine
) -> None:
    _live_through_everything(deployment, slack, engine)
    actions = {row.action for row in deployment.rows(audit)}
    assert actions >= {
        "connection.connect",
        "connection.disable",
        "connection.enable",
        "connection.rotate",
        "connection.revoke",
        "connection.disconnect",
        "login.settings",
        "notices.discard",
    }
    with engine.connect() as open_:
        rows = "\n".join(open_.scalars(text("SELECT a::text FROM cocoom_slack_audit a")))
    said = "".join(deployment.good("audit", "acme", *form) for form in ((), ("--json",), ("--csv",)))
    assert '"changed"' in rows
    assert "T0GLOBEX" in rows
    for found in (rows, said):
        for secret in (*SECRETS, "xoxb", "v1.test."):
            assert secret not in found
    for row in deployment.rows(audit):
        if row.action.startswith("connection."):
            assert row.actor.startswith("cli:")


def _live_through_everything(deployment: Deployment, slack: Control, engine: Engine) -> None:
    """Everything the commands change, with canaries for secrets; also what is refused."""
    scopes = ["chat:write", "chat:write.public"]
    for number in ("1", "2"):
        slack.install_app("A0ACME", "T0ACME", scopes, token=f"xoxb-canary-bot-{number}")
    slack.install_app("A0GLOBEX", "T0GLOBEX", scopes, token="xoxb-canary-bot-other")
    slack.change_app("A0ACME", client_secret="canary-client-secret-1")
    given: dict[str, Any] = {
        "COCOOM_SLACK_BOT_TOKEN": "xoxb-canary-bot-1",
        "COCOOM_SLACK_CLIENT_SECRET": "canary-client-secret-1",
    }
    run = deployment.good
    run("connect", "acme", *CLIENT, env=given)
    run("disable", "acme", "notifications")
    run("enable", "acme", "notifications")
    run("login", "policy", "acme", "--workspace")
    run("rotate", "bot-token", "acme", env={"COCOOM_SLACK_BOT_TOKEN": "xoxb-canary-bot-2"})
    slack.change_app("A0ACME", client_secret="canary-client-secret-2")
    run("rotate", "client-secret", "acme", env={"COCOOM_SLACK_CLIENT_SECRET": "canary-client-secret-2"})
    tell(engine, "C0NEWS")
    other = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-canary-bot-other"}
    again = ("connect", "acme", "--notifications")
    deployment.bad(*again, env=other)
    run(*again, "--change-workspace", "--waiting", "discard", env=other)
    slack.fault("error", "auth.revoke", code="access_denied", times=1)
    deployment.bad("disconnect", "acme", "--yes")
    run("disconnect", "acme", "--yes", "--delete-data")
