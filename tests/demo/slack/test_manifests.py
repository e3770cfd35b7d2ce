"""What Slack takes as a manifest, by program and by its rules (slack.md C)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.manifests.making import export
from demo.slack.manifests.rules import problems
from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]
GOOD: dict[str, Any] = {
    "_metadata": {"major_version": 1, "minor_version": 1},
    "display_information": {"name": "Cocoom", "description": "Told in Slack", "background_color": "#175AE4"},
    "features": {
        "bot_user": {"display_name": "cocoom", "always_online": False},
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True},
    },
    "oauth_config": {
        "redirect_urls": ["https://acme.cocoom.com/oidc"],
        "scopes": {"user": ["openid", "email", "profile"], "bot": ["chat:write", "im:history"]},
    },
    "settings": {"org_deploy_enabled": False, "socket_mode_enabled": False, "token_rotation_enabled": False},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good one with a part set, or with None taken away."""
    manifest = copy.deepcopy(GOOD)
    *way, last = path.split("/")
    place = manifest
    for step in way:
        place = place.setdefault(step, {})
    if value is None:
        place.pop(last)
    else:
        place[last] = value
    return manifest


def test_a_good_manifest_has_no_problems() -> None:
    assert problems(GOOD) == []
    assert problems({"display_information": {"name": "N"}}) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("display_information/name", "n" * 35),
        ("display_information/description", "d" * 139),
        ("display_information/long_description", "d" * 175),
        ("display_information/long_description", "d" * 4000),
        ("display_information/background_color", "#abc"),
        ("features/bot_user/display_name", "a-b_c.9" + "x" * 73),
        ("features/slash_commands", []),
        (
            "oauth_config/redirect_urls",
            ["http://acme.localhost:6543/oidc", "https://a.example/" + "x" * 2400],
        ),
        ("oauth_config/scopes/bot_optional", ["im:history"]),
        (
            "settings/event_subscriptions",
            {"request_url": "https://a.example/e", "bot_events": ["message.im"]},
        ),
        ("settings/interactivity", {"is_enabled": True, "request_url": "https://a.example/i"}),
    ],
)
def test_what_is_allowed_is_taken_up_to_the_limit(path: str, value: Any) -> None:
    assert problems(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("display_information", None, "/display_information"),
        ("display_information/name", None, "/display_information/name"),
        ("display_information/name", "", "/display_information/name"),
        ("display_information/name", "n" * 36, "/display_information/name"),
        ("display_information/description", "d" * 140, "/display_information/description"),
        ("display_information/long_description", "d" * 174, "/display_information/long_description"),
        ("display_information/long_description", "d" * 4001, "/display_information/long_description"),
        ("display_information/background_color", "175AE4", "/display_information/background_color"),
        ("display_information/background_color", "#175AE", "/display_information/background_color"),
        ("display_information/icon", "x.png", "/display_information/icon"),
        ("features/bot_user/display_name", "Cocoom", "/features/bot_user/display_name"),
        ("features/bot_user/display_name", "x" * 81, "/features/bot_user/display_name"),
        ("features/bot_user/always_online", "no", "/features/bot_user/always_online"),
        ("features/app_home/messages_tab_enabled", 1, "/features/app_home/messages_tab_enabled"),
        ("features/bot_user", None, "/features/bot_user"),
        (
            "features/slash_commands",
            [{"command": "/cocoom", "description": "d"}],
            "/features/slash_commands",
        ),
        ("oauth_config/redirect_urls", "https://a.example", "/oauth_config/redirect_urls"),
        ("oauth_config/redirect_urls", ["http://a.example/oidc"], "/oauth_config/redirect_urls/0"),
        ("oauth_config/redirect_urls", ["https://a.example/#x"], "/oauth_config/redirect_urls/0"),
        ("oauth_config/redirect_urls", ["https://a.example/" + "x" * 2500], "/oauth_config/redirect_urls/0"),
        ("oauth_config/scopes/bot", ["chat:wirte"], "/oauth_config/scopes/bot/0"),
        ("oauth_config/scopes/bot", ["chat:write", "openid"], "/oauth_config/scopes/bot/1"),
        ("oauth_config/scopes/user", ["opened"], "/oauth_config/scopes/user/0"),
        ("oauth_config/scopes/bot_optional", ["users:read"], "/oauth_config/scopes/bot_optional"),
        ("oauth_config/pkce_enabled", "true", "/oauth_config/pkce_enabled"),
        (
            "settings/event_subscriptions",
            {"bot_events": ["app_uninstalled"]},
            "/settings/event_subscriptions",
        ),
        (
            "settings/event_subscriptions",
            {"request_url": "https://a.example/e", "bot_events": ["channel_rename"]},
            "/settings/event_subscriptions/bot_events/0",
        ),
        ("settings/interactivity", {}, "/settings/interactivity/is_enabled"),
        ("settings/unknown", True, "/settings/unknown"),
        ("_metadata/major_version", 3, "/_metadata/major_version"),
        ("extra", {}, "/extra"),
    ],
)
def test_what_is_wrong_is_pointed_at(path: str, value: Any, pointer: str) -> None:
    assert [each["pointer"] for each in problems(changed(path, value))] == [pointer]


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_what_is_no_object_is_no_manifest(value: Any) -> None:
    assert problems(value) == [{"message": "must be an object", "pointer": ""}]


