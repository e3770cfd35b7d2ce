"""The control API and its client: every order, and who may give one."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from slack_sdk import WebClient

from demo.slack.control.client import Control, ControlError
from demo.slack.control.order import ORDERS
from demo.slack.thread import SlackThread

from .asking import ask


def test_a_new_workspace_with_people_channels_and_an_app(
    control: Control, client: Callable[..., WebClient]
) -> None:
    org = control.add_enterprise("Umbra Group")
    team = control.add_team("Umbra", enterprise=org)
    user = control.add_user(team, "Uma Novak", "uma@umbra.example", locale="de-DE", email_verified=False)
    app = control.add_app(team, redirect_urls=["https://umbra.cocoom.com/oidc"], bot_scopes=["chat:write"])
    token = control.install_app(app["id"], team, ["chat:write", "users:read"], token="xoxb-demo-umbra")
    channel = control.add_channel(team, "general", members=[user])
    control.join_channel(team, channel, client(token).auth_test()["user_id"])
    assert client(token).chat_postMessage(channel="#general", text="x")["channel"] == channel
    assert client(token).users_info(user=user)["user"]["locale"] == "de-DE"
    assert set(app) == {"id", "client_id", "client_secret", "signing_secret"}


def test_the_same_user_id_may_live_in_two_workspaces(control: Control, it: SlackThread) -> None:
    control.add_user("T0ACME", "One", "one@acme.example", id="U1")
    control.add_user("T0GLOBEX", "Two", "two@globex.example", id="U1")
    assert it.slack.world.user("T0ACME", "U1").real_name == "One"
    assert it.slack.world.user("T0GLOBEX", "U1").real_name == "Two"


def test_people_and_channels_can_change(control: Control, acme: WebClient) -> None:
    control.change_user("T0ACME", "U0BOB", email="bob@new.example", is_ultra_restricted=True)
    assert acme.users_lookupByEmail(email="bob@new.example")["user"]["is_ultra_restricted"]
    control.change_channel("T0ACME", "news", name="novelties", members=["U0BOB"])
    assert acme.chat_postMessage(channel="#novelties", text="x")["channel"] == "C0NEWS"
    assert not acme.conversations_info(channel="C0NEWS")["channel"]["is_member"]


def test_a_deleted_channel_is_gone(
    control: Control, acme: WebClient, refusal: Callable[..., dict[str, str]]
) -> None:
    control.delete_channel("T0ACME", "news")
    for channel in ("C0NEWS", "#news"):
        assert refusal(acme.chat_postMessage, channel=channel, text="x")["error"] == "channel_not_found"


def test_messages_can_be_waited_for_and_cleared(control: Control, acme: WebClient) -> None:
    with pytest.raises(TimeoutError, match="0 messages in news of T0ACME"):
        control.wait_for("T0ACME", "news", timeout=0.1)
    acme.chat_postMessage(channel="#news", text="x")
    assert control.wait_for("T0ACME", "news", lambda found: len(found) == 1)[0]["text"] == "x"
    assert control.messages("T0ACME", "news", app="A9OTHER") == []
    control.clear_messages("T0GLOBEX")
    assert control.messages("T0ACME", "news")
    control.clear_messages()
    assert control.messages("T0ACME", "news") == []


def test_calm_puts_back_everything_but_the_world(control: Control, it: SlackThread, acme: WebClient) -> None:
    control.fault("server_error")
    control.id_token(drop=["sub"])
    control.approve_as("U0ALICE", team="T0ACME")
    control.settings(latency_ms=5)
    control.calm()
    acme.chat_postMessage(channel="#news", text="x")
    assert it.slack.knobs.standing == []
    assert it.slack.approvals.standing("A0ACME") is None
    assert it.slack.settings.latency_ms == 0
    assert it.slack.rate_limits.limits.enabled


@pytest.mark.parametrize(
    ("order", "arguments", "words"),
    [
        ("add_user", {"team": "T9", "real_name": "x"}, "no team T9"),
        ("deactivate_user", {"team": "T0ACME", "user": "U9"}, "no user U9 in T0ACME"),
        ("join_channel", {"team": "T0ACME", "channel": "x", "user": "U"}, "no channel x in T0ACME"),
        ("set_redirect_urls", {"app": "A9", "urls": []}, "no app A9"),
        ("set_redirect_urls", {"app": "A0ACME", "urls": ["http://evil.example/"]}, "a redirect URL is https"),
        ("change_user", {"team": "T0ACME", "user": "U0BOB", "shoe_size": 43}, "shoe_size"),
        ("change_channel", {"team": "T0ACME", "channel": "news", "posting": "never"}, "not a valid Posting"),
        ("set_limits", {"bursts": 1}, "bursts"),
        ("set_limits", {"posts_per_second": 0}, "are positive"),
        ("set_settings", {"latency": 1}, "latency"),
        ("spoil_id_token", {"signing": "ROT13"}, "not a valid Signing"),
        ("approve_as", {"user": "U0ALICE"}, "no team"),
        ("dance", {}, "no order dance"),
    ],
)
def test_a_wrong_order_is_refused_with_the_reason(
    control: Control, order: str, arguments: dict[str, object], words: str
) -> None:
    with pytest.raises(ControlError, match=words):
        control.order(order, **arguments)


def test_a_web_page_cannot_give_orders(it: SlackThread) -> None:
    answer = ask(f"{it.url}/_control/calm", "POST", b"{}", Origin="https://evil.example")
    assert answer.status == 403
    assert ask(f"{it.url}/_control/calm").status == 405
    assert ask(f"{it.url}/_control/calm", "POST", b"{not json").status == 400


def test_the_client_knows_every_order_and_every_method_of_it_is_used_in_a_test() -> None:
    client = inspect.getsource(Control)
    assert [name for name in ORDERS if f'"{name}"' not in client] == []
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py"))
    methods = [
        name for name, _ in inspect.getmembers(Control, inspect.isfunction) if not name.startswith("_")
    ]
    assert [name for name in methods if f".{name}(" not in tests] == []


def test_every_order_answers_something_json_can_carry(it: SlackThread) -> None:
    assert json.loads(ask(f"{it.url}/_control/counts", "POST", b"").body)["calls"] == {}
