"""What a message is made of. Each message to the last character is in test_golden.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cocoom_hooks.payloads import CommentEvent, PostEdited, PostEvent
from cocoom_slack_plugin.notifications.decide import TOLD_OR_TESTED
from cocoom_slack_plugin.notifications.elements import spoken
from cocoom_slack_plugin.notifications.gone_text import GONE
from cocoom_slack_plugin.notifications.render import KINDS, put_in_words, render
from cocoom_slack_plugin.notifications.rich_text import Quote
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user
from demo.gallery_samples import Sample, samples

from .hostile import rewritten

ACME = make_tenant()
ALICE, BOB, CHLOE = make_user("alice"), make_user("bob"), make_user("chloe")
POST = make_post(ACME, BOB)
HERE, THREAD, ENTRY = ACME.url, f"{ACME.url}/threads/general", f"{ACME.url}/posts/p1"
HOSTILE = "<!channel> <@U0ALICE> @here *b* `c` :tada: {author} {0} %s <https://evil.test|x> \u202e\n{{title}}"
SAMPLES = [sample for locale in ("en", "fr") for sample in samples(locale)]
IDS = [f"{sample.name}.{sample.told[0].locale}" for sample in SAMPLES]


def _published(**fields: Any) -> PostEvent:
    return PostEvent(**envelope(ACME, BOB), post=replace(POST, **fields))


def _elements(message: Message) -> Iterator[dict[str, Any]]:
    """The smallest parts of a message, in whatever depth they are."""

    def within(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "elements" in part:
            for each in part["elements"]:
                yield from within(each)
        else:
            yield part

    for block in message.blocks:
        yield from within(dict(block))


def _lines(message: Message) -> list[str]:
    rows = message.blocks[0]["elements"]
    return ["".join(each.get("text", "") for each in row["elements"]) for row in rows]


def _rewritten(sample: Sample, text: str) -> Message:
    told = tuple(replace(each, event=rewritten(each.event, text)) for each in sample.told)
    return replace(sample, told=told).message


def test_all_that_is_decided_can_be_rendered() -> None:
    assert KINDS == TOLD_OR_TESTED


def test_a_kind_that_makes_no_messages_is_refused() -> None:
    for gone in (False, True):
        with pytest.raises(KeyError):
            render("thread_deleted", _published(), "en", gone=gone)


# --- to a person, to a channel ---


def _commented(**fields: Any) -> CommentEvent:
    return CommentEvent(**envelope(ACME, CHLOE), post=POST, comment=make_comment(ACME, CHLOE, **fields))


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("comment_added", _commented()),
        ("publication_edited", PostEdited(**envelope(ACME, BOB), post=POST)),
    ],
    ids=["comment", "edit"],
)
def test_a_channel_is_told_of_nothing_that_is_yours_or_an_administrators(
    kind: str, event: PostEvent, locale: str
) -> None:
    told = render(kind, event, locale, personal=False)
    assert not {"your", "votre", "administrator", "administration"} & set(told.text.replace("(", " ").split())
    assert told.text != render(kind, event, locale).text


@pytest.mark.parametrize("personal", [True, False])
def test_what_a_comment_says_is_quoted_where_the_event_carries_it(personal: bool) -> None:
    quiet = put_in_words("comment_added", _commented(), "en", personal=personal)
    assert not any(isinstance(line, Quote) for line in quiet.lines)
    loud = put_in_words("comment_added", _commented(excerpt="Well\nsaid!"), "en", personal=personal)
    (quote,) = (line for line in loud.lines if isinstance(line, Quote))
    assert spoken(quote.line) == "Well said!"
    assert loud.sentence == quiet.sentence


def test_the_words_of_a_removed_comment_are_not_repeated() -> None:
    (removed,) = (each for each in samples("en") if each.name == "comment_moderated")
    event = removed.told[0].event
    assert isinstance(event, CommentEvent)
    event = replace(event, comment=replace(event.comment, excerpt="rude words"))
    assert "rude words" not in json.dumps(render("comment_moderated", event, "en").blocks)


@pytest.mark.parametrize(
    ("locale", "personal", "said"),
    [
        ("en", True, "Alice, an administrator, edited your post “News” (3 times)"),
        ("en", False, "Alice edited “News” (3 times)"),
        ("fr", True, "Alice (administration) a modifié votre publication «\u00a0News\u00a0» (3 fois)"),
        ("fr", False, "Alice a modifié «\u00a0News\u00a0» (3 fois)"),
    ],
)
def test_an_edit_says_for_how_many_it_stands(locale: str, personal: bool, said: str) -> None:
    event = PostEdited(**envelope(ACME, ALICE), post=POST)
    told = put_in_words("publication_edited", event, locale, personal=personal, times=3)
    assert told.sentence == said
    once = put_in_words("publication_edited", event, locale, personal=personal)
    assert once.sentence == said.partition(" (3")[0]


# --- what is not there any more ---


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES if each.kind in GONE], ids=lambda each: each.name
)
def test_what_is_gone_leaves_nothing_of_itself(sample: Sample, locale: str) -> None:
    event = rewritten(sample.told[0].event, "Secret")
    tenant = replace(event.tenant, name="Acme")
    message = render(sample.kind, replace(event, tenant=tenant), locale, gone=True)
    assert "Secret" not in json.dumps([message.text, message.blocks])
    assert len(_lines(message)) == 1
    assert {each["type"] for each in _elements(message)} == {"text"}
    assert message.text.startswith("Acme")
    assert message.metadata == render(sample.kind, event, locale).metadata


def test_everything_that_tells_of_a_post_can_be_gone() -> None:
    of_a_post = {each.kind for each in SAMPLES if isinstance(each.told[0].event, PostEvent)} - {"digest"}
    assert set(GONE) == of_a_post


# --- a post ---


def test_tags_stand_small_under_a_post() -> None:
    told = render("publication_published", _published(tags=("a", " \u202e", "b  c")), "en")
    assert told.blocks[1] == {
        "type": "context",
        "elements": [{"type": "plain_text", "text": "Tags: a · b c", "emoji": False}],
    }
    many = render("share_published", _published(tags=tuple("abcdefghij")), "fr")
    assert many.blocks[1]["elements"][0]["text"] == "Tags\u00a0: a · b · c · d · e · f · g · h · …"
    for none in ((), ("",), ("\u200b", " ")):
        assert len(render("publication_published", _published(tags=none), "en").blocks) == 1


@pytest.mark.parametrize("title", ["", " \n", "\u202e\u200b", "\ud800", "\u200d"])
def test_an_empty_title_is_shown_as_dots_so_that_there_is_something_to_press(title: str) -> None:
    event = _published(title=title, author=replace(BOB, display_name=title))
    message = render("publication_published", event, "en")
    assert message.text == "… published “…” in #general"
    assert _lines(message)[:2] == ["… published in #general", "…"]
    assert [each["url"] for each in _elements(message) if each["type"] == "link"] == [THREAD, ENTRY]


# --- what users write ---


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_what_users_write_is_a_value_and_never_markup(sample: Sample) -> None:
    message, quiet = _rewritten(sample, HOSTILE), _rewritten(sample, "quiet")
    assert "<" not in message.text
    assert ">" not in message.text
    assert "\u202e" not in json.dumps([message.text, message.blocks], ensure_ascii=False)
    # The same elements and links, in the same order.
    assert [(each["type"], each.get("url")) for each in _elements(message)] == [
        (each["type"], each.get("url")) for each in _elements(quiet)
    ]
    assert {each["type"] for each in _elements(message)} <= {"text", "link", "date", "plain_text"}
    assert not any(each.get("emoji") for each in _elements(message))
    if "gone" not in sample.name:
        assert any("<!channel>" in each.get("text", "") for each in _elements(message))


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_long_texts_stay_within_slacks_limits(sample: Sample) -> None:
    """slack.md D2: 4 000 characters of text, 3 000 of a section, about 13 200 of all blocks."""
    message = _rewritten(sample, "<wörd> " * 50_000)
    assert len(message.text) < 4000
    assert sum(len(each.get("text", "")) for each in _elements(message)) < 5000
    assert message.text.count("…") >= 1 or "gone" not in sample.name
