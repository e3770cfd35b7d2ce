"""A digest names every event in its order, with its link, in its language, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    CommentModerated,
    Event,
    ModerationAction,
    PostEdited,
    PostEvent,
    PostKind,
    PostModerated,
    Role,
    Thread,
)
from cocoom_slack_plugin.notifications.decide import TOLD_OR_TESTED
from cocoom_slack_plugin.notifications.digest import (
    LARGEST,
    LONGEST_TEXT,
    Told,
    compose_message,
    how_many,
    in_words,
)
from cocoom_slack_plugin.notifications.events import NOTICES_SUMMARISED, ConnectionTested
from cocoom_slack_plugin.notifications.render import EVENT_TYPE, event_ids, metadata, render
from cocoom_slack_plugin.notifications.text import NAME_LIMIT, TITLE_LIMIT
from cocoom_slack_plugin.settings import Settings
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user
from demo.slack.blocks.validation import check_blocks, text_length

ACME = make_tenant()
ALICE, BOB, CHLOE = make_user("alice", role=Role.ADMINISTRATOR), make_user("bob"), make_user("chloe")
LARGEST_DIGEST = 40
HOSTILE = "<!channel> <@U0ALICE> @here *b* `c` :tada: {author} {0} %s <https://evil.test|x> \u202e\n{{title}}"


def _told(number: int, kind: str, event: Event, locale: str = "en") -> Told:
    return Told(notice_id=number, kind=kind, event=event, locale=locale)


def _share(number: int, title: str = "", locale: str = "en", path: str = "", **fields: Any) -> Told:
    post = make_post(
        ACME,
        BOB,
        kind=PostKind.SHARE,
        title=title or f"Title {number}",
        url=f"{ACME.url}/posts/{number}{path}",
    )
    told = {**envelope(ACME, BOB), "event_id": f"e{number}"}
    return _told(number, "share_published", PostEvent(**told, post=replace(post, **fields)), locale)


def _one_of_each_kind() -> list[tuple[str, Event]]:
    def of(number: int) -> dict[str, Any]:
        return {**envelope(ACME, ALICE), "event_id": f"e{number}"}

    post, comment = make_post(ACME, BOB), make_comment(ACME, CHLOE, excerpt="a comment's words")
    share = replace(post, kind=PostKind.SHARE)
    gone = ModerationAction.DELETED
    return [
        ("publication_published", PostEvent(**of(0), post=post)),
        ("share_published", PostEvent(**of(1), post=share)),
        ("collaborator_joined", CollaboratorEvent(**of(2), collaborator=CHLOE)),
        ("comment_added", CommentEvent(**of(3), post=post, comment=comment)),
        ("comment_moderated", CommentModerated(**of(4), post=post, comment=comment, reason="off topic")),
        ("publication_edited", PostEdited(**of(5), post=post)),
        ("publication_moderated", PostModerated(**of(6), post=post, action=ModerationAction.UNPUBLISHED)),
        ("share_moderated", PostModerated(**of(7), post=share, action=gone, reason="rude")),
        ("connection_tested", ConnectionTested(**of(8), channel="C0NEWS")),
    ]


def _lines(message: Message) -> list[list[dict[str, Any]]]:
    """The bullets of a digest."""
    (block,) = message.blocks
    title, bullets = block["elements"]
    assert (title["type"], bullets["type"]) == ("rich_text_section", "rich_text_list")
    return [line["elements"] for line in bullets["elements"]]


def _title(message: Message) -> str:
    (element,) = message.blocks[0]["elements"][0]["elements"]
    return str(element["text"])


def _elements(message: Message) -> Iterator[dict[str, Any]]:
    yield from message.blocks[0]["elements"][0]["elements"]
    for line in _lines(message):
        yield from line


def _said(line: Sequence[dict[str, Any]]) -> str:
    return "".join(element["text"] for element in line)


def _whole(told: Sequence[Told]) -> list[Message]:
    """What a lane that is far behind says, message by message."""
    messages, left = [], list(told)
    while left:
        number = how_many(left, 0)
        messages.append(compose_message(left[:number]))
        left = left[number:]
    return messages


# --- how many ---


@pytest.mark.parametrize("waiting", [1, 2, 3, 20])
@pytest.mark.parametrize("credit", [0, 1, 2, 3, 20, 100])
def test_each_is_told_alone_while_the_pace_allows_it_and_all_together_when_not(
    waiting: int, credit: int
) -> None:
    told = [_share(number) for number in range(waiting)]
    assert how_many(told, credit) == (1 if waiting <= max(credit, 1) else waiting)


def test_no_more_than_fit_and_never_none() -> None:
    long = [_share(number, path="/" + "x" * 2900) for number in range(10)]
    assert 1 < how_many(long, 1) < 5
    # What is no address for Slack is left out, and takes no room.
    far_too_long = [_share(number, path="/" + "x" * LARGEST) for number in range(3)]
    assert how_many(far_too_long, 1) == 3


def test_a_long_one_behind_others_does_not_keep_them() -> None:
    told = [_share(number, path="/" + "x" * 2700 if number != 1 else "") for number in range(5)]
    assert how_many(told, 1) == 4


def _longest(locale: str) -> list[Told]:
    """The longest titles and names that are shown, and an address as long as Slack takes."""
    name, title = "N" * (NAME_LIMIT * 2), "&" * (TITLE_LIMIT * 2)
    thread = Thread(id="t", name=name, url=f"{ACME.url}/threads/t")
    author = replace(BOB, display_name=name)
    path = "/" + "p" * (3000 - len(f"{ACME.url}/posts/99/"))
    told = [
        _share(number, title, locale, path if number % 5 == 0 else "", thread=thread, author=author)
        for number in range(LARGEST_DIGEST)
    ]
    tenant = replace(ACME, name="<" * 500)
    return [replace(each, event=replace(each.event, tenant=tenant)) for each in told]


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_longest_digests_stay_within_slacks_limits_and_tell_everything(locale: str) -> None:
    told = _longest(locale)
    messages = _whole(told)
    assert 1 < len(messages) < len(told)
    for message in messages:
        check_blocks(json.loads(json.dumps(message.blocks)))
        assert text_length(list(message.blocks)) <= 13_200
        # The last line that says that there is more is all that may stand beyond.
        assert len(message.text) <= LONGEST_TEXT + len("\n• …")
        assert len(message.text) < 4000
        assert "<" not in message.text
    assert [key for each in messages for key in event_ids(each.metadata or {})] == [
        each.event.event_id for each in told
    ]
    assert any(message.text.endswith("\n• …") for message in messages)


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_what_a_digest_says_lies_within_its_own_bound(locale: str) -> None:
    for message in _whole(_longest(locale)):
        used = sum(
            len(str(value)) for line in _lines(message) for element in line for value in element.values()
        )
        assert used <= LARGEST


def test_as_many_as_the_settings_may_ask_for_fit_where_titles_are_ordinary() -> None:
    largest = Settings.model_fields["digest_size"].metadata
    assert any(getattr(each, "le", None) == LARGEST_DIGEST for each in largest)
    told = [_share(number, "A title of ordinary length") for number in range(LARGEST_DIGEST)]
    assert how_many(told, 1) == LARGEST_DIGEST
    check_blocks(json.loads(json.dumps(compose_message(told).blocks)))


# --- what it says ---


def test_a_single_one_is_told_in_full() -> None:
    told = _share(1)
    assert compose_message([told]) == render("share_published", told.event, "en")


def test_every_event_is_named_in_order_with_its_link() -> None:
    told = [_share(number) for number in range(20)]
    message = compose_message(told)
    assert _title(message) == "20 notifications from Acme"
    assert [_said(line) for line in _lines(message)] == [
        f"Bob shared “Title {number}” in #general" for number in range(20)
    ]
    links = [element["url"] for line in _lines(message) for element in line if element["type"] == "link"]
    assert links == [f"{ACME.url}/posts/{number}" for number in range(20)]
    assert message.text.splitlines() == [
        "20 notifications from Acme",
        *(f"• Bob shared “Title {number}” in #general" for number in range(20)),
    ]
    assert event_ids(message.metadata or {}) == [f"e{number}" for number in range(20)]


def test_every_kind_has_its_line() -> None:
    every = _one_of_each_kind()
    assert {kind for kind, _ in every} == TOLD_OR_TESTED - {NOTICES_SUMMARISED}, (
        "its words have tests of their own"
    )
    told = [_told(number, kind, event) for number, (kind, event) in enumerate(every)]
    message = compose_message(told)
    lines = [_said(line) for line in _lines(message)]
    assert lines == [
        "Bob published “News” in #general",
        "Bob shared “News” in #general",
        "Chloe has joined Acme. Welcome!",
        "Chloe commented on your post “News”",
        "An administrator removed your comment on “News”",
        "Alice, an administrator, edited your post “News”",
        "An administrator unpublished your post “News”",
        "An administrator deleted your post “News”",
        "Acme can post here. This is a test message that somebody asked for.",
    ]
    assert message.text.splitlines()[1:] == [f"• {line}" for line in lines]
    assert "comment's words" not in json.dumps(message.blocks) + message.text
    check_blocks(json.loads(json.dumps(message.blocks)))


def test_each_event_is_told_in_its_language_under_the_title_of_the_first() -> None:
    message = compose_message([_share(1, locale="fr"), _share(2, locale="en")])
    assert _title(message) == "Acme\u00a0: 2 notifications"
    assert [_said(line) for line in _lines(message)] == [
        "Bob a partagé «\u00a0Title 1\u00a0» dans #general",
        "Bob shared “Title 2” in #general",
    ]
    assert _title(compose_message([_share(2, locale="en"), _share(1, locale="fr")])).endswith("from Acme")


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_what_users_write_is_a_value_and_never_markup(locale: str) -> None:
    evil = replace(BOB, display_name=HOSTILE)
    thread = Thread(id="t", name=HOSTILE, url=f"{ACME.url}/threads/t")
    told = [_share(number, HOSTILE, locale, author=evil, thread=thread) for number in range(3)]
    told = [replace(each, event=replace(each.event, tenant=replace(ACME, name=HOSTILE))) for each in told]
    message, quiet = compose_message(told), compose_message([_share(n, "q", locale) for n in range(3)])
    assert "<" not in message.text
    assert ">" not in message.text
    assert "\u202e" not in json.dumps([message.text, message.blocks], ensure_ascii=False)
    assert len(message.text.splitlines()) == 4
    assert [each["url"] for each in _elements(message) if each["type"] == "link"] == [
        each["url"] for each in _elements(quiet) if each["type"] == "link"
    ]
    assert [each["type"] for each in _elements(message)] == [each["type"] for each in _elements(quiet)]
    assert {key for each in _elements(message) for key in each} <= {"type", "text", "url", "style"}
    assert "<!channel>" in _title(message)
    check_blocks(json.loads(json.dumps(message.blocks)))


# --- edits of one post, and posts that are gone ---


def _edit(number: int, title: str = "News", editor: Any = ALICE, post: str = "p1", **how: Any) -> Told:
    event = PostEdited(
        **{**envelope(ACME, editor), "event_id": f"e{number}"},
        post=make_post(ACME, BOB, id=post, title=title),
    )
    return replace(_told(number, "publication_edited", event), **how)


def test_edits_of_one_post_by_one_person_are_one_line_where_the_last_stands() -> None:
    told = [
        _edit(0, "Old"),
        _share(1),
        _edit(2, "New"),
        _edit(3, post="p2"),
        _edit(4, editor=CHLOE),
        _edit(5, "Newest"),
    ]
    message = compose_message(told)
    assert [_said(line) for line in _lines(message)] == [
        "Bob shared “Title 1” in #general",
        "Alice, an administrator, edited your post “News”",
        "Chloe, an administrator, edited your post “News”",
        "Alice, an administrator, edited your post “Newest” (3 times)",
    ]
    assert _title(message) == "4 notifications from Acme"
    assert event_ids(message.metadata or {}) == [f"e{number}" for number in range(6)]
    assert message.text.splitlines()[1:] == [f"• {_said(line)}" for line in _lines(message)]


def test_a_channel_and_a_person_another_language_and_what_is_gone_are_lines_of_their_own() -> None:
    apart = [
        _edit(0),
        _edit(1, personal=False),
        _edit(2, locale="fr"),
        _edit(3, gone=True),
        _edit(4, gone=True),
    ]
    assert [_said(line) for line in _lines(compose_message(apart))] == [
        "Alice, an administrator, edited your post “News”",
        "Alice edited “News”",
        "Alice (administration) a modifié votre publication «\u00a0News\u00a0»",
        "This post is no longer available.",
        "This post is no longer available.",
    ]


def test_edits_of_one_post_alone_are_told_in_full() -> None:
    message = compose_message([_edit(number) for number in range(7)])
    assert message.text == "Alice, an administrator, edited your post “News” (7 times)"
    line, thread = message.blocks[0]["elements"]
    assert (_said(line["elements"]), _said(thread["elements"])) == (message.text, "In #general")
    assert event_ids(message.metadata or {}) == [f"e{number}" for number in range(7)]
    assert in_words([_edit(number) for number in range(7)]) == (replace(message, blocks=(), metadata=None), 7)


def test_many_edits_of_one_post_fit_into_one_message() -> None:
    long = make_post(ACME, BOB, url=f"{ACME.url}/posts/" + "x" * 2900)
    told = [_edit(number) for number in range(40)]
    told = [replace(each, event=replace(each.event, post=long)) for each in told]
    assert how_many(told, 1) == 40


def test_a_single_notice_is_told_to_a_channel_or_as_gone_where_it_says_so() -> None:
    assert compose_message([_edit(1, personal=False)]).text == "Alice edited “News”"
    assert compose_message([_edit(1, gone=True)]).text == "Acme: this post is no longer available."


# --- what was held ---


def test_what_was_held_says_since_when() -> None:
    since = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
    told = [_share(1), _share(2)]
    told = [replace(each, bundle="quiet", event=replace(each.event, occurred_at=since)) for each in told]
    message = compose_message(told)
    first, second, bullets = message.blocks[0]["elements"]
    assert _said(first["elements"]) == "2 notifications from Acme"
    words, instant = second["elements"]
    assert words["text"] == "Since "
    assert (instant["type"], instant["timestamp"]) == ("date", int(since.timestamp()))
    assert len(bullets["elements"]) == 2
    assert message.text.splitlines()[:2] == ["2 notifications from Acme", "Since Jan 2, 2026, 9:30\u202fAM"]
    words_alone, count = in_words(told)
    assert (words_alone.text, count) == (message.text, 2)
    check_blocks(json.loads(json.dumps(message.blocks)))
    alone = replace(told[0], bundle=None)
    assert compose_message(told[:1]) == compose_message([alone])


# --- in words alone ---


@pytest.mark.parametrize("number", [1, 2, 40])
def test_in_words_alone_as_many_are_told_as_there_is_room_for(number: int) -> None:
    told = [_share(each, "A rather long title " * 9) for each in range(number)]
    message, count = in_words(told)
    assert 1 <= count <= number
    assert (count == number) == (number < 40)
    assert len(message.text) <= LONGEST_TEXT
    assert (message.text.count("\n"), list(message.blocks)) == (count if count > 1 else 0, [])
    if count > 1:
        assert message.text.startswith(f"{count} notifications from Acme\n• ")


# --- the keys by which it is found again ---


IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(ids=st.lists(IDS, min_size=1, max_size=LARGEST_DIGEST))
@example(ids=["a b", " ", "\u00a0", "\t\n", "%20", "é", "👩\u200d💻", "a+b", "a/b?c#d", "\u2028"])
@example(ids=[" "])
@example(ids=["%41", "A"])
@settings(deadline=None, database=None, max_examples=150)
def test_the_keys_of_a_message_are_read_back_as_they_were(ids: list[str]) -> None:
    given_back = json.loads(json.dumps(metadata(ids)))
    assert event_ids(given_back) == ids
    # Slack takes flat payloads alone: texts, no lists of objects (slack.md D2).
    assert all(isinstance(value, str) for value in given_back["event_payload"].values())


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"event_type": "other", "event_payload": {"event_key": "e1"}},
        {"event_type": EVENT_TYPE},
        {"event_type": EVENT_TYPE, "event_payload": ["e1"]},
        {"event_type": EVENT_TYPE, "event_payload": {}},
        {"event_type": EVENT_TYPE, "event_payload": {"event_keys": ""}},
    ],
)
def test_messages_of_another_kind_have_no_keys(strange: dict[str, Any]) -> None:
    assert event_ids(strange) == []
