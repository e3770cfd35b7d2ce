"""A tenant's manifest (features.md 3), read by the rules of slack.md C as the stand-in has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cocoom_slack_plugin.connect.app_pages import app_list, app_page
from cocoom_slack_plugin.connect.description import SHORT
from cocoom_slack_plugin.connect.features import Feature, Wish
from cocoom_slack_plugin.connect.manifest import LONGEST_LINK, as_json, manifest_of, prefilled_link
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login.addresses import CALLBACK_PATH
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.testing import make_tenant
from cocoom_slack_plugin.translations import LOCALES, translations
from demo.slack.manifests.rules import problems

ACME = make_tenant("acme", url="https://acme.cocoom.com")
BLUE = "#175AE4"
SLACK = "https://slack.com"
WISHES = [
    Wish.of([Function.LOGIN]),
    Wish.of([Function.NOTIFICATIONS]),
    Wish.of(Function),
    Wish.of(Function, Feature),
]
every_wish = pytest.mark.parametrize("wish", WISHES, ids=["login", "notifications", "both", "everything"])


def made(*functions: Function, features: Sequence[Feature] = (), **changes: Any) -> dict[str, Any]:
    return manifest_of(replace(ACME, **changes), Wish.of(functions, features), BLUE)


@every_wish
@pytest.mark.parametrize("locale", LOCALES)
def test_slack_takes_it(wish: Wish, locale: str) -> None:
    """3"""
    assert problems(manifest_of(replace(ACME, locale=locale), wish, BLUE)) == []


def test_for_both_functions_it_is_exactly_this() -> None:
    found = made(*Function)
    long = found["display_information"].pop("long_description")
    assert found == {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Cocoom",
            "description": "Sign in to your Cocoom base with Slack, and read in Slack what is new there.",
            "background_color": "#175AE4",
        },
        "features": {
            "bot_user": {"display_name": "cocoom", "always_online": False},
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
        },
        "oauth_config": {
            "redirect_urls": ["https://acme.cocoom.com/oidc"],
            "scopes": {"user": ["openid", "email", "profile"], "bot": ["chat:write"]},
        },
        "settings": {
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
    assert "https://acme.cocoom.com" in long
    assert "chat:write: Lets the bot post notifications" in long


def test_login_alone_has_no_bot() -> None:
    found = made(Function.LOGIN)
    assert "features" not in found
    assert found["oauth_config"]["scopes"] == {"user": ["openid", "email", "profile"]}


def test_notifications_alone_send_nobody_back_and_ask_no_user() -> None:
    found = made(Function.NOTIFICATIONS)
    assert found["oauth_config"] == {"scopes": {"bot": ["chat:write"]}}
    assert found["features"]["app_home"]["messages_tab_enabled"]


def test_a_feature_adds_its_scopes() -> None:
    found = made(Function.NOTIFICATIONS, features=[Feature.PUBLIC_CHANNELS, Feature.DIRECT_MESSAGES])
    wanted = ["chat:write", "chat:write.public", "users:read", "users:read.email"]
    assert found["oauth_config"]["scopes"]["bot"] == wanted


def test_nothing_listens_to_slack_yet() -> None:
    """A subscription without an address makes the prefilled page fail without a word (slack.md C)."""
    settings = made(*Function, features=list(Feature))["settings"]
    assert not settings.keys() & {"event_subscriptions", "interactivity"}


def test_the_description_is_in_the_tenants_language() -> None:
    """3"""
    display = made(*Function, locale="fr")["display_information"]
    assert display["description"].startswith("Connectez-vous à votre base Cocoom")
    assert "Permet au bot de publier" in display["long_description"]


def test_a_language_without_texts_is_english() -> None:
    assert made(Function.LOGIN, locale="de")["display_information"]["description"].startswith("Sign in")


@pytest.mark.parametrize("locale", LOCALES)
def test_short_descriptions_stay_below_the_140_characters_that_slack_refused(locale: str) -> None:
    assert set(SHORT) == {
        frozenset({Function.LOGIN}),
        frozenset({Function.NOTIFICATIONS}),
        frozenset(Function),
    }
    assert all(len(translations(locale).gettext(text)) <= 139 for text in SHORT.values())


@every_wish
def test_the_long_description_explains_every_permission(wish: Wish) -> None:
    """13"""
    display = manifest_of(ACME, wish, BLUE)["display_information"]
    assert 175 <= len(display["long_description"]) <= 4000
    for scope in (*wish.user_scopes, *wish.bot_scopes):
        assert f"{scope}: " in display["long_description"]


def test_the_base_is_named_without_what_cannot_be_seen() -> None:
    long = made(Function.LOGIN, name="Acme\u202e\x00 \n  Pumps\ud800" + "!" * 99)["display_information"]
    assert "base Acme Pumps !!" in long["long_description"]
    assert "…" in long["long_description"]
    long["long_description"].encode()


def test_the_colour_is_the_operators() -> None:
    assert manifest_of(ACME, WISHES[0], "#0f5")["display_information"]["background_color"] == "#0f5"


def test_the_callback_is_the_one_that_login_answers_at() -> None:
    assert made(Function.LOGIN)["oauth_config"]["redirect_urls"] == [f"{ACME.url}{CALLBACK_PATH}"]


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.cocoom.com",
        "acme.cocoom.com",
        "https://",
        "https://a:b@acme.cocoom.com",
        "https://acme.cocoom.com/#",
        "https://acme.cocoom.com/" + "x" * 2500,
        "",
    ],
)
def test_an_address_that_slack_refuses_is_named(url: str) -> None:
    with pytest.raises(InvalidInput, match="address of the base: Slack sends browsers back to https"):
        made(Function.LOGIN, url=url)
    assert problems(made(Function.NOTIFICATIONS, url=url)) == [], "notifications need no address"


def test_a_machines_own_loopback_is_good_enough_for_development() -> None:
    found = made(Function.LOGIN, url="http://acme.localhost:6543")
    assert found["oauth_config"]["redirect_urls"] == ["http://acme.localhost:6543/oidc"]
    assert problems(found) == []


def test_json_is_read_back_as_it_was_and_keeps_accents() -> None:
    found = made(*Function, locale="fr")
    assert json.loads(as_json(found)) == found
    assert "à votre base" in as_json(found)
    assert as_json(found).startswith("{\n  ")


@every_wish
@pytest.mark.parametrize("locale", LOCALES)
def test_the_link_carries_the_manifest_and_is_short_enough(wish: Wish, locale: str) -> None:
    """3"""
    found = manifest_of(replace(ACME, locale=locale), wish, BLUE)
    link = prefilled_link(found, SLACK)
    assert link.startswith("https://api.slack.com/apps?new_app=1&manifest_json=%7B")
    assert link.isascii()
    assert len(link) <= LONGEST_LINK
    query = parse_qs(urlsplit(link).query)
    carried = json.loads(query["manifest_json"][0])
    carried["display_information"].setdefault(
        "long_description", found["display_information"]["long_description"]
    )
    assert carried == found


def test_what_means_something_in_an_address_is_carried_as_text() -> None:
    found = made(*Function, name="Pumps & Valves #1 + 50 % = ?")
    carried = parse_qs(urlsplit(prefilled_link(found, SLACK)).query)["manifest_json"]
    assert [json.loads(each) for each in carried] == [found]


def test_a_link_that_would_be_too_long_leaves_the_long_description_out() -> None:
    found = made(*Function, name="漢" * 300, url="https://acme.cocoom.com/" + "x" * 2400)
    carried = json.loads(parse_qs(urlsplit(prefilled_link(found, SLACK)).query)["manifest_json"][0])
    assert "long_description" in found["display_information"]
    assert "long_description" not in carried["display_information"]
    assert problems(carried) == []


def test_a_link_that_is_too_long_all_the_same_is_refused_with_another_way() -> None:
    found = made(Function.LOGIN, url="https://acme.cocoom.com/" + "é" * 2000)
    with pytest.raises(InvalidInput, match="paste the manifest as JSON instead"):
        prefilled_link(found, SLACK)


@pytest.mark.parametrize(
    ("slack", "apps"),
    [
        ("https://slack.com", "https://api.slack.com/apps"),
        ("https://slack-gov.com", "https://api.slack-gov.com/apps"),
        ("http://127.0.0.1:6868", "http://127.0.0.1:6868/apps"),
    ],
)
def test_apps_are_made_where_slack_keeps_them(slack: str, apps: str) -> None:
    assert app_list(slack) == apps
    assert app_page(slack, "A01") == f"{apps}/A01"
    assert app_page(slack, None) == apps
