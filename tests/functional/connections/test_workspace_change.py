"""Connecting again with another workspace: explained before it happens, and done only when somebody agrees."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.login.tables import login_identity
from cocoom_slack_plugin.notifications.tables import notice, route
from cocoom_slack_plugin.people.tables import person, stranger
from demo.slack.control import Control

from .conftest import Deployment
from .telling import tell
from .terminal import at_a_terminal

GLOBEX_BOT = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-globex"}
AGAIN = ("connect", "acme", "--notifications")


@pytest.fixture
def acme(deployment: Deployment, engine: Engine) -> Deployment:
    """Connected with its own workspace for both functions, with people, a route and something that waits."""
    deployment.connect()
    with engine.begin() as open_:
        who = {"tenant_id": "t-acme", "user_id": "u-1", "team_id": "T0ACME"}
        open_.execute(insert(person).values(**who, slack_user_id="U1", source="hand"))
        open_.execute(insert(login_identity).values(**who, slack_user_id="U1"))
        missing = {"email": "x@acme.example", "display_name": "X", "reason": "not_found"}
        open_.execute(insert(stranger).values(**{**who, "user_id": "u-2"}, **missing))
    deployment.good("routes", "add", "acme", "C0NEWS")
    tell(engine, "C0NEWS", "C0GENERAL")
    return deployment


EXPLAINED = (
    "acme changes from the workspace Acme (T0ACME) to Globex (T0GLOBEX). That means:",
    "who is who in the old workspace is forgotten",
    "routes: they name channels of the old workspace; look at `cocoom-slack routes list acme`",
    "they are held until you say what becomes of them",
    "history and audit: kept",
    "its bot token is revoked at Slack",
    "login: switched off, because no credentials of the new workspace's app are given for it",
)


def test_where_nobody_can_be_asked_it_is_explained_and_refused_with_the_next_step(
    acme: Deployment, slack: Control
) -> None:
    before = acme.connections
    said = acme.bad(*AGAIN, env=GLOBEX_BOT)
    for line in EXPLAINED:
        assert line in said
    assert "these credentials are of Globex (T0GLOBEX), but acme is connected to Acme (T0ACME)" in said
    assert "--change-workspace agrees" in said
    assert acme.connections == before
    assert slack.requests("auth.revoke") == []


def test_standard_input_is_nobody_to_ask(acme: Deployment) -> None:
    said = acme.bad(*AGAIN, "--stdin", given="bot_token=xoxb-demo-globex\n")
    assert "--change-workspace agrees" in said


@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("y", 0)], ids=["no", "yes"])
def test_at_a_terminal_it_is_asked(acme: Deployment, answer: str, status: int) -> None:
    answers = [("Change the workspace?", answer)] + [("What becomes of them", "hold")] * (answer == "y")
    said = at_a_terminal(acme, AGAIN, *answers, env=GLOBEX_BOT, status=status)
    assert EXPLAINED[0] in said
    assert acme.connections["t-acme"].team_id == {"n": "T0ACME", "y": "T0GLOBEX"}[answer]


def test_what_belongs_to_the_old_workspace_leaves_and_the_rest_stays(
    acme: Deployment, slack: Control
) -> None:
    said = acme.good(*AGAIN, "--change-workspace", env=GLOBEX_BOT)
    assert "acme is connected to the workspace Globex (T0GLOBEX); on: notifications" in said
    assert "Slack has revoked the old workspace's bot token" in said
    assert "they stay held" in said
    row = acme.connections["t-acme"]
    assert (row.team_id, row.team_name, row.app_id) == ("T0GLOBEX", "Globex", "A0GLOBEX")
    assert (row.login_enabled, row.client_id, row.sealed_client_secret) == (False, None, None)
    assert row.notifications_enabled
    assert row.held_at is not None
    for table in (person, login_identity, stranger):
        assert acme.rows(table) == []
    assert len(acme.rows(route)) == 1
    assert {each.state for each in acme.rows(notice)} == {"waiting"}
    (ended,) = slack.requests("auth.revoke")
    assert ended["team"] == "T0ACME"


def test_it_is_recorded_with_before_and_after(acme: Deployment) -> None:
    acme.good(*AGAIN, "--change-workspace", env=GLOBEX_BOT)
    records = [row for row in acme.rows(audit) if row.action == "connection.connect"]
    changes = records[-1].detail["changes"]
    assert changes["team_id"] == {"before": "T0ACME", "after": "T0GLOBEX"}
    assert changes["login_enabled"] == {"before": True, "after": False}
    assert (changes["bot_token"], changes["client_secret"]) == ("changed", "removed")
    assert ("t-acme", "connection.revoke", "ok") in acme.audited


def test_login_alone_of_another_workspace_takes_the_bot_with_it(acme: Deployment, slack: Control) -> None:
    """A bot of one workspace beside the login of another would be neither."""
    slack.change_app("A0GLOBEX", client_secret="globex-client-secret")
    client = ("--login", "--team", "T0GLOBEX", "--client-id", "1000000002.2000000002")
    given = {"COCOOM_SLACK_CLIENT_SECRET": "globex-client-secret"}
    said = acme.bad("connect", "acme", *client, env=given)
    assert "from the workspace Acme (T0ACME) to T0GLOBEX" in said
    assert "notifications: switched off, because no credentials" in said
    acme.good("connect", "acme", *client, "--change-workspace", env=given)
    row = acme.connections["t-acme"]
    assert (row.team_id, row.login_enabled, row.notifications_enabled) == ("T0GLOBEX", True, False)
    assert (row.sealed_bot_token, row.app_id, row.scopes) == (None, None, [])


def test_an_old_workspace_that_cannot_be_told_does_not_stop_the_change(
    acme: Deployment, slack: Control
) -> None:
    slack.fault("server_error", "auth.revoke")
    said = acme.good(*AGAIN, "--change-workspace", env=GLOBEX_BOT)
    assert "the old workspace's bot token could not be revoked (http_500): remove it in Slack's own" in said
    assert acme.connections["t-acme"].team_id == "T0GLOBEX"


def test_the_same_workspace_again_keeps_everybody(acme: Deployment) -> None:
    acme.connect()
    assert len(acme.rows(person)) == len(acme.rows(login_identity)) == len(acme.rows(stranger)) == 1
    assert acme.connections["t-acme"].held_at is None


def test_after_disconnecting_another_workspace_finds_nobody_of_the_old_one(acme: Deployment) -> None:
    acme.good("disconnect", "acme", "--yes")
    assert len(acme.rows(person)) == len(acme.rows(login_identity)) == 1
    acme.good(*AGAIN, env=GLOBEX_BOT)
    assert acme.rows(person) == acme.rows(login_identity) == []
