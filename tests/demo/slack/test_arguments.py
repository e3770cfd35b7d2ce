from __future__ import annotations

import json

import pytest

from demo.slack.thread import SlackThread

from .asking import FORM, ask, form

BEARER = "Bearer xoxb-demo-acme"


def test_a_call_may_come_as_get_form_json_or_with_an_empty_body(it: SlackThread) -> None:
    post, auth = f"{it.url}/api/chat.postMessage", f"{it.url}/api/auth.test"
    body = json.dumps({"channel": "C0NEWS", "text": "json"})
    answers = [
        ask(f"{post}?channel=C0NEWS&text=query", Authorization=BEARER),
        form(post, {"channel": "C0NEWS", "text": "form"}, Authorization=BEARER),
        ask(post, "POST", body, Content_Type="application/json; charset=utf-8", Authorization=BEARER),
        ask(auth, "POST", b"", Content_Type="application/json", Authorization=BEARER),
        ask(auth, Authorization=BEARER),
    ]
    assert all(answer.json["ok"] for answer in answers)
    texts = [message["text"] for message in it.control.messages("T0ACME", "news")]
    assert texts == ["query", "form", "json"]


def test_blocks_as_json_text_in_a_form_equal_blocks_in_json(it: SlackThread) -> None:
    blocks = [{"type": "divider", "block_id": "b"}]
    as_form = {"channel": "C0NEWS", "blocks": json.dumps(blocks)}
    as_json = json.dumps({"channel": "C0NEWS", "blocks": blocks})
    url = f"{it.url}/api/chat.postMessage"
    first = form(url, as_form, Authorization=BEARER).json
    second = ask(url, "POST", as_json, Content_Type="application/json", Authorization=BEARER).json
    assert first["message"]["blocks"] == second["message"]["blocks"] == blocks


def test_the_token_may_be_a_form_field(it: SlackThread) -> None:
    assert form(f"{it.url}/api/auth.test", {"token": "xoxb-demo-acme"}).json["ok"]


def test_a_token_in_the_query_string_is_no_token(it: SlackThread) -> None:
    assert ask(f"{it.url}/api/auth.test?token=xoxb-demo-acme").json["error"] == "not_authed"
    assert ask(f"{it.url}/api/auth.test?token=xoxb-demo-acme", "POST", b"").json["error"] == "not_authed"


def test_a_token_in_the_json_body_is_no_token(it: SlackThread) -> None:
    body = json.dumps({"token": "xoxb-demo-acme", "channel": "C0NEWS", "text": "x"})
    answer = ask(f"{it.url}/api/chat.postMessage", "POST", body, Content_Type="application/json")
    assert answer.json["error"] == "not_authed"


def test_null_means_the_default(it: SlackThread) -> None:
    body = json.dumps({"channel": "C0NEWS", "text": "x", "thread_ts": None, "blocks": None})
    answer = ask(
        f"{it.url}/api/chat.postMessage", "POST", body, Content_Type="application/json", Authorization=BEARER
    )
    assert answer.json["ok"]


def test_json_is_not_read_by_methods_that_take_forms_only(it: SlackThread) -> None:
    body = json.dumps({"user": "U0ALICE"})
    answer = ask(
        f"{it.url}/api/users.info", "POST", body, Content_Type="application/json", Authorization=BEARER
    )
    assert answer.json["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", b"{not json", "invalid_json"),
        ("application/json", b"[1, 2]", "json_not_object"),
        ("application/json", b'{"text": "\xff"}', "invalid_charset"),
        (f"{FORM}; charset=klingon", b"text=x", "invalid_charset"),
        ("text/plain", b"text=x", "invalid_post_type"),
        ("multipart/form-data; boundary=b", b"no boundary", "invalid_form_data"),
    ],
)
def test_a_malformed_body_is_named(it: SlackThread, content_type: str, body: bytes, error: str) -> None:
    answer = ask(
        f"{it.url}/api/chat.postMessage", "POST", body, Content_Type=content_type, Authorization=BEARER
    )
    assert (answer.status, answer.json["error"]) == (200, error)


def test_a_body_without_a_type_is_named(it: SlackThread) -> None:
    answer = ask(f"{it.url}/api/chat.postMessage", "POST", b"text=x", Authorization=BEARER)
    assert answer.json["error"] == "missing_post_type"


def test_a_multipart_form_is_read(it: SlackThread) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nU0ALICE\r\n--b--\r\n'
    answer = ask(
        f"{it.url}/api/users.info",
        "POST",
        body,
        Content_Type="multipart/form-data; boundary=b",
        Authorization=BEARER,
    )
    assert answer.json["user"]["name"] == "alice"


def test_a_missing_field_is_named(it: SlackThread) -> None:
    answer = form(f"{it.url}/api/chat.postMessage", {"text": "x"}, Authorization=BEARER).json
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


def test_a_number_that_is_none_is_refused(it: SlackThread) -> None:
    answer = form(f"{it.url}/api/users.list", {"limit": "many"}, Authorization=BEARER)
    assert answer.json["error"] == "invalid_limit"
