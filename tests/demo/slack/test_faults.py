"""Every fault, over real sockets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack.control.client import Control, ControlError
from demo.slack.faults import FaultKind
from demo.slack.thread import SlackThread

from .asking import Answer, ask

METADATA = {"event_type": "cocoom", "event_payload": {"event_key": "e1"}}
GONE = (ConnectionResetError, RemoteDisconnected)


def post(
    it: SlackThread, channel: str = "C0NEWS", token: str = "xoxb-demo-acme", timeout: float = 5
) -> Answer:
    body = json.dumps({"channel": channel, "text": "x", "metadata": METADATA})
    headers = {"Content_Type": "application/json", "Authorization": f"Bearer {token}"}
    return ask(f"{it.url}/api/chat.postMessage", "POST", body, timeout, **headers)


def stored(it: SlackThread) -> int:
    return len(it.control.messages("T0ACME", "news"))


@pytest.mark.parametrize(("kind", "messages"), [("reset", 0), ("reset_after", 1)])
def test_a_reset_comes_before_or_after_storing(it: SlackThread, kind: str, messages: int) -> None:
    it.control.fault(kind, "chat.postMessage", times=1)
    with pytest.raises(GONE):
        post(it)
    assert stored(it) == messages
    assert post(it).json["ok"]


@pytest.mark.parametrize(("kind", "messages"), [("hang", 0), ("hang_after", 1)])
def test_a_hang_outlasts_the_caller(it: SlackThread, kind: str, messages: int) -> None:
    it.control.fault(kind, "chat.postMessage", times=1, seconds=60)
    with pytest.raises(TimeoutError):
        post(it, timeout=0.3)
    assert stored(it) == messages


def test_a_hang_ends_without_an_answer(it: SlackThread) -> None:
    it.control.fault("hang", seconds=0.2)
    began = time.monotonic()
    with pytest.raises(GONE):
        post(it)
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_html(it: SlackThread, status: int) -> None:
    it.control.fault("server_error", status=status, times=1)
    answer = post(it)
    assert (answer.status, answer.headers.get_content_type()) == (status, "text/html")
    assert stored(it) == 0


@pytest.mark.parametrize(("kind", "messages"), [("error", 0), ("error_after", 1)])
@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "is_archived", "message_limit_exceeded"])
def test_any_code_before_or_after_storing(it: SlackThread, kind: str, messages: int, code: str) -> None:
    it.control.fault(kind, code=code, times=1)
    answer = post(it)
    assert (answer.status, answer.json) == (200, {"ok": False, "error": code})
    assert stored(it) == messages


def test_an_rfc_style_error_has_its_own_status(it: SlackThread) -> None:
    it.control.fault("error", "openid.connect.token", code="invalid_grant", status=400)
    answer = ask(f"{it.url}/api/openid.connect.token", "POST", b"")
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("text", ["30", "0", "86400", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "", None])
def test_a_429_carries_whatever_header_text_is_asked_for(it: SlackThread, text: str | None) -> None:
    it.control.fault("rate_limited", retry_after=text)
    answer = post(it)
    assert (answer.status, answer.headers["Retry-After"]) == (429, text)


def test_a_redirect_is_offered(it: SlackThread) -> None:
    it.control.fault("redirect", location="https://elsewhere.example/")
    assert (post(it).status, post(it).location) == (302, "https://elsewhere.example/")


@pytest.mark.parametrize(("kind", "body"), [("empty", b""), ("json_list", b"[]"), ("json_null", b"null")])
def test_a_200_may_hold_nothing_useful(it: SlackThread, kind: str, body: bytes) -> None:
    it.control.fault(kind)
    assert (post(it).status, post(it).body) == (200, body)


def test_a_200_may_be_html(it: SlackThread) -> None:
    it.control.fault("html")
    assert post(it).headers.get_content_type() == "text/html"


def test_truncated_json_comes_after_storing(it: SlackThread) -> None:
    it.control.fault("truncated_after")
    answer = post(it)
    assert answer.body.startswith(b'{"ok":true')
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json  # noqa: B018
    assert stored(it) == 1


def test_a_huge_answer_is_as_big_as_asked_and_valid(it: SlackThread) -> None:
    it.control.fault("huge", size=3_000_000)
    answer = post(it)
    assert 2_900_000 < len(answer.body) < 3_100_000
    assert answer.json["ok"]


def test_a_trickle_sends_byte_after_byte(it: SlackThread) -> None:
    it.control.fault("trickle", "auth.test", seconds=0.002)
    began = time.monotonic()
    answer = ask(f"{it.url}/api/auth.test", Authorization="Bearer xoxb-demo-acme")
    assert answer.json["ok"]
    assert time.monotonic() - began >= 0.002 * len(answer.body)


def test_a_caller_may_give_up_on_a_trickle(it: SlackThread) -> None:
    it.control.fault("trickle", "auth.test", seconds=1)
    with pytest.raises(TimeoutError):
        ask(f"{it.url}/api/auth.test", "GET", None, 0.3, Authorization="Bearer xoxb-demo-acme")


def test_an_answer_can_be_rewritten(it: SlackThread) -> None:
    it.control.fault("rewrite", merge={"ts": "9.9"}, drop=["channel"])
    answer = post(it).json
    assert answer["ts"] == "9.9"
    assert "channel" not in answer


def test_times_are_counted_and_without_them_a_fault_stays_until_cleared(it: SlackThread) -> None:
    it.control.fault("server_error", times=2)
    assert [post(it).status for _ in range(3)] == [500, 500, 200]
    it.control.fault("server_error")
    assert [post(it).status for _ in range(3)] == [500] * 3
    it.control.clear_faults()
    assert post(it).status == 200


def test_the_oldest_order_is_carried_out_first(it: SlackThread) -> None:
    it.control.fault("server_error", status=500, times=1)
    it.control.fault("server_error", status=503, times=1)
    assert [post(it).status for _ in range(3)] == [500, 503, 200]


def test_a_fault_can_be_meant_for_one_method_team_or_app(it: SlackThread) -> None:
    it.control.fault("server_error", "auth.test")
    assert post(it).status == 200
    it.control.clear_faults()
    it.control.fault("server_error", team="T0ACME")
    assert (post(it).status, post(it, "C1NEWS", "xoxb-demo-globex").status) == (500, 200)
    it.control.clear_faults()
    for app in ("A0GLOBEX", "1000000002.2000000002"):
        it.control.fault("server_error", app=app)
        assert (post(it).status, post(it, "C1NEWS", "xoxb-demo-globex").status) == (200, 500)
        it.control.clear_faults()


@pytest.mark.parametrize("wanted", ["C0NEWS", "news"])
@pytest.mark.parametrize("said", ["C0NEWS", "#news", "news"])
def test_a_fault_can_be_meant_for_one_channel_however_it_is_called(
    it: SlackThread, wanted: str, said: str
) -> None:
    it.control.fault("server_error", channel=wanted)
    assert (post(it, said).status, post(it, "C0WELCOME").status) == (500, 200)


def test_a_fault_can_be_meant_for_one_person_s_direct_messages(it: SlackThread) -> None:
    direct = post(it, "U0ALICE").json["channel"]
    for wanted in ("U0ALICE", direct):
        it.control.fault("server_error", channel=wanted)
        assert (post(it, "U0ALICE").status, post(it, direct).status, post(it, "U0BOB").status) == (
            500,
            500,
            200,
        )
        it.control.clear_faults()


@pytest.mark.parametrize("document", ["discovery", "keys"])
def test_the_documents_of_sign_in_can_fail_too(it: SlackThread, document: str) -> None:
    paths = {"discovery": "/.well-known/openid-configuration", "keys": "/openid/connect/keys"}
    it.control.fault("server_error", document)
    assert {name: ask(it.url + path).status for name, path in paths.items()}[document] == 500


def test_an_injected_latency_delays_every_answer(it: SlackThread) -> None:
    it.control.settings(latency_ms=120)
    began = time.monotonic()
    assert post(it).status == 200
    assert time.monotonic() - began >= 0.12


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"kind": "explode"}, "not a valid FaultKind"),
        ({"kind": "reset", "method": "chat.shout"}, "no method chat.shout"),
        ({"kind": "reset", "colour": "red"}, "colour"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(control: Control, order: dict[str, Any], words: str) -> None:
    with pytest.raises(ControlError, match=words):
        control.fault(**order)


def test_the_sdk_meets_what_the_notes_say(it: SlackThread, client: Callable[..., WebClient]) -> None:
    """slack.md G: without retry handlers one reset is one request."""
    it.control.fault("reset_after", times=1)
    with pytest.raises(Exception):  # noqa: B017, PT011  (URLError, or ConnectionResetError: the kernel decides)
        client().chat_postMessage(channel="#news", text="x")
    assert it.control.counts()["calls"]["chat.postMessage"] == 1
    it.control.fault("redirect", times=1)
    with pytest.raises(SlackApiError):
        client().chat_postMessage(channel="#news", text="x")


def test_each_kind_of_fault_has_a_test_here() -> None:
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    assert [kind for kind in FaultKind if f'"{kind}"' not in text] == []
