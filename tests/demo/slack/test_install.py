"""OAuth v2: an app is added to a workspace, or to a whole organisation (slack.md B)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

from .browser import ACME_CALLBACK, ACME_CLIENT, Browser

Refusal = Callable[..., dict[str, Any]]
ORION_CLIENT = ("1000000003.2000000003", "orion-client-secret")


def install(browser: Browser, **changes: str) -> dict[str, Any]:
    return dict(browser.bot(browser.install(as_user="U0ALICE", **changes).returned["code"]).json)


def orion(it: SlackThread, browser: Browser, **changes: str) -> dict[str, Any]:
    it.control.set_redirect_urls("A0ORION", ACME_CALLBACK)
    code = browser.install(client_id=ORION_CLIENT[0], as_user="W0WALTER", **changes).returned["code"]
    return dict(browser.bot(code, ORION_CLIENT).json)


def test_the_answer_has_slack_s_shape_and_the_token_works(
    it: SlackThread, browser: Browser, client: Callable[..., WebClient]
) -> None:
    it.control.revoke_token("xoxb-demo-acme")
    answer = install(browser)
    token = answer.pop("access_token")
    assert answer == {
        "ok": True,
        "app_id": "A0ACME",
        "authed_user": {"id": "U0ALICE"},
        "token_type": "bot",
        "scope": "channels:read,chat:write",
        "bot_user_id": "U0ACMEBOT",
        "team": {"id": "T0ACME", "name": "Acme"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    assert token.startswith("xoxb-")
    assert client(token).auth_test()["user_id"] == "U0ACMEBOT"


def test_installing_again_adds_scopes_and_keeps_the_token(browser: Browser) -> None:
    answer = install(browser, scope="users:read")
    assert answer["access_token"] == "xoxb-demo-acme"
    assert "chat:write" in answer["scope"].split(",")


def test_user_scopes_give_a_user_token_too(
    it: SlackThread, browser: Browser, client: Callable[..., WebClient]
) -> None:
    it.control.change_app("A0ACME", user_scopes=["openid", "email", "profile", "users:read"])
    user = install(browser, user_scope="users:read")["authed_user"]
    assert (user["id"], user["scope"], user["token_type"]) == ("U0ALICE", "users:read", "user")
    assert client(user["access_token"]).users_info(user="U0BOB")["ok"]
    only = install(browser, scope="", user_scope="users:read")
    assert "access_token" not in only


def test_the_page_says_what_is_asked(browser: Browser) -> None:
    page = browser.install()
    assert "would like to be added to your workspace" in page.text
    assert "<code>chat:write</code>" in page.text


def test_cancel_comes_back_as_access_denied(browser: Browser) -> None:
    assert browser.install(as_user="cancel").returned == {"error": "access_denied", "state": "the-state"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "chat:write,openid"}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"user_scope": "openid"}, "invalid_scope"),
        ({"user_scope": "users:read"}, "invalid_scope"),
        ({"scope": ""}, "no_scopes"),
        ({"redirect_uri": "https://evil.example/oidc"}, "bad_redirect_uri"),
        ({"team": "T0GLOBEX"}, "invalid_team_for_non_distributed_app"),
        ({"as_user": "U0GUEST"}, "no_permission"),
    ],
)
def test_a_bad_request_stays_on_slack_s_page(browser: Browser, changes: dict[str, str], error: str) -> None:
    page = browser.install(**changes)
    assert page.status == 400
    assert f"<code>{error}</code>" in page.text


@pytest.mark.parametrize(
    ("client_pair", "fields", "error"),
    [
        ((ACME_CLIENT[0], "wrong"), {}, "bad_client_secret"),
        (("1.1", "x"), {}, "invalid_client_id"),
        (ACME_CLIENT, {"redirect_uri": "https://acme.example/oidc"}, "bad_redirect_uri"),
        (ACME_CLIENT, {"code": "x"}, "invalid_code"),
    ],
)
def test_the_exchange_is_refused(
    browser: Browser, client_pair: tuple[str, str], fields: dict[str, str], error: str
) -> None:
    code = browser.install(as_user="U0ALICE").returned["code"]
    assert browser.bot(code, client_pair, **fields).json == {"ok": False, "error": error}


def test_the_sdk_can_exchange_a_code(acme: WebClient, browser: Browser) -> None:
    code = browser.install(as_user="U0ALICE").returned["code"]
    client_id, secret = ACME_CLIENT
    answer = acme.oauth_v2_access(
        client_id=client_id, client_secret=secret, code=code, redirect_uri=ACME_CALLBACK
    )
    assert answer["team"]["id"] == "T0ACME"


def test_a_workspace_of_an_organisation_names_it(it: SlackThread, browser: Browser) -> None:
    answer = orion(it, browser)
    assert answer["team"] == {"id": "T0ORION", "name": "Orion Labs"}
    assert answer["enterprise"] == {"id": "E0ORION", "name": "Orion Group"}


def test_an_org_wide_install_has_no_team_and_acts_only_where_it_was_added(
    it: SlackThread, browser: Browser, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    answer = orion(it, browser, is_enterprise_install="1", scope="chat:write,chat:write.public,channels:read")
    assert answer["team"] is None
    assert answer["is_enterprise_install"]
    assert answer["bot_user_id"].startswith("W")
    bot = client(answer["access_token"])
    assert bot.auth_test()["is_enterprise_install"]
    assert refusal(bot.chat_postMessage, channel="C2GENERAL", text="x")["error"] == "team_access_not_granted"
    assert refusal(bot.conversations_list, team_id="T0ORION")["error"] == "team_access_not_granted"
    it.control.add_workspace_to_install(answer["access_token"], "T0ORION")
    assert bot.chat_postMessage(channel="C2GENERAL", text="x")["ok"]
    assert bot.chat_postMessage(channel="W0WALTER", text="x")["ok"]
    assert bot.conversations_list(team_id="T0ORION")["channels"]
    assert refusal(bot.conversations_list)["error"] == "invalid_arguments"
    assert refusal(bot.chat_postMessage, channel="#general", text="x")["error"] == "team_not_found"
    assert orion(it, browser, is_enterprise_install="1")["access_token"] == answer["access_token"]
