"""Validation in Slack's words, limits of every block, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack.api.error import SlackError
from demo.slack.blocks.storing import stored_blocks
from demo.slack.blocks.validation import check_blocks, text_length
from demo.slack.seed import seeded

Block = dict[str, Any]
ACME = seeded().world.teams["T0ACME"]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str, **more: Any) -> Block:
    return {"type": "mrkdwn", "text": text, **more}


def section(text: str = "x") -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain("Go"), **more}


def image(**more: Any) -> Block:
    return {"type": "image", "image_url": "https://x.example/a.png", **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def dated(**fields: Any) -> Block:
    element = {"type": "date", "format": "{date_short}", **fields}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [element]}]}


GOOD: list[Block] = [
    section("x" * 3000),
    {"type": "section", "fields": [mrkdwn("x" * 1000)] * 10},
    {"type": "section", "text": plain("x"), "accessory": button(url="https://x.example")},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider", "block_id": "b" * 255},
    {
        "type": "context",
        "elements": [mrkdwn("x"), {"type": "image", "image_url": "https://x/a", "alt_text": "a"}],
    },
    actions(*[button(value="v" * 2000, url="https://x.example", style="primary")] * 25),
    actions({"type": "static_select", "options": [{"text": plain("a"), "value": "1"}], "action_id": "a"}),
    actions(
        button(confirm={"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")})
    ),
    {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", "title": plain("t")},
    {"type": "markdown", "text": "x" * 12_000},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    dated(timestamp=1767346200),
    dated(timestamp=0, fallback="f", url="https://x.example", timezone="Europe/Paris", style={"bold": True}),
]

BAD: list[tuple[Block | str, str, str]] = [
    (dated(timestamp="1767346200"), "must provide an integer", "/elements/0/elements/0/timestamp"),
    (dated(timestamp=1.5), "must provide an integer", "/elements/0/elements/0/timestamp"),
    (dated(), "missing required field: timestamp", "/elements/0/elements/0"),
    (section("x" * 3001), "must be less than 3001 characters", "/text/text"),
    (section(""), "must be more than 0 characters", "/text/text"),
    ({"type": "section"}, "missing required field: text", ""),
    ({"type": "section", "text": "x"}, "must provide an object", "/text"),
    ({"type": "section", "text": {"type": "mrkdwn", "text": 1}}, "must provide a string", "/text/text"),
    ({"type": "section", "text": {"type": "html", "text": "x"}}, "unsupported type: html", "/text/type"),
    ({"type": "section", "fields": [mrkdwn("x")] * 11}, "no more than 10 items allowed", "/fields"),
    ({"type": "section", "fields": []}, "no fewer than 1 items allowed", "/fields"),
    (
        {"type": "section", "fields": [mrkdwn("x" * 2001)]},
        "must be less than 2001 characters",
        "/fields/0/text",
    ),
    ({"type": "section", "text": mrkdwn("x", verbatim="yes")}, "must be a boolean", "/text/verbatim"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/text/text"),
    ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn", "/text/type"),
    ({"type": "header"}, "missing required field: text", ""),
    ({"type": "divider", "colour": "red"}, "invalid additional property: colour", ""),
    ({"type": "divider", "block_id": "b" * 256}, "must be less than 256 characters", "/block_id"),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10 items allowed", "/elements"),
    ({"type": "context", "elements": "x"}, "must provide an array", "/elements"),
    (actions(*[button()] * 26), "no more than 25 items allowed", "/elements"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters", "/elements/0/text/text"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters", "/elements/0/value"),
    (actions(button(url="javascript:x")), "must be a valid URL", "/elements/0/url"),
    (actions(button(url="https://x/" + "x" * 3000)), "must be less than 3001 characters", "/elements/0/url"),
    (actions(button(action_id="x" * 256)), "must be less than 256 characters", "/elements/0/action_id"),
    (actions(button(style="loud")), "must be one of: primary, danger", "/elements/0/style"),
    (image(), "missing required field: alt_text", ""),
    (image(alt_text="x" * 2001), "must be less than 2001 characters", "/alt_text"),
    (image(image_url="no address", alt_text="x"), "must be a valid URL", "/image_url"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters", "/text"),
    ({"type": "marquee"}, "unsupported type: marquee", "/type"),
    ({"text": plain("x")}, "missing required field: type", ""),
    ("divider", "must provide an object", ""),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_a_block_within_its_limits_is_taken(block: Block) -> None:
    assert check_blocks([block]) == [block]


@pytest.mark.parametrize(
    ("block", "words", "where"), BAD, ids=[f"{where}: {words}" for _, words, where in BAD]
)
def test_a_wrong_block_is_explained_in_slack_s_words(block: Block, words: str, where: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_blocks([block])
    assert caught.value.code == "invalid_blocks"
    assert f"{words} [json-pointer:/blocks/0{where}]" in caught.value.extra["errors"]


def test_the_answer_carries_the_words_twice(acme: WebClient) -> None:
    words = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    with pytest.raises(SlackApiError) as caught:
        acme.chat_postMessage(channel="#news", text="x", blocks=[section("x" * 3001)])
    assert caught.value.response.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }


def test_a_message_has_fifty_blocks_and_a_view_a_hundred() -> None:
    assert len(check_blocks([{"type": "divider"}] * 50)) == 50
    with pytest.raises(SlackError) as caught:
        check_blocks([{"type": "divider"}] * 51)
    assert caught.value.extra["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert len(check_blocks([{"type": "divider"}] * 100, most=100)) == 100


def test_block_ids_are_unique_in_a_message() -> None:
    with pytest.raises(SlackError) as caught:
        check_blocks([{"type": "divider", "block_id": "b"}] * 2)
    assert caught.value.extra["errors"] == ["block_id must be unique: b [json-pointer:/blocks/1/block_id]"]


def test_markdown_blocks_share_one_limit() -> None:
    with pytest.raises(SlackError) as caught:
        check_blocks([{"type": "markdown", "text": "x" * 7000}] * 2)
    assert caught.value.code == "invalid_blocks"


@pytest.mark.parametrize(("total", "fits"), [(13_200, True), (13_201, False)])
def test_all_text_together_has_a_limit(total: int, fits: bool) -> None:
    blocks = [section("x" * 3000)] * 4 + [section("x" * (total - 12_000))]
    assert text_length(blocks) == total
    if fits:
        check_blocks(blocks)
    else:
        with pytest.raises(SlackError, match="msg_blocks_too_long"):
            check_blocks(blocks)


def test_what_is_stored_has_ids_and_parsed_text() -> None:
    stored = stored_blocks(
        [
            section("@here, see https://x.example & #news"),
            {"type": "section", "text": mrkdwn("@here, see https://x.example & #news", verbatim=True)},
            {"type": "header", "text": plain("<@U0BOB> & @here")},
            {"type": "context", "elements": [mrkdwn("<!channel>")]},
        ],
        ACME,
    )
    assert len({block["block_id"] for block in stored}) == 4
    assert stored[0]["text"]["text"] == "<!here>, see <https://x.example> &amp; <#C0NEWS|news>"
    assert stored[1]["text"]["text"] == "@here, see https://x.example &amp; #news"
    assert stored[2]["text"]["text"] == "&lt;@U0BOB&gt; &amp; @here"
    assert stored[3]["elements"][0]["text"] == "<!channel>"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "fields", "url", "block_id"]), inner)
        | st.dictionaries(
            st.just("type"), st.sampled_from(["section", "header", "context", "mrkdwn", "image"])
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_sent_as_blocks_slack_answers_in_its_own_words(blocks: Any) -> None:
    try:
        stored_blocks(check_blocks(blocks), ACME)
    except SlackError as error:
        assert error.code in ("invalid_blocks", "msg_blocks_too_long")  # noqa: PT017
