"""`cocoom-slack disconnect`: Slack is told first, the result is shown, and data is kept or deleted by choice."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine, insert

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.connect import leaving
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.login.tables import login_identity
from cocoom_slack_plugin.notifications.tables import lane, notice
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.slack import SlackGateway
from demo.slack.control import Control

from .conftest import Deployment
from .telling import tell
from .terminal import at_a_terminal

BOT = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme"}


@pytest.fixture
def lived_in(deployment: Deployment, engine: Engine) -> Deployment:
    """Two connected bases; acme has people, a route, history, and three notices that wait."""
    for tenant in ("acme", "globex"):
        deployment.connect(tenant)
        who = {"tenant_id": f"t-{tenant}", "user_id": "u-1", "slack_user_id": "U1"}
        team = {"team_id": f"T0{tenant.upper()}"}
        with engine.begin() as open_:
            open_.execute(insert(person).values(**who, **team, source="hand"))
            open_.execute(insert(login_identity).values(**who, **team))
    deployment.good("routes", "add", "acme", "C0NEWS")
    tell(engine, "C0NEWS", "C0NEWS", "C0GENERAL")
    return deployment


def _of_acme(deployment: Deployment) -> dict[str, int]:
    """Rows of acme by table."""
    counted = {
        table.name.removeprefix("cocoom_slack_"): sum(
            row.tenant_id == "t-acme" for row in deployment.rows(table)
        )
        for table in metadata.sorted_tables
    }
    return {name: count for name, count in counted.items() if count}


def _last_record(deployment: Deployment) -> Any:
    return deployment.rows(audit)[-1]


def _works(slack: Control) -> bool:
    """Whether acme's bot is still there: revoked it is deactivated."""
    try:
        WebClient("xoxb-demo-acme", base_url=f"{slack.url}/api/").auth_test()
    except SlackApiError:
        return False
    return True


class TestAsking:
    def test_it_says_what_happens_and_asks(self, lived_in: Deployment, slack: Control) -> None:
        said = lived_in.bad("disconnect", "acme", given="n\n")
        for line in (
            "acme is connected to the workspace Acme (T0ACME)",
            "its bot token will be revoked at Slack: the bot leaves all channels",
            "people, sign-ins, routes, preferences and history will be kept",
            "waiting: 3 notices in 2 conversations; they will be held until the base is connected again",
            "Delete the connection and its secrets?",
        ):
            assert line in said
        assert set(lived_in.connections) == {"t-acme", "t-globex"}
        assert slack.requests("auth.revoke") == []

    def test_deleting_says_that_what_waits_is_never_sent(self, lived_in: Deployment) -> None:
        said = lived_in.bad("disconnect", "acme", "--delete-data", given="n\n")
        assert "will be deleted; the audit is kept" in said
        assert "they will be deleted, and never sent" in said

    def test_at_a_terminal_the_data_is_asked_for(self, lived_in: Deployment) -> None:
        answers = (("What becomes of", "delete"), ("Delete the connection", "y"))
        said = at_a_terminal(lived_in, ("disconnect", "acme"), *answers)
        assert "people, sign-ins, routes, preferences and history are deleted" in said
        assert set(_of_acme(lived_in)) == {"audit"}

    def test_without_a_connection_it_says_so(self, deployment: Deployment) -> None:
        assert "not connected" in deployment.bad("disconnect", "acme", "--yes")


