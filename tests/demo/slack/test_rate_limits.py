from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack.clock import Clock
from demo.slack.control.client import ControlError
from demo.slack.rate_limits import RateLimits, Tier
from demo.slack.thread import SlackThread

from .asking import Answer, ask

Post = Callable[..., Answer]


@pytest.fixture
def post(it: SlackThread) -> Post:
    it.control.limits(enabled=True, burst=1, team_per_minute=300)

    def send(channel: str = "C0NEWS", token: str = "xoxb-demo-acme") -> Answer:
        body = json.dumps({"channel": channel, "text": "x"})
        headers = {"Content_Type": "application/json", "Authorization": f"Bearer {token}"}
        return ask(f"{it.url}/api/chat.postMessage", "POST", body, **headers)

    return send


def test_a_channel_takes_one_message_per_second_and_others_go_on(post: Post, it: SlackThread) -> None:
    assert post().status == 200
    refused = post()
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert post("C0WELCOME").status == 200
    assert post("C1NEWS", "xoxb-demo-globex").status == 200
    it.control.advance_clock(1)
    assert post().status == 200
    assert len(it.control.messages("T0ACME", "news")) == 2


def test_both_spellings_and_the_empty_body_alternate(post: Post) -> None:
    post()
    bodies = [post().body for _ in range(3)]
    assert json.loads(bodies[0]) == {"ok": False, "error": "ratelimited"}
    assert json.loads(bodies[1]) == {"retry_after": 1, "ok": False, "error": "rate_limited"}
    assert bodies[2] == b""


def test_a_quiet_channel_takes_a_burst(it: SlackThread, post: Post) -> None:
    it.control.limits(burst=3)
    assert [post().status for _ in range(4)] == [200, 200, 200, 429]


def test_a_workspace_has_a_cap_per_minute(it: SlackThread, post: Post) -> None:
    it.control.limits(burst=10, team_per_minute=3)
    assert [post(channel).status for channel in ("C0NEWS", "C0WELCOME", "C0GENERAL")] == [200] * 3
    refused = post("C0EDITORS")
    assert refused.status == 429
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    assert post("C1NEWS", "xoxb-demo-globex").status == 200
    it.control.advance_clock(60)
    assert post("C0EDITORS").status == 200


def test_a_method_s_tier_is_per_minute_workspace_and_app(it: SlackThread, acme: WebClient) -> None:
    it.control.limits(enabled=True)
    for _ in range(20):
        acme.conversations_list()
    with pytest.raises(SlackApiError) as caught:
        acme.conversations_list()
    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60
    assert acme.auth_test()["ok"]
    assert WebClient("xoxb-demo-globex", base_url=it.api_url, retry_handlers=[]).conversations_list()["ok"]
    it.control.limits(tiers_enabled=False)
    assert acme.conversations_list()["ok"]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.update", {"channel": "C0NEWS", "text": "y"}),
        ("users.lookupByEmail", {"email": "bob@acme.example"}),
    ],
)
@pytest.mark.parametrize("by", ["a quota", "a fault"])
def test_one_method_alone_can_be_limited(
    it: SlackThread, acme: WebClient, method: str, arguments: dict[str, str], by: str
) -> None:
    arguments = {**arguments, "ts": acme.chat_postMessage(channel="#news", text="x")["ts"]}
    acme.api_call(method, params=arguments)
    if by == "a quota":
        it.control.limits(enabled=True, per_method={method: 0}, burst=10)
    else:
        it.control.fault("rate_limited", method, team="T0ACME", retry_after="7")
    with pytest.raises(SlackApiError) as caught:
        acme.api_call(method, params=arguments)
    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60
    assert acme.chat_postMessage(channel="#news", text="z")["ok"]
    assert acme.users_info(user="U0BOB")["ok"]
    it.control.limits(per_method={})
    it.control.clear_faults()
    assert acme.api_call(method, params=arguments)["ok"]


def test_a_method_s_own_quota_opens_again(it: SlackThread, acme: WebClient) -> None:
    it.control.limits(enabled=True, tiers_enabled=False, per_method={"users.info": 2})
    for _ in range(2):
        acme.users_info(user="U0BOB")
    with pytest.raises(SlackApiError):
        acme.users_info(user="U0BOB")
    assert acme.users_lookupByEmail(email="bob@acme.example")["ok"]
    it.control.advance_clock(60)
    assert acme.users_info(user="U0BOB")["ok"]


def test_posting_has_no_quota_of_this_kind(it: SlackThread) -> None:
    with pytest.raises(ControlError, match="posts_per_second"):
        it.control.limits(per_method={"chat.postMessage": 1})


def test_limits_can_be_lifted(it: SlackThread, post: Post) -> None:
    it.control.limits(enabled=False)
    assert {post().status for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("tier", "quota"),
    [(Tier.ONE, 1), (Tier.TWO, 20), (Tier.THREE, 50), (Tier.FOUR, 100), (Tier.SPECIAL, 600)],
)
def test_each_tier_has_its_quota(tier: Tier, quota: int) -> None:
    limits = RateLimits(Clock())
    waits = [limits.wait_for_call("m", tier, "T", "A") for _ in range(quota + 1)]
    assert waits[:-1] == [0] * quota
    assert waits[-1] > 0


def test_refused_posts_cost_nothing() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    limits.limits.burst = 1
    outcomes: list[Any] = [limits.wait_for_post("C", "T", "A") for _ in range(10)]
    assert outcomes == [0] + [1] * 9
    clock.advance(1.01)
    assert limits.wait_for_post("C", "T", "A") == 0
