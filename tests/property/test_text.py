"""Whatever people write: one visible line, no markup, no failure."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cocoom_hooks.payloads import PostEvent
from cocoom_slack_plugin.notifications.clean import clean
from cocoom_slack_plugin.notifications.digest import Told, compose_message, how_many, in_words
from cocoom_slack_plugin.notifications.elements import Template, compose, plain
from cocoom_slack_plugin.notifications.rich_text import escaped
from cocoom_slack_plugin.redaction import masked
from cocoom_slack_plugin.testing import envelope, make_post, make_tenant, make_user
from demo.gallery_samples import Sample, samples
from demo.slack.blocks.validation import check_blocks
from tests.unit.notifications.hostile import rewritten

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
        known = not unicodedata.category(char).startswith("C")
        assert known or char == "\u200d" or 0x1F000 <= ord(char) < 0x1FB00, char
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
    line = compose(Template("{a} and {b}."), a=plain(one, 300), b=plain(other, 300))
    shown = [clean(text, 300) or "…" for text in (one, other)]
    assert [each.spoken for each in line] == [shown[0], " and ", shown[1], "."]
    assert [set(each.shown) for each in line] == [{"type", "text"}] * 4


SAMPLES = [sample for locale in ("en", "fr") for sample in samples(locale)]
LIVE = {"user", "usergroup", "channel", "broadcast", "mrkdwn", "markdown", "emoji"}
"""Elements that would ping, link or style."""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: f"{each.name}.{each.told[0].locale}")
@given(text=TEXT)
@example(text="<!channel>" * 100_000)
@example(text="👩\u200d👩\u200d👧\u200d👦" * 500)
@example(text="Z" + "\u0334\u0358" * 5_000)
@example(text="&<>" * 5_000)
@example(text="")
@settings(max_examples=15, deadline=None)
def test_whatever_is_written_slack_takes_every_message_and_nothing_in_it_lives(
    sample: Sample, text: str
) -> None:
    told = tuple(replace(each, event=rewritten(each.event, text)) for each in sample.told)
    message, quiet = replace(sample, told=told).message, sample.message
    check_blocks(json.loads(json.dumps(message.blocks)))
    json.dumps([message.text, message.blocks], ensure_ascii=False).encode()
    assert len(message.text) <= 4000
    assert not re.search("[<>]|&(?!amp;|lt;|gt;)", message.text)
    assert not LIVE & set(_values(message.blocks, "type"))
    assert set(_values(message.blocks, "url")) <= set(_values(quiet.blocks, "url"))
    assert True not in _values(message.blocks, "emoji")
    words, count = in_words(told)
    assert 1 <= count <= len(told)
    assert len(words.text) <= 4000


@given(
    texts=st.lists(TEXT, min_size=2, max_size=40), locale=st.sampled_from(["en", "fr"]), held=st.booleans()
)
@example(texts=["&" * 10_000] * 40, locale="fr", held=True)
@example(texts=["\U0001f469\u200d\U0001f4bb" * 400] * 40, locale="en", held=False)
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_slack_takes_every_digest(texts: list[str], locale: str, held: bool) -> None:
    tenant, bob = make_tenant(), make_user("bob")
    told = [
        Told(
            notice_id=number,
            kind="share_published",
            locale=locale,
            event=rewritten(PostEvent(**envelope(tenant, bob), post=make_post(tenant, bob)), text),
        )
        for number, text in enumerate(texts)
    ]
    told = told[: how_many(told, 1)]
    message = compose_message([replace(each, bundle="quiet" if held else None) for each in told])
    check_blocks(json.loads(json.dumps(message.blocks)))
    assert len(message.text) <= 4000
    assert not re.search("[<>]|&(?!amp;|lt;|gt;)", message.text)
    assert not LIVE & set(_values(message.blocks, "type"))


def _values(part: object, name: str) -> list[Any]:
    """Of this name, in whatever depth."""
    if isinstance(part, dict):
        found = [part[name]] if name in part else []
        return found + [each for value in part.values() for each in _values(value, name)]
    return [each for value in part for each in _values(value, name)] if isinstance(part, list) else []


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
