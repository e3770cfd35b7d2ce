"""Whatever people write: one visible line, no markup, no failure."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocoom_hooks.payloads import ModerationAction, PostEvent, PostModerated, Role
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.notifications.rich_text import clean, compose, escaped, plain
from cocoom_slack_plugin.redaction import masked
from cocoom_slack_plugin.testing import envelope, make_post, make_tenant, make_user

HOSTILE = [
    "<!channel>",
    "<@U0ALICE>",
    "\u202e",
    "\u2067",
    "\ud800",
    "\udfff",
    "{author}",
    "{",
    "}",
    "{0.__class__}",
    "%(x)s",
    "*_~`",
    "&lt;",
    "\x00",
    "\r\n\u2028",
    "\u200d",
    "👩\u200d💻",
    "https://evil.test|x",
]
# Lone surrogates on purpose: hosts have been seen to hand them on.
TEXT = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=30)), max_size=12).map(
    "".join
)
LIMIT = st.integers(2, 300)


@given(TEXT, LIMIT)
@example("<!channel>" * 100_000, 200)
@example("\u202e" * 1_000_000, 200)
@example("x" * 1_000_000, 2)
def test_clean_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    line = clean(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split(" "))
    assert not line.startswith(" ")
    assert not line.endswith(" ")
    for char in line:
        assert char == "\u200d" or not unicodedata.category(char).startswith("C"), char
        assert char == " " or not char.isspace()
    line.encode()


@given(TEXT, LIMIT)
def test_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    assert clean(clean(text, limit), limit) == clean(text, limit)


@given(TEXT)
def test_escaped_text_has_no_control_sequence_and_loses_nothing(text: str) -> None:
    sentence = escaped(text)
    assert "<" not in sentence
    assert ">" not in sentence
    assert sentence.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(TEXT, TEXT)
def test_compose_never_reads_the_parts_it_puts_in(one: str, other: str) -> None:
    elements = compose("{a} and {b}.", a=plain(one), b=plain(other))
    assert [each["text"] for each in elements] == [one, " and ", other, "."]


@given(title=TEXT, name=TEXT, thread=TEXT, other=TEXT, locale=st.sampled_from(["en", "fr"]))
@example(title="<!channel>" * 100_000, name="{" * 1000, thread="\ud800", other="\u202e", locale="fr")
def test_whatever_is_written_no_message_gets_other_elements_or_links(
    title: str, name: str, thread: str, other: str, locale: str
) -> None:
    tenant = make_tenant()
    author = make_user("bob", display_name=name)
    quiet = make_post(tenant, author)
    post = replace(quiet, title=title, subtitle=other, thread=replace(quiet.thread, name=thread))
    told = envelope(tenant, make_user("alice", role=Role.ADMINISTRATOR))
    moderated = PostModerated(**told, post=post, action=ModerationAction.DELETED, reason=other)
    for kind, event in (("share_published", PostEvent(**told, post=post)), ("share_moderated", moderated)):
        message = render(kind, event, locale)
        json.dumps([message.text, message.blocks], ensure_ascii=False).encode()
        elements = [each for section in message.blocks[0]["elements"] for each in section["elements"]]
        assert {each["type"] for each in elements} <= {"text", "link"}
        assert {each["url"] for each in elements if "url" in each} <= {post.url, post.thread.url}
        assert all(each["text"] for each in elements)
        assert sum(len(each["text"]) for each in elements) < 3000
        assert "<" not in message.text
        assert len(message.text) < 4000


WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=4, max_size=40)
SECRET: dict[str, Any] = {
    "bot": WORD.map(lambda word: f"xoxb-demo-{word}"),
    "user": WORD.map(lambda word: f"xoxp-demo-{word}"),
    "rotating": WORD.map(lambda word: f"xoxe.xoxb-demo-{word}"),
    "app": WORD.map(lambda word: f"xapp-demo-{word}"),
    "jwt": st.tuples(WORD, WORD, WORD).map(lambda parts: f"eyJ{parts[0]}.{parts[1]}.{parts[2]}"),
}


@pytest.mark.parametrize("kind", SECRET)
@given(data=st.data(), before=TEXT, after=TEXT)
def test_masked_never_leaves_a_token(kind: str, data: st.DataObject, before: str, after: str) -> None:
    secret = data.draw(SECRET[kind])
    text = masked(f"{before} {secret} {after}")
    assert secret not in text.replace(before, "").replace(after, "")
    assert "[masked]" in text


@given(key=st.sampled_from(["client_secret", "code", "id_token", "password", "state"]), word=WORD, text=TEXT)
def test_masked_never_leaves_the_value_of_a_telling_key(key: str, word: str, text: str) -> None:
    hush = f"Q{word}Q"
    shown = masked(f"{text} {key}={hush}&x=1")
    assert hush not in shown.removeprefix(text)
