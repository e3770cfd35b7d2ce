from __future__ import annotations

from slack_sdk import WebClient

from demo.slack.recorder import Recorder
from demo.slack.thread import SlackThread

from .asking import form


def key(value: object, name: str = "event_key") -> dict[str, object]:
    return {"event_type": "cocoom", "event_payload": {name: value}}


def test_a_request_is_recorded_with_all_a_test_may_ask(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="#news", text="x")
    request = it.control.requests("chat.postMessage")[0]
    assert (request["verb"], request["status"], request["answer"]) == ("POST", 200, "ok")
    assert (request["token"], request["token_kind"]) == ("xoxb-demo-acme", "bot")
    assert (request["app"], request["team"]) == ("A0ACME", "T0ACME")
    assert request["arguments"]["text"] == "x"
    assert request["headers"]["user-agent"].startswith("Python")


def test_refusals_and_faults_are_recorded_by_name(it: SlackThread) -> None:
    form(f"{it.url}/api/auth.test", {})
    it.control.fault("server_error")
    form(f"{it.url}/api/auth.test", {})
    assert it.control.counts()["answers"] == {"auth.test": {"not_authed": 1, "fault:server_error": 1}}


def test_requests_can_be_asked_for_by_team(it: SlackThread, acme: WebClient) -> None:
    acme.auth_test()
    assert len(it.control.requests(team="T0ACME")) == 1
    assert it.control.requests(team="T0GLOBEX") == []


def test_the_ring_is_bounded_and_the_counters_are_exact(it: SlackThread, acme: WebClient) -> None:
    it.control.recorder(kept=3)
    for number in range(7):
        acme.chat_postMessage(channel="#news", text="x", metadata=key(f"e{number % 5}"))
    assert len(it.control.requests()) == 3
    counts = it.control.counts()
    assert counts["calls"] == {"chat.postMessage": 7}
    assert (counts["stored"], counts["event_keys"]) == (7, 5)
    assert it.control.duplicates() == {"e0": 2, "e1": 2}
    it.control.clear_record()
    assert it.control.counts() == {"calls": {}, "answers": {}, "event_keys": 0, "stored": 0}


def test_one_message_may_carry_several_event_keys() -> None:
    recorder = Recorder()
    recorder.stored(key(["e1", "e2"]), "C1")
    recorder.stored(key("e2"), "C1")
    recorder.stored(key("e3 e2", "event_keys"), "C1")
    recorder.stored(key(7), "C1")
    recorder.stored(None, "C1")
    assert recorder.posted == {"e1": 1, "e2": 3, "e3": 1}
    assert recorder.duplicates == {"e2": 3}
    recorder.stored(key("e1"), "C2")
    assert recorder.duplicates == {"e2": 3}, "the same event in another channel is no double"


def test_the_field_that_holds_the_key_can_be_named(it: SlackThread, acme: WebClient) -> None:
    it.control.recorder(event_key_field="notice")
    acme.chat_postMessage(channel="#news", text="x", metadata=key("n1", "notice"))
    assert it.control.posted() == {"n1": 1}


def test_a_token_is_not_shown_by_its_own_representation(it: SlackThread) -> None:
    token = it.slack.world.tokens["xoxb-demo-acme"]
    assert "xoxb-demo-acme" not in repr(token)
    assert token.short == "xoxb…cme"
