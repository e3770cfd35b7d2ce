"""Sign in with Slack from discovery to userInfo (slack.md A1-A6)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

from .asking import ask, form
from .browser import ACME_CALLBACK, ACME_CLIENT, GLOBEX_CLIENT, SIGN_IN, Browser, verified

SLACK = "https://slack.com/"


def test_discovery_is_slack_s_with_our_address(it: SlackThread) -> None:
    document = ask(f"{it.url}/.well-known/openid-configuration").json
    assert document["issuer"] == it.url
    assert document["token_endpoint"] == f"{it.url}/api/openid.connect.token"
    assert document["userinfo_endpoint"] == f"{it.url}/api/openid.connect.userInfo"
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert len(document) == 16


def test_two_keys_are_published_and_rotation_keeps_the_previous_one(
    it: SlackThread, browser: Browser
) -> None:
    def kids() -> list[str]:
        return [key["kid"] for key in ask(f"{it.url}/openid/connect/keys").json["keys"]]

    first, second = kids()
    id_token = browser.id_token()
    fresh = it.control.rotate_keys()
    assert kids() == [fresh, first]
    assert second not in kids()
    assert verified(it.url, id_token)["sub"] == "U0ALICE"
    assert jwt.get_unverified_header(browser.id_token())["kid"] == fresh
    it.control.rotate_keys(keep_old=False)
    with pytest.raises(KeyError):
        verified(it.url, id_token)


def test_the_happy_path_ends_with_the_claims_of_all_three_scopes(it: SlackThread, browser: Browser) -> None:
    answer = browser.token(browser.code()).json
    assert set(answer) == {"ok", "access_token", "token_type", "id_token"}
    claims = verified(it.url, answer["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (it.url, ACME_CLIENT[0], "the-nonce")
    assert claims["exp"] == claims["iat"] + 300
    assert abs(claims["iat"] - time.time()) < 5
    assert claims["auth_time"] == claims["iat"]
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["sub"] == claims[SLACK + "user_id"] == "U0ALICE"
    assert (claims[SLACK + "team_id"], claims[SLACK + "team_name"]) == ("T0ACME", "Acme")
    assert (claims["email"], claims["email_verified"]) == ("alice@acme.example", True)
    assert (claims["name"], claims["given_name"], claims["family_name"]) == (
        "Alice Martin",
        "Alice",
        "Martin",
    )


def test_claims_follow_the_scopes(browser: Browser) -> None:
    only = browser.claims(scope="openid")
    assert {"email", "name", SLACK + "team_name"}.isdisjoint(only)
    assert only[SLACK + "team_id"] == "T0ACME"
    assert "name" not in browser.claims(scope="openid email")
    assert "email" not in browser.claims("U0BOB", scope="openid profile")


def test_without_a_nonce_the_claim_is_the_empty_string(browser: Browser) -> None:
    assert browser.claims(nonce="")["nonce"] == ""


def test_a_person_on_grid_brings_the_organisation(it: SlackThread, browser: Browser) -> None:
    it.control.set_redirect_urls("A0ORION", ACME_CALLBACK)
    code = browser.code("W0WALTER", client_id="1000000003.2000000003")
    id_token = browser.token(code, ("1000000003.2000000003", "orion-client-secret")).json["id_token"]
    claims = jwt.decode(id_token, options={"verify_signature": False})
    assert (claims["sub"], claims[SLACK + "enterprise_id"]) == ("W0WALTER", "E0ORION")


def test_user_info_repeats_who_it_is(it: SlackThread, browser: Browser) -> None:
    token = browser.token(browser.code()).json["access_token"]
    for verb in ("GET", "POST"):
        info = ask(f"{it.url}/api/openid.connect.userInfo", verb, Authorization=f"Bearer {token}").json
        assert (info["ok"], info["sub"], info["email"]) == (True, "U0ALICE", "alice@acme.example")
        assert {"iss", "aud", "exp", "iat", "nonce", "at_hash"}.isdisjoint(info)


def test_user_info_without_a_good_token_is_a_refusal_without_sub(it: SlackThread) -> None:
    answer = ask(f"{it.url}/api/openid.connect.userInfo", Authorization="Bearer xoxp-nobody")
    assert (answer.status, answer.json) == (200, {"ok": False, "error": "invalid_auth"})


# The authorize address


def test_the_person_chooses_on_a_page_with_a_button_each(browser: Browser) -> None:
    page = browser.sign_in()
    assert page.status == 200
    for name in ("Alice Martin", "Bob Leroy", "Chloé Dubois", "Gus Guest", "Cancel"):
        assert name in page.text
    assert "Leo Leaver" not in page.text
    assert "Gina Roux" not in page.text


def test_the_choice_may_be_posted_as_the_page_does(it: SlackThread) -> None:
    fields = SIGN_IN | {"as_user": "T0ACME.U0BOB"}
    answer = form(f"{it.url}/openid/connect/authorize", fields)
    assert answer.status == 302
    assert answer.location.startswith(ACME_CALLBACK + "?")
    assert answer.returned["state"] == "the-state"


def test_cancel_comes_back_as_access_denied(browser: Browser) -> None:
    assert browser.sign_in(as_user="cancel").returned == {"error": "access_denied", "state": "the-state"}


def test_consent_can_be_given_in_advance(it: SlackThread, browser: Browser) -> None:
    it.control.approve_as("U0BOB", app="A0ACME")
    assert "code" in browser.sign_in().returned
    assert browser.sign_in(as_user="cancel").returned["error"] == "access_denied"
    it.control.approve_as("U0GINA", team="T0GLOBEX")
    it.control.ask_people()
    assert browser.sign_in().status == 200
    it.control.cancel_sign_in()
    assert browser.sign_in().returned["error"] == "access_denied"


def test_somebody_of_another_workspace_can_be_made_to_arrive(it: SlackThread, browser: Browser) -> None:
    it.control.approve_as("U0GINA", team="T0GLOBEX", app=ACME_CLIENT[0])
    id_token = browser.token(browser.sign_in().returned["code"]).json["id_token"]
    assert verified(it.url, id_token)[SLACK + "team_id"] == "T0GLOBEX"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "1.1"}, "invalid_client_id"),
        ({"redirect_uri": "http://globex.localhost:6543/oidc"}, "bad_redirect_uri"),
        ({"redirect_uri": "http://evil.example/oidc"}, "bad_redirect_uri"),
        ({"redirect_uri": "http://acme.localhost:6543/oidc/../evil"}, "bad_redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email profile"}, "invalid_scope"),
        ({"scope": "openid chat:write"}, "invalid_scope"),
        ({"scope": "openid,email"}, "invalid_scope"),
        ({"team": "T9"}, "team_not_found"),
        ({"team": "T0GLOBEX"}, "invalid_team_for_non_distributed_app"),
        ({"as_user": "U0LEAVER"}, "user_not_found"),
        ({"as_user": "U0GINA"}, "user_not_found"),
    ],
)
def test_a_bad_request_stays_on_slack_s_page(browser: Browser, changes: dict[str, str], error: str) -> None:
    page = browser.sign_in(**changes)
    assert page.status == 400
    assert f"<code>{error}</code>" in page.text


def test_scopes_the_app_never_declared_are_refused(it: SlackThread, browser: Browser) -> None:
    it.control.change_app("A0ACME", user_scopes=["openid"])
    assert "invalid_scope" in browser.sign_in().text
    assert browser.sign_in(scope="openid", as_user="U0BOB").status == 302


def test_somebody_who_left_cannot_sign_in_even_with_consent_given_in_advance(
    it: SlackThread, browser: Browser
) -> None:
    it.control.approve_as("U0LEAVER", app="A0ACME")
    assert "account_inactive" in browser.sign_in().text


def test_without_redirect_uri_the_first_registered_one_is_used_and_need_not_be_repeated(
    it: SlackThread, browser: Browser
) -> None:
    it.control.set_redirect_urls("A0ACME", "https://first.example/oidc", ACME_CALLBACK)
    answer = browser.sign_in(redirect_uri="", as_user="U0BOB")
    assert answer.location.startswith("https://first.example/oidc?")
    assert browser.token(answer.returned["code"], redirect_uri="").json["ok"]


def test_a_distributed_app_offers_people_of_every_workspace(it: SlackThread, browser: Browser) -> None:
    it.control.change_app("A0ACME", distributed=True)
    assert "Gina Roux" in browser.sign_in().text
    page = browser.sign_in(team="T0GLOBEX")
    assert "Gina Roux" in page.text
    assert "Alice Martin" not in page.text


def test_consent_is_skipped_for_somebody_slack_remembers(it: SlackThread, browser: Browser) -> None:
    it.control.settings(remember_sign_ins=True)
    browser.id_token("U0BOB")
    assert browser.sign_in().status == 200, "without the team parameter Slack asks each time"
    again = browser.sign_in(team="T0ACME")
    id_token = browser.token(again.returned["code"]).json["id_token"]
    assert verified(it.url, id_token)["sub"] == "U0BOB"
    browser.cookies.clear()
    assert browser.sign_in(team="T0ACME").status == 200


# The token address


def test_the_secret_may_come_in_the_form(it: SlackThread, browser: Browser) -> None:
    fields = {"code": browser.code(), "redirect_uri": ACME_CALLBACK, "grant_type": "authorization_code"}
    client = {"client_id": ACME_CLIENT[0], "client_secret": ACME_CLIENT[1]}
    assert form(f"{it.url}/api/openid.connect.token", fields | client).json["ok"]


def test_the_sdk_can_redeem_a_code(acme: WebClient, browser: Browser) -> None:
    client_id, secret = ACME_CLIENT
    answer = acme.openid_connect_token(
        client_id=client_id, client_secret=secret, code=browser.code(), redirect_uri=ACME_CALLBACK
    )
    assert answer["id_token"]


def test_json_is_not_taken(it: SlackThread, browser: Browser) -> None:
    client = {"client_id": ACME_CLIENT[0], "client_secret": ACME_CLIENT[1]}
    body = json.dumps({"code": browser.code(), "redirect_uri": ACME_CALLBACK} | client)
    answer = ask(f"{it.url}/api/openid.connect.token", "POST", body, Content_Type="application/json")
    assert answer.json == {"ok": False, "error": "invalid_client_id"}


@pytest.mark.parametrize(
    ("client", "fields", "error"),
    [
        (("1.1", "x"), {}, "invalid_client_id"),
        ((ACME_CLIENT[0], "wrong"), {}, "bad_client_secret"),
        (ACME_CLIENT, {"code": "made-up"}, "invalid_code"),
        (ACME_CLIENT, {"redirect_uri": ACME_CALLBACK + "/"}, "bad_redirect_uri"),
        (ACME_CLIENT, {"redirect_uri": ""}, "bad_redirect_uri"),
        (ACME_CLIENT, {"grant_type": "password"}, "invalid_grant_type"),
        (ACME_CLIENT, {"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_refresh_token"),
        (ACME_CLIENT, {"code_verifier": "v" * 43}, "internal_error"),
        (GLOBEX_CLIENT, {}, "invalid_code"),
    ],
)
def test_the_token_call_is_refused_with_http_200(
    browser: Browser, client: tuple[str, str], fields: dict[str, str], error: str
) -> None:
    answer = browser.token(browser.code(), client, **fields)
    assert (answer.status, answer.json) == (200, {"ok": False, "error": error})


def test_a_code_works_once(browser: Browser) -> None:
    code = browser.code()
    assert browser.token(code).json["ok"]
    assert browser.token(code).json["error"] == "invalid_code"


def test_a_code_lives_ten_minutes(it: SlackThread, browser: Browser) -> None:
    young, old = browser.code(), browser.code()
    it.control.advance_clock(595)
    assert browser.token(young).json["ok"]
    it.control.advance_clock(10)
    assert browser.token(old).json["error"] == "invalid_code"


def test_a_code_belongs_to_its_flow(browser: Browser) -> None:
    code = browser.install(as_user="U0ALICE").returned["code"]
    assert browser.token(code).json["error"] == "oauth_authorization_url_mismatch"
    assert browser.bot(browser.code()).json["error"] == "oauth_authorization_url_mismatch"


# Trouble at these two addresses is ordinary trouble


def test_the_token_answer_can_lack_its_id_token(it: SlackThread, browser: Browser) -> None:
    it.control.fault("rewrite", "openid.connect.token", drop=["id_token"], app="A0ACME")
    assert "id_token" not in browser.token(browser.code()).json


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "error", "code": "invalid_auth"}, {"ok": False, "error": "invalid_auth"}),
        ({"kind": "rewrite", "merge": {"sub": "U0BOB"}}, {"sub": "U0BOB"}),
        ({"kind": "rewrite", "drop": ["sub"]}, {"sub": None}),
    ],
)
def test_user_info_can_be_wrong(
    it: SlackThread, browser: Browser, fault: dict[str, Any], expected: dict[str, Any]
) -> None:
    token = browser.token(browser.code()).json["access_token"]
    it.control.fault(method="openid.connect.userInfo", app="A0ACME", **fault)
    info = ask(f"{it.url}/api/openid.connect.userInfo", Authorization=f"Bearer {token}").json
    assert {name: info.get(name) for name in expected} == expected


def test_signing_in_needs_no_bot_and_gives_a_user_token_of_three_scopes(
    it: SlackThread, browser: Browser, client: Callable[..., WebClient]
) -> None:
    it.control.revoke_token("xoxb-demo-acme")
    token = browser.token(browser.code()).json["access_token"]
    assert client(token).auth_test().headers["x-oauth-scopes"] == "email,openid,profile"
