from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.api.objects import user_object
from demo.slack.thread import SlackThread
from demo.slack.world.app import Token
from demo.slack.world.user import User

Refusal = Callable[..., dict[str, Any]]


def test_a_person_has_the_fields_of_slack_s_object(acme: WebClient) -> None:
    user = acme.users_info(user="U0CHLOE")["user"]
    assert (user["id"], user["team_id"], user["locale"]) == ("U0CHLOE", "T0ACME", "fr-FR")
    assert user["profile"]["email"] == "chloe@acme.example"
    assert not user["deleted"]
    assert acme.users_info(user="U0GUEST")["user"]["is_restricted"]
    assert acme.users_info(user="U0LEAVER")["user"]["deleted"]


@pytest.mark.parametrize("method", ["users_info", "users_lookupByEmail"])
def test_a_person_s_time_zone_is_told_with_its_distance_now(
    it: SlackThread, acme: WebClient, method: str
) -> None:
    wanted = {"users_info": {"user": "U0BOB"}, "users_lookupByEmail": {"email": "bob@acme.example"}}[method]
    it.control.change_user("T0ACME", "U0BOB", tz="Asia/Tokyo")
    user = getattr(acme, method)(**wanted)["user"]
    assert (user["tz"], user["tz_label"], user["tz_offset"]) == ("Asia/Tokyo", "Japan Standard Time", 32400)


@pytest.mark.parametrize(
    ("now", "label", "offset"),
    [
        (1_768_000_000, "Central European Standard Time", 3600),
        (1_783_000_000, "Central European Summer Time", 7200),
    ],
)
def test_summer_time_moves_the_distance(now: float, label: str, offset: int) -> None:
    token = Token("xoxb-demo", "bot", "A", "T", "U", frozenset())
    shown = user_object(User("U", "T", "bob", "Bob"), token, now)
    assert (shown["tz_label"], shown["tz_offset"]) == (label, offset)


def test_a_profile_has_slack_s_names(acme: WebClient) -> None:
    profile = acme.users_info(user="U0CHLOE")["user"]["profile"]
    names = ("real_name", "real_name_normalized", "display_name", "first_name", "last_name", "team")
    assert [profile[name] for name in names] == [
        "Chloé Dubois",
        "Chloe Dubois",
        "chloe",
        "Chloé",
        "Dubois",
        "T0ACME",
    ]
    assert profile["image_72"].startswith("https://")


def test_the_address_needs_its_own_scope(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.set_token_scopes("xoxb-demo-acme", ["users:read"])
    assert "email" not in acme.users_info(user="U0ALICE")["user"]["profile"]
    assert refusal(acme.users_lookupByEmail, email="alice@acme.example")["needed"] == "users:read.email"


def test_an_address_is_found_whatever_its_case(acme: WebClient) -> None:
    assert acme.users_lookupByEmail(email="Alice@ACME.example")["user"]["id"] == "U0ALICE"


@pytest.mark.parametrize("email", ["nobody@acme.example", "leo@acme.example", "gina@globex.example"])
def test_unknown_deactivated_and_foreign_people_get_the_same_answer(
    acme: WebClient, refusal: Refusal, email: str
) -> None:
    assert refusal(acme.users_lookupByEmail, email=email)["error"] == "users_not_found"


@pytest.mark.parametrize("user", ["U9NOBODY", "U0GINA"])
def test_a_stranger_is_not_found(acme: WebClient, refusal: Refusal, user: str) -> None:
    assert refusal(acme.users_info, user=user)["error"] == "user_not_found"


def test_the_list_holds_everybody_bots_and_leavers_included(acme: WebClient) -> None:
    ids = {member["id"] for member in acme.users_list()["members"]}
    assert ids == {"U0ALICE", "U0BOB", "U0CHLOE", "U0GUEST", "U0LEAVER", "U0ACMEBOT"}


def test_a_big_team_insists_on_a_limit(it: SlackThread, acme: WebClient, refusal: Refusal) -> None:
    it.control.settings(limit_required_above=3)
    assert refusal(acme.users_list)["error"] == "limit_required"
    assert len(acme.users_list(limit=2)["members"]) == 2


def test_a_person_on_grid_carries_the_organisation(it: SlackThread, client: Callable[..., WebClient]) -> None:
    token = it.control.install_app("A0ORION", "T0ORION", ["users:read", "team:read"])
    user = client(token).users_info(user="W0WALTER")["user"]
    assert user["enterprise_user"]["enterprise_id"] == "E0ORION"
    assert client(token).team_info()["team"]["enterprise_id"] == "E0ORION"
    assert client(token).auth_test()["enterprise_id"] == "E0ORION"


def test_team_and_bot_describe_themselves(acme: WebClient, refusal: Refusal) -> None:
    assert acme.team_info()["team"]["domain"] == "acme"
    assert acme.bots_info(bot="B0ACME")["bot"]["user_id"] == "U0ACMEBOT"
    assert refusal(acme.bots_info, bot="B9")["error"] == "bot_not_found"
