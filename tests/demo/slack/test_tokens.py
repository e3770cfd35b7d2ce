"""Who may call: admission.py, auth.py, and what becomes of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

from .asking import form
from .browser import ACME_CLIENT, GLOBEX_CLIENT

Refusal = Callable[..., dict[str, Any]]


def test_auth_test_says_who_the_bot_is_and_headers_say_what_it_may(acme: WebClient) -> None:
    answer = acme.auth_test()
    assert answer.data == {
        "ok": True,
        "url": "https://acme.slack.com/",
        "team": "Acme",
        "user": "cocoom",
        "team_id": "T0ACME",
        "user_id": "U0ACMEBOT",
        "bot_id": "B0ACME",
        "app_id": "A0ACME",
        "app_name": "Cocoom",
        "is_enterprise_install": False,
    }
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    posted = acme.chat_postMessage(channel="#news", text="x")
    assert posted.headers["x-accepted-oauth-scopes"] == "chat:write"


def test_a_user_token_has_no_bot_id(it: SlackThread, client: Callable[..., WebClient]) -> None:
    token = it.control.user_token("A0ACME", "T0ACME", "U0BOB", ["chat:write"])
    answer = client(token).auth_test()
    assert token.startswith("xoxp-")
    assert "bot_id" not in answer.data
    assert answer["user"] == "bob"


def test_an_unknown_method_is_named(acme: WebClient, refusal: Refusal) -> None:
    assert refusal(acme.api_call, "chat.shout")["error"] == "unknown_method"


def test_no_token_and_a_wrong_token_are_told_apart(
    client: Callable[..., WebClient], refusal: Refusal, it: SlackThread
) -> None:
    assert form(f"{it.url}/api/auth.test", {}).json["error"] == "not_authed"
    assert refusal(client("xoxb-wrong").auth_test)["error"] == "invalid_auth"


def test_a_missing_scope_comes_with_what_is_needed_and_what_is_there(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    it.control.set_token_scopes("xoxb-demo-acme", ["users:read"])
    answer = refusal(acme.chat_postMessage, channel="#news", text="x")
    assert answer == {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"}


def test_a_kind_of_token_the_method_does_not_take_is_refused(
    it: SlackThread, client: Callable[..., WebClient], acme: WebClient, refusal: Refusal
) -> None:
    token = it.control.user_token("A0ACME", "T0ACME", "U0BOB", ["chat:write"])
    home = {"type": "home", "blocks": []}
    assert (
        refusal(client(token).views_publish, user_id="U0BOB", view=home)["error"] == "not_allowed_token_type"
    )
    assert refusal(acme.openid_connect_userInfo)["error"] == "not_allowed_token_type"


def test_revoking_a_bot_token_takes_the_bot_out_of_its_channels(
    it: SlackThread, acme: WebClient, refusal: Refusal
) -> None:
    assert acme.auth_revoke(test=True).data == {"ok": True, "revoked": False}
    assert acme.auth_revoke().data == {"ok": True, "revoked": True}
    assert refusal(acme.auth_test)["error"] == "account_inactive"
    team = it.slack.world.teams["T0ACME"]
    assert team.users["U0ACMEBOT"].deleted
    assert "U0ACMEBOT" not in team.channels["C0NEWS"].members


def test_a_revoked_user_token_says_so(
    it: SlackThread, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    token = it.control.user_token("A0ACME", "T0ACME", "U0BOB", ["chat:write"])
    client(token).auth_revoke()
    assert refusal(client(token).auth_test)["error"] == "token_revoked"


def test_an_expired_token_says_so(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.expire_token("xoxb-demo-acme")
    assert refusal(acme.auth_test)["error"] == "token_expired"


def test_the_tokens_of_a_leaver_are_inactive(
    it: SlackThread, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    token = it.control.user_token("A0ACME", "T0ACME", "U0BOB", ["chat:write"])
    it.control.deactivate_user("T0ACME", "U0BOB")
    assert refusal(client(token).auth_test)["error"] == "account_inactive"


def test_uninstalling_ends_the_workspace_s_tokens_and_no_other_s(
    it: SlackThread, acme: WebClient, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    it.control.uninstall_app("A0ACME", "T0ACME")
    assert refusal(acme.auth_test)["error"] == "account_inactive"
    assert client("xoxb-demo-globex").auth_test()["team"] == "Globex"


def test_an_app_installed_again_gets_a_new_token_and_no_channels(it: SlackThread, acme: WebClient) -> None:
    it.control.revoke_token("xoxb-demo-acme")
    fresh = it.control.install_app("A0ACME", "T0ACME", ["chat:write"])
    assert fresh != "xoxb-demo-acme"
    assert "U0ACMEBOT" not in it.slack.world.teams["T0ACME"].channels["C0NEWS"].members


def test_installing_over_an_installation_adds_scopes_and_keeps_the_token(it: SlackThread) -> None:
    before = it.slack.world.tokens["xoxb-demo-acme"].scopes
    assert it.control.install_app("A0ACME", "T0ACME", ["pins:write"]) == "xoxb-demo-acme"
    assert it.slack.world.tokens["xoxb-demo-acme"].scopes == before | {"pins:write"}


@pytest.mark.parametrize(
    ("client_id", "secret", "error"),
    [
        ("1.1", "x", "invalid_client_id"),
        (ACME_CLIENT[0], "wrong", "bad_client_secret"),
        (*GLOBEX_CLIENT, "client_id_token_mismatch"),
        (*ACME_CLIENT, "no_permission"),
    ],
)
def test_apps_uninstall_refuses(
    acme: WebClient, refusal: Refusal, client_id: str, secret: str, error: str
) -> None:
    assert refusal(acme.apps_uninstall, client_id=client_id, client_secret=secret)["error"] == error


def test_apps_uninstall_with_a_user_token_ends_the_bot_too(
    it: SlackThread, acme: WebClient, client: Callable[..., WebClient], refusal: Refusal
) -> None:
    token = it.control.user_token("A0ACME", "T0ACME", "U0ALICE", ["chat:write"])
    client_id, secret = ACME_CLIENT
    assert client(token).apps_uninstall(client_id=client_id, client_secret=secret)["uninstalled"]
    assert refusal(acme.auth_test)["error"] == "account_inactive"