# By program, with a configuration token


@pytest.fixture
def maker(it: SlackThread, client: Callable[..., WebClient]) -> WebClient:
    return client(it.control.configuration_token("T0ACME", "U0ALICE"))


def test_a_manifest_is_validated_without_making_anything(maker: WebClient, refusal: Refusal) -> None:
    assert maker.apps_manifest_validate(manifest=GOOD)["ok"]
    bad = changed("display_information/name", "n" * 36)
    answer = refusal(maker.apps_manifest_validate, manifest=bad)
    assert answer["error"] == "invalid_manifest"
    assert answer["errors"] == [
        {"message": "max_length expected 35, got 36", "pointer": "/display_information/name"}
    ]
    assert refusal(maker.apps_manifest_validate, manifest="{")["error"] == "invalid_manifest"


def test_an_app_is_made_with_its_credentials_and_installs_what_it_declared(
    it: SlackThread, maker: WebClient, client: Callable[..., WebClient]
) -> None:
    made = maker.apps_manifest_create(manifest=GOOD)
    app = it.slack.world.apps[made["app_id"]]
    assert made["credentials"]["client_id"] == app.client_id
    assert made["credentials"]["client_secret"] == app.client_secret
    assert (app.team_id, app.bot_scopes) == ("T0ACME", {"chat:write", "im:history"})
    bot = client(it.control.install_app(app.id, "T0ACME", app.bot_scopes)).auth_test()
    assert (bot["user"], bot["app_id"]) == ("cocoom", app.id)


def test_an_app_is_changed_and_exported(maker: WebClient) -> None:
    app = maker.apps_manifest_create(manifest=GOOD)["app_id"]
    assert maker.apps_manifest_export(app_id=app)["manifest"] == GOOD | {
        "display_information": GOOD["display_information"]
    }
    wider = changed("oauth_config/scopes/bot", ["chat:write", "users:read"])
    assert maker.apps_manifest_update(app_id=app, manifest=wider)["permissions_updated"] is True
    assert maker.apps_manifest_update(app_id=app, manifest=wider)["permissions_updated"] is False
    assert maker.apps_manifest_export(app_id=app)["manifest"] == wider


def test_nothing_is_made_or_changed_by_a_bad_manifest(
    it: SlackThread, maker: WebClient, refusal: Refusal
) -> None:
    before = len(it.slack.world.apps)
    bad = changed("extra", {})
    assert refusal(maker.apps_manifest_create, manifest=bad)["error"] == "invalid_manifest"
    update = refusal(maker.apps_manifest_update, app_id="A0ACME", manifest=bad)
    assert update["error"] == "invalid_manifest"
    assert len(it.slack.world.apps) == before
    assert it.slack.world.apps["A0ACME"].client_id == "1000000001.2000000001"


def test_another_workspaces_app_is_out_of_reach(maker: WebClient, refusal: Refusal) -> None:
    assert refusal(maker.apps_manifest_export, app_id="A0GLOBEX")["error"] == "invalid_app_id"


def test_a_configuration_token_makes_apps_and_nothing_else_does(
    maker: WebClient, acme: WebClient, refusal: Refusal
) -> None:
    assert refusal(maker.chat_postMessage, channel="#news", text="x")["error"] == "not_allowed_token_type"
    assert refusal(maker.auth_test)["error"] == "not_allowed_token_type"
    assert refusal(acme.apps_manifest_create, manifest=GOOD)["error"] == "not_allowed_token_type"


@pytest.mark.parametrize("app", ["A0ACME", "A0GLOBEX", "A0ORION"])
def test_the_seeded_apps_export_a_manifest_that_slack_would_take(it: SlackThread, app: str) -> None:
    assert problems(json.loads(json.dumps(export(it.slack.world.apps[app])))) == []
