"""`cocoom-slack connect`: proved live, saved together, and every wrong input told what it is (B14 to B20)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretBytes

from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from demo.slack.control import Control

from .conftest import Deployment

CLIENT = ("--client-id", "1000000001.2000000001")
BOT = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme"}
BOTH = {**BOT, "COCOOM_SLACK_CLIENT_SECRET": "acme-client-secret"}


def _opened(deployment: Deployment, kind: SecretKind) -> str:
    vault = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
    return vault.open(
        getattr(deployment.connections["t-acme"], f"sealed_{kind}"), "t-acme", kind
    ).get_secret_value()


def test_secrets_are_asked_for_and_not_shown(deployment: Deployment) -> None:
    said = deployment.good(
        "connect", "acme", given="xoxb-demo-acme\n1000000001.2000000001\nacme-client-secret\n"
    )
    assert "Bot token:" in said
    assert "Client secret:" in said
    assert "acme is connected to the workspace Acme (T0ACME); on: login, notifications" in said
    for secret in ("xoxb-demo-acme", "acme-client-secret"):
        assert secret not in said
    row = deployment.connections["t-acme"]
    assert (row.team_id, row.team_name, row.app_id, row.bot_user_id) == (
        "T0ACME",
        "Acme",
        "A0ACME",
        "U0ACMEBOT",
    )
    assert (row.login_enabled, row.notifications_enabled, row.health) == (True, True, "ok")
    assert _opened(deployment, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"
    assert _opened(deployment, SecretKind.CLIENT_SECRET) == "acme-client-secret"
    assert ("t-acme", "connection.connect", "ok") in deployment.audited


def test_secrets_come_from_standard_input(deployment: Deployment) -> None:
    lines = "bot_token=xoxb-demo-acme\nclient_secret=acme-client-secret\nnothing here\n"
    said = deployment.good("connect", "acme", *CLIENT, "--stdin", given=lines)
    assert "acme is connected" in said
    assert _opened(deployment, SecretKind.CLIENT_SECRET) == "acme-client-secret"


def test_secrets_come_from_the_environment(deployment: Deployment) -> None:
    assert "acme is connected" in deployment.good("connect", "acme", *CLIENT, env=BOTH)


def test_a_secret_that_standard_input_lacks_is_named(deployment: Deployment) -> None:
    said = deployment.bad("connect", "acme", *CLIENT, "--stdin", given="bot_token=xoxb-demo-acme\n")
    assert "standard input has no line client_secret=" in said
    assert deployment.connections == {}


@pytest.mark.parametrize("option", ["--bot-token", "--client-secret", "--token", "--signing-secret"])
def test_no_secret_is_taken_as_an_argument(deployment: Deployment, option: str) -> None:
    said = deployment.bad("connect", "acme", option, "xoxb-demo-acme", env=BOTH)
    assert "No such option" in said


def test_one_function_needs_only_its_own_credentials(deployment: Deployment, slack: Control) -> None:
    deployment.good("connect", "acme", "--notifications", env=BOT)
    row = deployment.connections["t-acme"]
    assert (row.login_enabled, row.notifications_enabled, row.client_id) == (False, True, None)
    assert slack.requests("openid.connect.token") == []


def test_login_alone_needs_the_workspace(deployment: Deployment) -> None:
    said = deployment.bad("connect", "acme", "--login", *CLIENT, env=BOTH)
    assert "workspace: login alone needs the id of the workspace (T...)" in said
    deployment.good("connect", "acme", "--login", "--team", "T0ACME", *CLIENT, env=BOTH)
    row = deployment.connections["t-acme"]
    assert (row.login_enabled, row.notifications_enabled, row.sealed_bot_token) == (True, False, None)


def test_the_second_function_joins_the_first(deployment: Deployment) -> None:
    deployment.good("connect", "acme", "--notifications", env=BOT)
    deployment.good("connect", "acme", "--login", *CLIENT, env=BOTH)
    row = deployment.connections["t-acme"]
    assert (row.login_enabled, row.notifications_enabled, row.team_id) == (True, True, "T0ACME")
    assert _opened(deployment, SecretKind.BOT_TOKEN) == "xoxb-demo-acme"


def test_connecting_again_makes_a_broken_connection_healthy(deployment: Deployment, engine: Any) -> None:
    deployment.connect()
    with engine.begin() as open_:
        open_.exec_driver_sql("UPDATE cocoom_slack_connection SET health = 'broken', health_code = 'x'")
    deployment.connect()
    row = deployment.connections["t-acme"]
    assert (row.health, row.health_code) == ("ok", None)


def test_what_the_bot_could_do_with_more_scopes_is_said(deployment: Deployment, slack: Control) -> None:
    slack.set_token_scopes("xoxb-demo-acme", ["chat:write"])
    said = deployment.good("connect", "acme", "--notifications", env=BOT)
    assert "with the scope users:read.email the bot could find people by their e-mail" in said
    assert "next: `cocoom-slack routes add acme CHANNEL`" in said


@pytest.mark.parametrize(
    ("token", "what"),
    [
        ("xoxp-demo-acme", "bot token: this is a user token"),
        ("xapp-demo-acme", "bot token: this is an app-level token"),
        ("xoxe-demo-acme", "bot token: this is a refresh token"),
        ("Bearer xoxb-demo-acme", "bot token: leave out “Bearer”"),
        ("hush", "bot token: this is no bot token"),
    ],
)
def test_another_token_is_called_by_its_name(
    deployment: Deployment, slack: Control, token: str, what: str
) -> None:
    """B17: not even sent to Slack."""
    said = deployment.bad("connect", "acme", "--notifications", env={"COCOOM_SLACK_BOT_TOKEN": token})
    assert what in said
    assert "demo" not in said
    assert "hush" not in said
    assert slack.requests() == []
    assert deployment.connections == {}


def test_a_client_id_of_another_form_is_told_its_form(deployment: Deployment) -> None:
    """B14"""
    said = deployment.bad("connect", "acme", "--client-id", "abc", env=BOTH)
    assert "client id: it looks like 123456.7890123" in said


def test_a_client_id_that_another_base_uses_is_refused_without_naming_it(
    deployment: Deployment, slack: Control
) -> None:
    """B15"""
    deployment.connect("globex")
    given = {"COCOOM_SLACK_CLIENT_SECRET": "globex-client-secret"}
    client = ("--client-id", "1000000002.2000000002")
    said = deployment.bad("connect", "acme", "--login", "--team", "T0ACME", *client, env=given)
    assert "client id: this Slack app is already connected to another base" in said
    assert "globex" not in said.lower()
    assert set(deployment.connections) == {"t-globex"}


def test_a_bot_token_of_another_workspace_than_named_is_refused_with_both(deployment: Deployment) -> None:
    """B18"""
    given = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-globex"}
    said = deployment.bad("connect", "globex", "--notifications", "--team", "T0ACME", env=given)
    assert "it belongs to the workspace Globex (T0GLOBEX), but T0ACME is expected" in said
    assert deployment.connections == {}


@pytest.mark.parametrize("team", ["acme", "E0ACME", "t0acme"])
def test_a_workspace_of_another_form_is_told_its_form(deployment: Deployment, team: str) -> None:
    assert "workspace: it looks like T01ABCDEF" in deployment.bad(
        "connect", "acme", "--team", team, *CLIENT, env=BOTH
    )


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked", "accesslimited"])
def test_a_token_that_slack_refuses_is_told_slacks_code(
    deployment: Deployment, slack: Control, code: str
) -> None:
    """B19"""
    slack.fault("error", "auth.test", code=code)
    said = deployment.bad("connect", "acme", "--notifications", env=BOT)
    assert f"bot token: Slack answers {code}: copy it again" in said
    assert deployment.connections == {}


def test_a_token_without_chat_write_is_told_the_scope(deployment: Deployment, slack: Control) -> None:
    """B20"""
    slack.set_token_scopes("xoxb-demo-acme", ["users:read.email"])
    said = deployment.bad("connect", "acme", "--notifications", env=BOT)
    assert "bot token: it lacks chat:write: add that to the app and install it again" in said


def test_a_token_that_is_a_persons_is_refused(deployment: Deployment, slack: Control) -> None:
    slack.fault("rewrite", "auth.test", drop=["bot_id"])
    assert "a person's, not a bot's" in deployment.bad("connect", "acme", "--notifications", env=BOT)


def test_a_wrong_client_secret_is_refused_by_its_name(deployment: Deployment) -> None:
    given = {**BOT, "COCOOM_SLACK_CLIENT_SECRET": "another-client-secret"}
    said = deployment.bad("connect", "acme", *CLIENT, env=given)
    assert "client secret: Slack answers bad_client_secret" in said
    assert "another-client-secret" not in said
    assert deployment.connections == {}


def test_an_unknown_client_id_is_refused_by_its_name(deployment: Deployment) -> None:
    said = deployment.bad("connect", "acme", "--client-id", "1.2", env=BOTH)
    assert "client id: Slack answers " in said


def test_a_client_secret_of_another_form_is_refused(deployment: Deployment) -> None:
    given = {**BOT, "COCOOM_SLACK_CLIENT_SECRET": "xoxb-demo-acme-secret"}
    assert "client secret: it is one word" in deployment.bad("connect", "acme", *CLIENT, env=given)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("reset", "Slack's answer was lost"),
        ("hang", "Slack's answer was lost: TimeoutError"),
        ("server_error", "Slack had a fault (HTTP 500)"),
        ("html", "Slack"),
        ("empty", "Slack"),
        ("json_list", "Slack"),
        ("json_null", "Slack"),
        ("truncated_after", "Slack gave an answer we could not read"),
        ("rate_limited", "Slack asked us to wait 30 s"),
        ("redirect", "Slack answers http_302"),
    ],
)
def test_a_slack_with_a_fault_is_said_in_a_line_and_saves_nothing(
    deployment: Deployment, slack: Control, kind: str, what: str
) -> None:
    """B34"""
    slack.fault(kind, "auth.test", seconds=60)
    assert what in deployment.bad("connect", "acme", "--notifications", env=BOT)
    assert deployment.connections == {}


def test_a_slack_that_is_not_there_is_said_in_a_line(
    make: Callable[..., Deployment], deployment: Deployment
) -> None:
    away = make(slack="http://127.0.0.1:1")
    assert "Error: Slack cannot be reached: ClientConnectorError" in away.bad(
        "connect", "acme", "--notifications", env=BOT
    )


def test_an_unknown_tenant_is_said(deployment: Deployment) -> None:
    assert "no tenant has the id or subdomain 'nobody'" in deployment.bad("connect", "nobody", env=BOTH)


def test_a_function_that_the_operator_does_not_allow_is_refused_before_anything_is_asked(
    make: Callable[..., Deployment], deployment: Deployment, slack: Control
) -> None:
    strict = make(tenants="acme notifications")
    for arguments in (("connect", "acme"), ("connect", "acme", "--login"), ("connect", "globex")):
        said = strict.bad(*arguments, env=BOTH)
        assert f"the setting cocoom_slack.tenants does not let {arguments[1]} use login" in said
    assert slack.requests() == []
