from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

Refusal = Callable[..., dict[str, Any]]


def rich(element: dict[str, Any]) -> dict[str, Any]:
    """A line of rich text with one element."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "  ", "blocks": []}, "no_text"),
        ({"blocks": "{not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"attachments": "{"}, "invalid_attachments"),
        ({"attachments": ["text"]}, "invalid_attachments"),
        ({"attachments": [{"text": 1}]}, "invalid_attachments"),
        ({"attachments": [{"blocks": "x"}]}, "invalid_blocks"),
        ({"blocks": [{"type": "rich_text", "elements": [{"elements": 1}]}]}, "invalid_blocks"),
        ({"blocks": [{"type": "rich_text", "elements": ["x"]}]}, "invalid_blocks"),
        ({"blocks": [rich({"type": "marquee", "text": "x"})]}, "invalid_blocks"),
        ({"blocks": [rich({"type": "text", "text": ""})]}, "invalid_blocks"),
        ({"blocks": [rich({"type": "text", "text": "x", "style": {"loud": True}})]}, "invalid_blocks"),
        ({"blocks": [rich({"type": "link", "url": "javascript:alert(1)"})]}, "invalid_blocks"),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "y" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": ["a"]}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"deep": {"er": 1}}}},
            "invalid_metadata_schema",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": [{"er": 1}]}}},
            "invalid_metadata_schema",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "v" * 9000}}},
            "metadata_too_large",
        ),
    ],
)
def test_content_slack_does_not_take_is_named(
    acme: WebClient, refusal: Refusal, content: dict[str, Any], error: str
) -> None:
    assert refusal(acme.api_call, "chat.postMessage", json={"channel": "C0NEWS"} | content)["error"] == error


def test_a_very_long_text_is_cut_with_a_warning(acme: WebClient) -> None:
    answer = acme.chat_postMessage(channel="#news", text="x" * 40_001)
    assert len(answer["message"]["text"]) == 40_000
    assert answer["warning"] == "message_truncated"
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]


def test_markdown_text_stands_alone(acme: WebClient) -> None:
    answer = acme.api_call("chat.postMessage", json={"channel": "C0NEWS", "markdown_text": "**x**"})
    assert answer["message"]["text"] == "**x**"


def test_blocks_without_text_get_slack_s_own_fallback(acme: WebClient) -> None:
    answer = acme.api_call("chat.postMessage", json={"channel": "C0NEWS", "blocks": [{"type": "divider"}]})
    assert answer["message"]["text"] == "This content can't be displayed."


def test_attachments_are_numbered(acme: WebClient) -> None:
    sent = [{"text": "a", "fallback": "a"}, {"text": "b", "fallback": "b"}]
    answer = acme.chat_postMessage(channel="#news", text="x", attachments=sent)
    assert [item["id"] for item in answer["message"]["attachments"]] == [1, 2]


@pytest.mark.parametrize(
    ("sent", "options", "stored"),
    [
        ("Tom & Jerry <3", {}, "Tom &amp; Jerry &lt;3"),
        ("Tom &amp; Jerry", {}, "Tom &amp; Jerry"),
        ("see https://x.example/a.", {}, "see <https://x.example/a>."),
        ("see https://x.example/a", {"parse": "none"}, "see https://x.example/a"),
        ("write to a@x.example", {}, "write to <mailto:a@x.example|a@x.example>"),
        ("hey @here", {}, "hey @here"),
        ("hey @here", {"parse": "full"}, "hey <!here>"),
        ("hey @channel in #news", {"link_names": True}, "hey <!channel> in <#C0NEWS|news>"),
        ("hey @here", {"parse": "none", "link_names": False}, "hey @here"),
        ("hey <!channel> <@U0BOB>", {"parse": "none"}, "hey <!channel> <@U0BOB>"),
        ("hey &lt;!channel&gt;", {}, "hey &lt;!channel&gt;"),
    ],
)
def test_text_comes_back_as_slack_reads_it(
    acme: WebClient, sent: str, options: dict[str, Any], stored: str
) -> None:
    assert acme.chat_postMessage(channel="#news", text=sent, **options)["message"]["text"] == stored


def test_metadata_is_kept_and_shown_only_on_request(it: SlackThread, acme: WebClient) -> None:
    metadata = {"event_type": "cocoom", "event_payload": {"event_key": "e1", "tags": ["a", "b"], "n": 1}}
    assert (
        acme.chat_postMessage(channel="#news", text="x", metadata=metadata)["message"]["metadata"] == metadata
    )
    plain = acme.conversations_history(channel="C0NEWS")["messages"][0]
    full = acme.conversations_history(channel="C0NEWS", include_all_metadata=True)["messages"][0]
    assert "metadata" not in plain
    assert full["metadata"] == metadata