class TestTellingSlack:
    @pytest.mark.parametrize(("arguments", "given"), [(("--yes",), None), ((), "y\n")], ids=["yes", "asked"])
    def test_the_token_is_revoked_and_the_secrets_of_this_tenant_alone_are_deleted(
        self, lived_in: Deployment, slack: Control, arguments: tuple[str, ...], given: str | None
    ) -> None:
        said = lived_in.good("disconnect", "acme", *arguments, given=given)
        assert "Slack has revoked the bot token; its bot has left all channels" in said
        assert "acme is disconnected; people, sign-ins, routes, preferences and history are kept" in said
        assert set(lived_in.connections) == {"t-globex"}
        assert not _works(slack)
        record = _last_record(lived_in)
        assert (record.action, record.outcome) == ("connection.disconnect", "ok")
        assert (record.detail["token"], record.detail["data"]) == ("revoked", "kept")
        assert record.detail["changes"]["team_id"] == {"before": "T0ACME", "after": None}
        assert record.detail["changes"]["bot_token"] == "removed"

    @pytest.mark.parametrize("code", ["account_inactive", "invalid_auth", "token_expired"])
    def test_a_token_that_is_invalid_already_is_no_obstacle(
        self, lived_in: Deployment, slack: Control, code: str
    ) -> None:
        slack.fault("error", "auth.revoke", code=code)
        said = lived_in.good("disconnect", "acme", "--yes")
        assert f"the bot token did not work any more (Slack answers {code})" in said
        assert "t-acme" not in lived_in.connections
        assert _last_record(lived_in).detail["code"] == code

    @pytest.mark.parametrize(
        ("kind", "fields", "code"),
        [
            ("reset", {}, "connection_lost"),
            ("hang", {"seconds": 60}, "connection_lost"),
            ("server_error", {}, "http_500"),
            ("html", {}, "unreadable_answer"),
            ("rate_limited", {}, "ratelimited"),
            ("error", {"code": "access_denied"}, "access_denied"),
        ],
        ids=["reset", "hang", "server_error", "html", "rate_limited", "access_denied"],
    )
    def test_a_slack_that_cannot_be_told_leaves_everything_as_it_was(
        self, lived_in: Deployment, slack: Control, kind: str, fields: dict[str, Any], code: str
    ) -> None:
        before = lived_in.connections["t-acme"]
        slack.fault(kind, "auth.revoke", **fields)
        said = lived_in.bad("disconnect", "acme", "--yes")
        assert "Error: the bot token could not be revoked: " in said
        assert "acme stays connected. Try again later, or disconnect with --no-revoke" in said
        now = lived_in.connections["t-acme"]
        assert (now.health, now.health_code, now.held_at) == ("ok", None, None)
        assert (now.version, now.sealed_bot_token) == (before.version, before.sealed_bot_token)
        record = _last_record(lived_in)
        assert record.action == "connection.disconnect"
        assert record.outcome == code or (code == "connection_lost" and record.outcome != "ok")
        slack.clear_faults()
        assert "acme is disconnected" in lived_in.good("disconnect", "acme", "--yes")

    def test_no_revoke_asks_slack_nothing(self, lived_in: Deployment, slack: Control) -> None:
        slack.clear_record()
        said = lived_in.good("disconnect", "acme", "--yes", "--no-revoke")
        assert "will be revoked" not in said
        assert "was not revoked: remove the app in Slack's own administration" in said
        assert slack.requests() == []
        assert "t-acme" not in lived_in.connections
        assert _last_record(lived_in).detail["token"] == "kept"

    def test_a_token_that_no_key_opens_needs_no_revoke(self, lived_in: Deployment, engine: Engine) -> None:
        """B50"""
        with engine.begin() as open_:
            open_.exec_driver_sql("UPDATE cocoom_slack_connection SET sealed_bot_token = 'v1.gone.xxxx'")
        said = lived_in.bad("disconnect", "acme", "--yes")
        assert "was sealed with key 'gone', which is not in the ring" in said
        assert "--no-revoke" in said
        assert "acme is disconnected" in lived_in.good("disconnect", "acme", "--yes", "--no-revoke")

    def test_a_bot_that_another_base_uses_too_is_left_alone(
        self, deployment: Deployment, slack: Control
    ) -> None:
        for tenant in ("acme", "globex"):
            deployment.good("connect", tenant, "--notifications", env=BOT)
        said = deployment.good("disconnect", "acme", "--yes")
        assert "was not revoked: another base uses the same bot of this workspace" in said
        assert "globex" not in said
        assert _works(slack)
        assert "Slack has revoked" in deployment.good("disconnect", "globex", "--yes")

    def test_a_connection_for_login_alone_has_nothing_to_revoke(
        self, deployment: Deployment, slack: Control
    ) -> None:
        client = ("--client-id", "1000000001.2000000001")
        given = {"COCOOM_SLACK_CLIENT_SECRET": "acme-client-secret"}
        deployment.good("connect", "acme", "--login", "--team", "T0ACME", *client, env=given)
        assert "there was no bot token to revoke" in deployment.good("disconnect", "acme", "--yes")
        assert slack.requests("auth.revoke") == []

    def test_nobody_posts_while_the_token_is_being_revoked(
        self, lived_in: Deployment, slack: Control, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else a worker would find the token dead, and tell the administrators of a broken connection."""
        revoke, found = SlackGateway.revoke, []

        async def look_and_revoke(gateway: SlackGateway, token: Any) -> Any:
            with engine.connect() as open_:
                row = open_.execute(connection.select().where(connection.c.tenant_id == "t-acme")).one()
            found.append((row.health, row.health_code))
            return await revoke(gateway, token)

        monkeypatch.setattr(SlackGateway, "revoke", look_and_revoke)
        lived_in.good("disconnect", "acme", "--yes")
        assert found == [("broken", "disconnecting")]

    def test_it_waits_for_what_is_under_way(
        self, lived_in: Deployment, slack: Control, engine: Engine
    ) -> None:
        """A lease that nobody gives back runs out; only then is the token revoked."""
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_lane SET lease_until = clock_timestamp() + interval '2 seconds', fence = 7 "
                "WHERE conversation = 'C0NEWS'"
            )
        lived_in.good("disconnect", "acme", "--yes")
        (request,) = slack.requests("auth.revoke")
        (row,) = [row for row in lived_in.rows(lane) if row.conversation == "C0NEWS"]
        assert request["at"] > row.lease_until.timestamp() - 0.2

    def test_somebody_who_connects_meanwhile_is_not_removed(
        self, lived_in: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        revoke = leaving.revoke

        def revoke_and_be_overtaken(*arguments: Any) -> Any:
            retired = revoke(*arguments)
            with lived_in.engine.begin() as open_:
                open_.execute(connection.update().values(version=connection.c.version + 1))
            return retired

        monkeypatch.setattr(leaving, "revoke", revoke_and_be_overtaken)
        assert "look again and repeat" in lived_in.bad("disconnect", "acme", "--yes", "--delete-data")
        assert "t-acme" in lived_in.connections
        assert _of_acme(lived_in)["notice"] == 3


class TestData:
    def test_kept_it_is_all_there_and_what_waits_is_held_when_connected_again(
        self, lived_in: Deployment, slack: Control
    ) -> None:
        before = _of_acme(lived_in)
        lived_in.good("disconnect", "acme", "--yes", "--keep-data")
        now = _of_acme(lived_in)
        assert {**before, "audit": 0} == {**now, "audit": 0, "connection": 1}
        slack.install_app("A0ACME", "T0ACME", ["chat:write"], token="xoxb-demo-acme-2")
        said = lived_in.good(
            "connect", "acme", "--notifications", env={"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme-2"}
        )
        assert "waiting: 3 notices in 2 conversations" in said
        assert lived_in.connections["t-acme"].held_at is not None
        assert _of_acme(lived_in)["person"] == 1
        assert {row.state for row in lived_in.rows(notice)} == {"waiting"}

    def test_deleted_nothing_but_the_audit_is_left_and_nobody_elses(self, lived_in: Deployment) -> None:
        records = _of_acme(lived_in)["audit"]
        said = lived_in.good("disconnect", "acme", "--yes", "--delete-data")
        assert "history are deleted" in said
        assert _of_acme(lived_in) == {"audit": records + 1}
        assert _last_record(lived_in).detail["data"] == "deleted"
        assert set(lived_in.connections) == {"t-globex"}
        assert [row.tenant_id for row in lived_in.rows(person)] == ["t-globex"]
        assert [row.tenant_id for row in lived_in.rows(login_identity)] == ["t-globex"]

    def test_keeping_and_deleting_exclude_each_other_by_the_last_word(self, lived_in: Deployment) -> None:
        lived_in.good("disconnect", "acme", "--yes", "--delete-data", "--keep-data")
        assert "person" in _of_acme(lived_in)


def test_a_new_connection_never_has_a_version_of_the_former_one(deployment: Deployment) -> None:
    """A worker that holds the former one by its version must not take the new one for it."""
    versions = set()
    for _ in range(5):
        deployment.connect()
        versions.add(deployment.connections["t-acme"].version)
        deployment.good("disconnect", "acme", "--yes", "--no-revoke")
    assert len(versions) == 5
